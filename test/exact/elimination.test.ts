import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  echelon,
  type IntegerMatrix,
  onlyNullVector,
  rank,
  solveLinearSystem,
} from '../../src/exact/elimination.js';
import { Rational } from '../../src/exact/rational.js';

fc.configureGlobal({ seed: 24 });

const entry = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: -3n, max: 3n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }) },
);

function matrices(entries = entry): fc.Arbitrary<IntegerMatrix> {
  return fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
    .chain(([m, n]) =>
      fc.array(fc.array(entries, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
    )
    .chain((matrix) =>
      // Half of them get rows that depend on the first two.
      fc
        .tuple(fc.boolean(), fc.bigInt({ min: -2n, max: 2n }))
        .map(([dependent, factor]) =>
          dependent && matrix.length > 1
            ? [...matrix, matrix[0]!.map((value, j) => value * factor + matrix[1]![j]!)]
            : matrix,
        ),
    );
}

/** Plain Gauss-Jordan in rationals: the reduced echelon form, which is unique. */
function gauss(matrix: readonly (readonly Rational[])[]): { rows: Rational[][]; pivots: number[] } {
  const rows = matrix.map((row) => row.slice());
  const pivots: number[] = [];
  for (let c = 0; c < (rows[0]?.length ?? 0); c++) {
    const r = pivots.length;
    const found = rows.findIndex((row, i) => i >= r && !row[c]!.isZero());
    if (found < 0) continue;
    [rows[r], rows[found]] = [rows[found]!, rows[r]!];
    const pivot = rows[r]![c]!;
    rows[r] = rows[r]!.map((value) => value.divide(pivot));
    for (let i = 0; i < rows.length; i++) {
      if (i === r) continue;
      const factor = rows[i]![c]!;
      rows[i] = rows[i]!.map((value, j) => value.subtract(factor.multiply(rows[r]![j]!)));
    }
    pivots.push(c);
  }
  return { rows: rows.slice(0, pivots.length), pivots };
}

const rationals = (matrix: readonly (readonly bigint[])[]) =>
  matrix.map((row) => row.map((value) => Rational.of(value)));
const texts = (rows: Rational[][]) => rows.map((row) => row.map(String));

describe('fraction-free elimination', () => {
  test('the echelon form spans the same rows as Gauss-Jordan finds', () => {
    let deficient = 0;
    fc.assert(
      fc.property(matrices(), (matrix) => {
        const before = JSON.stringify(matrix, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
        const { rows, pivots, sources } = echelon(matrix);
        expect(JSON.stringify(matrix, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).toBe(
          before,
        );
        const reference = gauss(rationals(matrix));
        expect(pivots).toEqual(reference.pivots);
        expect(rank(matrix)).toBe(pivots.length);
        if (pivots.length < Math.min(matrix.length, matrix[0]!.length)) deficient++;
        rows.forEach((row, r) => {
          expect(row.findIndex((value) => value !== 0n)).toBe(pivots[r]);
        });
        expect(texts(gauss(rationals(rows)).rows)).toEqual(texts(reference.rows));
        // The named input rows are independent and span everything.
        expect(new Set(sources).size).toBe(pivots.length);
        expect(texts(gauss(rationals(sources.map((s) => matrix[s]!))).rows)).toEqual(texts(reference.rows));
      }),
      { numRuns: 300 },
    );
    expect(deficient).toBeGreaterThan(30);
  });

  test('the last pivot of a regular matrix is its determinant up to sign', () => {
    const square = fc
      .integer({ min: 1, max: 5 })
      .chain((n) =>
        fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
      );
    const determinant = (m: readonly (readonly bigint[])[]): bigint =>
      m.length === 0
        ? 1n
        : m[0]!.reduce(
            (sum, value, j) =>
              sum +
              (j % 2 ? -value : value) * determinant(m.slice(1).map((row) => row.filter((_, k) => k !== j))),
            0n,
          );
    fc.assert(
      fc.property(square, (matrix) => {
        const expected = determinant(matrix);
        const { rows, pivots } = echelon(matrix);
        if (expected === 0n) expect(pivots.length).toBeLessThan(matrix.length);
        else {
          const last = rows.at(-1)!.at(-1)!;
          expect(last * last).toBe(expected * expected);
        }
      }),
    );
  });

  test('linear systems: a solution solves, null means inconsistent', () => {
    let solved = 0;
    let inconsistent = 0;
    fc.assert(
      fc.property(matrices(), fc.infiniteStream(entry), fc.boolean(), (matrix, stream, planted) => {
        const x = matrix[0]!.map(() => stream.next().value);
        const right = planted
          ? matrix.map((row) => row.reduce((sum, value, j) => sum + value * x[j]!, 0n))
          : matrix.map(() => stream.next().value);
        const solution = solveLinearSystem(matrix, right);
        const augmented = gauss(rationals(matrix.map((row, i) => [...row, right[i]!])));
        expect(solution === null).toBe(augmented.pivots.at(-1) === matrix[0]!.length);
        if (solution === null) {
          inconsistent++;
          return;
        }
        solved++;
        matrix.forEach((row, i) => {
          const left = row.reduce(
            (sum, value, j) => sum.add(Rational.of(value).multiply(solution[j]!)),
            Rational.zero,
          );
          expect(left.equals(Rational.of(right[i]!))).toBe(true);
        });
        solution.forEach((value, j) => {
          if (!augmented.pivots.includes(j)) expect(value.isZero()).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
    expect(solved).toBeGreaterThan(50);
    expect(inconsistent).toBeGreaterThan(50);
  });

  test('null vectors that are unique up to a factor', () => {
    let found = 0;
    fc.assert(
      fc.property(matrices(), (matrix) => {
        const z = onlyNullVector(matrix, matrix[0]!.length);
        expect(z !== null).toBe(rank(matrix) === matrix[0]!.length - 1);
        if (z === null) return;
        found++;
        expect(z.find((value) => value !== 0n)! > 0n).toBe(true);
        for (const row of matrix) expect(row.reduce((sum, value, j) => sum + value * z[j]!, 0n)).toBe(0n);
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(25);
  });
});
