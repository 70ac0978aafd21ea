import type { Rational } from '../exact/rational.js';
import type { Network, Neuron } from './network.js';

/** The breakpoint -b / w of a neuron with one input, or null when w = 0. */
export function breakpointOf({ inputWeights, bias }: Neuron): Rational | null {
  const weight = inputWeights[0]!;
  return weight.isZero() ? null : bias.divide(weight).negate();
}

/** One input: the neurons in the order of their breakpoints, those without one first, as certificates list them; other networks as they are. */
export function inOrderOfBreakpoints(network: Network): Network {
  if (network.inputDimension !== 1) return network;
  const keyed = network.neurons.map((neuron) => ({ neuron, at: breakpointOf(neuron) }));
  keyed.sort((a, b) =>
    a.at === null || b.at === null ? Number(a.at !== null) - Number(b.at !== null) : a.at.compare(b.at),
  );
  return { ...network, neurons: keyed.map(({ neuron }) => neuron) };
}
