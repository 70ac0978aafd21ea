import type { ExactColumn } from '../exact/column.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { Network } from '../problem/network.js';

/**
 * A network on the points of integer columns, in integers: no fraction is reduced until a value is asked for.
 *
 *   z_k(n) = W_k . X_n + B_k      a positive multiple of w_k . x_n + b_k
 *   f(x_n) = (sum_k V_k max(0, z_k(n)) + A . X_n + C) / E
 *
 * where X_n are the integers of the columns at point n.
 */
export class IntegerNetwork {
  private readonly weights: bigint[][] = [];
  private readonly biases: bigint[] = [];
  private readonly outputs: bigint[];
  private readonly skipWeights: bigint[];
  private readonly skipBias: bigint;
  private readonly denominator: bigint;

  /** @param inputs one column per input of the network */
  constructor(
    network: Network,
    private readonly inputs: readonly ExactColumn[],
  ) {
    const scaled = (weights: readonly Rational[]) =>
      weights.map((weight, i) => weight.multiply(inputs[i]!.integerScale));
    const outputs: Rational[] = [];
    for (const { inputWeights, bias, outputWeight } of network.neurons) {
      const { numerators, denominator } = overCommonDenominator([...scaled(inputWeights), bias]);
      this.biases.push(numerators.pop()!);
      this.weights.push(numerators);
      outputs.push(outputWeight.divide(Rational.of(denominator)));
    }
    const skip = network.skip ?? { weights: inputs.map(() => Rational.zero), bias: Rational.zero };
    const { numerators, denominator } = overCommonDenominator([
      ...outputs,
      ...scaled(skip.weights),
      skip.bias,
    ]);
    this.outputs = numerators.slice(0, outputs.length);
    this.skipWeights = numerators.slice(outputs.length, -1);
    this.skipBias = numerators.at(-1)!;
    this.denominator = denominator;
  }

  /** A positive multiple of w_k . x + b_k at point n. */
  activation(k: number, n: number): bigint {
    return this.dot(this.weights[k]!, n) + this.biases[k]!;
  }

  /** f at point n. */
  value(n: number): Rational {
    let sum = this.skipBias + this.dot(this.skipWeights, n);
    for (let k = 0; k < this.outputs.length; k++) {
      if (this.outputs[k] === 0n) continue;
      const z = this.activation(k, n);
      if (z > 0n) sum += this.outputs[k]! * z;
    }
    return Rational.of(sum, this.denominator);
  }

  private dot(weights: readonly bigint[], n: number): bigint {
    let sum = 0n;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] !== 0n) sum += weights[i]! * this.inputs[i]!.integer(n);
    }
    return sum;
  }
}
