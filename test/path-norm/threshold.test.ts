import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { loadDataset } from '../../src/experiment/data-set.js';
import { thresholdSeveral } from '../../src/path-norm/threshold.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';
import { thresholdSeveralStatement } from '../../src/solve/path-norm.js';
import { problemOf } from '../search/problems.js';
import { leastCost, vertexEntries } from './brute-force.js';
import { agreesWithGrid, expectClosed, pStarVectors, randomProblem } from './cases.js';

describe('p* of several inputs', () => {
  it('lies where a grid of another program says, for three points', () => {
    const some = pStarVectors().filter(({ x }) => x.length === 3 && x[0]!.length === 2);
    expect(some.length).toBe(8);
    for (const row of some) agreesWithGrid(row);
  });

  it('is proved as the checker wants it where close networks share an entry', () => {
    const x = ['-1/2 -3/10', '-9/10 3/10', '1 -3/5', '1 -2/5'].map((row) =>
      row.split(' ').map(Rational.parse),
    );
    const y = ['1/5', '3/5', '0', '3/10'].map(Rational.parse);
    const { lower, found } = expectClosed(makeProblem(datasetFromArrays({ x, y })), 'none');
    expect(lower.equals(Rational.one)).toBe(true);
    expect(found!.fewest).toBe(4);
  });

  it('keeps every vertex that the checker asks about', async () => {
    const options = { points: 2, seed: 22, dimension: 2, decimals: 1 };
    expectClosed(makeProblem(await loadDataset({ generate: 'uniform', options })), 'none');
  });

  it('is the first p at which a brute force of our own finds a denser minimiser', () => {
    const random = createRandom(29);
    let below = 0;
    for (let k = 0; k < 12; k++) {
      const dimension = 1 + (k % 2);
      const problem = randomProblem(random, dimension, 3 + (dimension === 1 ? 1 : 0), false);
      const skip = (['none', 'bias', 'affine'] as const)[k % 3]!;
      const entries = vertexEntries(problem, skip);
      const fewest = Math.min(...entries.map(({ length }) => length));
      const { lower, upper, found } = expectClosed(problem, skip);
      expect(found!.fewest).toBe(fewest);
      const sparse = entries.filter(({ length }) => length === fewest);
      const dense = entries.filter(({ length }) => length > fewest);
      for (const p of [0.05, 0.25, 0.5, 0.75, 0.95].filter((value) => value < lower.toNumber()))
        expect(leastCost(sparse, p)).toBeLessThanOrEqual(leastCost(dense, p) * (1 + 1e-12));
      if (upper.lessThan(Rational.one)) {
        below++;
        const p = upper.toNumber() + 1e-7;
        expect(leastCost(dense, p)).toBeLessThan(leastCost(sparse, p) * (1 + 1e-12));
      }
    }
    expect(below).toBeGreaterThan(0);
  });

  it('is left open where there are too many vertices, and is about exact labels', () => {
    const { x, y } = pStarVectors()[0]!;
    const few = thresholdSeveral(problemOf(x, y), 'none', { mostVertices: 10 });
    expect([few.status, few.found, few.lower.toString(), few.upper.toString()]).toEqual([
      'undecided',
      null,
      '0',
      '1',
    ]);
    expect(thresholdSeveralStatement(few)).toBeNull();
    expect(() => thresholdSeveral(problemOf([[0, 0]], [1], [2]), 'none')).toThrow('exact labels');
  });
});
