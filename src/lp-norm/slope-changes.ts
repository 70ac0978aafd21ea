import { DOUBLE_POWER_RANGE } from '../exact/double-power.js';
import { nearestDouble, type Quotient, Rational } from '../exact/rational.js';
import type { Runs } from '../knots/runs.js';
import { slopeChangeOver, slopeScale } from '../knots/slopes.js';
import type { Problem } from '../problem/problem.js';

/** 2^-52: twice the unit roundoff. */
const EPSILON = 2 ** -52;

/** Relative errors above this make a double useless: its rational value is computed instead. */
const LARGEST_RELATIVE_ERROR = 2 ** -30;

/**
 * The slope changes of tiles at all points, in doubles with error bounds, and exactly on demand.
 *
 * single[i] ~ |s_i - s_{i-1}| / unit is the slope change of a tile 1 at point i, double[i] ~ |s_{i+1} - s_{i-1}| / unit that of a
 * tile 2 at points i and i + 1, with relative error at most singleError[i] and doubleError[i] (0: exact; Infinity: useless, take
 * the exact value). `unit` is one positive rational for the whole problem. Entries outside runs are 1, without meaning.
 */
export interface SlopeChanges {
  readonly unit: Rational;
  readonly single: Float64Array;
  readonly singleError: Float64Array;
  readonly double: Float64Array;
  readonly doubleError: Float64Array;
  /** The exact slope change of a tile at point i, divided by `unit` like the doubles. */
  exact(i: number, length: 1 | 2): Rational;
  /** The same, not in lowest terms: for arithmetic that has no need of them. */
  quotient(i: number, length: 1 | 2): Quotient;
}

/**
 * Slopes are computed in doubles when the columns hold doubles: |fl(s) - s| <= 1.51 EPSILON |s|, so a difference of two is off
 * by at most 1.52 EPSILON (|s| + |s'|) + EPSILON/2 |e|; where that is too much for e, and for all other columns, rationals are rounded.
 */
export function slopeChanges(problem: Problem, runs: Runs): SlopeChanges {
  const n = problem.size;
  const x = problem.inputs[0]!;
  const y = problem.lower;
  const single = new Float64Array(n).fill(1);
  const double = new Float64Array(n).fill(1);
  const singleError = new Float64Array(n);
  const doubleError = new Float64Array(n);
  const fast = x.isDouble && y.isDouble;
  const unit = y.scale.divide(x.scale);
  const px = x.doubles;
  const py = y.doubles;
  const inUnits = slopeScale(problem).divide(unit);
  const quotient = (i: number, length: 1 | 2): Quotient => {
    const { numerator, denominator } = slopeChangeOver(problem, i, length);
    return { numerator: numerator * inUnits.numerator, denominator: denominator * inUnits.denominator };
  };
  const exact = (i: number, length: 1 | 2): Rational => {
    const { numerator, denominator } = quotient(i, length);
    return Rational.of(numerator, denominator);
  };
  for (let r = 0; r < runs.count; r++) {
    const first = runs.first[r]!;
    const last = first + runs.points[r]! - 1;
    let left = fast ? (py[first]! - py[first - 1]!) / (px[first]! - px[first - 1]!) : 0;
    let leftExact = fast && slopeIsExact(px, py, first - 1, left);
    for (let i = first; i <= last; i++) {
      if (fast) {
        const right = (py[i + 1]! - py[i]!) / (px[i + 1]! - px[i]!);
        const rightExact = slopeIsExact(px, py, i, right);
        const e = Math.abs(right - left);
        single[i] = e;
        singleError[i] =
          leftExact && rightExact && differenceIsExact(right, left)
            ? 0
            : (1.53 * EPSILON * (Math.abs(left) + Math.abs(right))) / e + 0.51 * EPSILON;
        left = right;
        leftExact = rightExact;
      }
      if (!fast || !(singleError[i]! < LARGEST_RELATIVE_ERROR)) {
        single[i] = nearestDouble(quotient(i, 1));
        singleError[i] = EPSILON;
      }
      guardRange(single, singleError, i);
    }
    for (let i = first; i < last; i++) {
      // A sum of positive numbers: the larger relative error and one rounding.
      double[i] = single[i]! + single[i + 1]!;
      doubleError[i] = Math.max(singleError[i]!, singleError[i + 1]!) * (1 + EPSILON) + EPSILON;
    }
  }
  return { unit, single, singleError, double, doubleError, exact, quotient };
}

/** True only when fl(a - b) = a - b (the error term of Knuth's TwoDiff is zero). */
function differenceIsExact(a: number, b: number): boolean {
  const d = a - b;
  const virtual = a - d;
  return a - (d + virtual) + (virtual - b) === 0;
}

/**
 * True only when s is the slope of segment i without any rounding, which is common: grids of step 1, slopes that are short
 * binary numbers. The factors are short enough (26 bits) that s * dx is not rounded.
 */
function slopeIsExact(x: Float64Array, y: Float64Array, i: number, s: number): boolean {
  const dx = x[i + 1]! - x[i]!;
  const dy = y[i + 1]! - y[i]!;
  const short = dx === 1 || (Math.fround(dx) === dx && Math.fround(s) === s);
  return short && s * dx === dy && differenceIsExact(x[i + 1]!, x[i]!) && differenceIsExact(y[i + 1]!, y[i]!);
}

/** Outside the range of the double kernels a value is replaced by 1 with an infinite error. */
function guardRange(values: Float64Array, errors: Float64Array, i: number): void {
  if (values[i]! > DOUBLE_POWER_RANGE.smallest && values[i]! < DOUBLE_POWER_RANGE.largest / 2) return;
  values[i] = 1;
  errors[i] = Number.POSITIVE_INFINITY;
}

/** The slope changes of one run alone, its first point at 0. */
export function changesOfRun(changes: SlopeChanges, first: number, points: number): SlopeChanges {
  const part = (values: Float64Array) => values.slice(first, first + points);
  return {
    unit: changes.unit,
    single: part(changes.single),
    singleError: part(changes.singleError),
    double: part(changes.double),
    doubleError: part(changes.doubleError),
    exact: (i, length) => changes.exact(first + i, length),
    quotient: (i, length) => changes.quotient(first + i, length),
  };
}
