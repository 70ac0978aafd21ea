import type { ExactColumn } from '../exact/column.js';
import type { Problem } from './problem.js';

/** Does the window of point i have a lower end? */
export function hasLower({ open }: Problem, i: number): boolean {
  return open === undefined || open.below[i] === 0;
}

/** Does the window of point i have an upper end? */
export function hasUpper({ open }: Problem, i: number): boolean {
  return open === undefined || open.above[i] === 0;
}

/** Sign of a.value(i) - b.value(j) for two columns of one scale. */
export function compareAcross(a: ExactColumn, i: number, b: ExactColumn, j: number): -1 | 0 | 1 {
  const p = a.doubles[i]!;
  const q = b.doubles[j]!;
  if (p !== q) return p < q ? -1 : 1;
  if (a.isDouble && b.isDouble) return 0;
  const difference = a.integer(i) - b.integer(j);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
