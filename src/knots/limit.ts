import { product } from '../exact/product.js';
import type { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { blankVertex, setSparsestWord, type Vertex } from './family.js';
import type { Runs } from './runs.js';
import { slopeDifference } from './slopes.js';

/**
 * The canonical sparsest function: the limit of the l^p minimisers as p -> 0+.
 *
 * sum c^p = K + p sum ln c + O(p^2), so among the sparsest words the limit has the least product of slope changes. Runs are
 * independent, and only a run with an odd number of points leaves a choice (the offset t of `setSparsestWord`).
 */
export interface LimitVertex {
  readonly side: Vertex;
  /** Runs in which several sparsest words share the least product; the leftmost is taken. Empty when the limit is unique. */
  readonly tiedRuns: readonly number[];
}

const EPSILON = 2 ** -52;

/** Chooses the sparsest word of least product in every run. Logarithms propose, rationals decide. O(N). */
export function limitVertex(problem: Problem, runs: Runs): LimitVertex {
  const side = blankVertex(problem, runs);
  const tiedRuns: number[] = [];
  const differences = new DifferenceEnclosures(problem);
  for (let r = 0; r < runs.count; r++) {
    const first = runs.first[r]!;
    const points = runs.points[r]!;
    if (points < 2) continue;
    if (points % 2 === 0) setSparsestWord(side, first, points, 0);
    else {
      const { single, tied } = leastProductOffset(problem, differences, first, points);
      setSparsestWord(side, first, points, single);
      if (tied) tiedRuns.push(r);
    }
  }
  return { side, tiedRuns };
}

/** Doubles e_t with an error bound: |s_i - s_{i-1}| in units of the columns, to propose with. */
class DifferenceEnclosures {
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  /** Bound on the error of the last value returned. */
  error = 0;

  constructor(problem: Problem) {
    this.x = problem.inputs[0]!.doubles;
    this.y = problem.lower.doubles;
  }

  at(i: number): number {
    const { x, y } = this;
    const left = (y[i]! - y[i - 1]!) / (x[i]! - x[i - 1]!);
    const right = (y[i + 1]! - y[i]!) / (x[i + 1]! - x[i]!);
    // Coordinates may be rounded too (relative error 2^-53): their differences carry an absolute error.
    const leftError = slopeError(x[i - 1]!, x[i]!, y[i - 1]!, y[i]!, left);
    const rightError = slopeError(x[i]!, x[i + 1]!, y[i]!, y[i + 1]!, right);
    const difference = Math.abs(right - left);
    this.error = 1.01 * (leftError + rightError) + EPSILON * difference;
    return difference;
  }
}

/** Bound on the error of a slope computed in doubles from coordinates with relative error 2^-53; Infinity when useless. */
function slopeError(x0: number, x1: number, y0: number, y1: number, slope: number): number {
  const run = Math.abs(x1 - x0);
  const runError = EPSILON * (Math.abs(x0) + Math.abs(x1)) + 2 ** -1000;
  const riseError = EPSILON * (Math.abs(y0) + Math.abs(y1)) + 2 ** -1000;
  const leastRun = run - runError;
  if (!(leastRun > 0)) return Infinity;
  return (riseError + Math.abs(slope) * runError) / leastRun + 2 * EPSILON * Math.abs(slope);
}

/**
 * The even offset t with the least product P_t = prod_{k < t/2} (e_2k + e_2k+1) * e_t * prod_{k >= t/2} (e_2k+1 + e_2k+2).
 * Two offsets differ only on the stretch between them, so an exact comparison multiplies that stretch alone.
 */
function leastProductOffset(
  problem: Problem,
  differences: DifferenceEnclosures,
  first: number,
  points: number,
): { single: number; tied: boolean } {
  if (points === 3) return compareNeighbours(problem, differences, first);
  // Phase 1: ln(P_t / P_0) in doubles, each with its accumulated error.
  const offsets = (points + 1) / 2;
  const logarithm = new Float64Array(offsets);
  const error = new Float64Array(offsets);
  let least = Infinity;
  for (let k = 1; k < offsets; k++) {
    const i = first + 2 * k - 2;
    const e0 = differences.at(i);
    const d0 = differences.error;
    const e1 = differences.at(i + 1);
    const d1 = differences.error;
    const e2 = differences.at(i + 2);
    const d2 = differences.error;
    // ln of (e0 + e1) / e0 and of (e1 + e2) / e2: ratios that never underflow.
    const left = Math.log1p(e1 / e0);
    const right = Math.log1p(e1 / e2);
    logarithm[k] = logarithm[k - 1]! + (left - right);
    // Relative errors r of the four factors move the logarithm by at most r / (1 - r) each; 1e-14 times the sizes
    // covers the roundings and an error of several ulps in Math.log1p.
    const r0 = d0 / e0;
    const r2 = d2 / e2;
    const pair = (d0 + d1) / (e0 + e1) + (d1 + d2) / (e1 + e2);
    const relative = r0 + r2 + pair;
    const step = relative < 0.25 ? 2 * relative : Infinity;
    error[k] = error[k - 1]! + step + 1e-14 * (1 + left + right + Math.abs(logarithm[k]!));
    if (!(error[k]! < Infinity)) error[k] = Infinity;
  }
  for (let k = 0; k < offsets; k++) least = Math.min(least, ceiling(logarithm[k]!, error[k]!));
  // Phase 2: rationals decide among those that may be least. `last` is the latest offset that shares the best product:
  // comparing with it keeps the stretches short when many tie.
  let best = -1;
  let last = -1;
  let tied = false;
  for (let k = 0; k < offsets; k++) {
    if (floor(logarithm[k]!, error[k]!) > least) continue;
    if (best < 0) {
      best = k;
      last = k;
      continue;
    }
    const order = compareProducts(problem, first, 2 * last, 2 * k);
    if (order === 0) {
      tied = true;
      last = k;
    } else if (order > 0) {
      best = k;
      last = k;
      tied = false;
    }
  }
  return { single: 2 * best, tied };
}

function ceiling(value: number, error: number): number {
  const sum = value + error;
  return Number.isNaN(sum) ? Infinity : sum;
}

function floor(value: number, error: number): number {
  const difference = value - error;
  return Number.isNaN(difference) ? -Infinity : difference;
}

/** Three points: e_0 (e_1 + e_2) against (e_0 + e_1) e_2, that is e_0 against e_2. */
function compareNeighbours(
  problem: Problem,
  differences: DifferenceEnclosures,
  first: number,
): { single: number; tied: boolean } {
  const e0 = differences.at(first);
  const d0 = differences.error;
  const e2 = differences.at(first + 2);
  const d2 = differences.error;
  if (e0 + d0 < e2 - d2) return { single: 0, tied: false };
  if (e0 - d0 > e2 + d2) return { single: 2, tied: false };
  const order = slopeDifference(problem, first).compare(slopeDifference(problem, first + 2));
  return { single: order > 0 ? 2 : 0, tied: order === 0 };
}

/** Sign of P_s - P_t for even offsets s < t of the run at `first`. Exact. */
function compareProducts(problem: Problem, first: number, s: number, t: number): -1 | 0 | 1 {
  const e: Rational[] = [];
  for (let j = s; j <= t; j++) e.push(slopeDifference(problem, first + j));
  const length = t - s;
  const alone: Rational[] = [e[0]!];
  const other: Rational[] = [e[length]!];
  for (let k = 0; k < length; k += 2) {
    other.push(e[k]!.add(e[k + 1]!));
    alone.push(e[k + 1]!.add(e[k + 2]!));
  }
  const a = productOf(alone);
  const b = productOf(other);
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Product of positive rationals as an unreduced fraction. */
function productOf(factors: readonly Rational[]): { numerator: bigint; denominator: bigint } {
  return {
    numerator: product(factors.map((factor) => factor.numerator)),
    denominator: product(factors.map((factor) => factor.denominator)),
  };
}
