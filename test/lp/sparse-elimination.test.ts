import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveLinearSystem } from '../../src/exact/elimination.js';
import { Rational } from '../../src/exact/rational.js';
import { solveSparseSystem } from '../../src/lp/sparse-elimination.js';

/** Matrices with about `zeros` of 10 coefficients 0, and right sides that are in the range or anything. */
const system = (zeros: number) =>
  fc
    .record({
      rows: fc.integer({ min: 1, max: 7 }),
      columns: fc.integer({ min: 1, max: 7 }),
      consistent: fc.boolean(),
    })
    .chain(({ rows, columns, consistent }) => {
      const entry = fc
        .tuple(fc.integer({ min: 1, max: 10 }), fc.bigInt(-9n, 9n))
        .map(([die, value]) => (die <= zeros ? 0n : value));
      return fc
        .tuple(
          fc.array(fc.array(entry, { minLength: columns, maxLength: columns }), {
            minLength: rows,
            maxLength: rows,
          }),
          fc.array(fc.bigInt(-9n, 9n), { minLength: 7, maxLength: 7 }),
        )
        .map(([matrix, vector]) => ({
          matrix,
          right: consistent
            ? matrix.map((row) => row.reduce((sum, value, j) => sum + value * vector[j]!, 0n))
            : vector.slice(0, rows),
        }));
    });

describe('sparse elimination', () => {
  it('solves exactly what fraction-free elimination solves', () => {
    const seen = { solved: 0, impossible: 0 };
    for (const zeros of [9, 7, 5, 1]) {
      fc.assert(
        fc.property(system(zeros), ({ matrix, right }) => {
          const solution = solveSparseSystem(matrix, right);
          expect(solution === null).toBe(solveLinearSystem(matrix, right) === null);
          if (solution === null) {
            seen.impossible++;
            return;
          }
          seen.solved++;
          matrix.forEach((row, i) => {
            const sum = row.reduce(
              (total, value, j) => total.add(solution[j]!.multiply(Rational.of(value))),
              Rational.zero,
            );
            expect(sum.equals(Rational.of(right[i]!))).toBe(true);
          });
        }),
        { numRuns: 300 },
      );
    }
    expect(seen.solved).toBeGreaterThan(200);
    expect(seen.impossible).toBeGreaterThan(200);
  });

  it('a long chain of equations keeps its numbers short', () => {
    // x_{i+1} - x_i = 1, x_0 = 0.
    const n = 300;
    const matrix = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (j === i ? 1n : j === i - 1 ? -1n : 0n)),
    );
    const solution = solveSparseSystem(
      matrix,
      matrix.map((_, i) => (i === 0 ? 0n : 1n)),
    );
    expect(solution?.map(String)).toEqual(Array.from({ length: n }, (_, i) => String(i)));
  });

  it('no equations and no unknowns', () => {
    expect(solveSparseSystem([], [])).toEqual([]);
    expect(solveSparseSystem([[], []], [0n, 0n])).toEqual([]);
    expect(solveSparseSystem([[]], [1n])).toBeNull();
  });
});
