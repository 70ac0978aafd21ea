import { abs, gcd } from './bigint.js';
import { Rational } from './rational.js';

/**
 * Fraction-free Gaussian elimination (Bareiss 1968): all intermediate entries are minors of the matrix, so every
 * division is exact and numbers grow no faster than Hadamard's bound.
 *
 * A matrix is an array of rows of BigInt; rows may be empty of columns but must all have the same length.
 */
export type IntegerMatrix = bigint[][];

/** Row echelon form with its pivots; `rows` are integer combinations of the input rows. */
export interface Echelon {
  /** Echelon rows; row r has its first nonzero entry in column pivots[r]. Zero rows are dropped. */
  rows: IntegerMatrix;
  pivots: number[];
  /** Indices of the input rows the echelon rows came from (after row exchanges). */
  sources: number[];
}

/** Echelon form of an integer matrix. Exact. The input is not changed. */
export function echelon(matrix: IntegerMatrix): Echelon {
  const rows = matrix.map((row) => row.slice());
  const sources = rows.map((_, index) => index);
  const columns = rows[0]?.length ?? 0;
  const pivots: number[] = [];
  let previous = 1n;
  let r = 0;
  for (let c = 0; c < columns && r < rows.length; c++) {
    // The smallest nonzero pivot keeps the intermediate numbers short; the minors are the same.
    let best = -1;
    for (let i = r; i < rows.length; i++) {
      const entry = rows[i]![c]!;
      if (entry !== 0n && (best < 0 || abs(entry) < abs(rows[best]![c]!))) best = i;
    }
    if (best < 0) continue;
    [rows[r], rows[best]] = [rows[best]!, rows[r]!];
    [sources[r], sources[best]] = [sources[best]!, sources[r]!];
    const pivotRow = rows[r]!;
    const pivot = pivotRow[c]!;
    for (let i = r + 1; i < rows.length; i++) {
      const row = rows[i]!;
      const factor = row[c]!;
      for (let j = c + 1; j < columns; j++) {
        let value = row[j] === 0n ? 0n : pivot * row[j]!;
        if (factor !== 0n && pivotRow[j] !== 0n) value -= factor * pivotRow[j]!;
        row[j] = value === 0n || previous === 1n ? value : value / previous;
      }
      row[c] = 0n;
    }
    previous = pivot;
    pivots.push(c);
    r++;
  }
  return { rows: rows.slice(0, r), pivots, sources: sources.slice(0, r) };
}

/** Rank of an integer matrix. */
export function rank(matrix: IntegerMatrix): number {
  return echelon(matrix).pivots.length;
}

/**
 * Solves A x = b over the rationals (A: m x n, b: m).
 * @returns a solution with all free variables 0, or null when there is none
 */
export function solveLinearSystem(matrix: IntegerMatrix, right: readonly bigint[]): Rational[] | null {
  const columns = matrix[0]?.length ?? 0;
  const { rows, pivots } = echelon(matrix.map((row, i) => [...row, right[i]!]));
  if (pivots.at(-1) === columns) return null;
  const z: bigint[] = new Array(columns + 1).fill(0n);
  z[columns] = -1n;
  substitute(rows, pivots, z);
  return z
    .slice(0, columns)
    .map((value) => (value === 0n ? Rational.zero : Rational.of(value, -z[columns]!)));
}

/** The integers z, unique up to a factor, with A z = 0, the first that is not 0 positive; null unless such z are a line. A may have no rows. */
export function onlyNullVector(matrix: IntegerMatrix, columns: number): bigint[] | null {
  const { rows, pivots } = echelon(matrix);
  if (pivots.length !== columns - 1) return null;
  const free = pivots.findIndex((c, r) => c !== r);
  const z: bigint[] = new Array(columns).fill(0n);
  z[free < 0 ? columns - 1 : free] = 1n;
  substitute(rows, pivots, z);
  return z.find((value) => value !== 0n)! > 0n ? z : z.map((value) => -value);
}

/** Echelon rows R with R z = 0: from the entries of z without a pivot to those with one, all times what keeps them integers. */
function substitute(rows: IntegerMatrix, pivots: readonly number[], z: bigint[]): void {
  for (let r = rows.length - 1; r >= 0; r--) {
    const row = rows[r]!;
    const c = pivots[r]!;
    const pivot = row[c]!;
    let sum = 0n;
    for (let j = c + 1; j < z.length; j++) if (z[j] !== 0n && row[j] !== 0n) sum -= row[j]! * z[j]!;
    const common = gcd(sum, pivot);
    const factor = abs(pivot / common);
    if (factor !== 1n) for (let j = c + 1; j < z.length; j++) z[j]! *= factor;
    z[c] = pivot < 0n ? -(sum / common) : sum / common;
  }
}
