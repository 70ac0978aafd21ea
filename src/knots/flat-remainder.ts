import { Rational } from '../exact/rational.js';
import { crossing, type Knot, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { ASSIGNMENT_LIMIT } from './architecture.js';
import { firstLine, forEachKnot, knotBetween, setSparsestWord, type Vertex } from './family.js';
import type { Runs } from './runs.js';
import { lineThrough, slope } from './slopes.js';
import { solutionSet } from './solution-set.js';

/**
 * A sparsest interpolant in S that becomes a network with only an output bias and no extra neuron, found along the
 * free slopes of odd runs; null when this cheap search finds none.
 *
 * With the free slope u of one segment, only the slope changes of its two knots move, one up as the other goes down. If exactly one of the two
 * faces left, the slope of the affine remainder moves with u and can be made 0:
 * - the knots left of the segment face left, the others right: the remainder is the segment itself, so u = 0;
 * - up to ASSIGNMENT_LIMIT knots, every other assignment of the remaining knots is tried as well.
 *
 * @param side the limit vertex; not changed
 */
export function functionWithFlatRemainder(
  problem: Problem,
  curvature: Int8Array,
  runs: Runs,
  side: Vertex,
): PiecewiseLinear | null {
  for (const run of solutionSet(problem, runs).free) {
    const first = runs.first[run.run]!;
    for (const { point, lower, upper } of run.freeSlopes()) {
      const build = (u: Rational): TurnedFunction => {
        const vertex = side.slice();
        setSparsestWord(vertex, first, runs.points[run.run]!, point - first - 1);
        return withFreeSegment(problem, curvature, vertex, point, u);
      };
      if (lower.sign() <= 0 && upper.sign() >= 0) return build(Rational.zero).f;
      if (runs.knots > ASSIGNMENT_LIMIT) continue;
      const u = slopeThatBalances(
        build(lower),
        slope(problem, point - 2),
        slope(problem, point + 1),
        lower,
        upper,
      );
      if (u !== null) return build(u).f;
    }
  }
  return null;
}

/** A function and the index of the knot where its free segment begins; the segment ends at the next. */
interface TurnedFunction {
  readonly f: PiecewiseLinear;
  readonly pair: number;
}

/** The function of a vertex whose segment through `point`, on line l_{point-1}, is turned to slope u. */
function withFreeSegment(
  problem: Problem,
  curvature: Int8Array,
  vertex: Vertex,
  point: number,
  u: Rational,
): TurnedFunction {
  const x = problem.inputs[0]!.value(point);
  const turned = { slope: u, intercept: problem.lower.value(point).subtract(u.multiply(x)) };
  const line = (i: number) => (i === point - 1 ? turned : lineThrough(problem, i));
  const knots: Knot[] = [];
  let pair = -1;
  forEachKnot(curvature, vertex, (left, right) => {
    if (right === point - 1) pair = knots.length;
    const free = left === point - 1 || right === point - 1;
    knots.push(free ? crossing(line(left), line(right)) : knotBetween(problem, left, right));
  });
  return { f: { ...firstLine(problem), knots }, pair };
}

/**
 * A slope u in [lower, upper] of the free segment, between lines of slopes `before` and `after`, for which some set F of
 * left-facing knots with exactly one of the segment's two knots has slope(f) + sum_F g = 0; null when there is none.
 */
function slopeThatBalances(
  { f, pair }: TurnedFunction,
  before: Rational,
  after: Rational,
  lower: Rational,
  upper: Rational,
): Rational | null {
  const others = f.knots.filter((_, k) => k !== pair && k !== pair + 1).map(({ slopeChange }) => slopeChange);
  let sums = [f.slope];
  for (const change of others) sums = sums.flatMap((sum) => [sum, sum.add(change)]);
  for (const sum of sums) {
    // sum + (u - before) = 0, or sum + (after - u) = 0.
    for (const u of [before.subtract(sum), after.add(sum)]) {
      if (!u.lessThan(lower) && !upper.lessThan(u)) return u;
    }
  }
  return null;
}
