import { Rational } from '../exact/rational.js';
import { decide, refute } from '../lp/exact-lp.js';
import { floatSimplex } from '../lp/float-simplex.js';
import { LinearRow, type LinearSystem, primitive } from '../lp/linear-system.js';
import type { Knot, PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { KnotQuestion } from './question.js';
import { type KnotRefutation, SIGNS } from './refutation.js';

/** Either a function with knots in the set, or the reason why there is none. */
export type SupportAnswer =
  | { status: 'fits'; function: PiecewiseLinear }
  | { status: 'refuted'; refutation: KnotRefutation };

/**
 * The linear systems of a question: is there a function with knots in a set S of signed candidates (`SIGNS`) through points first..last?
 *
 * In integers. Points are x_i = x_0 + X_i sx and windows [lower_0 + L_i sy, lower_0 + U_i sy]; candidate t is x_0 + (P_t / q_t) sx.
 * The unknown gamma_t of a candidate t in S is its slope change divided by q_t sy / sx.
 *
 * Exact labels: one equation per inner point i, free of the affine part: with h_i = X_{i+1} - X_i the weights
 * (h_i, -h_{i-1} - h_i, h_{i-1}) on the points i-1, i, i+1 annihilate affine functions and turn (q X - P)+ into a hat,
 * which is 0 outside the two gaps at i. So the systems are banded.
 *
 * Windows: unknowns slope and intercept, then gamma_t; two rows per point.
 */
export class SupportSystem {
  private readonly size: number;
  private readonly x: bigint[];
  private readonly lower: bigint[];
  private readonly upper: bigint[];
  private readonly numerators: bigint[];
  private readonly denominators: bigint[];
  private readonly unitX: Rational;
  private readonly unitY: Rational;
  /** Points at or left of candidate t: the points i < after[t]. */
  private readonly after: Int32Array;

  constructor(readonly question: KnotQuestion) {
    const { problem, candidates } = question;
    const column = problem.inputs[0]!;
    this.size = problem.size;
    this.unitX = column.integerScale;
    const ratio = problem.upper.integerScale.divide(problem.lower.integerScale);
    this.unitY = problem.lower.integerScale.divide(Rational.of(ratio.denominator));
    const indices = Array.from({ length: this.size }, (_, i) => i);
    const originY = problem.lower.integer(0) * ratio.denominator;
    this.x = indices.map((i) => column.integer(i) - column.integer(0));
    this.lower = indices.map((i) => problem.lower.integer(i) * ratio.denominator - originY);
    this.upper = indices.map((i) => problem.upper.integer(i) * ratio.numerator - originY);
    const offsets = candidates.map((t) => t.subtract(column.value(0)).divide(this.unitX));
    this.numerators = offsets.map((offset) => offset.numerator);
    this.denominators = offsets.map((offset) => offset.denominator);
    this.after = new Int32Array(candidates.length);
    let i = 0;
    for (let t = 0; t < candidates.length; t++) {
      while (i < this.size && this.x[i]! * this.denominators[t]! <= this.numerators[t]!) i++;
      this.after[t] = i;
    }
  }

  /** Whether doubles see no function with knots in the set through points first..last. A hint. */
  seemsRefuted(set: Uint8Array, first: number, last: number): boolean {
    return floatSimplex(this.system(set, first, last).system).status !== 'feasible';
  }

  /** Certain refutation of the set on points first..last by themselves, or null when none is found. */
  refute(set: Uint8Array, first: number, last: number): KnotRefutation | null {
    const answer = refute(this.system(set, first, last).system);
    return answer.status === 'infeasible' ? this.refutation(answer.multipliers, first, last) : null;
  }

  /** Exact answer for all points. */
  decide(set: Uint8Array): SupportAnswer {
    const { system, inside } = this.system(set, 0, this.size - 1);
    const answer = decide(system);
    if (answer.status === 'infeasible') {
      return { status: 'refuted', refutation: this.refutation(answer.multipliers, 0, this.size - 1) };
    }
    return { status: 'fits', function: this.toFunction(answer.point, inside) };
  }

  private system(set: Uint8Array, first: number, last: number): { system: LinearSystem; inside: number[] } {
    // A candidate that is not strictly between the two ends acts on these points as an affine function.
    const inside: number[] = [];
    for (let t = 0; t < set.length; t++) {
      if (set[t] !== SIGNS.none && this.after[t]! > first && this.after[t]! <= last) inside.push(t);
    }
    const { exact } = this.question.problem;
    const rows = exact ? this.hatRows(inside, first, last) : this.windowRows(inside, first, last);
    const offset = exact ? 0 : 2;
    const limit = this.question.maxSlopeChange;
    inside.forEach((t, k) => {
      const up = (set[t]! & SIGNS.up) !== 0;
      const down = (set[t]! & SIGNS.down) !== 0;
      if (limit === null && up && down) return;
      const gamma = limit
        ?.multiply(this.unitX)
        .divide(this.unitY.multiply(Rational.of(this.denominators[t]!)));
      const unit: bigint[] = new Array(offset + inside.length).fill(0n);
      unit[offset + k] = gamma?.denominator ?? 1n;
      if (!up || gamma !== undefined) rows.push(new LinearRow(unit, '<=', up ? gamma!.numerator : 0n));
      if (!down || gamma !== undefined) rows.push(new LinearRow(unit, '>=', down ? -gamma!.numerator : 0n));
    });
    return { system: { unknowns: offset + inside.length, rows }, inside };
  }

  private hatRows(inside: readonly number[], first: number, last: number): LinearRow[] {
    const rows: LinearRow[] = [];
    let from = 0;
    for (let i = first + 1; i < last; i++) {
      const left = this.x[i]! - this.x[i - 1]!;
      const right = this.x[i + 1]! - this.x[i]!;
      const coefficients: bigint[] = new Array(inside.length).fill(0n);
      while (from < inside.length && this.after[inside[from]!]! < i) from++;
      for (let k = from; k < inside.length && this.after[inside[k]!]! <= i + 1; k++) {
        const t = inside[k]!;
        // The rising side of the hat for t < x_i, the falling side for t >= x_i.
        coefficients[k] =
          this.after[t]! <= i
            ? (this.numerators[t]! - this.x[i - 1]! * this.denominators[t]!) * right
            : (this.x[i + 1]! * this.denominators[t]! - this.numerators[t]!) * left;
      }
      const above = (this.lower[i + 1]! - this.lower[i]!) * left;
      const below = (this.lower[i]! - this.lower[i - 1]!) * right;
      rows.push(new LinearRow(coefficients, '=', above - below));
    }
    return rows;
  }

  private windowRows(inside: readonly number[], first: number, last: number): LinearRow[] {
    const rows: LinearRow[] = [];
    for (let i = first; i <= last; i++) {
      const x = this.x[i]!;
      const coefficients = [x, 1n];
      for (const t of inside) {
        coefficients.push(i < this.after[t]! ? 0n : x * this.denominators[t]! - this.numerators[t]!);
      }
      rows.push(new LinearRow(coefficients, '>=', this.lower[i]!));
      rows.push(new LinearRow(coefficients, '<=', this.upper[i]!));
    }
    return rows;
  }

  /** One weight per point from the multipliers of the rows. */
  private refutation(multipliers: readonly bigint[], first: number, last: number): KnotRefutation {
    const all: bigint[] = new Array(this.size).fill(0n);
    if (this.question.problem.exact) {
      for (let i = first + 1; i < last; i++) {
        const y = multipliers[i - first - 1]!;
        const left = this.x[i]! - this.x[i - 1]!;
        const right = this.x[i + 1]! - this.x[i]!;
        all[i - 1]! += y * right;
        all[i]! -= y * (left + right);
        all[i + 1]! += y * left;
      }
    } else {
      for (let i = first; i <= last; i++) {
        all[i] = multipliers[2 * (i - first)]! + multipliers[2 * (i - first) + 1]!;
      }
    }
    const points = Array.from({ length: this.size }, (_, i) => i).filter((i) => all[i] !== 0n);
    return { points, weights: primitive(points.map((i) => all[i]!)) };
  }

  private toFunction(solution: readonly Rational[], inside: readonly number[]): PiecewiseLinear {
    const { problem, candidates } = this.question;
    const perX = this.unitY.divide(this.unitX);
    const offset = problem.exact ? 0 : 2;
    const knots: Knot[] = [];
    inside.forEach((t, k) => {
      const slopeChange = solution[offset + k]!.multiply(perX).multiply(Rational.of(this.denominators[t]!));
      if (!slopeChange.isZero()) knots.push({ at: candidates[t]!, slopeChange });
    });
    const x = problem.inputs[0]!;
    const start = x.value(0);
    if (!problem.exact) {
      const slope = solution[0]!.multiply(perX);
      const value = problem.lower.value(0).add(solution[1]!.multiply(this.unitY));
      return { slope, intercept: value.subtract(slope.multiply(start)), knots };
    }
    // The affine part passes through the first two points, after the knots between them.
    let slope = Rational.zero;
    if (this.size > 1) {
      const end = x.value(1);
      let rise = problem.lower.value(1).subtract(problem.lower.value(0));
      for (const { at, slopeChange } of knots) {
        if (at.lessThan(end)) rise = rise.subtract(slopeChange.multiply(end.subtract(at)));
      }
      slope = rise.divide(end.subtract(start));
    }
    return { slope, intercept: problem.lower.value(0).subtract(slope.multiply(start)), knots };
  }
}
