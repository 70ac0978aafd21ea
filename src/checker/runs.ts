import type { KnotValues } from '../certificate/knot-values.js';
import { PIECE, type Pieces } from '../certificate/pieces.js';
import { abs } from '../exact/bigint.js';
import { orientation } from '../exact/orientation.js';
import type { Quotient } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { checkFunction } from './function.js';
import { checkPieces } from './pieces.js';
import type { Rule } from './rules.js';
import { guard } from './verdict.js';

/** A maximal stretch of points that turn the same way: 1 upwards, -1 downwards. */
export interface Run {
  readonly first: number;
  readonly points: number;
  readonly sign: 1 | -1;
}

/** The runs of one input and exact labels, from left to right. */
export function runsOf({ inputs, lower: y, size }: Problem): Run[] {
  const x = inputs[0]!;
  const runs: Run[] = [];
  let side = 0;
  let first = 0;
  for (let i = 1; i < size; i++) {
    const turn = i + 1 < size ? orientation(x, i - 1, y, i, y, i + 1, y) : 0;
    if (turn === side) continue;
    if (side !== 0) runs.push({ first, points: i - first, sign: side > 0 ? 1 : -1 });
    side = turn;
    first = i;
  }
  return runs;
}

/** The slope changes e_0 .. e_{L-1} at the points of a run, all in one unit, not in lowest terms. */
export function changesOf(
  { inputs, lower: y }: Problem,
  { first, points }: Pick<Run, 'first' | 'points'>,
): Quotient[] {
  const x = inputs[0]!;
  let [X, Y] = [x.integer(first), y.integer(first)];
  let [before, rise] = [X - x.integer(first - 1), Y - y.integer(first - 1)];
  return Array.from({ length: points }, (_, t) => {
    const [nextX, nextY] = [x.integer(first + t + 1), y.integer(first + t + 1)];
    const [after, next] = [nextX - X, nextY - Y];
    const change = { numerator: abs(next * before - rise * after), denominator: before * after };
    [X, Y, before, rise] = [nextX, nextY, after, next];
    return change;
  });
}

/** The runs by their first points. */
export class Runs implements Iterable<readonly [point: number, length: number]> {
  private readonly lengths: ReadonlyMap<number, number>;

  /** @param problem one input, exact labels */
  constructor(private readonly problem: Problem) {
    this.lengths = new Map(runsOf(problem).map(({ first, points }) => [first, points]));
  }

  /** The first point of every run and how many points it has, from left to right. */
  [Symbol.iterator](): Iterator<readonly [point: number, length: number]> {
    return this.lengths.entries();
  }

  /** Points of the run that begins there; 0: there is none. */
  length(point: number): number {
    return this.lengths.get(point) ?? 0;
  }

  /** Its slope changes, see `changesOf`. */
  changes(first: number): Quotient[] {
    return changesOf(this.problem, { first, points: this.length(first) });
  }
}

/** Fewest knots of any function through the points: every other point of a run needs one of its own. */
export function fewestKnots(runs: readonly Run[]): number {
  return runs.reduce((sum, { points }) => sum + ((points + 1) >> 1), 0);
}

/** function or pieces -> through every window, and where the knots lie: 2 i on the point i, 2 i + 1 between the points i and i + 1. */
export function checkKnots(
  problem: Problem,
  { network, pieces, function: values }: Statement,
  rule: Rule,
): Int32Array {
  guard(
    network === undefined && (pieces === undefined) !== (values === undefined),
    'claim-network',
    () => 'expected a function of one input, by its pieces or by its values',
  );
  if (values !== undefined) {
    checkFunction(problem, values);
    return knotsOfValues(problem, values);
  }
  checkPieces(problem, pieces!);
  return knotsOfPieces(pieces!, rule);
}

/** The lines change at the last point of the one, when the other begins there, or in the gap after it. */
function knotsOfPieces(pieces: Pieces, rule: Rule): Int32Array {
  const codes = new Int32Array(pieces.length / PIECE.length - 1);
  for (let j = 0; j < codes.length; j++) {
    const last = pieces[j * PIECE.length + PIECE.to]!;
    const gap = pieces[(j + 1) * PIECE.length + PIECE.from]! - last;
    guard(gap <= 1, rule, () => `there are points between the pieces ${j} and ${j + 1}`);
    codes[j] = 2 * last + gap;
  }
  return codes;
}

/** The points x_i <= knot < x_{i+1} are found by one sweep. */
function knotsOfValues({ inputs, size }: Problem, values: KnotValues): Int32Array {
  const x = inputs[0]!;
  const { numerator: xn, denominator: xd } = x.integerScale;
  const codes = new Int32Array(values.length - 2);
  let i = 0;
  for (let j = 1; j < values.length - 1; j++) {
    const entry = values[j]!;
    if (typeof entry === 'number') {
      codes[j - 1] = 2 * entry;
      continue;
    }
    const X = entry[0].numerator * xd;
    const W = entry[0].denominator * xn;
    while (i + 1 < size && x.integer(i + 1) * W <= X) i++;
    codes[j - 1] = 2 * i + (x.integer(i) * W === X ? 0 : 1);
  }
  return codes;
}

/**
 * knots -> the tiles of a vertex of S: 1 or 2 where a tile begins, else 0. A run of two points has a tile 2, because two tiles 1 are never as
 * good.
 */
export function tilesOf({ size }: Problem, runs: readonly Run[], knots: Int32Array, rule: Rule): Uint8Array {
  const begins = new Uint8Array(size);
  for (const code of knots) {
    const i = code >> 1;
    guard(i > 0 && i < size - 1, rule, () => 'a knot lies outside the inner points');
    begins[i] = 1 + (code & 1);
  }
  let covered = 0;
  for (const { first, points } of runs) {
    const end = first + points;
    for (let k = first; k < end; covered++) {
      const length = begins[k]!;
      guard(
        length > 0 && k + length <= end && (points !== 2 || length === 2),
        rule,
        () => `the knots are not those of a vertex of S at point ${k}`,
      );
      k += length;
    }
  }
  guard(covered === knots.length, rule, () => 'a knot lies outside the runs');
  return begins;
}
