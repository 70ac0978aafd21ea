import { expect, it } from 'vitest';
import { checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { uniqueness, withUniqueness } from '../../src/lp-norm/uniqueness.js';
import { problemOfRun, randomDifferences } from '../lp-norm/single-run.js';
import { PROPERTY_SEED } from '../support/property-seed.js';
import { acceptedUnique } from './unique-cases.js';
import { basesOf, judgeMutants } from './unique-mutants.js';

it('10,000 random changes of certificates of uniqueness: no other claim is accepted, and no crash', () => {
  const counts = judgeMutants(createRandom(PROPERTY_SEED), basesOf(acceptedUnique()), 10_000);
  expect(counts.rejected).toBeGreaterThan(4000);
  expect(counts.accepted).toBeGreaterThan(250);
});

it('what is found is accepted: 3,000 runs', () => {
  const random = createRandom(PROPERTY_SEED + 1);
  for (let k = 0; k < 3000; k++) {
    const problem = problemOfRun(randomDifferences(random, random.integer(3, 25)), k % 2 === 1);
    const pStar = threshold(problem);
    const verdict = checkStatement(problem, withUniqueness(pStar, uniqueness(problem, pStar)));
    expect(verdict, `run ${k}`).toMatchObject({ accepted: true });
  }
});
