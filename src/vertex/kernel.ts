import { ModularRows, PRIMES, residueOf } from '../exact/modular.js';
import { solveByLifting } from '../exact/p-adic.js';
import { dot } from './conditions.js';

/** What elimination of integer rows modulo a prime shows. */
export type Kernel =
  /** No kernel vector has a nonzero entry from column `free` on, as far as the rank modulo this prime tells. */
  | { readonly kind: 'none'; readonly rank: number; readonly prime: number }
  /** An integer vector with rows . vector = 0 and a nonzero entry from column `free` on; the rank, and that of the columns before. */
  | { readonly kind: 'vector'; readonly vector: readonly bigint[]; readonly rank: number }
  | { readonly kind: 'undecided' };

/**
 * Looks for a kernel vector of integer rows that is not 0 from column `free` on: by elimination modulo a prime, then the vector itself by
 * p-adic lifting, verified on all rows over the integers. Exact.
 *
 * `none` is no proof yet: the caller compares the rank with the rank of the free columns.
 */
export function kernelVector(rows: readonly (readonly bigint[])[], columns: number, free: number): Kernel {
  for (const prime of PRIMES) {
    const found = new ModularRows(columns, prime);
    const taken: (readonly bigint[])[] = [];
    for (const row of rows) {
      if (found.rank === columns) break;
      if (found.take(Float64Array.from(row, (value) => residueOf(value, prime)))) taken.push(row);
    }
    const { rank, pivots } = found;
    const isPivot = new Uint8Array(columns);
    for (const column of pivots) isPivot[column] = 1;
    const loose = Array.from({ length: columns }, (_, j) => j).filter((j) => isPivot[j] === 0);
    // A loose column that counts gives such a vector at once; of the free ones the vector has to be looked at.
    loose.sort((a, b) => Number(a < free) - Number(b < free));
    const column = loose.find((j) => {
      if (j >= free) return true;
      const right = Float64Array.from(taken, (row) => residueOf(-row[j]!, prime));
      return found.solve(right).some((value, r) => value !== 0 && pivots[r]! >= free);
    });
    if (column === undefined) return { kind: 'none', rank, prime };
    const right = taken.map((row) => -row[column]!);
    const { numerators, denominator } = solveByLifting(taken, found, right);
    const vector = new Array<bigint>(columns).fill(0n);
    pivots.forEach((pivot, r) => {
      vector[pivot] = numerators[r]!;
    });
    vector[column] = denominator;
    // Rows that depend on those taken modulo the prime alone would not be met.
    if (rows.every((row) => dot(row, vector) === 0n)) return { kind: 'vector', vector, rank };
  }
  return { kind: 'undecided' };
}
