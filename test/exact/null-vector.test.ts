import { expect, it } from 'vitest';
import { onlyNullVector } from '../../src/exact/elimination.js';
import { nullVectorByPrimes } from '../../src/exact/null-vector.js';
import { createRandom, type Random } from '../../src/exact/random.js';

function byPrimes(matrix: readonly (readonly bigint[])[], columns: number): bigint[] | null {
  const largest = Math.max(1, ...matrix.flat().map((entry) => Math.abs(Number(entry))));
  return nullVectorByPrimes({
    rows: matrix.length,
    columns,
    largest,
    write(into, prime) {
      matrix.forEach((row, i) => {
        row.forEach((entry, j) => {
          const rest = Number(entry % BigInt(prime));
          into[i * columns + j] = rest < 0 ? rest + prime : rest;
        });
      });
    },
  });
}

/** Entries of `digits` digits, a share of them 0, and often a dependent row or column. */
function randomMatrix(random: Random, rows: number, columns: number, digits: number): bigint[][] {
  const entry = (): bigint => {
    if (random.integer(0, 2) === 0) return 0n;
    const text = Array.from({ length: digits }, () => random.integer(0, 9)).join('');
    return random.integer(0, 1) === 0 ? BigInt(text) : -BigInt(text);
  };
  const matrix = Array.from({ length: rows }, () => Array.from({ length: columns }, entry));
  for (let i = 2; i < rows; i++) {
    if (random.integer(0, 3) === 0) matrix[i] = matrix[0]!.map((value, j) => 3n * value - matrix[1]![j]!);
  }
  if (columns > 2 && random.integer(0, 2) === 0) for (const row of matrix) row[1] = -2n * row[0]!;
  return matrix;
}

it('agrees with elimination in integers, up to a factor', () => {
  const random = createRandom(5);
  const seen = { line: 0, other: 0, long: 0 };
  for (let instance = 0; instance < 600; instance++) {
    const columns = random.integer(1, 8);
    const rows = random.integer(Math.max(1, columns - 2), columns + 2);
    const digits = [1, 2, 4, 9, 20][instance % 5]!;
    const matrix = randomMatrix(random, rows, columns, digits);
    const truth = onlyNullVector(matrix, columns);
    const found = byPrimes(matrix, columns);
    expect(found === null).toBe(truth === null);
    if (found === null || truth === null) {
      seen.other++;
      continue;
    }
    const at = truth.findIndex((value) => value !== 0n);
    expect(found[at]! > 0n).toBe(true);
    expect(found.map((value) => value * truth[at]!)).toEqual(truth.map((value) => value * found[at]!));
    seen.line++;
    if (found.some((value) => value > 2n ** 100n)) seen.long++;
  }
  expect(Math.min(seen.line, seen.other)).toBeGreaterThan(100);
  expect(seen.long).toBeGreaterThan(20);
});

it('gives up on numbers longer than its primes', () => {
  expect(byPrimes([[10n ** 600n, -1n]], 2)).toBeNull();
});
