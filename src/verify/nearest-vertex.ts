import { knotBetween, setSparsestWord, type Vertex } from '../knots/family.js';
import type { ExactDetails } from '../knots/solve.js';
import type { Knot } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

/**
 * The sparsest vertex of S whose words resemble a function with the given knots.
 *
 * Only runs with an odd number L >= 3 of points leave a choice: the even offset t of the point that keeps a knot of its own
 * (see `setSparsestWord`). The measure of a word is the sum, over its knots, of the distance to the nearest given knot of the run's sign;
 * the least is taken, the first of several. Doubles measure: every choice is an exact optimum. Without a knot of that sign the
 * word of the limit p -> 0+ stays. O(N log K).
 */
export function nearestSparsestVertex(
  problem: Problem,
  { runs, limit }: ExactDetails,
  knots: readonly Knot[],
): Vertex {
  const side = limit.side.slice();
  const positions = { 1: positionsOf(knots, 1), '-1': positionsOf(knots, -1) };
  for (let r = 0; r < runs.count; r++) {
    const first = runs.first[r]!;
    const points = runs.points[r]!;
    if (points < 3 || points % 2 === 0) continue;
    const near = positions[runs.sign[r] as 1 | -1];
    if (near.length === 0) continue;
    const pair = (t: number) => knotBetween(problem, first + t - 1, first + t + 1).at.toNumber();
    const point = (t: number) => problem.inputs[0]!.value(first + t).toNumber();
    setSparsestWord(side, first, points, nearestOffset(points, pair, point, near));
  }
  return side;
}

function positionsOf(knots: readonly Knot[], sign: 1 | -1): Float64Array {
  return Float64Array.from(
    knots.filter(({ slopeChange }) => slopeChange.sign() === sign),
    ({ at }) => at.toNumber(),
  );
}

/** Offset t means the pairs (0,1), (2,3) .. left of t, t alone, and (t+1,t+2) .. right of it: prefix sums over both pairings. */
function nearestOffset(
  points: number,
  pair: (t: number) => number,
  point: (t: number) => number,
  near: Float64Array,
): number {
  let right = 0;
  for (let t = 1; t < points; t += 2) right += distance(near, pair(t));
  let left = 0;
  let best = 0;
  let least = Infinity;
  for (let t = 0; t < points; t += 2) {
    const sum = left + distance(near, point(t)) + right;
    if (sum < least) {
      least = sum;
      best = t;
    }
    if (t + 1 < points) {
      left += distance(near, pair(t));
      right -= distance(near, pair(t + 1));
    }
  }
  return best;
}

/** Distance to the nearest of increasing positions. */
function distance(positions: Float64Array, at: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle]! < at) low = middle + 1;
    else high = middle;
  }
  const after = low < positions.length ? positions[low]! - at : Infinity;
  const before = low > 0 ? at - positions[low - 1]! : Infinity;
  return Math.min(before, after);
}
