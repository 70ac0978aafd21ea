import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { runsOf } from '../../src/knots/runs.js';
import { lineThrough } from '../../src/knots/slopes.js';
import { solutionSet } from '../../src/knots/solution-set.js';
import { evaluateAt, fromLines, type Line } from '../../src/problem/piecewise-linear.js';
import { exactData, exactProblem, integrate, rationalsOf } from '../support/problems.js';
import { enumerateWords, sparsestWords } from '../support/words.js';

fc.configureGlobal({ seed: 34 });

describe('the set of sparsest interpolants', () => {
  test('vertices, functions and words equal the enumeration of all vertices', () => {
    let free = 0;
    let unique = 0;
    fc.assert(
      fc.property(exactData(2, 13), ({ x, y }) => {
        const problem = exactProblem(x, y);
        const runs = runsOf(curvature(problem));
        const set = solutionSet(problem, runs);
        let vertices = 1n;
        let functions = 1n;
        const freeRuns: number[] = [];
        for (let r = 0; r < runs.count; r++) {
          const sparsest = sparsestWords(enumerateWords(problem, runs.first[r]!, runs.points[r]!));
          vertices *= BigInt(sparsest.length);
          functions *= BigInt(new Set(sparsest.map((word) => word.slopes)).size);
          if (sparsest.length === 1) continue;
          freeRuns.push(r);
          const described = set.free.find(({ run }) => run === r)!;
          expect(new Set(described.words())).toEqual(new Set(sparsest.map(({ word }) => word)));
          expect(described.points).toEqual([runs.first[r], runs.first[r]! + runs.points[r]! - 1]);
          expect(described.sign).toBe(runs.sign[r]);
        }
        expect(set.vertices).toBe(vertices);
        expect(set.functions).toBe(functions);
        expect(set.free.map(({ run }) => run)).toEqual(freeRuns);
        expect(set.unique).toBe(freeRuns.length === 0);
        if (set.unique) unique++;
        else free++;
      }),
      { numRuns: 400 },
    );
    expect(free).toBeGreaterThan(40);
    expect(unique).toBeGreaterThan(50);
  });

  test('every slope in a free interval gives a sparsest interpolant, no slope outside does', () => {
    const signs = fc.constantFrom(1, -1);
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 11 });
    let tried = 0;
    fc.assert(
      fc.property(sizes, signs, fc.integer({ min: 1, max: 99 }), (changes, sign, share) => {
        if (changes.length % 2 === 0) return;
        const slopes = [Rational.of(2, 5)];
        for (const change of changes) slopes.push(slopes.at(-1)!.add(Rational.of(sign * change, 3)));
        const at = Array.from({ length: slopes.length + 1 }, (_, i) => Rational.of(i * i + i));
        const problem = exactProblem(at, integrate(at, slopes));
        const runs = runsOf(curvature(problem));
        const { free } = solutionSet(problem, runs);
        expect(free.length).toBe(1);
        const [first, last] = free[0]!.points;
        const { x, lower: y } = rationalsOf(problem);

        /** The lines of (10)^a, slope u through `point`, (10)^c. */
        const functionWith = (point: number, u: Rational) => {
          const lines: Line[] = [lineThrough(problem, first - 1)];
          for (let i = first + 1; i < point; i += 2) lines.push(lineThrough(problem, i));
          lines.push({ slope: u, intercept: y[point]!.subtract(u.multiply(x[point]!)) });
          for (let i = point + 1; i < last; i += 2) lines.push(lineThrough(problem, i));
          lines.push(lineThrough(problem, last));
          return fromLines(lines);
        };
        const fits = (point: number, u: Rational): boolean => {
          const f = functionWith(point, u);
          const ordered = f.knots.every((knot, k) => k === 0 || f.knots[k - 1]!.at.lessThan(knot.at));
          return ordered && x.every((place, i) => evaluateAt(f, place).equals(y[i]!));
        };
        const intervals = [...free[0]!.freeSlopes()];
        expect(intervals.map(({ point }) => point)).toEqual(
          Array.from({ length: (last - first) / 2 }, (_, k) => first + 1 + 2 * k),
        );
        for (const { point, lower, upper } of intervals) {
          tried++;
          expect(lower.lessThan(upper)).toBe(true);
          const width = upper.subtract(lower);
          const inside = lower.add(width.multiply(Rational.of(share, 100)));
          for (const u of [lower, inside, upper]) {
            expect(fits(point, u)).toBe(true);
            expect(functionWith(point, u).knots.length).toBe(runs.knots);
          }
          const hair = width.divide(Rational.of(10n ** 20n));
          expect(fits(point, lower.subtract(hair))).toBe(false);
          expect(fits(point, upper.add(hair))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
    expect(tried).toBeGreaterThan(100);
  });
});
