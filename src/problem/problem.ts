import { type ExactColumn, widened, withCommonScale } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import { type Dataset, hasWindows } from './dataset.js';
import { InputError } from './input-error.js';
import { closedFar, openEndsOf } from './open-ends.js';
import { compareAcross } from './windows.js';

/**
 * The question that is solved and certified: find a network with lower_i <= f(x_i) <= upper_i at every point.
 *
 * Canonical: points are sorted lexicographically by input and no two are equal; `lower` and `upper` share one scale,
 * and are the same object for exact interpolation.
 */
export interface Problem {
  readonly dimension: number;
  /** Number of points N. */
  readonly size: number;
  /** One column of length N for every feature. */
  readonly inputs: readonly ExactColumn[];
  readonly lower: ExactColumn;
  readonly upper: ExactColumn;
  readonly tolerance: Rational;
  /** True when every window is a single value. */
  readonly exact: boolean;
  /** A point whose merged windows do not meet (lower > upper), or null. Such a problem is infeasible. */
  readonly emptyWindow: EmptyWindow | null;
  /** Positive; the windows may be widened by e times these (`wideningProblem`), and points may have equal inputs. */
  readonly weights?: ExactColumn;
  /** Which windows have no end on one side; left out where all have both. */
  readonly open?: OpenEnds;
}

/**
 * Entries other than 0: the window of the point (or row) has no lower, or no upper end. The column has a number there that is no end of
 * anything (`closedFar`); what fits it fits, what misses it may fit.
 */
export interface OpenEnds {
  readonly below: Uint8Array;
  readonly above: Uint8Array;
}

export interface EmptyWindow {
  /** Index of the canonical point. */
  readonly point: number;
  /** Messages naming the two rows whose windows exclude each other. */
  readonly rows: readonly [string, string];
}

/**
 * Sorts, merges and widens a data set into the canonical problem.
 *
 * @param tolerance widens labels y to the windows [y - tolerance, y + tolerance], times the weight of the row if it has one; exact
 * @param open whether windows may lack an end: only who looks at `Problem.open` may say so
 * @throws InputError when equal inputs carry different labels and the tolerance is 0 (windows that exclude each other are an
 * `emptyWindow` instead, single values or not), when a window has lower > upper, when there are no rows, or when a
 * tolerance is asked for data that bring their own windows
 */
export function makeProblem(
  given: Dataset,
  tolerance: Rational = Rational.zero,
  { open: mayBeOpen = false } = {},
): Problem {
  if (given.open !== undefined && !mayBeOpen)
    throw new InputError(
      `${given.name}: windows with one end alone (an empty lower or upper) are answered by \`solve\`, for neurons and parameters, and checked; here give both ends`,
    );
  const data = closedFar(given);
  const count = data.inputs[0]?.length ?? 0;
  if (count === 0) throw new InputError(`${data.name}: expected at least one data row, found none; add rows`);
  if (tolerance.sign() < 0) throw new InputError(`the tolerance must be at least 0, found ${tolerance}`);
  const [lower, upper] = windows(data, tolerance);
  const order = sortedOrder(data.inputs, count);
  if (order === null && isStrictlyIncreasing(data.inputs, count)) {
    return {
      dimension: data.inputs.length,
      size: count,
      inputs: data.inputs,
      lower,
      upper,
      tolerance,
      exact: lower === upper,
      emptyWindow: null,
      ...(data.open === undefined ? {} : { open: data.open }),
    };
  }
  return mergeEqualInputs(
    data,
    lower,
    upper,
    order ?? Uint32Array.from({ length: count }, (_, i) => i),
    tolerance,
  );
}

function windows(data: Dataset, tolerance: Rational): [ExactColumn, ExactColumn] {
  if (data.lower !== null && data.upper !== null) {
    if (!tolerance.isZero()) {
      throw new InputError(
        `${data.name}: the file brings its own windows (lower, upper), so --tolerance ${tolerance} has no meaning; leave one of them out`,
      );
    }
    const [lower, upper] = withCommonScale([data.lower, data.upper]) as [ExactColumn, ExactColumn];
    let exact = true;
    for (let i = 0; i < lower.length; i++) {
      const order = compareAcross(lower, i, upper, i);
      if (order !== 0) exact = false;
      if (order > 0) {
        throw new InputError(
          `${data.describeRow(i)}: expected lower <= upper, found lower = ${lower.value(i)} and upper = ${upper.value(i)}`,
        );
      }
    }
    return exact ? [lower, lower] : [lower, upper];
  }
  if (data.labels === null)
    throw new InputError(`${data.name}: expected labels "y" or windows "lower" and "upper", found neither`);
  if (tolerance.isZero()) return [data.labels, data.labels];
  return widened([data.labels, data.labels], data.weights ?? null, tolerance);
}

function compareInputs(inputs: readonly ExactColumn[], i: number, j: number): number {
  for (const column of inputs) {
    const order = column.compare(i, j);
    if (order !== 0) return order;
  }
  return 0;
}

function isStrictlyIncreasing(inputs: readonly ExactColumn[], count: number): boolean {
  for (let i = 1; i < count; i++) if (compareInputs(inputs, i - 1, i) >= 0) return false;
  return true;
}

/** The order that sorts the rows by input, or null when they are sorted already. */
function sortedOrder(inputs: readonly ExactColumn[], count: number): Uint32Array | null {
  let sorted = true;
  for (let i = 1; i < count && sorted; i++) sorted = compareInputs(inputs, i - 1, i) <= 0;
  if (sorted) return null;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  return order.sort((i, j) => compareInputs(inputs, i, j) || i - j);
}

/** Keeps one point per input; its window is the intersection of the windows of its rows. */
function mergeEqualInputs(
  data: Dataset,
  lower: ExactColumn,
  upper: ExactColumn,
  order: Uint32Array,
  tolerance: Rational,
): Problem {
  // Labels that contradict each other ask no question; windows of the file that do are a question without an answer.
  const labelled = !hasWindows(data);
  const { open } = data;
  const first: number[] = [];
  const lowerRows: number[] = [];
  const upperRows: number[] = [];
  let emptyWindow: EmptyWindow | null = null;
  for (const row of order) {
    const last = first.length - 1;
    if (last < 0 || compareInputs(data.inputs, first[last]!, row) !== 0) {
      first.push(row);
      lowerRows.push(row);
      upperRows.push(row);
      continue;
    }
    if (labelled && lower === upper && lower.compare(first[last]!, row) !== 0) {
      const weight = (i: number) => data.weights?.value(i) ?? Rational.one;
      const gap = lower.value(first[last]!).subtract(lower.value(row)).abs();
      const least = gap.divide(weight(first[last]!).add(weight(row)));
      throw new InputError(
        `${data.describeRow(first[last]!)} and ${data.describeRow(row)} have equal inputs but different labels ` +
          `${lower.value(first[last]!)} and ${lower.value(row)}: no function passes through both; ` +
          `remove one of them, or solve with a tolerance (--tolerance EPS, for these two at least ${least}; \`tradeoff\` finds the least for all)`,
      );
    }
    if (lower.compare(row, lowerRows[last]!) > 0) lowerRows[last] = row;
    if (upper.compare(row, upperRows[last]!) < 0) upperRows[last] = row;
    if (emptyWindow === null && compareAcross(lower, lowerRows[last]!, upper, upperRows[last]!) > 0) {
      emptyWindow = {
        point: last,
        rows: [data.describeRow(lowerRows[last]!), data.describeRow(upperRows[last]!)],
      };
    }
  }
  const openLeft =
    open &&
    openEndsOf(
      lowerRows.map((row) => open.below[row] === 1),
      upperRows.map((row) => open.above[row] === 1),
    );
  const mergedLower = lower.select(lowerRows);
  const ends = lower === upper && emptyWindow === null ? mergedLower : upper.select(upperRows);
  const mergedUpper = allPoints(mergedLower, ends) ? mergedLower : ends;
  return {
    dimension: data.inputs.length,
    size: first.length,
    inputs: data.inputs.map((column) => column.select(first)),
    lower: mergedLower,
    upper: mergedUpper,
    tolerance,
    exact: mergedLower === mergedUpper,
    emptyWindow,
    // A missing end is farther out than every other: it is kept where all rows lack it.
    ...(openLeft === undefined ? {} : { open: openLeft }),
  };
}

function allPoints(lower: ExactColumn, upper: ExactColumn): boolean {
  for (let i = 0; i < lower.length; i++) if (compareAcross(lower, i, upper, i) !== 0) return false;
  return true;
}
