import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkThreshold } from '../../src/checker/threshold.js';
import { Rational } from '../../src/exact/rational.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { type Threshold, threshold } from '../../src/lp-norm/threshold.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { createRandom, enumerateVertices, problemOfRun, randomDifferences } from './single-run.js';

const vectors = JSON.parse(readFileSync(new URL('../vectors/univariate.json', import.meta.url), 'utf8'));
const integers = (...values: number[]) => values.map((value) => Rational.of(value));

/** What every answer must satisfy. */
function validate(problem: Problem, found: Threshold): void {
  expect(found.lower.compare(found.upper)).toBeLessThanOrEqual(0);
  if (found.status === 'closed')
    expect(found.upper.subtract(found.lower).toNumber()).toBeLessThanOrEqual(1e-12);
  expect(Rational.parse(found.pStar.lower).compare(found.lower)).toBeLessThanOrEqual(0);
  expect(Rational.parse(found.pStar.upper).compare(found.upper)).toBeGreaterThanOrEqual(0);
  checkThreshold(problem, found.claim, found.proof);
}

/** The first crossing by brute force: a fine scan over all vertices, then bisection; 1 when there is none. */
function bruteForce(differences: readonly Rational[]): number {
  const fewest = (differences.length + 1) >> 1;
  const denserWins = (p: number): boolean => {
    const vertices = enumerateVertices(differences, p);
    const least = (sparsest: boolean) =>
      Math.min(...vertices.filter(({ knots }) => (knots === fewest) === sparsest).map(({ cost }) => cost));
    return least(false) < least(true);
  };
  const steps = 200;
  for (let k = 1; k < steps; k++) {
    if (!denserWins(k / steps)) continue;
    let [low, high] = [(k - 1) / steps, k / steps];
    while (high - low > 1e-11) {
      const middle = (low + high) / 2;
      if (denserWins(middle)) high = middle;
      else low = middle;
    }
    return high;
  }
  return 1;
}

describe('the threshold p*', () => {
  it('has the published values', () => {
    for (const { x, y, expected } of vectors) {
      const problem = makeProblem(datasetFromArrays({ x, y }));
      const found = threshold(problem);
      expect(found.status).toBe('closed');
      validate(problem, found);
      expect(Math.abs(found.upper.toNumber() - expected.pStar)).toBeLessThan(1e-9);
    }
  });

  it('is the first crossing of brute force on random runs', () => {
    const random = createRandom(11);
    let below = 0;
    for (let run = 0; run < 60; run++) {
      const differences = randomDifferences(random, random.integer(4, 9));
      const problem = problemOfRun(differences);
      const found = threshold(problem);
      expect(found.status).toBe('closed');
      validate(problem, found);
      const truth = bruteForce(differences);
      // The scan stops at 199/200 and steps over crossings that undo themselves: then only an upper bound.
      if (truth < 1) {
        below++;
        expect(found.lower.toNumber()).toBeLessThanOrEqual(truth + 1e-9);
        expect(Math.abs(found.upper.toNumber() - truth)).toBeLessThan(1e-9);
      } else expect(found.upper.toNumber()).toBeGreaterThan(0.99);
    }
    expect(below).toBeGreaterThan(5);
  });

  it('is below 1 for some run of 4 and of 6 to 10 points', () => {
    const random = createRandom(12);
    for (const points of [4, 6, 7, 8, 9, 10]) {
      let found: Threshold | null = null;
      for (let attempt = 0; attempt < 2000; attempt++) {
        const problem = problemOfRun(randomDifferences(random, points));
        const next = threshold(problem);
        if (next.upper.equals(Rational.one)) continue;
        found = next;
        validate(problem, next);
        break;
      }
      expect(found, `${points} points`).not.toBeNull();
    }
  });

  /**
   * Runs of 1, 2, 3 and 5 points have p* = 1. A vertex is a tiling of 0 .. L by tiles 1 and 2; two neighbouring tiles 1 are
   * strictly dearer than one tile 2 for p < 1. Without neighbours, tiles 1 sit at positions of alternating parity with a tile 2
   * between, so k of them need L >= 3k - 2 and L = k mod 2. A tiling that is not sparsest has k >= 2 (L even) or k >= 3 (L odd):
   * L = 2 is below 4, L = 1, 3, 5 are below 7. So no vertex with more knots can be a minimiser.
   */
  it('is 1 for every run of 1, 2, 3 or 5 points', () => {
    const random = createRandom(13);
    for (let run = 0; run < 2000; run++) {
      const points = [1, 2, 3, 5][run % 4]!;
      const differences = randomDifferences(random, points);
      const problem = problemOfRun(differences, run % 8 < 4);
      const found = threshold(problem);
      expect(found.lower.equals(Rational.one)).toBe(true);
      const p = Rational.of(random.integer(1, 99), 100);
      expect(minimizeLp(problem, p).sparsest).toBe(true);
      if (run % 20 < 4) validate(problem, found);
      // The claim above, against all vertices: with more knots they are never cheapest.
      const vertices = enumerateVertices(differences, p.toNumber());
      const least = Math.min(...vertices.map(({ cost }) => cost));
      for (const { cost, knots } of vertices) {
        if (knots > (points + 1) >> 1) expect(cost).toBeGreaterThan(least * (1 + 1e-13));
      }
    }
  });

  it('is exactly 1/2 for differences 1, 8, 8, 1, where 3 + 3 = 1 + 4 + 1', () => {
    const problem = problemOfRun(integers(1, 8, 8, 1));
    const found = threshold(problem);
    validate(problem, found);
    expect(found.status).toBe('closed');
    expect(found.lower.compare(Rational.of(1, 2))).toBeLessThanOrEqual(0);
    expect(found.upper.compare(Rational.of(1, 2))).toBeGreaterThanOrEqual(0);
    expect(found.crossing?.denser).toEqual(Int32Array.of(0, 1, 3));
    expect(found.crossing?.sparsest).toEqual(Int32Array.of(0, 2));
  });

  it('is 1, certified, for uniform grids and exact ties of symmetric runs', () => {
    for (const points of [4, 5, 7, 10, 41]) {
      const problem = problemOfRun(Array.from({ length: points }, () => Rational.one));
      const found = threshold(problem);
      validate(problem, found);
      expect(found.lower.equals(Rational.one)).toBe(true);
    }
  });

  it('is decided where doubles cancel', () => {
    const differences = ['1e-4', '8e4', '1e-3', '7e-3'].map((text) => Rational.parse(text));
    const problem = problemOfRun(differences);
    const found = threshold(problem);
    expect(found.status).toBe('closed');
    validate(problem, found);
  });

  it('does not change when x or y is scaled, mirrored or negated', () => {
    const random = createRandom(14);
    let below = 0;
    while (below < 12) {
      const differences = randomDifferences(random, random.integer(4, 8));
      const found = threshold(problemOfRun(differences));
      if (found.upper.equals(Rational.one)) continue;
      below++;
      const factor = Rational.of(random.integer(1, 10 ** 6), random.integer(1, 10 ** 6));
      const gaps = Array.from({ length: differences.length + 1 }, () => random.integer(1, 9));
      const others = [
        problemOfRun(differences.map((e) => e.multiply(factor))),
        problemOfRun([...differences].reverse(), true),
        problemOfRun(differences, false, gaps),
      ];
      for (const other of others.map((problem) => threshold(problem))) {
        // Two closed brackets of one number overlap.
        expect(other.lower.compare(found.upper)).toBeLessThanOrEqual(0);
        expect(found.lower.compare(other.upper)).toBeLessThanOrEqual(0);
      }
    }
  });

  it('separates sparsest minimisers from others: Theorem 3.2 on 1,000 random instances', () => {
    const random = createRandom(15);
    let crossings = 0;
    for (let run = 0; run < 1000; run++) {
      const problem = problemOfRun(randomDifferences(random, random.integer(4, 11)));
      const found = threshold(problem);
      expect(found.status).toBe('closed');
      const inside = found.lower.multiply(Rational.of(random.integer(1, 1000), 1000));
      if (inside.lessThan(Rational.one)) expect(minimizeLp(problem, inside).sparsest).toBe(true);
      const edge = found.lower.equals(Rational.one) ? Rational.of(999_999, 1_000_000) : found.lower;
      expect(minimizeLp(problem, edge).sparsest).toBe(true);
      if (found.upper.lessThan(Rational.one)) {
        crossings++;
        expect(minimizeLp(problem, found.upper).sparsest).toBe(false);
      }
    }
    expect(crossings).toBeGreaterThan(50);
  });

  it('is the least over several runs', () => {
    // y turns from convex to concave: two runs, thresholds from each alone.
    const parts = [integers(1, 8, 8, 1), integers(2, 9, 7, 3, 8, 1)];
    const alone = parts.map((differences) => threshold(problemOfRun(differences)).upper.toNumber());
    const x: Rational[] = [Rational.zero, Rational.one];
    const y: Rational[] = [Rational.zero, Rational.zero];
    let slope = Rational.zero;
    for (const e of [...parts[0]!, ...parts[1]!.map((value) => value.negate())]) {
      slope = slope.add(e);
      x.push(x[x.length - 1]!.add(Rational.one));
      y.push(y[y.length - 1]!.add(slope));
    }
    const problem = makeProblem(datasetFromArrays({ x, y }));
    const found = threshold(problem);
    validate(problem, found);
    expect(Math.abs(found.upper.toNumber() - Math.min(...alone))).toBeLessThan(1e-11);
    expect(found.crossing?.run).toBe(alone[0]! < alone[1]! ? 0 : 1);
  });

  it('bisects long runs, too', () => {
    const random = createRandom(16);
    const differences = Array.from({ length: 2000 }, () => Rational.of(random.integer(1, 20)));
    const problem = problemOfRun(differences);
    const found = threshold(problem);
    expect(found.status).toBe('closed');
    validate(problem, found);
    expect(minimizeLp(problem, found.lower).sparsest).toBe(true);
    expect(minimizeLp(problem, found.upper).sparsest).toBe(false);
  });

  it('is 1 for data without a run', () => {
    const line = makeProblem(datasetFromArrays({ x: [0, 1, 2], y: [0, 1, 2] }));
    const found = threshold(line);
    validate(line, found);
    expect(found.lower.equals(Rational.one)).toBe(true);
    expect(() => threshold(makeProblem(datasetFromArrays({ x: [[0, 1]], y: [0] })))).toThrow('one input');
  });
});
