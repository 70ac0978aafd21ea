import type { Parameters, PlainNetwork } from './parameters.js';

/** A neuron scaled to output weight +-1: sign * max(0, weights . (x, 1)), d + 1 doubles, the bias last. */
export interface FloatRay {
  readonly sign: 1 | -1;
  readonly weights: readonly number[];
}

/** The neurons of a network that are not zero. */
export function floatRays({ inputWeights, biases, outputWeights }: PlainNetwork): FloatRay[] {
  return outputWeights.flatMap((v, k): FloatRay[] => {
    const row = inputWeights[k]!;
    if (v === 0 || (biases[k]! <= 0 && row.every((w) => w === 0))) return [];
    return [{ sign: v > 0 ? 1 : -1, weights: [...row, biases[k]!].map((w) => w * Math.abs(v)) }];
  });
}

/**
 * The network of these neurons with the skip of another one, in the balanced split that the proximal step makes: |v| = norm2 of the
 * penalised weights. As many neurons as `width`, the rest zero.
 */
export function networkOfRays(rays: readonly FloatRay[], like: PlainNetwork, width: number): PlainNetwork {
  const d = like.inputWeights[0]!.length;
  const rest = Math.max(0, width - rays.length);
  const sizes = rays.map(({ weights }) => {
    const penalised = d === 1 ? weights.slice(0, 1) : weights;
    return Math.sqrt(Math.hypot(...penalised)) || 1;
  });
  const zeros = <T>(value: () => T): T[] => Array.from({ length: rest }, value);
  return {
    inputWeights: [
      ...rays.map(({ weights }, k) => weights.slice(0, d).map((w) => w / sizes[k]!)),
      ...zeros(() => new Array<number>(d).fill(0)),
    ],
    biases: [...rays.map(({ weights }, k) => weights[d]! / sizes[k]!), ...zeros(() => 0)],
    outputWeights: [...rays.map(({ sign }, k) => sign * sizes[k]!), ...zeros(() => 0)],
    skipWeights: like.skipWeights,
    skipBias: like.skipBias,
  };
}

/** Whether a penalised product is not zero, but at most `threshold`. */
export function hasDust(parameters: Parameters, threshold: number): boolean {
  const { inputDimension: d, neuronCount, starts, columns, values } = parameters;
  const penalised = d === 1 ? 1 : d + 1;
  for (let j = 0; j < neuronCount; j++) {
    const last = starts[j + 1]! - 1;
    for (let e = starts[j]!; e < last; e++) {
      const product = Math.abs(values[last]! * values[e]!);
      if (columns[e]! < penalised && product > 0 && product <= threshold) return true;
    }
  }
  return false;
}

/** The network without products of at most `threshold` that are penalised, and without neurons that have no others. */
export function withoutDust(network: PlainNetwork, threshold: number): PlainNetwork {
  const d = network.inputWeights[0]!.length;
  const penalised = d === 1 ? 1 : d + 1;
  const isDust = (weight: number, i: number) => i < penalised && Math.abs(weight) <= threshold;
  const kept = floatRays(network)
    .map(({ sign, weights }) => ({ sign, weights: weights.map((w, i) => (isDust(w, i) ? 0 : w)) }))
    .filter(({ weights }) => weights.some((w, i) => i < penalised && w !== 0));
  return networkOfRays(kept, network, network.outputWeights.length);
}
