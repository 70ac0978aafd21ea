import { ExactColumn } from '../exact/column.js';
import type { Random } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { countNeurons, countParameters, type Network } from '../problem/network.js';
import { decimalScale } from './grid.js';
import { type GeneratedData, POINTS_PER_STEP } from './instance.js';
import type { CompleteOptions } from './options.js';

/** The data of a teacher and the network that made them. */
export interface TaughtData extends GeneratedData {
  /** sum_k v_k (w_k . x + b_k)+ with v_k = +-1, integer w_k != 0 and b_k; no skip. It fits the data exactly. */
  readonly teacher: Network;
}

/**
 * Different uniform inputs in [-1, 1]^d, multiples of 10^-decimals, labelled exactly by a random ReLU network.
 * The teacher bounds the sparsest network from above; it is often not the sparsest itself.
 */
export function* teacher(options: CompleteOptions, random: Random): Steps<TaughtData> {
  const { points, dimension, neurons, weight, decimals } = options;
  const weights = Array.from({ length: neurons }, () => drawWeights(dimension, weight, random));
  const biases = weights.map(() => random.integer(-weight, weight));
  const signs = weights.map(() => (random.integer(0, 1) === 0 ? -1 : 1));
  const columns = yield* distinctInputs(points, dimension, decimals, random);

  // Labels in units of 10^-decimals: integers, below 2^53 by the limits on the options.
  const one = 10 ** decimals;
  const labels = new Float64Array(points);
  for (let k = 0; k < neurons; k++) {
    for (let n = 0; n < points; n++) {
      let activation = biases[k]! * one;
      for (let i = 0; i < dimension; i++) activation += weights[k]![i]! * columns[i]![n]!;
      if (activation > 0) labels[n] = labels[n]! + signs[k]! * activation;
      if (n % POINTS_PER_STEP === 0) yield;
    }
  }
  const scale = decimalScale(decimals);
  return {
    inputs: columns.map((column) => ExactColumn.fromSafeIntegers(column, scale)),
    labels: ExactColumn.fromSafeIntegers(labels, scale),
    teacher: {
      inputDimension: dimension,
      skip: null,
      neurons: weights.map((w, k) => ({
        inputWeights: w.map((entry) => Rational.of(entry)),
        bias: Rational.of(biases[k]!),
        outputWeight: Rational.of(signs[k]!),
      })),
    },
  };
}

/** The sizes of the teacher: upper bounds of the minima. */
export function teacherBounds(network: Network): { neuronsAtMost: number; parametersAtMost: number } {
  return { neuronsAtMost: countNeurons(network), parametersAtMost: countParameters(network) };
}

/** Uniform random inputs as `teacher`, and labels uniform on the same multiples of 10^-decimals in [-1, 1]. */
export function* uniform(
  { points, dimension, decimals }: CompleteOptions,
  random: Random,
): Steps<GeneratedData> {
  const columns = yield* distinctInputs(points, dimension, decimals, random);
  const one = 10 ** decimals;
  const labels = new Float64Array(points);
  for (let n = 0; n < points; n++) {
    labels[n] = random.integer(-one, one);
    if (n % POINTS_PER_STEP === 0) yield;
  }
  const scale = decimalScale(decimals);
  return {
    inputs: columns.map((column) => ExactColumn.fromSafeIntegers(column, scale)),
    labels: ExactColumn.fromSafeIntegers(labels, scale),
  };
}

/** Integer weights in [-weight, weight], not all zero. */
function drawWeights(dimension: number, weight: number, random: Random): number[] {
  for (;;) {
    const weights = Array.from({ length: dimension }, () => random.integer(-weight, weight));
    if (weights.some((entry) => entry !== 0)) return weights;
  }
}

/** d columns of N integers in [-10^decimals, 10^decimals], no two rows equal. */
function* distinctInputs(
  points: number,
  dimension: number,
  decimals: number,
  random: Random,
): Steps<Float64Array[]> {
  const one = 10 ** decimals;
  const columns = Array.from({ length: dimension }, () => new Float64Array(points));
  const seen = new Set<string>();
  for (let n = 0; n < points; ) {
    for (const column of columns) column[n] = random.integer(-one, one);
    const key = columns.map((column) => column[n]).join();
    if (seen.has(key)) continue;
    seen.add(key);
    if (++n % POINTS_PER_STEP === 0) yield;
  }
  return columns;
}
