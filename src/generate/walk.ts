import { ExactColumn } from '../exact/column.js';
import type { Random } from '../exact/random.js';
import type { Steps } from '../exact/steps.js';
import { integerGrid } from './grid.js';
import { type GeneratedData, POINTS_PER_STEP } from './instance.js';
import type { CompleteOptions } from './options.js';

/**
 * A random walk: y_0 = 0, y_{i+1} = y_i + step. With integer steps everything is an integer; otherwise each sum is
 * rounded to a double, and the data are those doubles.
 */
export function* walk(options: CompleteOptions, random: Random): Steps<GeneratedData> {
  const y = new Float64Array(options.points);
  const draw = drawer(options, random);
  for (let i = 1; i < y.length; i++) {
    y[i] = y[i - 1]! + draw();
    if (i % POINTS_PER_STEP === 0) yield;
  }
  return { inputs: [integerGrid(y.length)], labels: ExactColumn.fromDoubles(y) };
}

/** Independent labels. */
export function* noise(options: CompleteOptions, random: Random): Steps<GeneratedData> {
  const y = new Float64Array(options.points);
  const draw = drawer(options, random);
  for (let i = 0; i < y.length; i++) {
    y[i] = draw();
    if (i % POINTS_PER_STEP === 0) yield;
  }
  return { inputs: [integerGrid(y.length)], labels: ExactColumn.fromDoubles(y) };
}

function drawer({ distribution, range }: CompleteOptions, random: Random): () => number {
  if (distribution === 'integer') return () => random.integer(-range, range);
  return distribution === 'uniform' ? () => random.uniformIn(-1, 1) : random.gaussian;
}
