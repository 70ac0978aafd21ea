import { ExactColumn } from '../exact/column.js';
import type { Random } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { InputError } from '../problem/input-error.js';
import { integerGrid } from './grid.js';
import { type GeneratedData, POINTS_PER_STEP } from './instance.js';
import type { CompleteOptions } from './options.js';

/**
 * A strictly convex sequence of integers: slopes grow by 1 .. range at every inner point, and fall as much as they rise.
 * All inner points form one run, the longest there is.
 * @throws InputError when the labels would exceed 2^53
 */
export function* convex({ points, range }: CompleteOptions, random: Random): Steps<GeneratedData> {
  const changes = new Float64Array(points);
  let total = 0;
  for (let i = 1; i < points - 1; i++) {
    changes[i] = random.integer(1, range);
    total += changes[i]!;
    if (i % POINTS_PER_STEP === 0) yield;
  }
  const y = new Float64Array(points);
  let slope = -Math.floor(total / 2);
  for (let i = 1; i < points; i++) {
    y[i] = y[i - 1]! + slope;
    slope += changes[i]!;
    if (i % POINTS_PER_STEP === 0) yield;
    if (!Number.isSafeInteger(y[i])) {
      throw new InputError(
        `expected fewer for kind "convex" with range ${range}, found ${points}: label ${i} exceeds 2^53; ` +
          'ask for fewer points or a smaller range',
        { field: 'points' },
      );
    }
  }
  return { inputs: [integerGrid(points)], labels: ExactColumn.fromSafeIntegers(y, Rational.one) };
}
