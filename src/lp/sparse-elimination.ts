import { gcd } from '../exact/bigint.js';
import { solveLinearSystem } from '../exact/elimination.js';
import { Rational } from '../exact/rational.js';

/** Above this share of nonzero coefficients fraction-free elimination on full rows is faster. */
export const SPARSE_ELIMINATION_DEFAULTS = { density: 0.4 } as const;

/** One equation: coefficient by column, zeros left out; divided by its content. */
interface Equation {
  readonly entries: Map<number, bigint>;
  right: bigint;
}

/**
 * Solves A x = b over the rationals, as `solveLinearSystem` does, but fast when most coefficients are 0: rows stay sparse
 * and primitive, and independent parts of the system do not lengthen each other's numbers.
 * @returns a solution with all free unknowns 0, or null when there is none
 */
export function solveSparseSystem(matrix: bigint[][], right: readonly bigint[]): Rational[] | null {
  const columns = matrix[0]?.length ?? 0;
  let nonzero = 0;
  for (const row of matrix) for (const value of row) if (value !== 0n) nonzero++;
  if (nonzero > SPARSE_ELIMINATION_DEFAULTS.density * matrix.length * columns) {
    return solveLinearSystem(matrix, right);
  }
  const equations = matrix.map((row, i): Equation => {
    const entries = new Map<number, bigint>();
    row.forEach((value, j) => {
      if (value !== 0n) entries.set(j, value);
    });
    return { entries, right: right[i]! };
  });
  return eliminate(equations, columns);
}

/** Gaussian elimination; pivots in the shortest row and its rarest column (Markowitz 1957). */
function eliminate(equations: Equation[], columns: number): Rational[] | null {
  const rowsOf: Set<number>[] = Array.from({ length: columns }, () => new Set());
  equations.forEach(({ entries }, i) => {
    for (const j of entries.keys()) rowsOf[j]!.add(i);
  });
  const active = new Set(equations.keys());
  const order: { row: number; column: number }[] = [];
  while (active.size > 0) {
    let row = -1;
    for (const i of active) {
      const { size } = equations[i]!.entries;
      if (row < 0 || size < equations[row]!.entries.size) row = i;
      if (size <= 1) break;
    }
    active.delete(row);
    const { entries, right } = equations[row]!;
    if (entries.size === 0) {
      if (right !== 0n) return null;
      continue;
    }
    let column = -1;
    for (const j of entries.keys()) if (column < 0 || rowsOf[j]!.size < rowsOf[column]!.size) column = j;
    order.push({ row, column });
    for (const j of entries.keys()) rowsOf[j]!.delete(row);
    for (const i of [...rowsOf[column]!]) subtract(equations[i]!, i, equations[row]!, column, rowsOf);
  }
  // Back substitution; a column that was never a pivot is free.
  const solution: Rational[] = new Array(columns).fill(Rational.zero);
  for (const { row, column } of order.reverse()) {
    let rest = Rational.of(equations[row]!.right);
    for (const [j, value] of equations[row]!.entries) {
      if (j !== column && !solution[j]!.isZero())
        rest = rest.subtract(solution[j]!.multiply(Rational.of(value)));
    }
    solution[column] = rest.divide(Rational.of(equations[row]!.entries.get(column)!));
  }
  return solution;
}

/** Removes `column` from equation `target`, number i, by means of `pivot`; keeps it primitive. */
function subtract(target: Equation, i: number, pivot: Equation, column: number, rowsOf: Set<number>[]): void {
  const own = target.entries.get(column)!;
  const other = pivot.entries.get(column)!;
  const common = gcd(own, other);
  const scale = other / common;
  const factor = own / common;
  if (scale !== 1n) {
    for (const [j, value] of target.entries) target.entries.set(j, value * scale);
    target.right *= scale;
  }
  for (const [j, value] of pivot.entries) {
    const before = target.entries.get(j) ?? 0n;
    const after = before - factor * value;
    if (after === 0n) {
      target.entries.delete(j);
      rowsOf[j]!.delete(i);
    } else {
      target.entries.set(j, after);
      if (before === 0n) rowsOf[j]!.add(i);
    }
  }
  target.right -= factor * pivot.right;
  let content = target.right;
  for (const value of target.entries.values()) {
    if (content === 1n || content === -1n) return;
    content = gcd(content, value);
  }
  if (content > 1n) {
    for (const [j, value] of target.entries) target.entries.set(j, value / content);
    target.right /= content;
  }
}
