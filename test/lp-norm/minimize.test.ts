import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signOfPowerSum } from '../../src/exact/power-sum.js';
import { Rational } from '../../src/exact/rational.js';
import { finish, until } from '../../src/exact/steps.js';
import {
  corollaryBounds,
  corollaryOfVertex,
  costOf,
  type LpMinimizer,
  Minimization,
  minimizeLp,
} from '../../src/lp-norm/minimize.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluateSorted, toNetwork } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { createRandom, enumerateVertices, problemOfRun, randomDifferences } from './single-run.js';

const vectors = JSON.parse(readFileSync(new URL('../vectors/univariate.json', import.meta.url), 'utf8'));
const q = (text: string) => Rational.parse(text);

/** What every answer must satisfy: it interpolates, obeys Corollary 3.1.2, and its counts are those of its function. */
function validate(problem: Problem, found: LpMinimizer): void {
  const f = found.function;
  const x = Array.from({ length: problem.size }, (_, i) => problem.inputs[0]!.value(i));
  expect(evaluateSorted(f, x).every((value, i) => value.equals(problem.lower.value(i)))).toBe(true);
  expect(f.knots.length).toBe(found.knotCount);
  expect(toNetwork(f).neurons.length).toBe(found.knotCount);
  expect(corollaryBounds(problem, f).hold).toBe(true);
  const { lower, upper } = found.cost;
  expect(q(lower).compare(q(upper))).toBeLessThanOrEqual(0);
  expect(q(upper).subtract(q(lower)).toNumber()).toBeLessThan(1e-28);
}

const middle = (found: LpMinimizer) => q(found.cost.lower).toNumber();

describe('the l^p minimiser', () => {
  it('has the published costs and knots at four exponents', () => {
    for (const { x, y, expected } of vectors) {
      const problem = makeProblem(datasetFromArrays({ x, y }));
      for (const [p, truth] of Object.entries<{ cost: number; knots: number }>(expected.lp)) {
        const found = minimizeLp(problem, q(p));
        validate(problem, found);
        expect(Math.abs(middle(found) - truth.cost)).toBeLessThanOrEqual(1e-12 * truth.cost);
        expect(found.knotCount).toBe(truth.knots);
        expect(found.sparsest).toBe(truth.knots === expected.knots);
      }
    }
  });

  it('is the best of all vertices on 10,000 random runs', () => {
    const random = createRandom(1);
    const seen = { unique: 0, tied: 0, denser: 0 };
    for (let run = 0; run < 10_000; run++) {
      const points = random.integer(1, run % 10 === 0 ? 13 : 9);
      const differences = randomDifferences(random, points);
      const p = Rational.of(random.integer(1, 19), 20);
      const problem = problemOfRun(differences, random.integer(0, 1) === 1);
      const found = minimizeLp(problem, p);
      const vertices = enumerateVertices(differences, p.toNumber());
      const best = Math.min(...vertices.map(({ cost }) => cost));
      const cost = found.function.knots.reduce(
        (s, k) => s + k.slopeChange.abs().toNumber() ** p.toNumber(),
        0,
      );
      expect(cost / best).toBeCloseTo(1, 12);
      expect(found.unique).not.toBe('undecided');
      if (run % 50 === 0) validate(problem, found);
      if (found.unique === true) seen.unique++;
      else seen.tied++;
      if (!found.sparsest) seen.denser++;
    }
    // The kinds of runs drawn really exercise all three.
    expect(Math.min(seen.unique, seen.tied, seen.denser)).toBeGreaterThan(200);
  });

  it('says exactly whether another function has the same cost', () => {
    const random = createRandom(2);
    for (let run = 0; run < 500; run++) {
      const points = random.integer(3, 9);
      const differences = Array.from({ length: points }, () => Rational.of(random.integer(1, 4)));
      const found = minimizeLp(problemOfRun(differences), q('0.37'));
      // Different functions have different sets of tiles: count the distinct ones with the least cost.
      const best = tilingsWithLeastCost(differences, 0.37);
      expect(found.unique).toBe(best === 1);
    }
  });

  it('recognises ties of symmetric runs at any exponent, also on long uniform grids', () => {
    expect(minimizeLp(problemOfRun([1, 2, 1].map((e) => Rational.of(e))), q('1/3')).unique).toBe(false);
    expect(minimizeLp(problemOfRun([1, 5, 2].map((e) => Rational.of(e))), q('1/3')).unique).toBe(true);
    const grid = Array.from({ length: 2001 }, () => Rational.one);
    const found = minimizeLp(problemOfRun(grid), Rational.fromDouble(0.3));
    expect(found.unique).toBe(false);
    expect(found.knotCount).toBe(1001);
  });

  it('recognises a tie between two and three knots: 3 + 3 = 1 + 4 + 1', () => {
    const differences = [1, 8, 8, 1].map((e) => Rational.of(e));
    const tied = minimizeLp(problemOfRun(differences), q('1/2'));
    expect(tied.unique).toBe(false);
    expect(q(tied.cost.lower).compare(q('6'))).toBeLessThanOrEqual(0);
    expect(q(tied.cost.upper).compare(q('6'))).toBeGreaterThanOrEqual(0);
    expect(minimizeLp(problemOfRun(differences), q('0.49999999999999999999999')).knotCount).toBe(2);
    expect(minimizeLp(problemOfRun(differences), q('0.50000000000000000000001')).knotCount).toBe(3);
  });

  it('separates costs that differ in the 40th digit', () => {
    const tiny = Rational.of(1n, 10n ** 40n);
    const differences = [Rational.one, Rational.of(2), Rational.one.add(tiny)];
    const found = minimizeLp(problemOfRun(differences), q('1/2'));
    expect(found.unique).toBe(true);
    // c^p is concave: (1, 3 + tiny) is more uneven than (3, 1 + tiny), hence cheaper.
    expect(found.function.knots.map((k) => k.slopeChange.toString())).toEqual([
      '1',
      Rational.of(3).add(tiny).toString(),
    ]);
  });

  it('decides long stretches of close decisions without exact sums of powers', () => {
    const differences = Array.from({ length: 3001 }, (_, t) =>
      Rational.one.add(Rational.of(BigInt(t * t), 10n ** 30n)),
    );
    const found = minimizeLp(problemOfRun(differences), q('0.4'));
    expect(found.unique).toBe(true);
    expect(found.knotCount).toBe(1501);
  });

  it('follows scalings, reflections and changes of sign', () => {
    const random = createRandom(3);
    for (let run = 0; run < 200; run++) {
      const differences = randomDifferences(random, random.integer(3, 10));
      const p = Rational.of(random.integer(1, 9), 10);
      const found = minimizeLp(problemOfRun(differences), p);
      const mirrored = minimizeLp(problemOfRun([...differences].reverse(), true), p);
      expect(mirrored.cost).toEqual(found.cost);
      expect(mirrored.unique).toBe(found.unique);
      const factor = Rational.of(random.integer(1, 1000), random.integer(1, 1000));
      const scaled = minimizeLp(problemOfRun(differences.map((e) => e.multiply(factor))), p);
      expect(scaled.unique).toBe(found.unique);
      if (found.unique === true) expect(scaled.vertex).toEqual(found.vertex);
    }
  });

  it('handles slope changes beyond the range of doubles', () => {
    const e = ['1e-400', '3e-400', '1e-400', '2e-401', '7e-400'].map(q);
    const small = minimizeLp(problemOfRun(e), q('0.6'));
    const big = minimizeLp(problemOfRun(e.map((value) => value.multiply(q('1e400')))), q('0.6'));
    expect(small.vertex).toEqual(big.vertex);
    expect(small.unique).toBe(big.unique);
  });

  it('is the best of all tilings where slope changes differ by thousands of digits', () => {
    const random = createRandom(7);
    let decidedByDoubles = 0;
    for (let run = 0; run < 150; run++) {
      const points = random.integer(3, 8);
      const size = [3, 40, 400, 4000][run % 4]!;
      const differences = Array.from({ length: points }, () =>
        Rational.fromDecimal({
          mantissa: BigInt(random.integer(1, 99)),
          exponent: random.integer(-size, size),
        }),
      );
      const p = Rational.of(random.integer(1, 19), 20);
      const found = minimizeLp(problemOfRun(differences), p);
      const own = found.function.knots.map(({ slopeChange }) => slopeChange.abs());
      let ties = 0;
      for (const other of tilings(differences)) {
        const order = signOfPowerSum(own, other, p);
        expect(order === 0 || order === -1).toBe(true);
        if (order === 0) ties++;
      }
      expect(found.unique).toBe(ties === 1);
      const { lower, upper } = found.cost;
      expect(q(lower).compare(q(upper))).toBeLessThanOrEqual(0);
      expect(q(upper).subtract(q(lower)).divide(q(upper)).toNumber()).toBeLessThan(1e-28);
      if (found.unique === true) decidedByDoubles++;
    }
    expect(decidedByDoubles).toBeGreaterThan(100);
  });

  it('knows a bracket at every step, and a function within it', () => {
    const random = createRandom(8);
    let steps = 0;
    for (let run = 0; run < 60; run++) {
      const differences = Array.from({ length: random.integer(1, 12) }, () =>
        run % 3 === 0
          ? Rational.of(random.integer(1, 3))
          : q(`${random.integer(1, 9)}e${random.integer(-run, run) * 20}`),
      );
      const problem = problemOfRun(differences);
      const p = Rational.of(random.integer(1, 9), 10);
      const { cost } = minimizeLp(problem, p);
      const search = new Minimization(problem, p);
      const taken = search.steps();
      for (let ended = false; !ended; steps++) {
        // One more step than before.
        let more = 1;
        const bracket = search.bracket();
        expect(q(bracket.cost.lower).compare(q(cost.upper))).toBeLessThanOrEqual(0);
        expect(bracket.function.knots.length).toBe(bracket.knotCount);
        expect(q(cost.lower).compare(q(bracket.cost.upper))).toBeLessThanOrEqual(0);
        expect(q(costOf(bracket.function, p, 30).lower).compare(q(bracket.cost.upper))).toBeLessThanOrEqual(
          0,
        );
        expect(q(bracket.cost.lower).divide(q(bracket.cost.upper)).toNumber()).toBeGreaterThan(1 - 1e-9);
        ended = finish(until(taken, () => more-- === 0));
      }
    }
    expect(steps).toBeGreaterThan(150);
  });

  it('proves Corollary 3.1.2 for a vertex as for its function', () => {
    const random = createRandom(9);
    for (let run = 0; run < 100; run++) {
      const gaps = Array.from({ length: 12 }, () => random.integer(1, 9));
      const problem = problemOfRun(randomDifferences(random, random.integer(1, 10)), run % 2 === 0, gaps);
      const found = minimizeLp(problem, q('0.4'));
      expect(finish(corollaryOfVertex(problem, found.vertex))).toEqual(
        corollaryBounds(problem, found.function),
      );
      expect(found.beginning(2)).toEqual({ ...found.function, knots: found.function.knots.slice(0, 2) });
    }
  });

  it('is the limit vertex for p = 0 and a representative of the whole set for p = 1', () => {
    const problem = problemOfRun(['2', '3', '7'].map(q));
    const zero = minimizeLp(problem, Rational.zero);
    validate(problem, zero);
    expect(zero.cost).toEqual({ lower: '2', upper: '2' });
    expect(zero.unique).toBe(true);
    expect(zero.function.knots.map((k) => k.slopeChange.toString())).toEqual(['2', '10']);
    const one = minimizeLp(problem, Rational.one);
    validate(problem, one);
    expect(one.cost).toEqual({ lower: '12', upper: '12' });
    expect(one.unique).toBe(false);
    expect(one.freeRuns).toEqual([{ first: 1, last: 3, sign: 1 }]);
    const peak = makeProblem(datasetFromArrays({ x: [-1, 0, 1], y: [1, 0, 1] }));
    expect(minimizeLp(peak, Rational.one).unique).toBe(true);
  });

  it('refuses windows and exponents beyond 1', () => {
    const peak = makeProblem(datasetFromArrays({ x: [-1, 0, 1], y: [1, 0, 1] }));
    expect(() => minimizeLp(peak, Rational.of(2))).toThrow('expected 0 <= p <= 1, found p = 2');
    const windows = makeProblem(datasetFromArrays({ x: [-1, 0, 1], y: [1, 0, 1] }), q('0.1'));
    expect(() => minimizeLp(windows, q('0.5'))).toThrow('expected exact labels');
  });
});

/** The slope changes of every tiling by tiles 1 and 2. */
function tilings([first, second, ...rest]: readonly Rational[]): Rational[][] {
  if (first === undefined) return [[]];
  const single = tilings(second === undefined ? [] : [second, ...rest]).map((tail) => [first, ...tail]);
  if (second === undefined) return single;
  return [...single, ...tilings(rest).map((tail) => [first.add(second), ...tail])];
}

/** Number of tilings by tiles 1 and 2 (at least one 2) that attain the least cost, by listing all of them. */
function tilingsWithLeastCost(differences: readonly Rational[], p: number): number {
  const e = differences.map((value) => value.toNumber());
  const costs: number[] = [];
  const extend = (at: number, cost: number): void => {
    if (at === e.length) costs.push(cost);
    if (at < e.length) extend(at + 1, cost + e[at]! ** p);
    if (at + 1 < e.length) extend(at + 2, cost + (e[at]! + e[at + 1]!) ** p);
  };
  extend(0, 0);
  const best = Math.min(...costs);
  return costs.filter((cost) => cost < best + 1e-9).length;
}
