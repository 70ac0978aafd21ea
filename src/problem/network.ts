import { Rational } from '../exact/rational.js';

/** v (w . x + b)+ with w = inputWeights (length d), b = bias, v = outputWeight. All exact. */
export interface Neuron {
  readonly inputWeights: readonly Rational[];
  readonly bias: Rational;
  readonly outputWeight: Rational;
}

/** The affine part weights . x + bias that bypasses the ReLUs. */
export interface SkipConnection {
  readonly weights: readonly Rational[];
  readonly bias: Rational;
}

/** Which affine part a network may have: a full one, only an output bias, or nothing. */
export type Skip = 'affine' | 'bias' | 'none';

/** What is counted: neurons that are not identically zero, or nonzero parameters (eq. (9) of the paper, bias counted). */
export type Objective = 'neurons' | 'parameters';

/** A single-hidden-layer ReLU network, f(x) = sum_k v_k (w_k . x + b_k)+ + skip(x). */
export interface Network {
  readonly inputDimension: number;
  readonly skip: SkipConnection | null;
  readonly neurons: readonly Neuron[];
}

/** The exact value of the network at a point of length d. */
export function evaluate(network: Network, x: readonly Rational[]): Rational {
  let sum = network.skip === null ? Rational.zero : dot(network.skip.weights, x).add(network.skip.bias);
  for (const { inputWeights, bias, outputWeight } of network.neurons) {
    const activation = dot(inputWeights, x).add(bias);
    if (activation.sign() > 0) sum = sum.add(outputWeight.multiply(activation));
  }
  return sum;
}

function dot(weights: readonly Rational[], x: readonly Rational[]): Rational {
  let sum = Rational.zero;
  for (let i = 0; i < weights.length; i++) {
    if (!weights[i]!.isZero()) sum = sum.add(weights[i]!.multiply(x[i]!));
  }
  return sum;
}

/** A neuron that is the zero function: v = 0, or w = 0 and b <= 0. */
export function isDead({ inputWeights, bias, outputWeight }: Neuron): boolean {
  return outputWeight.isZero() || (bias.sign() <= 0 && inputWeights.every((weight) => weight.isZero()));
}

/** Number of neurons that are not identically zero; a constant neuron counts. */
export function countNeurons(network: Network): number {
  return network.neurons.filter((neuron) => !isDead(neuron)).length;
}

/** Number of pairs (k, i) with v_k w_ki != 0, the bias counted as w_k,d+1: eq. (9) of the paper. Dead neurons count 0. */
export function countParameters(network: Network): number {
  let count = 0;
  for (const neuron of network.neurons) {
    if (isDead(neuron)) continue;
    for (const weight of neuron.inputWeights) if (!weight.isZero()) count++;
    if (!neuron.bias.isZero()) count++;
  }
  return count;
}

/** The smallest architecture this network belongs to. */
export function skipOf(network: Network): Skip {
  if (network.skip === null) return 'none';
  return network.skip.weights.every((weight) => weight.isZero()) ? 'bias' : 'affine';
}
