import { orientation } from '../exact/orientation.js';
import { maximum, Rational } from '../exact/rational.js';
import { InternalError } from '../problem/internal-error.js';
import type { Problem } from '../problem/problem.js';
import { isAnyShape, type Shape } from '../problem/shape.js';
import { type Widened, Widening } from '../problem/widening.js';
import type { LeastTolerance } from './least-tolerance.js';
import { sparsestOfShape } from './shapes.js';
import { tightened } from './tightened.js';
import { toleranceFloor } from './tolerance-floor.js';

/** The least e at which windows widened by e allow a function of a shape with any number of knots, and why no smaller one does. */
export interface ShapeFloor {
  readonly e: Rational;
  /**
   * Points of the windows at e, one for every input: one whose window is a single value; two whose windows the slopes just reach; or three whose
   * ends lie on a line, the bend that the curvature forbids.
   */
  readonly points: readonly number[];
  /** The rows of the problem that set it. */
  readonly rows: readonly number[];
}

/** Points, and which end of its window each of them brings. */
interface Conflict {
  readonly points: readonly number[];
  readonly ends: readonly ('lower' | 'upper')[];
}

/**
 * Newton's method: every conflict of a shape, of two or three windows, ends at an e of its own (`criticalOf`), and the floor is the largest of them.
 * From the floor of the windows alone, e moves to the end of the worst conflict that is left, until there is none.
 *
 * @param problem one input, see `wideningProblem`
 */
export function shapeFloor(problem: Problem, shape: Shape): ShapeFloor {
  const start = toleranceFloor(problem);
  const widening = new Widening(problem);
  let floor: ShapeFloor = { e: start.e, points: [start.point], rows: start.rows };
  if (isAnyShape(shape)) return floor;
  for (;;) {
    const widened = widening.at(floor.e);
    let next: ShapeFloor | null = null;
    for (const conflict of worstConflicts(widened.problem, shape)) {
      const rows = rowsOf(conflict, widened);
      const e = criticalOf(problem, shape, conflict, rows);
      if (next === null || next.e.lessThan(e)) next = { e, points: conflict.points, rows };
    }
    if (next === null) return floor;
    floor = next;
  }
}

/** The worst of every kind, as far as doubles tell; none only where there is none. */
function* worstConflicts(windows: Problem, shape: Shape): Generator<Conflict> {
  const { minSlope, maxSlope, curvature } = shape;
  for (const limits of [
    { minSlope, maxSlope: null },
    { minSlope: null, maxSlope },
  ]) {
    const { problem, lowerFrom, upperFrom } = tightened(windows, { ...limits, curvature: null });
    if (problem.emptyWindow === null) continue;
    const { point } = problem.emptyWindow;
    const [low, high] = [lowerFrom.earliest[point]!, upperFrom.earliest[point]!];
    yield low < high
      ? { points: [low, high], ends: ['lower', 'upper'] }
      : { points: [high, low], ends: ['upper', 'lower'] };
  }
  if (curvature === null) return;
  const wrong = worstBend(windows, curvature === 'convex' ? -1 : 1);
  const [outer, inner] =
    curvature === 'convex' ? (['upper', 'lower'] as const) : (['lower', 'upper'] as const);
  if (wrong !== null) yield { points: wrong, ends: [outer, inner, outer] };
}

/**
 * Side 1: the point whose upper end lies farthest below the upper hull of the lower ends, with the corners of the hull around it; -1: the mirror
 * image. Null when there is no such point, exactly.
 */
function worstBend({ inputs, lower, upper, size }: Problem, side: 1 | -1): readonly number[] | null {
  const x = inputs[0]!;
  const [outer, inner] = side === 1 ? [lower, upper] : [upper, lower];
  const hull: number[] = [];
  for (let c = 0; c < size; c++) {
    while (hull.length >= 2 && orientation(x, hull.at(-2)!, outer, hull.at(-1)!, outer, c, outer) * side >= 0)
      hull.pop();
    hull.push(c);
  }
  let worst: readonly number[] | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (let h = 1; h < hull.length; h++) {
    const [a, c] = [hull[h - 1]!, hull[h]!];
    for (let b = a + 1; b < c; b++) {
      // The line through a and b misses c: the chord from a to c passes beyond b.
      if (orientation(x, a, outer, b, inner, c, outer) * side <= 0) continue;
      const t = (x.doubles[b]! - x.doubles[a]!) / (x.doubles[c]! - x.doubles[a]!);
      const chord = outer.doubles[a]! + t * (outer.doubles[c]! - outer.doubles[a]!);
      const excess = side * (chord - inner.doubles[b]!);
      if (worst !== null && !(excess > most)) continue;
      worst = [a, b, c];
      most = excess;
    }
  }
  return worst;
}

function rowsOf({ points, ends }: Conflict, { lowerFrom, upperFrom }: Widened): number[] {
  return points.map((i, k) => (ends[k] === 'lower' ? lowerFrom : upperFrom)?.[i] ?? i);
}

/** The e at which a conflict of rows ends, exact: section by section e (w_i + w_j), or e times the weights of the three ends, make up for it. */
function criticalOf(problem: Problem, shape: Shape, { ends }: Conflict, rows: readonly number[]): Rational {
  const x = problem.inputs[0]!;
  const weight = (i: number) => problem.weights?.value(i) ?? Rational.one;
  const value = (k: number) => problem[ends[k]!].value(rows[k]!);
  if (rows.length === 2) {
    const [i, j] = rows as [number, number];
    const run = x.value(j).subtract(x.value(i));
    const slope = (ends[0] === 'lower' ? shape.minSlope : shape.maxSlope)!;
    const rise = value(1).subtract(value(0)).subtract(slope.multiply(run));
    return (ends[0] === 'lower' ? rise.negate() : rise).divide(weight(i).add(weight(j)));
  }
  const [a, b, c] = rows as [number, number, number];
  const t = x
    .value(b)
    .subtract(x.value(a))
    .divide(x.value(c).subtract(x.value(a)));
  const between = (left: Rational, right: Rational) => left.add(t.multiply(right.subtract(left)));
  const excess = between(value(0), value(2)).subtract(value(1));
  const share = between(weight(a), weight(c)).add(weight(b));
  return (ends[1] === 'upper' ? excess : excess.negate()).divide(share);
}

/**
 * The least tolerance for functions of a shape with at most K knots: the larger of the shape's floor and of the least for any function, because a
 * shape costs no knots where it is possible at all.
 *
 * @param free what is known for functions of any shape
 */
export function leastOfShape(
  problem: Problem,
  shape: Shape,
  floor: ShapeFloor,
  free: LeastTolerance,
): LeastTolerance {
  const isForced = free.atLeast.lessThan(floor.e);
  const tolerance = maximum(floor.e, free.tolerance);
  const windows = new Widening(problem).at(tolerance).problem;
  const solution = sparsestOfShape(windows, shape);
  if (solution.status === 'infeasible') throw new InternalError('a shape is impossible above its floor');
  const [point] = floor.points;
  return {
    knots: free.knots,
    tolerance,
    atLeast: isForced ? floor.e : free.atLeast,
    windows,
    pieces: null,
    bound: !isForced ? free.bound : floor.points.length === 1 ? { point: point! } : { points: floor.points },
    function: solution.function,
  };
}
