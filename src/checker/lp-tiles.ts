import type { KnotValues } from '../certificate/knot-values.js';
import { DOUBLE_POWER_RANGE, doublePair, exponentialOfProduct, logarithms } from '../exact/double-power.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { guard } from './verdict.js';

/** A maximal stretch of points that turn the same way. */
export interface Run {
  readonly first: number;
  readonly points: number;
}

/** function -> tiles: where its knots lie. The points x_i <= knot < x_{i+1} are found by one sweep. */
export function knotCodes({ inputs, size }: Problem, values: KnotValues): Int32Array {
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
 * The tiles of the function, and the costs c^p of all tiles of all runs in doubles with error bounds, at the point where the tile
 * begins: [0] tile 1, [1] tile 2. For p = 0 the costs are ln c.
 */
export class Tiles {
  readonly runs: Run[] = [];
  /** 1 or 2 where a tile of the function begins, else 0. */
  readonly begins: Uint8Array;
  readonly costs: readonly [Float64Array, Float64Array];
  readonly errors: readonly [Float64Array, Float64Array];

  constructor(
    private readonly problem: Problem,
    knots: Int32Array,
    readonly p: Rational,
  ) {
    const { size } = problem;
    const changes: [Float64Array, Float64Array] = [
      new Float64Array(size).fill(1),
      new Float64Array(size).fill(1),
    ];
    this.findRuns(changes[0]);
    this.begins = new Uint8Array(size);
    for (const code of knots) {
      const i = code >> 1;
      guard(i > 0 && i < size - 1, 'lp-minimum-vertex', () => `a knot lies outside the inner points`);
      this.begins[i] = 1 + (code & 1);
    }
    let covered = 0;
    for (const { first, points } of this.runs) {
      const end = first + points;
      for (let k = first; k < end; covered++) {
        const length = this.begins[k]!;
        guard(
          length > 0 && k + length <= end && (points !== 2 || length === 2),
          'lp-minimum-vertex',
          () => `the knots are not those of a vertex of S at point ${k}`,
        );
        k += length;
      }
      for (let k = first; k + 1 < end; k++) changes[1][k] = changes[0][k]! + changes[0][k + 1]!;
    }
    guard(covered === knots.length, 'lp-minimum-vertex', () => 'a knot lies outside the runs');
    // A change has three roundings and the sum of two one more: relative error below 2^-50. c^p moves by at most 1.01 p times as much and has
    // POWER_ERROR = 2^-51 of its own; ln c moves by 1.01 2^-50 and has an error of 2^-58, rounded once.
    this.errors = [new Float64Array(size), new Float64Array(size)];
    const pair = doublePair(p);
    this.costs = changes.map((values, kind) => {
      const errors = this.errors[kind]!;
      for (let i = 0; i < size; i++) {
        if (values[i]! > DOUBLE_POWER_RANGE.smallest && values[i]! < DOUBLE_POWER_RANGE.largest) continue;
        values[i] = 1;
        errors[i] = Number.POSITIVE_INFINITY;
      }
      const { high, low } = logarithms(values);
      for (let i = 0; i < size; i++) {
        const cost = p.isZero() ? high[i]! : exponentialOfProduct(high[i]!, low[i]!, pair.high, pair.low);
        values[i] = cost;
        errors[i] = errors[i]! + (p.isZero() ? 2 ** -49 + 2 ** -52 * Math.abs(cost) : 2 ** -49 * cost);
      }
      return values;
    }) as [Float64Array, Float64Array];
  }

  /** Slope changes |s_i - s_{i-1}| rounded from one quotient of integers, and the runs of equal sign. */
  private findRuns(changes: Float64Array): void {
    const { inputs, lower: y, size } = this.problem;
    const x = inputs[0]!;
    const unit = this.unit;
    let sign = 0;
    let first = 0;
    let X = x.integer(0);
    let Y = y.integer(0);
    let dx = 1n;
    let dy = 0n;
    const close = (end: number) => {
      if (sign !== 0) this.runs.push({ first, points: end - first });
    };
    for (let i = 0; i + 1 < size; i++) {
      const [nextX, nextY] = [x.integer(i + 1), y.integer(i + 1)];
      const [run, rise] = [nextX - X, nextY - Y];
      const turn = rise * dx - dy * run;
      const own = i === 0 ? 0 : turn > 0n ? 1 : turn < 0n ? -1 : 0;
      if (own !== sign) {
        close(i);
        sign = own;
        first = i;
      }
      if (own !== 0) {
        const n = turn * unit.numerator;
        const c = Number(n < 0n ? -n : n) / Number(run * dx * unit.denominator);
        changes[i] = Number.isFinite(c) ? c : 0;
      }
      [X, Y, dx, dy] = [nextX, nextY, run, rise];
    }
    close(size - 1);
  }

  private get unit(): Rational {
    return this.problem.lower.integerScale.divide(this.problem.inputs[0]!.integerScale);
  }

  /** The exact slope change of a tile at point i. */
  exact(i: number, length: number): Rational {
    return this.slope(i - 1 + length)
      .subtract(this.slope(i - 1))
      .abs();
  }

  private slope(i: number): Rational {
    const { inputs, lower: y } = this.problem;
    const x = inputs[0]!;
    return Rational.of(y.integer(i + 1) - y.integer(i), x.integer(i + 1) - x.integer(i)).multiply(this.unit);
  }
}
