import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { minimizePathNorm } from '../../src/path-norm/minimum.js';
import { instanceProblem, problemOf } from '../search/problems.js';
import { bruteForceCost } from './brute-force.js';
import { expectProved, lpVectors, randomProblem } from './cases.js';

const SKIPS = ['none', 'bias', 'affine'] as const;

describe('the least path norm at p = 1', () => {
  it('is closed exactly on every vector and skip: the multipliers and a network meet', async () => {
    const data = new Map(lpVectors().map((row) => [row.name, row]));
    expect(data.size).toBeGreaterThan(10);
    for (const { x, y } of data.values()) {
      const problem = problemOf(x, y);
      let wider = Number.POSITIVE_INFINITY;
      for (const skip of SKIPS) {
        const minimum = await minimizePathNorm(problem, skip, Rational.one);
        expectProved(problem, minimum, 0);
        expect(minimum.lower.equals(minimum.upper)).toBe(true);
        // A free part only helps.
        expect(minimum.upper.toNumber()).toBeLessThanOrEqual(wider);
        wider = minimum.upper.toNumber();
      }
    }
  });

  it('closes 10 points in 50 inputs pattern by pattern, at 1.8978647', async () => {
    const problem = instanceProblem('nakhleh-high-d');
    const minimum = await minimizePathNorm(problem, 'none', Rational.one);
    expectProved(problem, minimum, 1e-9);
    expect(minimum.upper.toNumber()).toBeCloseTo(1.8978647, 6);
  });
});

describe('the least path norm for p < 1', () => {
  it('agrees with brute force of another program on a part of the vectors', async () => {
    const some = lpVectors().filter(({ x }) => x.length + x[0]!.length <= 5);
    expect(some.length).toBe(12);
    for (const { name, x, y, p, skip, cost } of some) {
      const problem = problemOf(x, y);
      const minimum = await minimizePathNorm(problem, skip, Rational.parse(p));
      expectProved(problem, minimum);
      expect(Rational.parse(cost[1]).lessThan(minimum.lower), name).toBe(false);
      expect(minimum.upper.divide(Rational.parse(cost[0])).toNumber(), name).toBeCloseTo(1, 12);
    }
  });

  it.each(SKIPS)('agrees with a brute force of our own on random data, skip %s', async (skip) => {
    const random = createRandom(17);
    for (let k = 0; k < 8; k++) {
      const problem = randomProblem(random, k % 2 === 0 ? 1 : 2, 3, k % 4 > 1);
      const p = Rational.of(random.integer(2, 9), 10);
      const minimum = await minimizePathNorm(problem, skip, p);
      const truth = bruteForceCost(problem, skip, p);
      if (truth === 0) expect(minimum.upper.isZero()).toBe(true);
      else {
        expectProved(problem, minimum);
        expect(minimum.upper.toNumber() / truth).toBeCloseTo(1, 9);
        expect(minimum.lower.toNumber()).toBeLessThanOrEqual(truth * (1 + 1e-9));
      }
    }
  });

  it('follows permuted points and inputs, a point twice, mirrored inputs and labels times 2', async () => {
    const x = [[0, 3], [3, -1], [0, -1], [1, -2]]; // biome-ignore format: a table
    const y = [3, -3, -1, -3];
    const p = Rational.of(1, 2);
    const least = async (rows: number[][], labels: number[]) =>
      (await minimizePathNorm(problemOf(rows, labels), 'none', p)).upper.toNumber();
    const cost = await least(x, y);
    expect(await least([...x].reverse(), [...y].reverse())).toBeCloseTo(cost, 12);
    expect(await least(x.map(([a, b]) => [b!, a!]), y)).toBeCloseTo(cost, 12); // biome-ignore format: short
    expect(await least([...x, x[1]!], [...y, y[1]!])).toBeCloseTo(cost, 12);
    expect(await least(x.map(([a, b]) => [-a!, b!]), y)).toBeCloseTo(cost, 12); // biome-ignore format: short
    expect(await least(x, y.map((value) => 2 * value))).toBeCloseTo(cost * 2 ** 0.5, 12); // biome-ignore format: short
  });

  it('closes sets where what a size leaves to tiny neurons counts: 1e-10 to the power 1/5 is 1/100', async () => {
    const windows = (x: number[][], y: number[]) =>
      problemOf(
        x,
        y.map((value) => Rational.of(3 * value - 1, 3)),
        y.map((value) => Rational.of(3 * value + 1, 3)),
      );
    const two = windows([[0, -3], [0, -2], [-1, -3]], [3, -4, -1]); // biome-ignore format: a table
    expectProved(two, await minimizePathNorm(two, 'none', Rational.of(1, 5)));
    const one = windows([[-2], [2], [1], [3], [-1]], [-4, 4, -1, -4, 2]);
    expectProved(one, await minimizePathNorm(one, 'none', Rational.of(1, 5)));
    const exact = problemOf([[1], [-3], [3], [0], [2]], [-4, 0, 1, 2, 2]);
    expectProved(exact, await minimizePathNorm(exact, 'affine', Rational.of(2, 5)));
  });

  it('closes a set where prices from an inverse updated over 18 pivots make a bound 8e-6 too low', async () => {
    const problem = problemOf([[0.7, -1], [0.3, -0.9], [0.2, -0.7]], [0.6, 1.5, 1.9]); // biome-ignore format: a table
    const minimum = await minimizePathNorm(problem, 'none', Rational.of(1, 2));
    expectProved(problem, minimum);
    // -(2 x1 - x2)+ + (3)+
    expect(minimum.upper.toNumber()).toBeCloseTo(1 + 2 ** 0.5 + 3 ** 0.5, 12);
  });

  it('returns the bracket reached when it is stopped, proved', async () => {
    const problem = instanceProblem('big-m-trap');
    let asked = 0;
    const minimum = await minimizePathNorm(problem, 'none', Rational.of(1, 2), {
      shouldStop: () => asked++ > 60,
    });
    expect(minimum.ended).toBe('stopped');
    expect(minimum.lower.lessThan(minimum.upper)).toBe(true);
    expect(minimum.lower.sign()).toBe(1);
  });

  it('refuses other exponents', async () => {
    const problem = problemOf([[0, 0]], [1]);
    await expect(minimizePathNorm(problem, 'none', Rational.zero)).rejects.toThrow(RangeError);
    await expect(minimizePathNorm(problem, 'none', Rational.of(3, 2))).rejects.toThrow('0 < p <= 1');
  });
});
