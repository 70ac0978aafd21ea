import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import type { Problem } from '../../src/problem/problem.js';
import { changesOf, differencesOfRuns, tilings } from './lp-minimum-truth.js';
import { functionOf } from './values-of-pieces.js';

/** What a claim about the sparsest functions says, by going through all tilings of all runs. */
export function expectSolutionSet(problem: Problem, certificate: Certificate): void {
  const { claim } = certificate;
  if (claim.kind !== 'solution-set') throw new Error(`expected a set, found ${claim.kind}`);
  let knots = 0;
  let functions = 1n;
  for (const run of differencesOfRuns(problem)) {
    const sizes = tilings(run).map((tiling) => tiling.length);
    const least = Math.min(...sizes);
    knots += least;
    functions *= BigInt(sizes.filter((size) => size === least).length);
  }
  expect(claim).toMatchObject({ knots, functions: functions.toString() });
  expect(changesOf(problem, functionOf(problem, certificate)!)).toHaveLength(knots);
}
