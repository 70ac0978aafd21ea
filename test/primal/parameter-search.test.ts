import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { cloudOf } from '../../src/primal/cloud.js';
import { ParameterSearch } from '../../src/primal/parameter-search.js';
import { countParameters } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { instanceProblem, multivariateVectors, problemOf } from '../search/problems.js';
import { fitsByEvaluation } from './planted.js';

/** Fewest parameters found within some multiplications; every network is tested exactly. */
function fewest(problem: Problem, most: number, goal = 0): number {
  const search = new ParameterSearch(
    cloudOf(problem, 'none', true),
    cloudOf(problem, 'none', false),
    0,
    goal,
    Number.POSITIVE_INFINITY,
    () => false,
  );
  let best = Number.POSITIVE_INFINITY;
  while (!search.settled && search.work < most) {
    const network = search.advance(2_000_000);
    if (network === null) continue;
    expect(fitsByEvaluation(problem, network)).toBe(true);
    expect(countParameters(network)).toBeLessThan(best);
    best = countParameters(network);
  }
  return best;
}

/** Labels of neurons with few weights each, integer points. */
function sparseTeacher(seed: number, d: number, size: number, neurons: number, weights: number) {
  const random = createRandom(seed);
  const x = Array.from({ length: size }, () => Array.from({ length: d }, () => random.integer(-99, 99)));
  const teacher = Array.from({ length: neurons }, () => {
    const w = new Array<number>(d + 1).fill(0);
    for (let c = 0; c < weights; c++)
      w[random.integer(0, d)] = random.integer(1, 5) * (random.integer(0, 1) * 2 - 1);
    return { w, sign: random.integer(0, 1) * 2 - 1 };
  });
  const y = x.map((point) =>
    teacher.reduce(
      (sum, { w, sign }) =>
        sum +
        sign *
          Math.max(
            0,
            w.reduce((z, value, i) => z + value * (point[i] ?? 1), 0),
          ),
      0,
    ),
  );
  const planted = teacher.reduce((sum, { w }) => sum + w.filter((value) => value !== 0).length, 0);
  return { problem: problemOf(x, y), planted };
}

describe('the search for few parameters', () => {
  it('finds the minimum of every vector that has one, and never less', () => {
    const rows = multivariateVectors().filter(({ minParameters }) => minParameters !== undefined);
    expect(rows.length).toBeGreaterThan(5);
    for (const { name, x, y, minParameters } of rows) {
      expect(fewest(problemOf(x, y), 1e8, minParameters), name).toBe(minParameters);
    }
  });

  it('finds at most 10 parameters for 10 points in 50 inputs', () => {
    expect(fewest(instanceProblem('nakhleh-high-d'), 1e9, 10)).toBeLessThanOrEqual(10);
  });

  it.each([
    [1, 5, 60, 3, 2],
    [2, 5, 100, 4, 3],
    [3, 8, 150, 3, 2],
  ])('finds a sparse teacher (seed %i)', (seed, d, size, neurons, weights) => {
    const { problem, planted } = sparseTeacher(seed, d, size, neurons, weights);
    expect(fewest(problem, 2e9, planted)).toBeLessThanOrEqual(planted);
  });
});
