import type { KnotQuestion } from '../../src/restricted/question.js';
import { knotsForcedBy, SIGNS, type SignedKnot } from '../../src/restricted/refutation.js';
import type { KnotProof } from '../../src/restricted/support-search.js';

/** Checks a proof that no function has at most `limit` knots. Rational arithmetic, no linear program. */
export function verifyKnotProof(question: KnotQuestion, limit: number, proof: KnotProof): boolean {
  const check = (node: KnotProof, used: Uint8Array, excluded: Uint8Array, size: number): boolean => {
    const allowed = used.slice();
    const forced: SignedKnot[][] = [];
    for (const refutation of node.refutations) {
      const knots = knotsForcedBy(question, refutation, allowed, excluded);
      if (knots === null) return false;
      if (knots.length === 0) return true;
      forced.push(knots);
      for (const { candidate, sign } of knots) allowed[candidate]! |= sign;
    }
    if (size + forced.length > limit) return true;
    const knots = node.branch === null ? undefined : forced[node.branch.refutation];
    if (knots === undefined || knots.length !== node.branch!.children.length) return false;
    const without = excluded.slice();
    return knots.every((knot, j) => {
      const child = { used: used.slice(), excluded: without.slice() };
      child.used[knot.candidate]! |= knot.sign;
      child.excluded[knot.candidate]! |= SIGNS.either - knot.sign;
      without[knot.candidate]! |= knot.sign;
      return check(node.branch!.children[j]!, child.used, child.excluded, size + 1);
    });
  };
  const none = new Uint8Array(question.candidates.length);
  return check(proof, none, none, 0);
}
