import { bitLength } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';

/** Bounds on the weights of all vertices, as powers of two in units that cancel in their quotient. */
export interface WeightBits {
  /** Weights, times the unit of their input and over the unit of the labels, are 0 or at least 2^-smallest and at most 2^largest. */
  readonly smallest: number;
  readonly largest: number;
}

/**
 * Hadamard's inequality on integer data (the paper's eq. (76)). The nonzero numbers of a vertex solve a square integer system by Cramer's
 * rule: quotients of determinants that are integers, hence at least 1 in absolute value, and at most the product of the lengths of their
 * columns. A vertex has at most N neurons, and each column of a neuron holds, up to signs, some entries of one column of (X, 1); a free
 * skip has its columns once. Exact, and far from sharp.
 */
export function vertexWeightBits({ inputs, lower, size }: Problem, skip: Skip): WeightBits {
  const columns = [...inputs.map((column) => (n: number) => column.integer(n)), () => 1n];
  const label = bitsOfLength((n) => lower.integer(n), size);
  const lengths = columns.map((entry) => bitsOfLength(entry, size));
  const neuron = lengths.reduce((sum, bits) => sum + bits, 0);
  const free = skip === 'affine' ? neuron : skip === 'bias' ? lengths.at(-1)! : 0;
  const determinant = size * neuron + free;
  return { smallest: determinant, largest: determinant + label };
}

/** An integer at least log2 of the length of a column of integers, and at least 0. */
function bitsOfLength(entry: (n: number) => bigint, size: number): number {
  let squares = 0n;
  for (let n = 0; n < size; n++) squares += entry(n) ** 2n;
  return Math.ceil(bitLength(squares) / 2);
}

/**
 * At least the fewest products that cost, where nothing is known: N neurons pass through any N labels, and have an input weight for each input
 * and a bias, which costs with several inputs.
 */
function mostNeeded({ size, dimension }: Problem): number {
  return dimension === 1 ? size : size * (dimension + 1);
}

/**
 * A positive number that p* is not below, in closed form: for p < log(1 + 1/s) / log(R / r) every l^p minimiser has the fewest products that
 * cost, s, because minimisers are vertices, s of the largest cost R^p each are cheaper than s + 1 of the smallest, r^p, and vertices with
 * s exist. As log2(1 + 1/s) >= 1/s, that is at least 1 / (s log2(R / r)). An upper bound of s will do. Rational, and weak.
 *
 * @param problem exact labels
 * @param fewest at least the fewest products that cost: neurons for one input, parameters for several
 */
export function closedLowerBound(problem: Problem, skip: Skip, fewest = mostNeeded(problem)): Rational {
  if (fewest === 0) return Rational.one;
  const { inputs, dimension } = problem;
  const { smallest, largest } = vertexWeightBits(problem, skip);
  // Weights of different inputs come in different units; with one input only one weight costs.
  const units = inputs.map((column) => column.integerScale);
  if (dimension > 1) units.push(Rational.one);
  const extreme = (sign: 1 | -1) => units.reduce((a, b) => (sign * a.compare(b) < 0 ? b : a)).abs();
  const spread = extreme(1).divide(extreme(-1));
  const bits =
    smallest + largest + Math.max(0, bitLength(spread.numerator) - bitLength(spread.denominator) + 1);
  return Rational.of(1, fewest * Math.max(1, bits));
}

/** What a page says of it. */
export function closedBoundText(problem: Problem, skip: Skip): string {
  return `p* >= ${closedLowerBound(problem, skip)} in any case: determinants of integers are at least 1, and at most the product of the lengths of their columns (eq. (76)).`;
}
