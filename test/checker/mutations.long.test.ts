import { expect, test } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import type { Problem } from '../../src/problem/problem.js';
import { countActivationPatterns } from '../../src/search/patterns.js';
import { EMPTY, PLATEAU, WINDOWS } from './case-files.js';
import { acceptedLpMinimum } from './lp-minimum-cases.js';
import { lpMinimumIsTrue } from './lp-minimum-truth.js';
import { acceptedModels } from './model-cases.js';
import { expectBound, expectMeasured } from './model-truth.js';
import { mutateCases } from './mutate-cases.js';
import { acceptedPatterns } from './patterns-cases.js';
import { acceptedRestricted } from './restricted-cases.js';
import { expectRestricted } from './restricted-truth.js';
import { acceptedSeveral } from './several-cases.js';
import { severalTruth } from './several-truth.js';
import { acceptedSolutionSets } from './solution-set-cases.js';
import { expectSolutionSet } from './solution-set-truth.js';
import { acceptedUnique } from './unique-cases.js';
import { uniqueIsTrue } from './unique-mutants.js';

const seed = Number(process.env.SPARSEST_SEED ?? 1);

test.each([
  ['l^p minima', acceptedLpMinimum(), lpMinimumIsTrue],
  [
    'patterns',
    acceptedPatterns(),
    (problem: Problem, { claim }: Certificate) =>
      expect(claim).toEqual({ kind: 'patterns', count: countActivationPatterns(problem) }),
  ],
  ['restricted questions', await acceptedRestricted(PLATEAU, WINDOWS), expectRestricted],
  [
    'models',
    await acceptedModels(PLATEAU, EMPTY),
    (problem: Problem, certificate: Certificate) => {
      expectMeasured(problem, certificate);
      expectBound(problem, certificate);
    },
  ],
  ['sparsest sets', acceptedSolutionSets(), expectSolutionSet],
  ['p* with uniqueness', acceptedUnique(), uniqueIsTrue],
] as const)('10,000 random changes of certificates of %s', (_, cases, expectTrue) => {
  const counts = mutateCases(cases, 10_000, seed, expectTrue);
  expect(counts.rejected + counts.unreadable + counts.accepted).toBe(10_000);
  expect(counts.rejected).toBeGreaterThan(2000);
  expect(counts.accepted).toBeLessThan(2000);
});

test('20,000 random changes of certificates of several inputs', async () => {
  const cases = await acceptedSeveral();
  const counts = mutateCases(cases, 20_000, seed, await severalTruth(cases));
  expect(counts.rejected + counts.unreadable + counts.accepted).toBe(20_000);
  expect(counts.rejected).toBeGreaterThan(4000);
  expect(counts.accepted).toBeLessThan(4000);
});
