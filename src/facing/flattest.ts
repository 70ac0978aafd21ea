import { abs } from '../exact/bigint.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';

/** Knots whose facings are all tried: 2^15 sums from each half. */
const TRIED = 30;

/**
 * The flattest line that is left over when each knot of a function is one neuron, whichever face left: the least |slope| of an affine
 * remainder. Exact for up to 30 knots; above, the least that was found: left-facing neurons first and right-facing ones after them, with
 * all facings of 30 knots about the change.
 *
 * @returns at least 0; 0: with an output bias the function needs no neuron besides its knots
 */
export function flattestRemainder({ slope, knots }: PiecewiseLinear): Rational {
  // Facings that change once leave the line of a piece.
  let piece = slope;
  let base = slope;
  let lefts = 0;
  knots.forEach(({ slopeChange }, k) => {
    piece = piece.add(slopeChange);
    if (!piece.abs().lessThan(base.abs())) return;
    base = piece;
    lefts = k + 1;
  });
  const first = Math.max(0, Math.min(lefts - TRIED / 2, knots.length - TRIED));
  const near = knots.slice(first, first + TRIED).map(({ slopeChange }) => slopeChange);
  const { numerators, denominator } = overCommonDenominator([base, ...near]);
  const [start, ...changes] = numerators as [bigint, ...bigint[]];
  const turns = changes.map((change, k) => (first + k < lefts ? -change : change));
  const half = turns.length >> 1;
  const below = sortedSums(turns.slice(0, half));
  const above = sortedSums(turns.slice(half));
  let least = abs(start);
  for (let i = 0, j = above.length - 1; i < below.length && j >= 0 && least > 0n; ) {
    const sum = start + below[i]! + above[j]!;
    if (abs(sum) < least) least = abs(sum);
    if (sum > 0n) j--;
    else i++;
  }
  return Rational.of(least, denominator);
}

/** The sums of all subsets, in increasing order. */
function sortedSums(terms: readonly bigint[]): bigint[] {
  let sums = [0n];
  for (const term of terms) sums = sums.concat(sums.map((sum) => sum + term));
  return sums.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
