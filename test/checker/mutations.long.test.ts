import { expect, test } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import type { Problem } from '../../src/problem/problem.js';
import { countActivationPatterns } from '../../src/search/patterns.js';
import { solve } from '../../src/solve/solve.js';
import { EMPTY, PLATEAU, problemOf, WINDOWS } from './case-files.js';
import { acceptedLpMinimum } from './lp-minimum-cases.js';
import { lpMinimumIsTrue } from './lp-minimum-truth.js';
import { acceptedModels } from './model-cases.js';
import { expectBound, expectMeasured } from './model-truth.js';
import { mutateCases } from './mutate-cases.js';
import { acceptedPatterns } from './patterns-cases.js';
import { acceptedReachable } from './reachable-cases.js';
import { acceptedRestricted } from './restricted-cases.js';
import { expectRestricted } from './restricted-truth.js';
import { acceptedSeveral } from './several-cases.js';
import { severalTruth } from './several-truth.js';
import { acceptedSolutionSets } from './solution-set-cases.js';
import { expectSolutionSet } from './solution-set-truth.js';
import { acceptedUnique } from './unique-cases.js';
import { uniqueIsTrue } from './unique-mutants.js';

const cases = Object.entries(await acceptedReachable(WINDOWS));
const reachable = Object.fromEntries(cases.filter(([name]) => name.startsWith('reachable')));
const open = Object.fromEntries(cases.filter(([name]) => name.startsWith('open')));

/** What some network has, by number of inputs, objective and skip: the two problems with open windows have one and two inputs. */
const ATTAINED = new Map<string, number>();
for (const file of [open['open-affine']!, open['open-classes']!]) {
  const problem = problemOf(file);
  for (const objective of ['neurons', 'parameters'] as const) {
    for (const skip of ['affine', 'bias', 'none'] as const) {
      const solution = await solve(problem, { objective, skip, timeLimit: 5 });
      if (solution.status !== 'infeasible')
        ATTAINED.set(`${problem.dimension} ${objective} ${skip}`, solution.upperBound);
    }
  }
}

function expectOpenBound({ dimension }: Problem, { claim }: Certificate): void {
  if (claim.kind !== 'minimum') throw new Error(`expected a minimum, found ${claim.kind}`);
  const { objective, skip, lowerBound } = claim;
  expect(lowerBound).toBeLessThanOrEqual(ATTAINED.get(`${dimension} ${objective} ${skip}`)!);
}

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
  ['what is reachable', reachable, expectRestricted],
  ['windows with one end', open, expectOpenBound],
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
