import type { Knot, PiecewiseLinear } from '../data/piecewise-linear.js';
import { Rational } from '../exact/rational.js';
import { decide, type Feasibility, type Refutation, refute } from '../lp/exact-lp.js';
import { LinearRow, type LinearSystem, primitive } from '../lp/linear-system.js';
import type { KnotQuestion } from './knot-question.js';
import type { KnotRefutation } from './knot-refutation.js';

/** Either a function with knots in the set, or the reason why there is none. */
export type SupportAnswer =
  | { status: 'fits'; function: PiecewiseLinear }
  | { status: 'refuted'; refutation: KnotRefutation };

/**
 * The linear systems of a question: is there a function with knots in a set S of candidates through points first..last?
 *
 * In integers. Points are x_i = x_0 + X_i sx and windows [lower_0 + L_i sy, lower_0 + U_i sy]; candidate t is x_0 + (P_t / q_t) sx.
 * Unknowns: slope and intercept in those units, and gamma_t for t in S with f = .. + gamma_t (q_t X - P_t)+, so that the
 * slope change is gamma_t q_t sy / sx.
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

  /** Certain refutation of the set on points first..last by itself, or null when doubles find none. */
  refute(set: Uint8Array, first: number, last: number): KnotRefutation | null {
    const { system } = this.system(set, first, last);
    const answer = refute(system);
    return answer.status === 'infeasible' ? this.refutation(answer, first, last) : null;
  }

  /** Exact answer for all points. */
  decide(set: Uint8Array): SupportAnswer {
    const { system, inside } = this.system(set, 0, this.size - 1);
    const answer = decide(system);
    if (answer.status === 'infeasible') {
      return { status: 'refuted', refutation: this.refutation(answer, 0, this.size - 1) };
    }
    return { status: 'fits', function: this.toFunction(answer, inside) };
  }

  private system(set: Uint8Array, first: number, last: number): { system: LinearSystem; inside: number[] } {
    // A candidate that is not strictly between the two ends acts on these points as an affine function.
    const inside: number[] = [];
    for (let t = 0; t < set.length; t++) {
      if (set[t] === 1 && this.after[t]! > first && this.after[t]! <= last) inside.push(t);
    }
    const rows: LinearRow[] = [];
    for (let i = first; i <= last; i++) {
      const x = this.x[i]!;
      const coefficients = [x - this.x[first]!, 1n];
      for (const t of inside) {
        coefficients.push(i < this.after[t]! ? 0n : x * this.denominators[t]! - this.numerators[t]!);
      }
      const lower = this.lower[i]!;
      const upper = this.upper[i]!;
      if (this.question.problem.exact || lower === upper) rows.push(new LinearRow(coefficients, '=', lower));
      else rows.push(new LinearRow(coefficients, '>=', lower), new LinearRow(coefficients, '<=', upper));
    }
    const limit = this.question.maxSlopeChange;
    if (limit !== null) {
      inside.forEach((t, k) => {
        const gamma = limit
          .multiply(this.unitX)
          .divide(this.unitY.multiply(Rational.of(this.denominators[t]!)));
        const unit: bigint[] = new Array(2 + inside.length).fill(0n);
        unit[2 + k] = gamma.denominator;
        rows.push(new LinearRow(unit, '<=', gamma.numerator), new LinearRow(unit, '>=', -gamma.numerator));
      });
    }
    return { system: { unknowns: 2 + inside.length, rows }, inside };
  }

  /** One weight per point from the multipliers of its one or two rows. */
  private refutation(
    answer: Extract<Refutation | Feasibility, { status: 'infeasible' }>,
    first: number,
    last: number,
  ): KnotRefutation {
    const { exact } = this.question.problem;
    const points: number[] = [];
    const weights: bigint[] = [];
    let r = 0;
    for (let i = first; i <= last; i++) {
      let weight = answer.multipliers[r++]!;
      if (!exact && this.lower[i] !== this.upper[i]) weight += answer.multipliers[r++]!;
      if (weight === 0n) continue;
      points.push(i);
      weights.push(weight);
    }
    return { points, weights: primitive(weights) };
  }

  private toFunction(
    answer: Extract<Feasibility, { status: 'feasible' }>,
    inside: readonly number[],
  ): PiecewiseLinear {
    const { problem, candidates } = this.question;
    const perX = this.unitY.divide(this.unitX);
    const slope = answer.point[0]!.multiply(perX);
    const start = problem.lower.value(0).add(answer.point[1]!.multiply(this.unitY));
    const knots: Knot[] = [];
    inside.forEach((t, k) => {
      const slopeChange = answer.point[2 + k]!.multiply(perX).multiply(Rational.of(this.denominators[t]!));
      if (!slopeChange.isZero()) knots.push({ at: candidates[t]!, slopeChange });
    });
    return { slope, intercept: start.subtract(slope.multiply(problem.inputs[0]!.value(0))), knots };
  }
}
