import { lcm } from '../exact/bigint.js';
import { ExactColumn, widened, withCommonScale } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import type { Dataset } from './dataset.js';
import { InputError } from './input-error.js';
import { makeProblem, type Problem } from './problem.js';
import { requirePositiveWeights } from './weights.js';
import { compareAcross } from './windows.js';

/**
 * The problem of a question about the least e such that the windows [lower_i - e w_i, upper_i + e w_i] allow something. Labels are windows
 * of one value. Labels of equal inputs may contradict each other: without weights they are one point, whose `lower` is the largest of them
 * and whose `upper` the least. With weights every row is a point of its own.
 *
 * @throws InputError when the data make no problem (see `makeProblem`), or a weight is not positive
 */
export function wideningProblem(data: Dataset): Problem {
  const { labels, weights } = data;
  const [lower, upper] = [data.lower ?? labels, data.upper ?? labels];
  if (data.open !== undefined)
    throw new InputError(
      `${data.name}: windows with one end alone (an empty lower or upper) may have room without limit, so no least widening is asked for; give both ends`,
    );
  if (weights === undefined) return makeProblem({ ...data, lower, upper });
  requirePositiveWeights(data);
  if (lower === null || upper === null)
    throw new InputError(`${data.name}: expected labels "y" or windows "lower" and "upper", found neither`);
  const columns = lower === upper ? [lower] : withCommonScale([lower, upper]);
  const low = columns[0]!;
  const high = columns.at(-1)!;
  for (let i = 0; i < low.length; i++) {
    if (low !== high && compareAcross(low, i, high, i) > 0)
      throw new InputError(
        `${data.describeRow(i)}: expected lower <= upper, found lower = ${low.value(i)} and upper = ${high.value(i)}`,
      );
  }
  const order = [...data.inputs, low, high, weights];
  const compare = (i: number, j: number): number => {
    for (const column of order) {
      const sign = column.compare(i, j);
      if (sign !== 0) return sign;
    }
    return 0;
  };
  const rows = Uint32Array.from({ length: low.length }, (_, i) => i).sort(compare);
  const kept = rows.filter((row, k) => k === 0 || compare(rows[k - 1]!, row) !== 0);
  const mergedLower = low.select(kept);
  const mergedUpper = low === high ? mergedLower : high.select(kept);
  return {
    dimension: data.inputs.length,
    size: kept.length,
    inputs: data.inputs.map((column) => column.select(kept)),
    lower: mergedLower,
    upper: mergedUpper,
    tolerance: Rational.zero,
    exact: mergedLower === mergedUpper,
    emptyWindow: null,
    weights: weights.select(kept),
  };
}

/** A problem whose windows have been widened, one point for every input, and which point each end came from. */
export interface Widened {
  readonly problem: Problem;
  /** lowerFrom[i]: the point of the problem before whose lower end is that of point i; null: i itself. */
  readonly lowerFrom: Int32Array | null;
  readonly upperFrom: Int32Array | null;
}

/** The windows of a problem of one input at any e, by `at`: made for many of them. */
export class Widening {
  /** Integers of the columns where all are below 2^53; lower and upper are one array where they are one column. */
  private readonly lower: Float64Array | null;
  private readonly upper: Float64Array | null;
  private readonly weights: Float64Array | null;
  /** Where each different input begins; null: all differ. */
  private readonly first: Int32Array | null;

  constructor(private readonly problem: Problem) {
    const { lower, upper, weights, inputs, size } = problem;
    this.lower = lower.safeIntegers();
    this.upper = lower === upper ? this.lower : upper.safeIntegers();
    this.weights = weights?.safeIntegers() ?? null;
    const x = inputs[0]!;
    const first: number[] = [];
    for (let i = 0; i < size; i++) if (i === 0 || x.compare(i - 1, i) !== 0) first.push(i);
    this.first = first.length === size ? null : Int32Array.from(first);
  }

  /**
   * The windows [lower_i - e w_i, upper_i + e w_i]; those of equal inputs are intersected. A window that is inside out (lower > upper) is
   * an `emptyWindow`.
   */
  at(e: Rational): Widened {
    const { problem, first } = this;
    const x = problem.inputs[0]!;
    const [lower, upper] =
      this.inDoubles(e) ?? widened([problem.lower, problem.upper], problem.weights ?? null, e);
    if (first === null) return { problem: windowsOf(x, lower, upper), lowerFrom: null, upperFrom: null };
    const [lowerFrom, upperFrom] = [first.slice(), first.slice()];
    for (let k = 0; k < first.length; k++) {
      for (let i = first[k]! + 1; i < (first[k + 1] ?? problem.size); i++) {
        if (lower.compare(i, lowerFrom[k]!) > 0) lowerFrom[k] = i;
        if (upper.compare(i, upperFrom[k]!) < 0) upperFrom[k] = i;
      }
    }
    const merged = windowsOf(x.select(first), lower.select(lowerFrom), upper.select(upperFrom));
    return { problem: merged, lowerFrom, upperFrom };
  }

  /** `widened` where every number on the way is an integer below 2^53: a small part of the time. Null: it is not. */
  private inDoubles(e: Rational): [ExactColumn, ExactColumn] | null {
    const { lower, upper, weights, problem } = this;
    if (lower === null || upper === null || e.isZero()) return null;
    if (problem.weights !== undefined && weights === null) return null;
    const step = problem.weights === undefined ? e : e.multiply(problem.weights.integerScale);
    const unit = Rational.of(1n, lcm(problem.lower.integerScale.denominator, step.denominator));
    const factor = Number(problem.lower.integerScale.divide(unit).numerator);
    const added = Number(step.divide(unit).numerator);
    const [below, above] = [new Float64Array(lower.length), new Float64Array(lower.length)];
    let largest = Math.max(factor, Math.abs(added));
    for (let i = 0; i < lower.length; i++) {
      const low = lower[i]! * factor;
      const high = upper[i]! * factor;
      const change = weights === null ? added : weights[i]! * added;
      below[i] = low - change;
      above[i] = high + change;
      largest = Math.max(largest, Math.abs(low) + Math.abs(change), Math.abs(high) + Math.abs(change));
    }
    if (!(largest <= Number.MAX_SAFE_INTEGER)) return null;
    return [ExactColumn.fromSafeIntegers(below, unit), ExactColumn.fromSafeIntegers(above, unit)];
  }
}

function windowsOf(x: ExactColumn, lower: ExactColumn, upper: ExactColumn): Problem {
  let point = -1;
  for (let i = 0; i < x.length && point < 0; i++) if (compareAcross(lower, i, upper, i) > 0) point = i;
  return {
    dimension: 1,
    size: x.length,
    inputs: [x],
    lower,
    upper,
    tolerance: Rational.zero,
    exact: lower === upper,
    emptyWindow: point < 0 ? null : { point, rows: [`point ${point}`, `point ${point}`] },
  };
}
