import { describe, expect, it } from 'vitest';
import { solveLinearSystem } from '../../src/exact/elimination.js';
import {
  invertModulo,
  ModularRows,
  multiplyModulo,
  PRIMES,
  rationalModulo,
  residueOf,
} from '../../src/exact/modular.js';
import { solveByLifting } from '../../src/exact/p-adic.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';

describe('residues', () => {
  it('are modulo primes', () => {
    for (const p of PRIMES) {
      expect(p).toBeLessThan(2 ** 26);
      for (let divisor = 2; divisor * divisor <= p; divisor++) expect(p % divisor).toBeGreaterThan(0);
    }
  });

  it('multiply and invert as BigInt does, at the ends of the range too', () => {
    const random = createRandom(1);
    for (const p of PRIMES) {
      const ends = [0, 1, 2, p - 2, p - 1];
      for (let count = 0; count < 2_000; count++) {
        const a = count < 25 ? ends[count % 5]! : random.integer(0, p - 1);
        const b = count < 25 ? ends[Math.floor(count / 5)]! : random.integer(0, p - 1);
        expect(multiplyModulo(a, b, p)).toBe(Number((BigInt(a) * BigInt(b)) % BigInt(p)));
        if (a > 0) expect(multiplyModulo(a, invertModulo(a, p), p)).toBe(1);
      }
      expect(residueOf(-1n, p)).toBe(p - 1);
      expect(residueOf(-1 - p, p)).toBe(p - 1);
      expect(residueOf(10n ** 30n, p)).toBe(Number(10n ** 30n % BigInt(p)));
    }
  });

  it('give back every short fraction, and none where there is none', () => {
    const m = 1_000_003n;
    // bound^2 < m / 2: at most one fraction.
    const bound = 707n;
    for (const [n, d] of [
      [1n, 1n],
      [-3n, 7n],
      [707n, 706n],
      [0n, 1n],
      [-707n, 703n],
    ] as const) {
      let inverse = 1n;
      while ((inverse * d) % m !== 1n) inverse++;
      expect(rationalModulo(n * inverse, m, bound)).toEqual({ numerator: n, denominator: d });
    }
    let none = 0;
    for (let a = 0n; a < 3_000n; a++) {
      const found = rationalModulo(a * 333_337n, m, bound);
      if (found === null) none++;
      else expect((found.numerator - a * 333_337n * found.denominator) % m).toBe(0n);
    }
    expect(none).toBeGreaterThan(100);
  });
});

/** Takes all rows that are independent; returns them with their factorisation. */
function taken(matrix: readonly (readonly bigint[])[], p: number): { factored: ModularRows; rows: number[] } {
  const factored = new ModularRows(matrix[0]!.length, p);
  const rows = matrix.flatMap((row, r) =>
    factored.take(Float64Array.from(row, (value) => residueOf(value, p))) ? [r] : [],
  );
  return { factored, rows };
}

describe('p-adic lifting', () => {
  it('agrees with Bareiss on random systems, short and long entries, singular ones too', () => {
    const random = createRandom(2);
    let singular = 0;
    for (let instance = 0; instance < 120; instance++) {
      const n = random.integer(1, 9);
      const size = instance % 3 === 0 ? 3 : instance % 3 === 1 ? 1_000_000 : 2 ** 51;
      const entry = (): bigint => {
        const value = BigInt(random.integer(-size, size));
        return instance % 6 === 5 ? value * 10n ** 25n + 1n : value;
      };
      const matrix = Array.from({ length: n }, () => Array.from({ length: n }, entry));
      if (instance % 4 === 3 && n > 1) matrix[n - 1] = matrix[0]!.map((value) => 2n * value);
      const right = Array.from({ length: n }, entry);
      const { factored, rows } = taken(matrix, PRIMES[0]);
      if (rows.length < n) {
        singular++;
        continue;
      }
      const { numerators, denominator } = solveByLifting(matrix, factored, right);
      const expected = solveLinearSystem(matrix, right)!;
      factored.pivots.forEach((column, j) => {
        expect(Rational.of(numerators[j]!, denominator).equals(expected[column]!)).toBe(true);
      });
    }
    expect(singular).toBeGreaterThan(15);
    expect(singular).toBeLessThan(60);
  });

  it('solves the pivots of a system that leaves unknowns free', () => {
    const matrix = [
      [0n, 2n, 4n, 1n],
      [0n, 1n, 2n, 1n],
      [3n, 0n, 0n, 5n],
    ];
    const { factored, rows } = taken(matrix, PRIMES[1]);
    expect(rows).toEqual([0, 1, 2]);
    expect([...factored.pivots].sort()).toEqual([0, 1, 3]);
    const right = [7n, 5n, -1n];
    const { numerators, denominator } = solveByLifting(matrix, factored, right);
    matrix.forEach((row, r) => {
      const sum = factored.pivots.reduce((total, c, j) => total + row[c]! * numerators[j]!, 0n);
      expect(sum).toBe(right[r]! * denominator);
    });
  });

  it('finds a solution of 60 unknowns with numbers of 4 digits', () => {
    const random = createRandom(3);
    const n = 60;
    const matrix = Array.from({ length: n }, () =>
      Array.from({ length: n }, () => BigInt(random.integer(-9999, 9999))),
    );
    const right = matrix.map(() => BigInt(random.integer(-9999, 9999)));
    const { factored } = taken(matrix, PRIMES[0]);
    const { numerators, denominator } = solveByLifting(matrix, factored, right);
    const x: bigint[] = new Array(n).fill(0n);
    factored.pivots.forEach((c, j) => {
      x[c] = numerators[j]!;
    });
    matrix.forEach((row, r) => {
      expect(row.reduce((sum, value, c) => sum + value * x[c]!, 0n)).toBe(right[r]! * denominator);
    });
    expect(denominator.toString().length).toBeGreaterThan(200);
  });
});
