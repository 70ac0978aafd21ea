import type { Problem } from '../data/problem.js';
import { ORIENT_BOUND, orientation } from '../exact/orientation.js';

/**
 * Curvature of the data at every point: e_i = sgn(s_i - s_{i-1}) for the slopes s_i of neighbouring points, the exact sign
 * of the turn (i-1, i, i+1). The first and the last point have curvature 0.
 *
 * @param problem one input, exact labels, N >= 1 points
 * @returns N signs -1, 0, 1
 */
export function curvature(problem: Problem): Int8Array {
  const column = problem.inputs[0]!;
  const labels = problem.lower;
  const n = problem.size;
  const signs = new Int8Array(n);
  const x = column.doubles;
  const y = labels.doubles;
  const filtered = column.isDouble && labels.isDouble;
  for (let i = 1; i < n - 1; i++) {
    if (filtered) {
      // First stage of Shewchuk's predicate, inlined: certain unless the two products nearly cancel.
      const left = (y[i + 1]! - y[i]!) * (x[i]! - x[i - 1]!);
      const right = (y[i]! - y[i - 1]!) * (x[i + 1]! - x[i]!);
      const turn = left - right;
      const bound = ORIENT_BOUND * (Math.abs(left) + Math.abs(right));
      if (turn > bound) {
        signs[i] = 1;
        continue;
      }
      if (turn < -bound) {
        signs[i] = -1;
        continue;
      }
    }
    signs[i] = orientation(column, i - 1, labels, i, labels, i + 1, labels);
  }
  return signs;
}
