import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { minimizePathNorm } from '../../src/path-norm/minimum.js';
import { plantedRows, problemOf } from '../search/problems.js';
import { leastCost, vertexEntries } from './brute-force.js';
import { expectProved, lpVectors, randomProblem } from './cases.js';

const seed = Number(process.env.SPARSEST_SEED ?? 1);

describe('the least path norm, at length', () => {
  it('agrees with all 48 vectors: the bracket holds the truth, the network costs as much to 1e-12', async () => {
    const vectors = lpVectors();
    expect(vectors.length).toBe(48);
    for (const { name, x, y, p, skip, cost } of vectors) {
      const problem = problemOf(x, y);
      const minimum = await minimizePathNorm(problem, skip, Rational.parse(p));
      expectProved(problem, minimum);
      expect(Rational.parse(cost[1]).lessThan(minimum.lower), name).toBe(false);
      expect(minimum.upper.divide(Rational.parse(cost[0])).toNumber(), name).toBeCloseTo(1, 12);
    }
  });

  it('agrees with a brute force of our own on 100 random sets, every skip, windows too', async () => {
    const random = createRandom(seed);
    let minima = 0;
    for (let k = 0; k < 100; k++) {
      const dimension = 1 + (k % 2);
      const windows = k % 4 > 1;
      const problem = randomProblem(random, dimension, dimension === 1 ? random.integer(2, 5) : 3, windows);
      for (const skip of ['none', 'bias', 'affine'] as const) {
        const entries = vertexEntries(problem, skip);
        for (const p of [Rational.of(random.integer(2, 9), 10), Rational.one]) {
          const minimum = await minimizePathNorm(problem, skip, p);
          const truth = leastCost(entries, p.toNumber());
          if (truth === 0) {
            expect(minimum.upper.isZero()).toBe(true);
            continue;
          }
          expectProved(problem, minimum);
          expect(minimum.upper.toNumber() / truth, `${k} ${skip} p = ${p}`).toBeCloseTo(1, 9);
          minima++;
        }
      }
    }
    expect(minima).toBeGreaterThan(300);
  });

  it('closes six points in three inputs', async () => {
    const { x, y } = plantedRows(createRandom(seed), 3, 6, 0);
    const problem = problemOf(x, y);
    const minimum = await minimizePathNorm(problem, 'none', Rational.of(1, 2));
    expectProved(problem, minimum);
  });
});
