#!/usr/bin/env bash
# Compiles the proofs, holds their assumptions to the list, and rebuilds verified.js byte by byte: each where its tool is installed.
set -euo pipefail
cd "$(dirname "$0")"
skipped() { printf '\n!!!! SKIPPED: %s\n\n' "$*"; }

if ! command -v coqc > /dev/null; then
  skipped 'the proofs are not compiled, coqc is not installed (Debian: coq)'
  exit 0
fi
make clean > /dev/null
make assumptions
wc -l *.v
if [ "$(js_of_ocaml --version 2> /dev/null)" != 4.0.0 ]; then
  skipped 'verified.js is not rebuilt, js_of_ocaml 4.0.0 is not installed (Debian: js-of-ocaml)'
  exit 0
fi
cp verified.js build/committed.js
make -B verified.js > /dev/null
cmp verified.js build/committed.js
echo 'verified.js is what the proofs are extracted to, byte by byte'
