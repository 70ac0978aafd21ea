import { type IntegerMatrix, solveLinearSystem } from '../exact/elimination.js';
import { Rational } from '../exact/rational.js';
import { isDead, type Network, type Neuron, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';

/**
 * A network made only of neurons with one parameter, (x_i)+, (-x_i)+ and the constant 1, through exact labels: at most as
 * many parameters as the rank of these 2 d + 1 columns on the data, hence at most N. They enter linearly, so one
 * exact elimination finds it. The columns of the skip come first: they are free.
 *
 * @param problem exact labels
 * @returns null when the columns do not span the labels
 */
export function atomNetwork(problem: Problem, skip: Skip): Network | null {
  const { inputs, lower, size, dimension } = problem;
  const feature = (i: number, n: number): bigint => inputs[i]!.integer(n);
  const positive = (value: bigint): bigint => (value > 0n ? value : 0n);
  const features = Array.from({ length: dimension }, (_, i) => i);
  const free = [
    ...(skip === 'affine' ? features.map((i) => (n: number) => feature(i, n)) : []),
    ...(skip === 'none' ? [] : [() => 1n]),
  ];
  const atoms = [
    ...features.map((i) => (n: number) => positive(feature(i, n))),
    ...(skip === 'affine' ? [] : features.map((i) => (n: number) => positive(-feature(i, n)))),
    ...(skip === 'none' ? [() => 1n] : []),
  ];
  const columns = [...free, ...atoms];
  const matrix: IntegerMatrix = Array.from({ length: size }, (_, n) => columns.map((column) => column(n)));
  const labels = Array.from({ length: size }, (_, n) => lower.integer(n));
  const solution = solveLinearSystem(matrix, labels);
  if (solution === null) return null;

  // Back from integer units: column of feature i is x_i / scale_i, labels are y / scale.
  const labelScale = lower.integerScale;
  const coefficient = (c: number, i: number | null): Rational => {
    const scaled = solution[c]!.multiply(labelScale);
    return i === null ? scaled : scaled.divide(inputs[i]!.integerScale);
  };
  const unit = (i: number | null, weight: Rational): Rational[] =>
    features.map((k) => (k === i ? weight : Rational.zero));
  const neuron = (a: number): Neuron => {
    const c = free.length + a;
    if (a >= (skip === 'affine' ? dimension : 2 * dimension)) {
      return {
        inputWeights: unit(null, Rational.zero),
        bias: Rational.one,
        outputWeight: coefficient(c, null),
      };
    }
    const i = a % dimension;
    const weight = a < dimension ? Rational.one : Rational.one.negate();
    return { inputWeights: unit(i, weight), bias: Rational.zero, outputWeight: coefficient(c, i) };
  };
  return {
    inputDimension: dimension,
    skip:
      skip === 'none'
        ? null
        : {
            weights: features.map((i) => (skip === 'affine' ? coefficient(i, i) : Rational.zero)),
            bias: coefficient(free.length - 1, null),
          },
    neurons: atoms.map((_, a) => neuron(a)).filter((each) => !isDead(each)),
  };
}
