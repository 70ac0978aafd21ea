import type { ModelLayers } from '../models/layers.js';
import type { PlainNetwork } from './parameters.js';

/**
 * The layers of a trained network, for a model file. Neurons that are the zero function as stored (v = 0, or w = 0 and
 * b <= 0) are left out: a file needs no room for what training has removed. A network without any other keeps its first.
 */
export function layersFromPlainNetwork(network: PlainNetwork): ModelLayers {
  const { inputWeights, biases, outputWeights, skipWeights, skipBias } = network;
  const inputDimension = inputWeights[0]!.length;
  const living = outputWeights.flatMap((v, k) => {
    const dead = v === 0 || (biases[k]! <= 0 && inputWeights[k]!.every((w) => w === 0));
    return dead ? [] : [k];
  });
  const kept = living.length === 0 ? [0] : living;
  return {
    inputDimension,
    width: kept.length,
    inputWeights: Float64Array.from(kept.flatMap((k) => inputWeights[k]!)),
    biases: Float64Array.from(kept, (k) => biases[k]!),
    outputWeights: Float64Array.from(kept, (k) => outputWeights[k]!),
    skipWeights: skipWeights === null ? null : Float64Array.from(skipWeights),
    skipBiases: skipBias === null ? [] : [skipBias],
  };
}
