import type { PatternNode } from '../certificate/patterns.js';
import { PatternTree } from '../checker/patterns.js';
import { verdictOf } from '../checker/verdict.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { primitiveOf } from '../lp/linear-system.js';
import { InputError } from '../problem/input-error.js';
import type { Network, SkipConnection } from '../problem/network.js';
import { signTree } from '../search/patterns.js';
import { statementOrFailure } from './checked.js';

/** {x : normal . x + offset = 0}, primitive integers; the first entry of the normal that is not 0 is positive. */
export interface Hyperplane {
  readonly normal: readonly bigint[];
  readonly offset: bigint;
}

/** Different hyperplanes, and how many there were before those that coincide or are none were left out. */
export interface Arrangement {
  readonly dimension: number;
  readonly hyperplanes: readonly Hyperplane[];
  readonly given: number;
  /** A network whose pieces these hyperplanes bound; null for hyperplanes alone. */
  readonly network: Network | null;
  /** Hyperplanes of neurons across which the network is affine all the same: their kinks cancel. */
  readonly cancelled: number;
}

/** Least and greatest value of every input; the least is below. */
export type Box = readonly { readonly from: Rational; readonly to: Rational }[];

/** An open cell: no point of it is on a hyperplane. */
export interface Cell {
  /** 1 where normal . x + offset > 0, else 0; one entry per hyperplane. */
  readonly signs: readonly (0 | 1)[];
  /** A point of the cell, inside the box. Exact. */
  readonly witness: readonly Rational[];
  /** The network on the cell. */
  readonly affine: SkipConnection | null;
}

/** normal . x + offset = 0 by any nonzero multiple; null when the normal is 0. */
function hyperplane(normal: readonly Rational[], offset: Rational): Hyperplane | null {
  const first = normal.find((entry) => !entry.isZero());
  if (first === undefined) return null;
  const integers = primitiveOf([...normal, offset]);
  const entries = first.sign() < 0 ? integers.map((entry) => -entry) : integers;
  return { normal: entries.slice(0, -1), offset: entries.at(-1)! };
}

const keyOf = ({ normal, offset }: Hyperplane): string => [...normal, offset].join();

/**
 * The hyperplanes across which a network has a kink: f = affine + sum over hyperplanes H of j_H (n_H . x + c_H)+, where the neurons with their
 * hyperplane on H add up to the jump j_H of the gradient along n_H, the same everywhere on H. Where it is 0 the network is affine across H. So the
 * largest open connected sets on which f is affine are the cells of the others.
 */
export function arrangementOfNetwork(network: Network): Arrangement {
  const jumps = new Map<string, { plane: Hyperplane; jump: Rational }>();
  for (const { inputWeights, bias, outputWeight } of network.neurons) {
    const plane = hyperplane(inputWeights, bias);
    if (plane === null) continue;
    const i = plane.normal.findIndex((entry) => entry !== 0n);
    // w = t n, and v (t n . x + t c)+ has the jump v |t| along n, whichever side it faces.
    const jump = inputWeights[i]!.divide(Rational.of(plane.normal[i]!)).abs().multiply(outputWeight);
    const key = keyOf(plane);
    const before = jumps.get(key)?.jump ?? Rational.zero;
    jumps.set(key, { plane, jump: before.add(jump) });
  }
  const kinks = [...jumps.values()].filter(({ jump }) => !jump.isZero());
  return {
    dimension: network.inputDimension,
    hyperplanes: kinks.map(({ plane }) => plane),
    given: network.neurons.length,
    network,
    cancelled: jumps.size - kinks.length,
  };
}

/** The hyperplanes A x = b, row by row; A is m x d. @throws InputError where a row of A is 0 */
export function arrangementOfRows(
  A: readonly (readonly Rational[])[],
  b: readonly Rational[],
  source: string,
): Arrangement {
  const planes = A.map((row, i) => {
    const plane = hyperplane(row, b[i]!.negate());
    if (plane === null)
      throw new InputError(
        `${source}: row ${i} of A (counted from 0) is 0 and makes no hyperplane; leave it out`,
      );
    return plane;
  });
  return {
    dimension: A[0]!.length,
    hyperplanes: [...new Map(planes.map((plane) => [keyOf(plane), plane])).values()],
    given: A.length,
    network: null,
    cancelled: 0,
  };
}

/** sum_{i <= d} C(m, i): the cells of m hyperplanes in general position in dimension d, and at most that many of any (Schlaefli, Buck 1943). */
export function cellsInGeneralPosition(hyperplanes: number, dimension: number): bigint {
  let binomial = 1n;
  let sum = 0n;
  for (let i = 0; i <= Math.min(dimension, hyperplanes); i++) {
    sum += binomial;
    binomial = (binomial * BigInt(hyperplanes - i)) / BigInt(i + 1);
  }
  return sum;
}

/** The cells found, up to a limit. */
export interface RegionsFound {
  readonly cells: readonly Cell[];
  /** There are no others. */
  readonly complete: boolean;
  /** `cellsInGeneralPosition`. */
  readonly atMost: bigint;
}

/**
 * The cells of an arrangement in an open box or everywhere, as a computation that can be left with those found by then.
 *
 * A point x is (x, 1) up to a positive factor t, so a cell is a sign pattern of the vectors (n_H, c_H) on the weights (t x, t): the tree of
 * `patterns`, with the sign + given for t and for the sides of the box. The checker takes each node as it is found: witnesses have their signs,
 * and a branch that is left out has multipliers that rule it out. The steps throw CheckFailure when it rejects one.
 */
export class CheckedRegionSearch {
  private readonly cells: Cell[] = [];
  private readonly atMost: bigint;

  constructor(
    private readonly arrangement: Arrangement,
    private readonly box: Box | null,
    private readonly limit: number,
  ) {
    this.atMost = cellsInGeneralPosition(arrangement.hyperplanes.length, arrangement.dimension);
  }

  *steps(): Steps<RegionsFound> {
    const { arrangement, box, cells } = this;
    const d = arrangement.dimension;
    const given = positiveVectors(d, box);
    const vectors = [...given, ...arrangement.hyperplanes.map(({ normal, offset }) => [...normal, offset])];
    const tree = new PatternTree(
      Array.from({ length: d + 1 }, (_, i) => (n: number) => vectors[n]![i]!),
      new Array(d + 1).fill(Rational.one),
      vectors.length,
      given.length,
    );
    const pass = (node: PatternNode) => this.pass(() => tree.push(node));
    for (const { proof, cell } of signTree(vectors, d + 1, given.length)) {
      if (cell === null) pass(proof);
      else {
        if (cells.length === this.limit) return this.found;
        const t = cell.weights[d]!;
        const witness = cell.weights.slice(0, d).map((value) => value.divide(t));
        pass([...witness, Rational.one].map(String));
        const { network } = arrangement;
        cells.push({
          signs: cell.signs.slice(given.length),
          witness,
          affine: network === null ? null : affineAt(network, witness),
        });
      }
      yield;
    }
    this.pass(() => tree.finish(cells.length));
    return { ...this.found, complete: true };
  }

  /** The cells found so far, as if there were others. */
  get found(): RegionsFound {
    return { cells: this.cells, complete: false, atMost: this.atMost };
  }

  private pass(rule: () => void): void {
    statementOrFailure(
      verdictOf(() => {
        rule();
        return '';
      }),
    );
  }
}

/** t > 0, and in a box t x_i - from_i t > 0 and to_i t - t x_i > 0. */
function positiveVectors(d: number, box: Box | null): bigint[][] {
  const unit = (i: number, sign: number, t: Rational): bigint[] =>
    primitiveOf(Array.from({ length: d + 1 }, (_, j) => (j === d ? t : Rational.of(j === i ? sign : 0))));
  return [
    unit(-1, 0, Rational.one),
    ...(box ?? []).flatMap(({ from, to }, i) => [unit(i, 1, from.negate()), unit(i, -1, to)]),
  ];
}

/** The affine function that a network is around a point on none of its kinks. */
function affineAt({ inputDimension, skip, neurons }: Network, x: readonly Rational[]): SkipConnection {
  const weights = skip?.weights.slice() ?? new Array<Rational>(inputDimension).fill(Rational.zero);
  let bias = skip?.bias ?? Rational.zero;
  for (const { inputWeights, bias: own, outputWeight } of neurons) {
    const activation = inputWeights.reduce((sum, w, i) => sum.add(w.multiply(x[i]!)), own);
    // On a hyperplane whose kinks cancel either side will do, if all its neurons take the same: the side in the direction of the normal.
    const side = activation.sign() || (inputWeights.find((w) => !w.isZero())?.sign() ?? 0);
    if (side <= 0) continue;
    inputWeights.forEach((w, i) => {
      weights[i] = weights[i]!.add(outputWeight.multiply(w));
    });
    bias = bias.add(outputWeight.multiply(own));
  }
  return { weights, bias };
}

/** Where data are in an arrangement. */
export interface DataInCells {
  /** Index of a cell -> its data points. */
  readonly points: ReadonlyMap<number, number>;
  /** Points on a hyperplane: in no open cell. */
  readonly onBoundaries: number;
  /** Points outside the closed box. One on its side and on no hyperplane is in an open cell that reaches inside. */
  readonly outside: number;
  /** Points in cells that were not found, where not all were. */
  readonly elsewhere: number;
}

/** Which cells the points of some columns meet. Exact. */
export function dataInCells(
  { hyperplanes }: Arrangement,
  box: Box | null,
  cells: readonly Cell[],
  size: number,
  point: (n: number) => readonly Rational[],
): DataInCells {
  const indices = new Map(cells.map(({ signs }, k) => [signs.join(''), k]));
  const points = new Map<number, number>();
  let [onBoundaries, outside, elsewhere] = [0, 0, 0];
  for (let n = 0; n < size; n++) {
    const x = point(n);
    if (box?.some(({ from, to }, i) => x[i]!.lessThan(from) || to.lessThan(x[i]!))) {
      outside++;
      continue;
    }
    const { numerators, denominator } = overCommonDenominator(x);
    const values = hyperplanes.map(({ normal, offset }) =>
      normal.reduce((sum, entry, i) => sum + entry * numerators[i]!, offset * denominator),
    );
    const k = indices.get(values.map((value) => (value > 0n ? 1 : 0)).join(''));
    if (values.some((value) => value === 0n)) onBoundaries++;
    else if (k === undefined) elsewhere++;
    else points.set(k, (points.get(k) ?? 0) + 1);
  }
  return { points, onBoundaries, outside, elsewhere };
}
