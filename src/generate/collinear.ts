import { ExactColumn } from '../exact/column.js';
import type { Random } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { integerGrid } from './grid.js';
import { type GeneratedData, POINTS_PER_STEP } from './instance.js';
import type { CompleteOptions } from './options.js';
import { otherSlope } from './planted.js';

/**
 * Stretches of collinear points at x = 0, .., N-1, joined at data points; integer slopes, a different one in each stretch.
 * Collinear points end runs, so counting them as part of a run gives too many knots here.
 */
export function* collinear(
  { points, range, stretch }: CompleteOptions,
  random: Random,
): Steps<GeneratedData> {
  const y = new Float64Array(points);
  let slope = random.integer(-range, range);
  let left = random.integer(1, 2 * stretch - 1);
  for (let i = 1; i < points; i++) {
    y[i] = y[i - 1]! + slope;
    if (i % POINTS_PER_STEP === 0) yield;
    if (--left > 0) continue;
    slope = otherSlope(slope, range, random);
    left = random.integer(1, 2 * stretch - 1);
  }
  return { inputs: [integerGrid(points)], labels: ExactColumn.fromSafeIntegers(y, Rational.one) };
}
