import type { Parameters } from './parameters.js';

/** What a network in training looks like after an epoch; all four figures describe the same weights. */
export interface HistoryRow {
  /** Epochs done; 0 is the network training started from. */
  epoch: number;
  /** Mean squared error over all points. */
  loss: number;
  /** Neurons that are not zero, as `measureSparsity` counts them. */
  activeNeurons: number;
  /** Pairs (k, i) with |v_k w_ki| above the threshold, the bias counted, eq. (9). */
  nonzeroProducts: number;
  /** The l^p path norm at the p of the training: sum |v_k w_ki|^p, without the bias for one input, eq. (2); with it, eq. (8). */
  pathNorm: number;
}

export type Sparsity = Omit<HistoryRow, 'epoch' | 'loss'>;

/**
 * Counts what is above `threshold`, and the l^p path norm over all entries without any threshold.
 *
 * A neuron is active when |v_k w_ki| > threshold for some input i. A constant neuron, v_k (b_k)+ with no such input, is
 * active when |v_k b_k| > threshold and b_k > 0.
 */
export function measureSparsity(parameters: Parameters, p: number, threshold: number): Sparsity {
  const { inputDimension: d, neuronCount, starts, columns, values } = parameters;
  const counted = d === 1 ? 1 : d + 1;
  let activeNeurons = 0;
  let nonzeroProducts = 0;
  let pathNorm = 0;
  for (let j = 0; j < neuronCount; j++) {
    const last = starts[j + 1]! - 1;
    const v = Math.abs(values[last]!);
    let active = false;
    for (let e = starts[j]!; e < last; e++) {
      const w = values[e]!;
      const product = v * Math.abs(w);
      if (columns[e]! < counted && product > 0) pathNorm += product ** p;
      if (product > threshold) {
        nonzeroProducts++;
        active ||= columns[e]! < d || w > 0;
      }
    }
    if (active) activeNeurons++;
  }
  return { activeNeurons, nonzeroProducts, pathNorm };
}
