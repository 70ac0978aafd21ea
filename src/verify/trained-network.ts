import { Rational } from '../exact/rational.js';
import { InputError } from '../problem/input-error.js';
import { isDead, type Network, type Neuron, type Skip, skipOf } from '../problem/network.js';
import type { PlainNetwork } from '../train/parameters.js';

/** A network as a library user holds it: exact, or the doubles of a training run, each meaning its exact value. */
export type NetworkInput = Network | PlainNetwork;

/** The exact network and the architecture it was built with. */
export interface TrainedNetwork {
  readonly network: Network;
  readonly skip: Skip;
}

/**
 * Reads a network exactly. Its architecture is that of the arrays (an affine skip whose slopes are 0 stays an affine skip);
 * a `Network` has the smallest architecture it fits in.
 * @throws InputError when arrays do not fit together or a weight is not finite
 */
export function trainedNetwork(input: NetworkInput): TrainedNetwork {
  if ('neurons' in input) return { network: input, skip: skipOf(input) };
  const { inputWeights, biases, outputWeights, skipWeights, skipBias } = input;
  const width = inputWeights.length;
  const dimension = inputWeights[0]?.length ?? skipWeights?.length;
  if (dimension === undefined || dimension === 0) {
    throw new InputError('network: expected at least one neuron or skip weight, found none');
  }
  const list = (values: readonly number[], length: number, field: string): Rational[] => {
    if (values.length !== length) {
      throw new InputError(`network: ${field}: expected ${length} numbers, found ${values.length}`);
    }
    return values.map((value, i) => {
      if (!Number.isFinite(value)) {
        throw new InputError(`network: ${field}[${i}]: expected a finite number, found ${value}`);
      }
      return Rational.fromDouble(value);
    });
  };
  const b = list(biases, width, 'biases');
  const v = list(outputWeights, width, 'outputWeights');
  const hasSkip = skipWeights !== null || skipBias !== null;
  return {
    network: {
      inputDimension: dimension,
      skip: hasSkip
        ? {
            weights: list(skipWeights ?? new Array<number>(dimension).fill(0), dimension, 'skipWeights'),
            bias: list([skipBias ?? 0], 1, 'skipBias')[0]!,
          }
        : null,
      neurons: inputWeights.map((row, k) => ({
        inputWeights: list(row, dimension, `inputWeights[${k}]`),
        bias: b[k]!,
        outputWeight: v[k]!,
      })),
    },
    skip: skipWeights !== null ? 'affine' : skipBias !== null ? 'bias' : 'none',
  };
}

/**
 * Whether a neuron counts, for every d, as the training history counts it: |v w_i| > threshold for some input i, or
 * |v b| > threshold with b > 0. So a (nearly) constant neuron counts, and a bias b <= 0 alone does not: such a neuron is 0 near the
 * origin. Exact. With threshold 0 these are the neurons that are not identically zero.
 */
export function isActive(neuron: Neuron, threshold: Rational): boolean {
  if (isDead(neuron)) return false;
  const { inputWeights, bias, outputWeight } = neuron;
  const exceeds = (weight: Rational) => threshold.lessThan(outputWeight.multiply(weight).abs());
  return inputWeights.some(exceeds) || (bias.sign() > 0 && exceeds(bias));
}

/** The network with the given neurons only. */
export function restrictTo(network: Network, neurons: readonly number[]): Network {
  return { ...network, neurons: neurons.map((k) => network.neurons[k]!) };
}
