import type { Rational } from '../exact/rational.js';
import { finish } from '../exact/steps.js';
import { LeastTolerances } from '../knots/least-tolerance.js';
import { shapeFloor } from '../knots/shape-floor.js';
import { toleranceFloor } from '../knots/tolerance-floor.js';
import type { Dataset } from '../problem/dataset.js';
import type { Problem } from '../problem/problem.js';
import { isAnyShape, type Shape } from '../problem/shape.js';
import { wideningProblem } from '../problem/widening.js';
import { leastAtPositions } from '../restricted/least-at-positions.js';

/** Where nothing fits: what would. */
export interface LeastThatFits {
  /** The least tolerance (or widening of the windows of the file) for which something does. */
  readonly tolerance: Rational;
  /** The rows that force it, as messages name them. */
  readonly rows: readonly string[];
}

/** What was asked of a function, beside its windows. */
export interface Asked {
  readonly shape: Shape;
  /** Knots only at these; null: anywhere. */
  readonly positions: readonly Rational[] | null;
  /** At most so many knots; null: any number. */
  readonly knots: number | null;
}

/**
 * The least tolerance for which an answer of "no" turns into one of "yes".
 * @returns null where it is not known: windows with one end alone, a limit on the number of knots at positions, very many positions
 */
export function leastThatFits(dataset: Dataset, { shape, positions, knots }: Asked): LeastThatFits | null {
  if (dataset.open !== undefined || (positions !== null && knots !== null)) return null;
  const problem = wideningProblem(dataset);
  if (positions !== null) {
    const least = leastAtPositions(problem, positions);
    return least && { tolerance: least.e, rows: rowNames(dataset, problem, least.rows) };
  }
  if (knots !== null) {
    const tolerances = new LeastTolerances(problem);
    const { tolerance, bound, windows } = finish(tolerances.least(knots));
    const points =
      'witnesses' in bound
        ? bound.witnesses.filter((_, k) => k % 4 !== 0)
        : 'point' in bound
          ? [bound.point]
          : bound.points;
    // The points of the windows, one for every input, back to rows of the data by their inputs.
    return { tolerance, rows: rowNames(dataset, windows, [...new Set(points)]) };
  }
  const { e, rows } = isAnyShape(shape) ? toleranceFloor(problem) : shapeFloor(problem, shape);
  return { tolerance: e, rows: rowNames(dataset, problem, rows) };
}

/** The rows of the data at the inputs of some points; of several at one input those with the least and the greatest label. */
function rowNames(dataset: Dataset, problem: Problem, points: readonly number[]): string[] {
  const low = dataset.lower ?? dataset.labels!;
  const high = dataset.upper ?? dataset.labels!;
  const named = new Set<number>();
  for (const i of points) {
    const at = problem.inputs.map((column) => column.value(i));
    let [highest, lowest] = [-1, -1];
    for (let row = 0; row < low.length; row++) {
      if (!dataset.inputs.every((column, k) => column.value(row).equals(at[k]!))) continue;
      if (highest < 0 || low.compare(row, highest) > 0) highest = row;
      if (lowest < 0 || high.compare(row, lowest) < 0) lowest = row;
    }
    named.add(highest);
    named.add(lowest);
  }
  return [...named]
    .filter((row) => row >= 0)
    .sort((a, b) => a - b)
    .map((row) => dataset.describeRow(row));
}
