import { Rational } from '../exact/rational.js';
import type { Network } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { outputsOf } from './prune.js';

/**
 * The network without the products whose loss no output at the points feels by more than `tolerance`, all together: taken out one after the
 * other, the smallest first, while that holds. The l^p cost falls with each. Exact; N K d steps for each product.
 */
export function thinned(problem: Problem, network: Network, tolerance: Rational): Network {
  if (tolerance.isZero()) return network;
  const targets = outputsOf(problem, network);
  const isNear = (candidate: Network): boolean =>
    outputsOf(problem, candidate).every(
      (value, n) => value.subtract(targets[n]!).abs().compare(tolerance) <= 0,
    );
  const products = network.neurons.flatMap(({ inputWeights, outputWeight }, k) =>
    inputWeights.map((weight, i) => ({ k, i, size: weight.multiply(outputWeight).abs() })),
  );
  products.sort((a, b) => a.size.compare(b.size));
  let current = network;
  for (const { k, i, size } of products) {
    if (size.isZero()) continue;
    const neurons = current.neurons.map((neuron, l) =>
      l === k
        ? {
            ...neuron,
            inputWeights: neuron.inputWeights.map((weight, j) => (j === i ? Rational.zero : weight)),
          }
        : neuron,
    );
    const candidate = { ...current, neurons };
    if (isNear(candidate)) current = candidate;
  }
  return current;
}
