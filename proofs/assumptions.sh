#!/bin/sh
# Lists what the theorem of Main.v assumes, and fails unless that is what assumptions.txt says; fails, too, where a file leaves a gap.
set -eu
cd "$(dirname "$0")"
if grep -nE '\b(Admitted|admit|Axiom|Axioms|Parameter|Parameters|Conjecture|Hypotheses)\b' *.v; then
  echo 'proofs: a file has one of these words' >&2
  exit 1
fi
mkdir -p build
printf 'From Sparsest Require Import Main.\nPrint Assumptions verified.\n' > build/Assumptions.v
coqc -q -Q . Sparsest build/Assumptions.v > build/assumptions.txt
diff assumptions.txt build/assumptions.txt
echo 'proofs: the theorem assumes what assumptions.txt lists, and nothing else'
cat assumptions.txt
