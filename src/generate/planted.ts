import { ExactColumn } from '../exact/column.js';
import type { Random } from '../exact/random.js';
import type { Steps } from '../exact/steps.js';
import { decimalScale, integerGrid } from './grid.js';
import { type GeneratedData, POINTS_PER_STEP } from './instance.js';
import type { CompleteOptions } from './options.js';

/** Every knot is followed by this many gaps before the next may begin: three data points strictly inside each piece. */
const GAPS_PER_KNOT = 5;

/** Knots sit on data points or at these tenths of a gap. */
const TENTHS = [0, 0, 1, 2, 5, 8, 9] as const;

/**
 * Samples at x = 0, .., N-1 of a continuous piecewise-linear function with K knots, none of which can be spared.
 *
 * A knot on a data point makes a run of one point, a knot inside a gap a run of two equal signs at its ends: one knot
 * each (Debarre et al. 2022, Theorem 4). Between two knots lie three data points of one piece, so the one in the middle
 * has curvature 0 and keeps the runs apart: the fewest knots are K. Labels are multiples of 1/10.
 */
export function* planted({ points, range, knots }: CompleteOptions, random: Random): Steps<GeneratedData> {
  // Left ends of the gaps with knots: K of the free places 1 .. N-3 that remain when each knot but the last takes five.
  const gaps = chooseIncreasing(knots, points - 3 - (GAPS_PER_KNOT - 1) * (knots - 1), random);
  for (let k = 0; k < knots; k++) gaps[k] = gaps[k]! + 1 + (GAPS_PER_KNOT - 1) * k;

  // Tenths of a label: integers, because slopes are integers and knots sit on tenths.
  const units = new Float64Array(points);
  let slope = random.integer(-range, range);
  let k = 0;
  for (let i = 0; i < points - 1; i++) {
    let rise = 10 * slope;
    if (k < knots && gaps[k] === i) {
      const tenths = TENTHS[random.integer(0, TENTHS.length - 1)]!;
      const next = otherSlope(slope, range, random);
      rise = tenths * slope + (10 - tenths) * next;
      slope = next;
      k++;
    }
    units[i + 1] = units[i]! + rise;
    if (i % POINTS_PER_STEP === 0) yield;
  }
  return { inputs: [integerGrid(points)], labels: ExactColumn.fromSafeIntegers(units, decimalScale(1)) };
}

/** An integer in [-range, range] different from `slope`, uniform. */
export function otherSlope(slope: number, range: number, random: Random): number {
  const drawn = random.integer(-range, range - 1);
  return drawn < slope ? drawn : drawn + 1;
}

/** k different integers of 0 .. n-1, in increasing order, each set equally likely (selection sampling). */
function chooseIncreasing(k: number, n: number, random: Random): Float64Array {
  const chosen = new Float64Array(k);
  let count = 0;
  for (let i = 0; count < k; i++) {
    if (random.integer(1, n - i) <= k - count) chosen[count++] = i;
  }
  return chosen;
}
