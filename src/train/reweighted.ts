import type { Moments } from './adam.js';
import type { Parameters } from './parameters.js';

/** Which product the weight |q|^(p-1) of the reweighted l^1 penalty is taken from. */
export type ReweightFrom =
  /** The product before the gradient step: Algorithm 1 as published. */
  | 'previous'
  /** The product after it: what a live view of the weights gives. */
  | 'current';

export interface ProximalOptions {
  /** The exponent, 0 < p <= 1. */
  p: number;
  /** The weight of the penalty. */
  lambda: number;
  /** gamma. */
  learningRate: number;
  reweightFrom: ReweightFrom;
}

/** C = lambda gamma p |q|^(p-1), the threshold of Algorithm 1; for q = 0 infinite when p < 1. */
export function threshold(q: number, lambda: number, learningRate: number, p: number): number {
  const scale = lambda * learningRate * p;
  return p === 1 ? scale : scale * Math.abs(q) ** (p - 1);
}

/** The minimiser of (u - q)^2 / 2 + C |u|: q moved towards 0 by C, and 0 (never -0) when |q| <= C. NaN stays NaN. */
export function softThreshold(q: number, C: number): number {
  return q > C ? q - C : q < -C ? q + C : Number.isNaN(q) ? q : 0;
}

/** Room for the products of all entries, and for the soft-thresholded products of one neuron. */
export interface ProximalWorkspace {
  /** v_k w_ki by entry, before the gradient step. */
  readonly previous: Float64Array;
  readonly thresholded: Float64Array;
}

export function createProximalWorkspace(parameters: Parameters): ProximalWorkspace {
  return {
    previous: new Float64Array(parameters.values.length),
    thresholded: new Float64Array(parameters.inputDimension + 1),
  };
}

/** Writes q = v_k w_ki of every input weight (biases too) to `products`, by entry. */
export function recordProducts(parameters: Parameters, products: Float64Array): void {
  const { neuronCount, starts, values } = parameters;
  for (let j = 0; j < neuronCount; j++) {
    const last = starts[j + 1]! - 1;
    const v = values[last]!;
    for (let e = starts[j]!; e < last; e++) products[e] = v * values[e]!;
  }
}

/**
 * The proximal step of Algorithm 1, after a gradient step: every penalised product q = v_k w_ki becomes
 * u = soft(q, lambda gamma p |q_r|^(p-1)), where q_r is the previous product or q itself, and is split in the balanced
 * way |v_k| = sqrt(norm2(u_k)), |w_ki| = |u_ki| / sqrt(norm2(u_k)), signs kept: of all splits of u_k the one with the
 * least v_k^2 + norm2(w_k)^2. The skip is not touched.
 *
 * With several inputs the bias counts as a weight (eq. (8)). With one input it is free (eq. (2)), and the step leaves it
 * as it is, as published. So the step is not a pure rescaling of the neuron: when |w| changes at a fixed bias, the knot
 * -b/w moves. The first step, which meets unbalanced neurons, changes the function most; later ones meet neurons that
 * one Adam step has hardly unbalanced.
 *
 * Entries that stay zero for good are removed, and a removed neuron counts as all zero, its free bias included:
 * - p < 1, weights from the previous product: u = 0 makes the next threshold infinite, so the product is 0 ever after,
 *   whatever momentum does to its weight in between. With several inputs the entry of that weight goes; a neuron goes
 *   when none is left. Until then w_ki = 0 exactly at the start of each epoch, so nothing else sees it. With one input
 *   w_k = v_k = 0 at the start of each epoch, so the neuron is the zero function (its bias cannot come back by itself).
 * - Otherwise a zero product can come back by momentum. A neuron goes when v_k and its penalised weights are zero and
 *   so are those weights' first moments: the gradient by them is v_k (...) = 0, so they, and with them u, stay zero.
 */
export function proximalStep(
  parameters: Parameters,
  moments: Moments,
  workspace: ProximalWorkspace,
  options: ProximalOptions,
): void {
  const { p, lambda, learningRate, reweightFrom } = options;
  const { inputDimension: d, neurons, starts, columns, values } = parameters;
  const { first, second } = moments;
  const { previous, thresholded } = workspace;
  const zeroIsFinal = p < 1 && reweightFrom === 'previous';
  const scale = lambda * learningRate * p;
  const exponent = p - 1;
  // The first column that is not penalised: the bias with one input, none with several.
  const penalised = d === 1 ? 1 : d + 1;

  // Entries are read at `e` and written at `write` <= e, so removal costs nothing when nothing is removed.
  let write = starts[0]!;
  let living = 0;
  let from = write;
  for (let j = 0; j < parameters.neuronCount; j++) {
    const last = starts[j + 1]! - 1;
    const v = values[last]!;

    // Soft thresholding.
    let squares = 0;
    for (let e = from; e < last && columns[e]! < penalised; e++) {
      const q = v * values[e]!;
      const reference = reweightFrom === 'previous' ? previous[e]! : q;
      const C = p === 1 ? scale : scale * Math.abs(reference) ** exponent;
      const u = softThreshold(q, C);
      thresholded[e - from] = u;
      squares += u * u;
    }

    // The balanced split. A product too large to be squared is a divergence and must not look like a dead one.
    const split = squares < Infinity ? Math.sqrt(Math.sqrt(squares)) : Number.NaN;
    let removable = split === 0;
    const begin = write;
    for (let e = from; e < last; e++) {
      let w = values[e]!;
      if (columns[e]! < penalised) {
        const u = split === 0 ? 0 : thresholded[e - from]!;
        if (u === 0 && zeroIsFinal) continue;
        w = u === 0 ? 0 : w < 0 ? -Math.abs(u) / split : Math.abs(u) / split;
        if (first[e] !== 0) removable = zeroIsFinal && removable;
      }
      values[write] = w;
      first[write] = first[e]!;
      second[write] = second[e]!;
      columns[write] = columns[e]!;
      write++;
    }
    from = last + 1;
    if (removable) {
      write = begin;
      continue;
    }
    values[write] = v < 0 && split !== 0 ? -split : split;
    first[write] = first[last]!;
    second[write] = second[last]!;
    columns[write] = columns[last]!;
    write++;
    neurons[living] = neurons[j]!;
    living++;
    starts[living] = write;
  }
  parameters.neuronCount = living;
}
