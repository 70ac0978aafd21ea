import type { Objective } from '../../src/certificate/certificate.js';
import { decide } from '../../src/lp/exact-lp.js';
import { LinearRow, type Sense } from '../../src/lp/linear-system.js';
import type { Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { activationPatterns } from '../../src/search/patterns.js';
import { pointsOf } from '../../src/search/points.js';

/** Output sign, activation pattern, and the input weights (bias last) that may be nonzero. */
interface NeuronType {
  readonly sign: bigint;
  readonly active: ArrayLike<number>;
  readonly support: readonly number[];
}

/**
 * The minimum by trying every set of neuron types in the order of their size, each set one exact linear program with the
 * activations fixed. One neuron per type is enough: two of one type add up (Lemma 4.1).
 */
export function minimumByTypes(problem: Problem, objective: Objective, skip: Skip): number {
  const { width } = pointsOf(problem);
  const everything = Array.from({ length: width }, (_, i) => i);
  const supports =
    objective === 'neurons' ? [everything] : everything.flatMap((size) => subsets(width, size + 1));
  const types: NeuronType[] = [];
  for (const { active } of activationPatterns(problem)) {
    if (!active.includes(1)) continue;
    for (const support of supports.filter((each) => isRealised(problem, active, each)))
      for (const sign of [1n, -1n]) types.push({ sign, active, support });
  }
  const weight = (type: NeuronType): number => (objective === 'neurons' ? 1 : type.support.length);
  for (let size = 0; ; size++) {
    for (const chosen of multisets(types, weight, size)) if (fits(problem, skip, chosen)) return size;
  }
}

/** Has some neuron with these input weights w . x_n + b > 0 exactly where it should be active? Others are of another type. */
function isRealised(problem: Problem, active: ArrayLike<number>, support: readonly number[]): boolean {
  const rows = pointsOf(problem).exact.map((point, n) => {
    const coefficients = support.map((i) => point[i]!);
    return active[n] === 1 ? new LinearRow(coefficients, '>=', 1n) : new LinearRow(coefficients, '<=', 0n);
  });
  return decide({ unknowns: support.length, rows }).status === 'feasible';
}

/** Sets of types whose weights add up to `size`. */
function* multisets(
  types: readonly NeuronType[],
  weight: (type: NeuronType) => number,
  size: number,
  from = 0,
): Generator<NeuronType[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let t = from; t < types.length; t++) {
    const type = types[t]!;
    if (weight(type) > size) continue;
    for (const rest of multisets(types, weight, size - weight(type), t + 1)) yield [type, ...rest];
  }
}

function fits(problem: Problem, skip: Skip, chosen: readonly NeuronType[]): boolean {
  const { exact: points, lower, upper, size, width } = pointsOf(problem);
  const skipWidth = skip === 'affine' ? width : skip === 'bias' ? 1 : 0;
  const first = [0];
  for (const { support } of chosen) first.push(first.at(-1)! + support.length);
  const unknowns = first.at(-1)! + skipWidth;
  const rows: LinearRow[] = [];
  const row = (sense: Sense, right: bigint, entries: (coefficients: bigint[]) => void): void => {
    const coefficients = new Array<bigint>(unknowns).fill(0n);
    entries(coefficients);
    rows.push(new LinearRow(coefficients, sense, right));
  };
  for (let n = 0; n < size; n++) {
    const activation = (k: number, factor: bigint, coefficients: bigint[]): void => {
      chosen[k]!.support.forEach((i, t) => {
        coefficients[first[k]! + t] = factor * points[n]![i]!;
      });
    };
    const f = (coefficients: bigint[]): void => {
      chosen.forEach(({ sign, active }, k) => {
        if (active[n] === 1) activation(k, sign, coefficients);
      });
      for (let i = 0; i < skipWidth; i++) {
        coefficients[unknowns - skipWidth + i] = points[n]![width - skipWidth + i]!;
      }
    };
    row('>=', lower[n]!, f);
    row('<=', upper[n]!, f);
    chosen.forEach(({ active }, k) => {
      row(active[n] === 1 ? '>=' : '<=', 0n, (coefficients) => activation(k, 1n, coefficients));
    });
  }
  return decide({ unknowns, rows }).status === 'feasible';
}

/** All subsets of {0 .. n-1} of a given size. */
export function subsets(n: number, size: number): number[][] {
  if (size === 0) return [[]];
  const list: number[][] = [];
  for (const rest of subsets(n, size - 1)) {
    for (let next = (rest.at(-1) ?? -1) + 1; next < n; next++) list.push([...rest, next]);
  }
  return list;
}
