import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { lcm } from '../../src/exact/bigint.js';
import { rank } from '../../src/exact/elimination.js';
import { Rational } from '../../src/exact/rational.js';
import { evaluate, isDead, type Network, type Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';

/** Whether a network is a vertex, from the definition: two ranks of a matrix of rationals, by fraction-free elimination. */
export function isVertex(problem: Problem, network: Network, skip: Skip): boolean {
  const { dimension, size, inputs, lower, upper } = problem;
  const rows: Rational[][] = [];
  const neurons = network.neurons.filter((neuron) => !isDead(neuron));
  // The columns that cost, and those that do not: biases of one input and the skip.
  const costs = neurons.flatMap(({ inputWeights, bias }) => {
    const own = inputWeights.map((weight) => !weight.isZero());
    return dimension === 1 ? own : [...own, !bias.isZero()];
  });
  const width = dimension + 1;
  for (let n = 0; n < size; n++) {
    const x = inputs.map((column) => column.value(n));
    const value = evaluate(network, x);
    if (lower.value(n).lessThan(value) && value.lessThan(upper.value(n))) continue;
    const point = [...x, Rational.one];
    const signs = neurons.map((neuron) =>
      neuron.inputWeights.reduce((sum, weight, i) => sum.add(weight.multiply(x[i]!)), neuron.bias).sign(),
    );
    const block = (seen: (k: number) => boolean, skipped: boolean): Rational[] => [
      ...signs.flatMap((_, k) => point.map((value) => (seen(k) ? value : Rational.zero))),
      ...(skipped ? point : point.map(() => Rational.zero)),
    ];
    rows.push(block((k) => signs[k] === 1, true));
    signs.forEach((sign, k) => {
      if (sign === 0) rows.push(block((l) => l === k, false));
    });
  }
  const counted: number[] = [];
  const free: number[] = [];
  neurons.forEach((_, k) => {
    for (let i = 0; i < width; i++) {
      if (dimension === 1 && i === 1) free.push(k * width + i);
      else if (costs[dimension === 1 ? k : k * width + i]) counted.push(k * width + i);
    }
  });
  const behind = neurons.length * width;
  if (skip !== 'none') free.push(behind + dimension);
  if (skip === 'affine') for (let i = 0; i < dimension; i++) free.push(behind + i);
  const rankOf = (columns: readonly number[]) =>
    rank(
      rows.map((row) => {
        const picked = columns.map((c) => row[c]!);
        const common = picked.reduce((d, value) => lcm(d, value.denominator), 1n);
        return picked.map((value) => value.numerator * (common / value.denominator));
      }),
    );
  return rankOf([...counted, ...free]) === counted.length + rankOf(free);
}

/** The claim about a vertex is true. */
export function expectVertex(problem: Problem, { claim, model }: Certificate): void {
  if (claim.kind !== 'vertex') throw new Error(`expected a vertex, found ${claim.kind}`);
  expect(claim.holds).toBe(isVertex(problem, model!, claim.skip));
}
