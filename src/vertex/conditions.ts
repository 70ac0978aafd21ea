import { lcm } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import { evaluate, isDead, type Network, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';

/** A neuron that is not dead, scaled to output weight `sign`: sign * max(0, weights . (x, 1)). */
export interface Ray {
  /** Its number in the network. */
  readonly neuron: number;
  readonly sign: 1 | -1;
  /** |v| w and |v| b, d + 1 numbers, the bias last. */
  readonly weights: readonly Rational[];
}

/** A number of the network that may change: entry `i` of ray number `ray`, or of the skip when `ray` is -1; i = d is the bias. */
export interface Unknown {
  readonly ray: number;
  readonly i: number;
}

/**
 * The linear conditions on a direction c that keeps the outputs of a network on the data, in the coordinates of rays (MATH: vertices).
 *
 *     sum over rays active at x_n of sign_k c_k . (x_n, 1) + c_skip . (x_n, 1) = 0    for every held point n
 *     c_k . (x_n, 1) = 0                                                              where x_n lies on the hyperplane of ray k
 *
 * Held are the points that are not strictly inside their window. Unknown j of ray k stands for sign_k c_ki: rows are data alone. The cost
 * is that of eq. (2) for one input, which leaves biases free, else of eq. (8): `products` change at a cost, `free` do not. All exact.
 */
export class Conditions {
  readonly rays: readonly Ray[];
  /** Held points by number in the problem, and (x_n, 1) at them in integers: entry i in units of units[i]. */
  readonly held: readonly number[];
  readonly points: readonly (readonly bigint[])[];
  readonly units: readonly Rational[];
  /** signs[k][j]: of ray k at held point j. */
  readonly signs: readonly Int8Array[];
  /** The unknowns: free ones first, then products. */
  readonly unknowns: readonly Unknown[];
  readonly freeCount: number;
  /** Number of conditions. */
  readonly count: number;

  constructor(
    readonly problem: Problem,
    readonly network: Network,
    readonly skip: Skip,
  ) {
    const { inputs, dimension } = problem;
    this.units = [...inputs.map((column) => column.integerScale), Rational.one];
    this.held = heldPoints(problem, network);
    this.points = this.held.map((n) => [...inputs.map((column) => column.integer(n)), 1n]);
    this.rays = raysOf(network);
    this.signs = this.rays.map(({ weights }) => {
      const form = integerForm(weights, this.units);
      return Int8Array.from(this.points, (point) => {
        const value = dot(form, point);
        return value > 0n ? 1 : value < 0n ? -1 : 0;
      });
    });
    const all = this.rays.flatMap(({ weights }, ray) => weights.map((weight, i) => ({ ray, i, weight })));
    const isFree = ({ i }: Unknown) => dimension === 1 && i === 1;
    const skipEntries = skip === 'affine' ? [...this.units.keys()] : skip === 'bias' ? [dimension] : [];
    const free = [...all.filter(isFree), ...skipEntries.map((i) => ({ ray: -1, i }))];
    const products = all.filter((unknown) => !isFree(unknown) && !unknown.weight.isZero());
    this.unknowns = [...free, ...products].map(({ ray, i }) => ({ ray, i }));
    this.freeCount = free.length;
    this.count = this.signs.reduce(
      (sum, signs) => sum + signs.reduce((zeros, sign) => (sign === 0 ? zeros + 1 : zeros), 0),
      this.held.length,
    );
  }

  /** |S|, the nonzero products. */
  get products(): number {
    return this.unknowns.length - this.freeCount;
  }

  /** The conditions on the unknowns of `columns`, one integer a column; rows of zeros are left out. */
  rows(columns: readonly number[] = [...this.unknowns.keys()]): bigint[][] {
    return [...this.equations(columns, this.signs)].map(({ row }) => row);
  }

  /**
   * The same with other signs of rays at held points, and with the number of the held point whose output a row is; null for a row that
   * keeps a point on a hyperplane.
   */
  *equations(
    columns: readonly number[],
    signs: readonly Int8Array[],
  ): Generator<{ readonly row: bigint[]; readonly output: number | null }> {
    const unknowns = columns.map((j) => this.unknowns[j]!);
    const rays = new Set(unknowns.map(({ ray }) => ray));
    rays.delete(-1);
    for (let j = 0; j < this.points.length; j++) {
      const point = this.points[j]!;
      const row = unknowns.map(({ ray, i }) => (ray < 0 || signs[ray]![j]! > 0 ? point[i]! : 0n));
      if (row.some((value) => value !== 0n)) yield { row, output: j };
      for (const k of rays) {
        if (signs[k]![j] !== 0) continue;
        yield { row: unknowns.map(({ ray, i }) => (ray === k ? point[i]! : 0n)), output: null };
      }
    }
  }
}

/** All neurons that are not dead. */
export function raysOf({ neurons }: Network): Ray[] {
  return neurons.flatMap((neuron, k): Ray[] => {
    if (isDead(neuron)) return [];
    const { inputWeights, bias, outputWeight } = neuron;
    const size = outputWeight.abs();
    const isOne = size.equals(Rational.one);
    return [
      {
        neuron: k,
        sign: outputWeight.sign() > 0 ? 1 : -1,
        weights: [...inputWeights, bias].map((weight) => (isOne ? weight : weight.multiply(size))),
      },
    ];
  });
}

function heldPoints(problem: Problem, network: Network): number[] {
  const { inputs, lower, upper, size, exact } = problem;
  const all = Array.from({ length: size }, (_, n) => n);
  if (exact) return all;
  return all.filter((n) => {
    const value = evaluate(
      network,
      inputs.map((column) => column.value(n)),
    );
    return !(lower.value(n).lessThan(value) && value.lessThan(upper.value(n)));
  });
}

/** A positive multiple of weights, in integers, for points in `units`. */
export function integerForm(weights: readonly Rational[], units: readonly Rational[]): bigint[] {
  const scaled = weights.map((weight, i) => weight.multiply(units[i]!));
  const denominator = scaled.reduce((common, value) => lcm(common, value.denominator), 1n);
  return scaled.map((value) => value.numerator * (denominator / value.denominator));
}

export function dot(a: readonly bigint[], b: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = 0; i < a.length; i++) if (a[i] !== 0n) sum += a[i]! * b[i]!;
  return sum;
}
