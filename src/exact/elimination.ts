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
      if (factor === 0n) {
        for (let j = c + 1; j < columns; j++) row[j] = (pivot * row[j]!) / previous;
      } else {
        for (let j = c + 1; j < columns; j++) row[j] = (pivot * row[j]! - factor * pivotRow[j]!) / previous;
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
  const solution: Rational[] = new Array(columns).fill(Rational.zero);
  // Back substitution over one common denominator: x_j = numerators[j] / denominator.
  let denominator = 1n;
  const numerators: bigint[] = new Array(columns).fill(0n);
  for (let r = rows.length - 1; r >= 0; r--) {
    const row = rows[r]!;
    const c = pivots[r]!;
    let sum = row[columns]! * denominator;
    for (let j = c + 1; j < columns; j++) if (numerators[j] !== 0n) sum -= row[j]! * numerators[j]!;
    const pivot = row[c]!;
    const common = gcd(sum, pivot);
    const scale = pivot / common;
    for (let j = c + 1; j < columns; j++) numerators[j]! *= scale;
    denominator *= scale;
    numerators[c] = sum / common;
  }
  for (const c of pivots) solution[c] = Rational.of(numerators[c]!, denominator);
  return solution;
}

/** A nonzero integer vector z with A z = 0, or null when the columns of A are independent. */
export function nullVector(matrix: IntegerMatrix): bigint[] | null {
  const columns = matrix[0]?.length ?? 0;
  const { pivots } = echelon(matrix);
  const free = Array.from({ length: columns }, (_, c) => c).find((c) => !pivots.includes(c));
  if (free === undefined) return null;
  const solution = solveLinearSystem(
    matrix.map((row) => row.map((entry, c) => (c === free ? 0n : entry))),
    matrix.map((row) => -row[free]!),
  )!;
  solution[free] = Rational.one;
  const multiple = solution.reduce((m, value) => (m / gcd(m, value.denominator)) * value.denominator, 1n);
  return solution.map((value) => value.numerator * (multiple / value.denominator));
}
