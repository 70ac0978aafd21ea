import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { finish, until } from '../../src/exact/steps.js';
import { readDataset } from '../../src/files/read-dataset.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { ThresholdSearch } from '../../src/lp-norm/threshold.js';
import { uniqueness } from '../../src/lp-norm/uniqueness.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { accepted } from '../../src/solve/checked.js';
import { solve } from '../../src/solve/solve.js';

function problemOf(name: string): Problem {
  return makeProblem(readDataset(fileURLToPath(new URL(`answers/${name}`, import.meta.url)), {}));
}

/**
 * p* within so many steps, each of some milliseconds at most: a number of steps and no time, which no machine can change.
 * All three are about numbers of very different size, of which one alone decides.
 */
describe.each([
  ['threshold-doubling.csv', 2_000],
  ['threshold-four-changes.csv', 500],
  ['long-rationals.csv', 500],
] as const)('%s', (name, most) => {
  const problem = problemOf(name);
  const search = new ThresholdSearch(problem);
  let taken = 0;
  const done = finish(until(search.steps(), () => taken++ >= most));
  const found = search.result();

  test(`p* is closed within ${most} steps, and its proof accepted`, () => {
    expect(done).toBe(true);
    expect(found.status).toBe('closed');
    expect(accepted(problem, found)).toMatch(/^p\* = 1/);
  });

  test('the minimisers themselves are sparsest at every p that is tried', () => {
    for (const p of ['1/20', '1/2', '9/10', '999/1000'])
      expect(minimizeLp(problem, Rational.parse(p)).sparsest).toBe(true);
  });

  test('uniqueness is decided', () => {
    const { lower, upper } = uniqueness(problem, found).uniqueBelow;
    expect(lower.equals(upper)).toBe(true);
  });
});

test('long-rationals.csv: one turn down, one up', async () => {
  const problem = problemOf('long-rationals.csv');
  expect(await solve(problem)).toMatchObject({ status: 'optimal', lowerBound: 2, upperBound: 2 });
  expect(minimizeLp(problem, Rational.of(1, 2)).knotCount).toBe(2);
});
