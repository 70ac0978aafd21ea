import { maximum, minimum, Rational } from '../exact/rational.js';
import { curvature } from '../knots/curvature.js';
import { runsOf } from '../knots/runs.js';
import { slope } from '../knots/slopes.js';
import type { Skip } from '../problem/network.js';
import { evaluateSorted, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { plural, shown } from '../text/format.js';

/**
 * The clauses of the description of the family S in Theorem 3.1 (Nakhleh and Nowak 2025), with eps = the tolerance.
 *
 * - `interpolates`: |f(x_i) - y_i| <= eps at every point;
 * - `joins-the-dots`: between two points that are not in one run f stays within eps of their chord;
 * - `curvature`: on every run f stays within eps of a convex (sign +) or concave (sign -) function;
 * - `slopes`: around every point of a run f stays on the permitted side, up to eps, of a line through the point whose slope lies
 *   between the slopes of the data left and right of it; at the two ends of the run this is the line that comes in or goes out;
 * - `knots`: between two points of a run these lines alone make up f, up to eps: one bend and no cut corner;
 * - `outside`: f does not bend outside the data (slope changes above the threshold; the tolerance has no meaning there).
 *   Asked of networks with an affine skip only: the others make their affine part from such bends.
 *
 * All clauses hold exactly when some member of S is within eps of f everywhere on [x_1, x_N] (and f is straight outside):
 * with eps = 0 when f is a member itself. Each is decided in rationals.
 */
export type Clause = 'interpolates' | 'joins-the-dots' | 'curvature' | 'slopes' | 'knots' | 'outside';

export interface ClauseResult {
  readonly clause: Clause;
  /** 'undecided' when it fails nowhere, but was not looked at on every run because the network misses a point of one. */
  readonly holds: boolean | 'undecided';
  /** Where it fails: for `interpolates`, `joins-the-dots` and `curvature` the worst place, else the leftmost; null when it does not fail. */
  readonly at: Rational | null;
  /** In how many places (points, gaps, runs or knots) it fails. */
  readonly failures: number;
  readonly message: string;
}

/** A vertex of the graph of f. */
interface Corner {
  readonly x: Rational;
  readonly y: Rational;
}

interface Failure {
  readonly at: Rational;
  readonly size: Rational;
  readonly message: string;
}

/**
 * Decides the clauses for a function of one input. O(N + K) rational operations.
 * @param problem exact labels
 */
export function familyClauses(
  problem: Problem,
  f: PiecewiseLinear,
  tolerance: Rational,
  skip: Skip,
  threshold: Rational,
): ClauseResult[] {
  const failures = new Map<Clause, Failure[]>();
  const fail = (clause: Clause, at: Rational, size: Rational, message: string) => {
    const list = failures.get(clause);
    if (list === undefined) failures.set(clause, [{ at, size, message }]);
    else list.push({ at, size, message });
  };
  const graph = new Graph(problem, f);
  const { x, y, values, size } = graph;
  const misses = values.map((value, i) => tolerance.lessThan(value.subtract(y[i]!).abs()));
  const runs = runsOf(curvature(problem));

  // Every point.
  for (let i = 0; i < size; i++) {
    if (!misses[i]) continue;
    const residual = values[i]!.subtract(y[i]!).abs();
    fail(
      'interpolates',
      x[i]!,
      residual,
      `at x = ${shown(x[i]!)} the network gives ${shown(values[i]!)}, the label is ${shown(y[i]!)}`,
    );
  }

  // Every gap whose ends are not in one run.
  const gapInRun = new Uint8Array(Math.max(0, size - 1));
  for (let r = 0; r < runs.count; r++) {
    const first = runs.first[r]!;
    gapInRun.fill(1, first, first + runs.points[r]! - 1);
  }
  for (let i = 0; i + 1 < size; i++) {
    if (gapInRun[i]) continue;
    const s = slope(problem, i);
    for (const corner of graph.cornersInside(i)) {
      const chord = y[i]!.add(s.multiply(corner.x.subtract(x[i]!)));
      const deviation = corner.y.subtract(chord).abs();
      if (tolerance.lessThan(deviation)) {
        fail(
          'joins-the-dots',
          corner.x,
          deviation,
          `at x = ${shown(corner.x)} the network is ${shown(deviation)} off the straight line between ` +
            `x = ${shown(x[i]!)} and ${shown(x[i + 1]!)}, where no bend is allowed`,
        );
      }
    }
  }

  // Every run. A run with a point that is missed has failed the first clause, and the others say nothing about it.
  let skipped = 0;
  for (let r = 0; r < runs.count; r++) {
    const first = runs.first[r]!;
    const last = first + runs.points[r]! - 1;
    if (first === last) continue;
    if (misses.slice(first, last + 1).includes(true)) {
      skipped++;
      continue;
    }
    const sign = runs.sign[r] as 1 | -1;
    const dent = deepestDent(graph.corners(first, last), sign);
    if (dent !== null && tolerance.add(tolerance).lessThan(dent.size)) {
      fail(
        'curvature',
        dent.at,
        dent.size,
        `at x = ${shown(dent.at)} the network bends the wrong way: from x = ${shown(x[first]!)} to ${shown(x[last]!)} it must be ` +
          `${sign > 0 ? 'convex' : 'concave'}, and it is ${shown(dent.size)} off its ${sign > 0 ? 'convex' : 'concave'} hull`,
      );
      continue;
    }
    const broken = brokenChain(problem, graph, first, last, sign, tolerance);
    if (broken !== null) fail(broken.clause, broken.at, Rational.zero, broken.message);
  }

  // Outside the data.
  if (skip === 'affine') {
    for (const { at, slopeChange } of f.knots) {
      if (x[0]!.lessThan(at) && at.lessThan(x[size - 1]!)) continue;
      if (!threshold.lessThan(slopeChange.abs())) continue;
      fail(
        'outside',
        at,
        slopeChange.abs(),
        `at x = ${shown(at)}, outside the data, the slope changes by ${shown(slopeChange)}`,
      );
    }
  }

  const clauses: Clause[] = ['interpolates', 'joins-the-dots', 'curvature', 'slopes', 'knots'];
  if (skip === 'affine') clauses.push('outside');
  return clauses.map((clause) =>
    summarise(clause, failures.get(clause) ?? [], RUN_CLAUSES.includes(clause) ? skipped : 0),
  );
}

/** The clauses about runs of two or more points. */
const RUN_CLAUSES: readonly Clause[] = ['curvature', 'slopes', 'knots'];

const HOLDS: Readonly<Record<Clause, string>> = {
  interpolates: 'the network passes through every point',
  'joins-the-dots': 'the network joins the dots wherever it must',
  curvature: 'the network is convex or concave on every run',
  slopes: 'the lines through the points of every run have slopes in their intervals',
  knots: 'the network bends once, at most, between two points of a run',
  outside: 'the network does not bend outside the data',
};

function summarise(clause: Clause, list: readonly Failure[], skipped: number): ClauseResult {
  const worst = list.reduce<Failure | null>(
    (best, failure) => (best === null || best.size.lessThan(failure.size) ? failure : best),
    null,
  );
  if (worst === null && skipped > 0) {
    return {
      clause,
      holds: 'undecided',
      at: null,
      failures: 0,
      message: `not decided on ${plural(skipped, 'run')} whose points the network misses`,
    };
  }
  if (worst === null) return { clause, holds: true, at: null, failures: 0, message: HOLDS[clause] };
  const more = list.length > 1 ? ` (and ${plural(list.length - 1, 'more place')})` : '';
  return {
    clause,
    holds: false,
    at: worst.at,
    failures: list.length,
    message: `${worst.message}${more}`,
  };
}

/** The graph of f over the data: its values at the points and its knots, gap by gap. */
class Graph {
  readonly size: number;
  readonly x: readonly Rational[];
  readonly y: readonly Rational[];
  /** f(x_i). */
  readonly values: readonly Rational[];
  private readonly inside: Corner[][];

  constructor(problem: Problem, f: PiecewiseLinear) {
    this.size = problem.size;
    this.x = Array.from({ length: this.size }, (_, i) => problem.inputs[0]!.value(i));
    this.y = Array.from({ length: this.size }, (_, i) => problem.lower.value(i));
    this.values = evaluateSorted(f, this.x);
    const heights = evaluateSorted(
      f,
      f.knots.map(({ at }) => at),
    );
    this.inside = Array.from({ length: Math.max(0, this.size - 1) }, () => []);
    let i = 0;
    f.knots.forEach(({ at }, k) => {
      while (i + 1 < this.size && !at.lessThan(this.x[i + 1]!)) i++;
      if (i + 1 < this.size && this.x[i]!.lessThan(at)) this.inside[i]!.push({ x: at, y: heights[k]! });
    });
  }

  /** Knots strictly between the points i and i + 1. */
  cornersInside(i: number): readonly Corner[] {
    return this.inside[i]!;
  }

  /** Points and knots from point `from` to point `to`, in order. */
  corners(from: number, to: number): Corner[] {
    const corners: Corner[] = [];
    for (let i = from; i <= to; i++) {
      corners.push({ x: this.x[i]!, y: this.values[i]! });
      if (i < to) corners.push(...this.inside[i]!);
    }
    return corners;
  }
}

/**
 * The greatest distance of a graph from its lower hull (sign +; upper for -), or null when it is convex (concave). A convex g within eps
 * of f exists exactly when that distance is at most 2 eps: the hull moved up by eps is one.
 */
function deepestDent(corners: readonly Corner[], sign: 1 | -1): { at: Rational; size: Rational } | null {
  const rise = ({ y }: Corner) => (sign > 0 ? y : y.negate());
  const hull: Corner[] = [];
  for (const c of corners) {
    while (hull.length >= 2) {
      const [a, b] = [hull.at(-2)!, hull.at(-1)!];
      const left = rise(b).subtract(rise(a)).multiply(c.x.subtract(b.x));
      const right = rise(c).subtract(rise(b)).multiply(b.x.subtract(a.x));
      if (left.lessThan(right)) break;
      hull.pop();
    }
    hull.push(c);
  }
  let deepest: { at: Rational; size: Rational } | null = null;
  let h = 0;
  for (const c of corners) {
    while (h + 1 < hull.length - 1 && hull[h + 1]!.x.lessThan(c.x)) h++;
    const [a, b] = [hull[h]!, hull[h + 1]!];
    const s = rise(b).subtract(rise(a)).divide(b.x.subtract(a.x));
    const size = rise(c).subtract(rise(a).add(s.multiply(c.x.subtract(a.x))));
    if (size.sign() > 0 && (deepest === null || deepest.size.lessThan(size))) deepest = { at: c.x, size };
  }
  return deepest;
}

/**
 * Looks for the lines of a run: slopes u_0 .. u_m, u_j of the line through its point j, u_0 the slope coming in and u_m the slope
 * going out, u_j otherwise between the slopes of the data on both sides, such that between the points j and j + 1
 *
 *   |f - max(line j, line j + 1)| <= eps        (min for a concave run).
 *
 * "max <= f + eps" bounds u_j from above by the gap right of it, and from below by the gap left of it. "max >= f - eps" asks line
 * j + 1 to cover what line j does not: u_{j+1} <= h(u_j), and h grows with u_j. So the largest u_j that is allowed is always best,
 * and one pass from left to right decides.
 *
 * @returns null when the lines exist, else the clause that fails first and where
 */
function brokenChain(
  problem: Problem,
  graph: Graph,
  first: number,
  last: number,
  sign: 1 | -1,
  tolerance: Rational,
): { clause: 'slopes' | 'knots'; at: Rational; message: string } | null {
  const { x } = graph;
  const turned = (value: Rational) => (sign > 0 ? value : value.negate());
  const dataSlope = (i: number) => turned(slope(problem, i));
  const label = (i: number) => turned(graph.y[i]!);
  const gap = (i: number): Corner[] =>
    graph.corners(i, i + 1).map((corner) => ({ x: corner.x, y: turned(corner.y) }));
  /** The line through point i is below f + eps for slopes in [least, most] (null: no bound), which misses what S wants. */
  const slopesFail = (i: number, least: Rational | null, most: Rational | null) => {
    const [before, after] = [slope(problem, i - 1), slope(problem, i)];
    const wanted =
      i === first || i === last
        ? `slope ${shown(i === first ? before : after)} (the run ${i === first ? 'begins' : 'ends'} here)`
        : `a slope between ${shown(before)} and ${shown(after)}`;
    const atMost = most === null ? null : `at ${sign > 0 ? 'most' : 'least'} ${shown(turned(most))}`;
    const atLeast = least === null ? null : `at ${sign > 0 ? 'least' : 'most'} ${shown(turned(least))}`;
    const room = [atLeast, atMost].filter((text) => text !== null).join(' and ');
    return {
      clause: 'slopes' as const,
      at: x[i]!,
      message:
        `at x = ${shown(x[i]!)} the line through the point must have ${wanted}, ` +
        `but to stay ${sign > 0 ? 'below' : 'above'} the network it needs a slope of ${room}`,
    };
  };

  let u = dataSlope(first - 1);
  for (let i = first; i < last; i++) {
    const corners = gap(i);
    // Line i must not rise above f + eps: for the first line the only condition of its own.
    const most = steepestFrom(corners, label(i), tolerance);
    if (i === first && most.lessThan(u)) return slopesFail(i, null, most);
    // Line i + 1: at least what the gap left of it allows, at most what the gap right of it and its interval allow.
    const least = flattestInto(corners, label(i + 1), tolerance);
    let low = maximum(least, dataSlope(i));
    let high: Rational;
    if (i + 1 === last) {
      low = dataSlope(last);
      high = low;
      if (low.lessThan(least)) return slopesFail(last, least, null);
    } else {
      const next = steepestFrom(gap(i + 1), label(i + 1), tolerance);
      high = minimum(dataSlope(i + 1), next);
      if (high.lessThan(low)) return slopesFail(i + 1, least, next);
    }
    const covered = steepestCover(corners, label(i), u, label(i + 1), tolerance);
    if (covered?.lessThan(low)) {
      const bends = graph.cornersInside(i);
      const at = bends[0]?.x ?? x[i]!;
      return {
        clause: 'knots',
        at,
        message:
          `between x = ${shown(x[i]!)} and ${shown(x[i + 1]!)} the network ${bends.length > 1 ? `bends ${bends.length} times (first at x = ${shown(at)})` : 'cuts a corner'}: ` +
          'one bend is allowed there, where the lines of its two ends cross',
      };
    }
    u = covered === null ? high : minimum(high, covered);
  }
  return null;
}

/** The largest slope of a line from the first corner, at height y there, that stays below f + eps. */
function steepestFrom(corners: readonly Corner[], y: Rational, tolerance: Rational): Rational {
  const start = corners[0]!.x;
  return corners
    .slice(1)
    .map((corner) => corner.y.add(tolerance).subtract(y).divide(corner.x.subtract(start)))
    .reduce(minimum);
}

/** The least slope of a line into the last corner, at height y there, that stays below f + eps. */
function flattestInto(corners: readonly Corner[], y: Rational, tolerance: Rational): Rational {
  const end = corners.at(-1)!.x;
  return corners
    .slice(0, -1)
    .map((corner) => y.subtract(corner.y).subtract(tolerance).divide(end.subtract(corner.x)))
    .reduce(maximum);
}

/**
 * h(u): the largest slope of a line into the last corner (height `end` there) that is at least f - eps wherever the line of slope u from the
 * first corner (height `start`) is not; null when that line covers everything. On a piece of f the bound is a quotient of linear
 * functions, so its least value stands at an end of the uncovered part of the piece.
 */
function steepestCover(
  corners: readonly Corner[],
  start: Rational,
  u: Rational,
  end: Rational,
  tolerance: Rational,
): Rational | null {
  const from = corners[0]!.x;
  const to = corners.at(-1)!.x;
  let least: Rational | null = null;
  const bound = (x: Rational, y: Rational) => {
    // At the last point itself any slope will do, because f is met there.
    if (!x.lessThan(to)) return;
    const candidate = end.subtract(y).add(tolerance).divide(to.subtract(x));
    if (least === null || candidate.lessThan(least)) least = candidate;
  };
  /** How far the line is below f - eps. */
  const missing = ({ x, y }: Corner) =>
    y.subtract(tolerance).subtract(start.add(u.multiply(x.subtract(from))));
  for (let c = 0; c + 1 < corners.length; c++) {
    const [p, q] = [corners[c]!, corners[c + 1]!];
    const [atP, atQ] = [missing(p), missing(q)];
    if (atP.sign() <= 0 && atQ.sign() <= 0) continue;
    if (atP.sign() > 0) bound(p.x, p.y);
    if (atQ.sign() > 0) bound(q.x, q.y);
    if (atP.sign() * atQ.sign() < 0 || atP.isZero() || atQ.isZero()) {
      const share = atP.divide(atP.subtract(atQ));
      bound(p.x.add(share.multiply(q.x.subtract(p.x))), p.y.add(share.multiply(q.y.subtract(p.y))));
    }
  }
  return least;
}
