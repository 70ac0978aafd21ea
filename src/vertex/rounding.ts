import { maximum, Rational } from '../exact/rational.js';
import type { Network } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { outputsOf } from './prune.js';

/**
 * The network with every number rounded to the nearest double, or by way of it to single precision. Neurons are balanced first, by a power
 * of two that makes |v| and |w| about equal: the more equal the weights, the less is lost.
 */
export function rounded(network: Network, precision: 'float64' | 'float32'): Network {
  const float = (value: number): Rational =>
    Rational.fromDouble(precision === 'float32' ? Math.fround(value) : value);
  return {
    ...network,
    skip: network.skip && {
      weights: network.skip.weights.map((weight) => float(weight.toNumber())),
      bias: float(network.skip.bias.toNumber()),
    },
    neurons: network.neurons.map(({ inputWeights, bias, outputWeight }) => {
      const weights = [...inputWeights, bias].map((weight) => weight.toNumber());
      const v = outputWeight.toNumber();
      const balance = 2 ** Math.round(Math.log2(Math.hypot(...weights) / Math.abs(v)) / 2);
      const scale = Number.isFinite(balance) && balance > 0 ? balance : 1;
      const all = weights.map((weight) => float(weight / scale));
      return { inputWeights: all.slice(0, -1), bias: all.at(-1)!, outputWeight: float(v * scale) };
    }),
  };
}

/** The largest distance between the outputs of two networks at the points. Exact. */
export function largestChange(problem: Problem, before: Network, after: Network): Rational {
  const outputs = outputsOf(problem, before);
  return outputsOf(problem, after).reduce(
    (most, value, n) => maximum(most, value.subtract(outputs[n]!).abs()),
    Rational.zero,
  );
}
