import { Rational } from '../exact/rational.js';
import type { Neuron, SkipConnection } from '../problem/network.js';

/** An affine function of x, its slopes and then its constant: d + 1 numbers. */
export type Affine = readonly Rational[];

/** A neuron s (z)+ with z = (w, b); s is 1 or -1 unless said otherwise. */
export interface SignedNeuron {
  readonly sign: Rational;
  readonly z: Affine;
}

/** v (w . x + b)+ as sign(v) (z)+ with z = |v| (w, b). */
export function signed({ inputWeights, bias, outputWeight }: Neuron): SignedNeuron {
  const size = outputWeight.abs();
  return {
    sign: Rational.of(outputWeight.sign()),
    z: [...inputWeights, bias].map((entry) => entry.multiply(size)),
  };
}

export function neuronOf(sign: Rational, z: readonly Rational[]): Neuron {
  return { inputWeights: z.slice(0, -1), bias: z.at(-1)!, outputWeight: sign };
}

/** The skip, while neurons that are affine at the data are added to it. */
export class AffinePart {
  constructor(public skip: SkipConnection | null) {}

  /** Adds sign z . (x, 1). */
  add({ sign, z }: SignedNeuron): void {
    if (z.every((entry) => entry.isZero())) return;
    const terms = z.map((entry) => entry.multiply(sign));
    const bias = terms.pop()!;
    const { skip } = this;
    this.skip =
      skip === null
        ? { weights: terms, bias }
        : { weights: skip.weights.map((weight, i) => weight.add(terms[i]!)), bias: skip.bias.add(bias) };
  }
}
