import { describe, expect, it } from 'vitest';
import { checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { solveUnivariate } from '../../src/knots/solve.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { checkedCertificate } from '../../src/solve/checked.js';
import { mutateCases } from './mutate-cases.js';
import { acceptedSolutionSets } from './solution-set-cases.js';
import { expectSolutionSet } from './solution-set-truth.js';

function randomProblem(seed: number): Problem {
  const random = createRandom(seed);
  const y = Array.from({ length: random.integer(1, 40) }, () => random.integer(-3, 3));
  // Slopes that rise for a while make long runs.
  if (seed % 3 === 0)
    for (let i = 1; i < y.length && i < 13; i++) y[i] = y[i - 1]! + i * random.integer(1, 2);
  return makeProblem(datasetFromArrays({ x: y.map((_, i) => i), y }));
}

describe('certificates of the sparsest set', () => {
  it('are accepted and true on 300 random data sets, and no other numbers are', () => {
    let choices = 0;
    for (let k = 0; k < 300; k++) {
      const problem = randomProblem(k);
      const certificate = checkedCertificate(problem, {
        kind: 'sparsest-set',
        exact: solveUnivariate(problem).exact!,
      });
      expectSolutionSet(problem, certificate);
      const { claim } = certificate;
      if (claim.kind !== 'solution-set') throw new Error(claim.kind);
      if (claim.functions !== '1') choices++;
      for (const other of [
        { ...claim, knots: claim.knots + 1 },
        { ...claim, functions: String(BigInt(claim.functions) + 1n) },
        { ...claim, vertices: String(BigInt(claim.vertices) + 1n) },
      ])
        expect(checkStatement(problem, { ...certificate, claim: other }).accepted).toBe(false);
    }
    expect(choices).toBeGreaterThan(100);
  });

  it('500 random changes: no crash, and no claim that is not true', () => {
    const counts = mutateCases(acceptedSolutionSets(), 500, 51, expectSolutionSet);
    expect(counts.rejected).toBeGreaterThan(100);
    expect(counts.unreadable).toBeGreaterThan(50);
  });
});
