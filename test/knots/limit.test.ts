import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { forEachKnot, functionOfVertex } from '../../src/knots/family.js';
import { limitVertex } from '../../src/knots/limit.js';
import { type Runs, runsOf } from '../../src/knots/runs.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { doubleDataset, exactProblem, integrate, smallRational } from '../support/problems.js';
import { enumerateWords, sparsestWords } from '../support/words.js';

fc.configureGlobal({ seed: 33 });

interface Limit {
  runs: Runs;
  product: Rational;
  tiedRuns: readonly number[];
  slopes: string;
}

function limitOf(problem: Problem): Limit {
  const signs = curvature(problem);
  const runs = runsOf(signs);
  const { side, tiedRuns } = limitVertex(problem, runs);
  const f = functionOfVertex(problem, signs, side);
  const slopes = [f.slope];
  for (const { slopeChange } of f.knots) slopes.push(slopes.at(-1)!.add(slopeChange));
  const product = f.knots.reduce((total, { slopeChange }) => total.multiply(slopeChange.abs()), Rational.one);
  return { runs, product, tiedRuns, slopes: slopes.join(' ') };
}

/** One run whose slope changes are the given positive numbers; slopes start so that they pass through 0 in the middle. */
function convexProblem(differences: readonly Rational[], x?: readonly Rational[]): Problem {
  const slopes = [Rational.of(-1)];
  for (const difference of differences) slopes.push(slopes.at(-1)!.add(difference));
  const at = x ?? Array.from({ length: slopes.length + 1 }, (_, i) => Rational.of(i));
  return exactProblem(at, integrate(at, slopes));
}

const positive = smallRational.map((q) => (q.isZero() ? Rational.one : q.abs()));
const powerOfTwo = (k: number) => (k < 0 ? Rational.of(1n, 2n ** BigInt(-k)) : Rational.of(2n ** BigInt(k)));
const nearlyEqual = fc
  .integer({ min: -2, max: 2 })
  .map((k) => Rational.of(10n ** 20n + BigInt(k), 10n ** 20n));

describe('least product against all vertices of the cube', () => {
  test.each([
    ['small numbers, often equal', positive],
    ['equal up to 1e-20', nearlyEqual],
    ['powers of two', fc.integer({ min: -3, max: 3 }).map(powerOfTwo)],
    ['hundreds of powers of two apart', fc.integer({ min: -3, max: 3 }).map((k) => powerOfTwo(350 * k))],
  ] as const)('%s', (_, difference) => {
    let ties = 0;
    let choices = 0;
    fc.assert(
      fc.property(fc.array(difference, { minLength: 1, maxLength: 11 }), (differences) => {
        const problem = convexProblem(differences);
        const { runs, product, tiedRuns, slopes } = limitOf(problem);
        expect([runs.count, runs.points[0]]).toEqual([1, differences.length]);
        const sparsest = sparsestWords(enumerateWords(problem, runs.first[0]!, runs.points[0]!));
        const least = sparsest.map((word) => word.product).reduce((a, b) => (b.lessThan(a) ? b : a));
        expect(product.toString()).toBe(least.toString());
        const best = new Set(
          sparsest.filter((word) => word.product.equals(least)).map((word) => word.slopes),
        );
        expect(best.has(slopes)).toBe(true);
        expect(tiedRuns).toEqual(best.size > 1 ? [0] : []);
        if (best.size > 1) ties++;
        if (sparsest.length > 1) choices++;
      }),
      { numRuns: 150 },
    );
    expect(choices).toBeGreaterThan(40);
    expect(ties).toBeGreaterThan(3);
  });

  test('uneven positions, both signs, several runs', () => {
    const data = fc.tuple(
      fc.array(fc.tuple(positive, fc.constantFrom(1, 1, 1, -1)), { minLength: 1, maxLength: 9 }),
      fc.array(positive, { minLength: 11, maxLength: 11 }),
    );
    let several = 0;
    fc.assert(
      fc.property(data, ([changes, gaps]) => {
        const slopes = [Rational.zero];
        for (const [size, sign] of changes) slopes.push(slopes.at(-1)!.add(size.multiply(Rational.of(sign))));
        const x = [Rational.zero];
        for (let i = 0; i < slopes.length; i++) x.push(x[i]!.add(gaps[i]!));
        const problem = exactProblem(x, integrate(x, slopes));
        const { runs, product, tiedRuns } = limitOf(problem);
        let expected = Rational.one;
        for (let r = 0; r < runs.count; r++) {
          const sparsest = sparsestWords(enumerateWords(problem, runs.first[r]!, runs.points[r]!));
          const least = sparsest.map((word) => word.product).reduce((a, b) => (b.lessThan(a) ? b : a));
          const best = new Set(
            sparsest.filter((word) => word.product.equals(least)).map((word) => word.slopes),
          );
          expect(tiedRuns.includes(r)).toBe(best.size > 1);
          expected = expected.multiply(least);
        }
        expect(product.toString()).toBe(expected.toString());
        if (runs.count > 1) several++;
      }),
      { numRuns: 200 },
    );
    expect(several).toBeGreaterThan(50);
  });
});

describe('long runs', () => {
  test('a parabola of 20,001 points: all offsets tie, and the first is taken', () => {
    const n = 20_001;
    const x = Array.from({ length: n + 2 }, (_, i) => i);
    const problem = makeProblem(doubleDataset(x, { y: x.map((value) => value * value) }));
    const runs = runsOf(curvature(problem));
    expect([runs.count, runs.points[0]]).toEqual([1, n]);
    const { side, tiedRuns } = limitVertex(problem, runs);
    expect(tiedRuns).toEqual([0]);
    // Offset 0: the first point of the run (point 1) keeps a knot of its own, all others share one with a neighbour.
    const signs = curvature(problem);
    const knots: [number, number][] = [];
    forEachKnot(signs, side, (left, right) => knots.push([left, right]));
    expect(knots[0]).toEqual([0, 1]);
    expect(knots.length).toBe((n + 1) / 2);
    expect(knots.slice(1).every(([left, right]) => right === left + 2)).toBe(true);
  });

  test('a long run whose products differ by one part in 1e40 at one place', () => {
    const differences = Array.from({ length: 2001 }, () => Rational.one);
    // An even offset with a smaller difference is the best single knot.
    differences[1000] = Rational.one.subtract(Rational.of(1n, 10n ** 40n));
    const { tiedRuns, slopes } = limitOf(convexProblem(differences));
    expect(tiedRuns).toEqual([]);
    const list = slopes.split(' ').map((text) => Rational.parse(text));
    const single = list.slice(1).findIndex((value, i) => value.subtract(list[i]!).equals(differences[1000]!));
    expect(single).toBe(500);
  });
});
