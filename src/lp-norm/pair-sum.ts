/**
 * Sums of pairs of doubles, an unevaluated high + low, in the accuracy of some 100 bits. A function returns the first part; the second
 * one is in `second`, so that nothing is allocated.
 */
export const second = new Float64Array(1);

/** 2^-98: more than the rounding errors of an addition of pairs, relative to the high parts. */
const HIGH_SLACK = 2 ** -98;
/** More than those of the low parts, relative to these. */
const LOW_SLACK = 2 ** -50;

/** (a + aLow) + (b + bLow), rounded down enough that it is never above the true sum. Low parts may be as large as high ones. */
export function addDown(a: number, aLow: number, b: number, bLow: number): number {
  const slack = HIGH_SLACK * (Math.abs(a) + Math.abs(b)) + LOW_SLACK * (Math.abs(aLow) + Math.abs(bLow));
  // TwoSum (Knuth) of the high parts; then of the sum and what is left.
  const sum = a + b;
  const part = sum - a;
  const rest = a - (sum - part) + (b - part) + (aLow + bLow) - slack;
  const high = sum + rest;
  const restPart = high - sum;
  second[0] = sum - (high - restPart) + (rest - restPart);
  return high;
}
