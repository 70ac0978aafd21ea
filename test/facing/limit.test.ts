import { expect, test } from 'vitest';
import { solveOneInput } from '../../src/facing/solve.js';
import { countFewestKnots } from '../../src/knots/solve.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';
import { checked } from '../../src/solve/checked.js';
import { solve } from '../../src/solve/solve.js';

/** A smooth curve in full doubles: its sums take seconds. */
const x = Array.from({ length: 60 }, (_, i) => i / 7);
const SMOOTH = makeProblem(
  datasetFromArrays({ x, y: x.map((at) => Math.sin(1.3 * at) + 3 * Math.exp(-at)) }),
);

test('a limit ends the sums with the bracket of the knots, which is proved', async () => {
  const { knots } = countFewestKnots(SMOOTH);
  let asked = 0;
  const stopped = solveOneInput(SMOOTH, 'none', { shouldStop: () => ++asked > 3 });
  expect(asked).toBeGreaterThan(3);
  expect(stopped.lowerBound).toBe(knots);
  expect(stopped.upperBound).toBeLessThanOrEqual(knots + 2);
  expect(stopped.open).toMatch(/not decided before the time limit/);
  const solution = await solve(SMOOTH, { skip: 'none', timeLimit: 1e-9 });
  expect(solution).toMatchObject({ status: 'bracket', lowerBound: knots });
  expect(checked(SMOOTH, solution)).toContain(`between ${knots} and`);
});
