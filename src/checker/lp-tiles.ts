import { DOUBLE_POWER_RANGE, doublePair, exponentialOfProduct, logarithms } from '../exact/double-power.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { changesOf, type Run, runsOf, tilesOf } from './runs.js';

/**
 * The tiles of the function, and the costs c^p of all tiles of all runs in doubles with error bounds, at the point where the tile
 * begins: [0] tile 1, [1] tile 2. For p = 0 the costs are ln c.
 */
export class Tiles {
  readonly runs: readonly Run[];
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
    // Slope changes |s_i - s_{i-1}|, each rounded from one quotient of integers.
    const { numerator, denominator } = this.unit;
    this.runs = runsOf(problem);
    for (const run of this.runs) {
      const { first, points } = run;
      changesOf(problem, run).forEach((change, t) => {
        const c = Number(change.numerator * numerator) / Number(change.denominator * denominator);
        changes[0][first + t] = Number.isFinite(c) ? c : 0;
      });
      for (let k = first; k + 1 < first + points; k++) changes[1][k] = changes[0][k]! + changes[0][k + 1]!;
    }
    this.begins = tilesOf(problem, this.runs, knots, 'lp-minimum-vertex');
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
