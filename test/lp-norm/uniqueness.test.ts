import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { finish, until } from '../../src/exact/steps.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { type Bracket, type Uniqueness, UniquenessSearch, uniqueness } from '../../src/lp-norm/uniqueness.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';
import { createRandom, enumerateVertices, problemOfRun, randomDifferences } from './single-run.js';

const integers = (...values: number[]) => values.map((value) => Rational.of(value));

function of(differences: readonly Rational[]): Uniqueness {
  const problem = problemOfRun(differences);
  return uniqueness(problem, threshold(problem));
}

const numbers = ({ lower, upper }: Bracket) => [lower.toNumber(), upper.toNumber()];

describe('uniqueness of the l^p minimiser', () => {
  it('x^2 at 0 .. 4: several functions, one multiset of slope changes', () => {
    const problem = makeProblem(datasetFromArrays({ x: [0, 1, 2, 3, 4], y: [0, 1, 4, 9, 16] }));
    const found = uniqueness(problem, threshold(problem));
    // Slope changes 2, 2, 2: the sparsest have 2 and 4, in either order.
    expect(numbers(found.uniqueBelow)).toEqual([0, 0]);
    expect(numbers(found.uniqueUpToMultisetsBelow)).toEqual([1, 1]);
  });

  it('agrees in both senses where slope changes are all different', () => {
    const found = of(integers(1, 8, 8, 1));
    expect(found.uniqueBelow).toEqual(found.uniqueUpToMultisetsBelow);
    const [lower, upper] = numbers(found.uniqueBelow);
    expect(lower).toBeLessThan(1 / 2);
    expect(upper).toBeGreaterThan(1 / 2);
    expect(upper! - lower!).toBeLessThan(1e-11);
  });

  it('two sparsest tilings that cross below p*', () => {
    // (3, 10) + 1 at the end or 3 + (10, 1): tile 1 at 0, 2 or 4.
    const random = createRandom(5);
    let crossed = 0;
    for (let run = 0; run < 200; run++) {
      const differences = Array.from({ length: 5 }, () => Rational.of(random.integer(1, 40)));
      const { lower, upper } = of(differences).uniqueUpToMultisetsBelow;
      const pStar = threshold(problemOfRun(differences));
      if (upper.compare(pStar.lower) >= 0 || lower.isZero()) continue;
      crossed++;
      // The minimiser changes there, and both are sparsest.
      const problem = problemOfRun(differences);
      const before = minimizeLp(problem, lower);
      const after = minimizeLp(problem, upper);
      expect(before.vertex).not.toEqual(after.vertex);
      expect([before.sparsest, after.sparsest]).toEqual([true, true]);
    }
    expect(crossed).toBeGreaterThan(3);
  });

  it('agrees with all vertices, counted by their slope changes', () => {
    const random = createRandom(77);
    let several = 0;
    for (let run = 0; run < 120; run++) {
      const differences = randomDifferences(random, random.integer(3, 11));
      const { uniqueBelow, uniqueUpToMultisetsBelow } = of(differences);
      expect(uniqueBelow.upper.compare(uniqueUpToMultisetsBelow.upper)).toBeLessThanOrEqual(0);
      for (const share of [0.05, 0.5, 0.95]) {
        const p = uniqueUpToMultisetsBelow.lower.toNumber() * share;
        if (p === 0) continue;
        const vertices = enumerateVertices(differences, p);
        const least = Math.min(...vertices.map(({ cost }) => cost));
        const cheapest = vertices.filter(({ cost }) => cost <= least * (1 + 1e-13));
        const exact = minimizeLp(problemOfRun(differences), Rational.fromDouble(p));
        // Uniqueness as a function is what `minimize` decides at one p.
        expect(exact.unique).toBe(!uniqueBelow.upper.isZero());
        if (exact.unique !== true) {
          several++;
          expect(cheapest.length).toBeGreaterThan(1);
        }
      }
    }
    expect(several).toBeGreaterThan(20);
  });

  it('left at any step it is a bracket that contains the answer', () => {
    const differences = integers(7, 3, 9, 2, 11, 5, 4);
    const problem = problemOfRun(differences);
    const pStar = threshold(problem);
    const whole = uniqueness(problem, pStar).uniqueUpToMultisetsBelow;
    for (let most = 0; most < 40; most++) {
      const search = new UniquenessSearch(problem, pStar);
      let taken = 0;
      finish(until(search.steps(), () => taken++ >= most));
      const { lower, upper } = search.result().uniqueUpToMultisetsBelow;
      expect(lower.compare(whole.lower)).toBeLessThanOrEqual(0);
      expect(whole.upper.compare(upper)).toBeLessThanOrEqual(0);
    }
  });

  it('gives up on nearly equal slope changes after some thousand intervals, with a bracket', () => {
    const units = [1, 2, 2, 0, 3, 2, 2, 0, 1, 1, 2];
    const { lower, upper } = of(units.map((unit) => Rational.of(100_000 + unit, 100_000))).uniqueBelow;
    expect(lower.lessThan(upper)).toBe(true);
  });
});
