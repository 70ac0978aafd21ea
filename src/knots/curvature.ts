import { ORIENT_BOUND, orientation } from '../exact/orientation.js';
import type { Problem } from '../problem/problem.js';

/**
 * Curvature of the data at every point: e_i = sgn(s_i - s_{i-1}) for the slopes s_i of neighbouring points, the exact sign
 * of the turn (i-1, i, i+1). The first and the last point have curvature 0.
 *
 * @param problem one input, exact labels, N >= 1 points
 * @returns N signs -1, 0, 1
 */
export function curvature(problem: Problem): Int8Array {
  const signs = new Int8Array(problem.size);
  const column = problem.inputs[0]!;
  const labels = problem.lower;
  const undecided =
    column.isDouble && labels.isDouble
      ? signsInDoubles(column.doubles, labels.doubles, signs)
      : Uint32Array.from({ length: Math.max(0, problem.size - 2) }, (_, i) => i + 1);
  for (const i of undecided) signs[i] = orientation(column, i - 1, labels, i, labels, i + 1, labels);
  return signs;
}

/**
 * First stage of Shewchuk's predicate, inlined: the sign is certain unless the two products nearly cancel.
 * @returns the points it leaves undecided
 */
function signsInDoubles(x: Float64Array, y: Float64Array, signs: Int8Array): number[] {
  const undecided: number[] = [];
  const n = x.length;
  if (n < 3) return undecided;
  let run = x[1]! - x[0]!;
  let rise = y[1]! - y[0]!;
  for (let i = 1; i < n - 1; i++) {
    const nextRun = x[i + 1]! - x[i]!;
    const nextRise = y[i + 1]! - y[i]!;
    const left = nextRise * run;
    const right = rise * nextRun;
    const turn = left - right;
    const bound = ORIENT_BOUND * (Math.abs(left) + Math.abs(right));
    if (turn > bound) signs[i] = 1;
    else if (turn < -bound) signs[i] = -1;
    else undecided.push(i);
    run = nextRun;
    rise = nextRise;
  }
  return undecided;
}
