import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/checker/check.js';
import { checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';
import { solveRestricted } from '../../src/solve/restricted.js';
import { PLATEAU, WINDOWS } from './case-files.js';
import { mutateCases } from './mutate-cases.js';
import { acceptedRestricted } from './restricted-cases.js';
import { expectRestricted } from './restricted-truth.js';

/** A random question about a few points and its answer. */
async function randomAnswer(seed: number) {
  const random = createRandom(seed);
  const y = Array.from({ length: random.integer(3, 7) }, () => random.integer(-3, 3));
  const x = y.map((_, i) => i);
  const knotsOn = Array.from({ length: 2 * y.length - 3 }, (_, t) => Rational.of(t + 1, 2)).filter(
    () => random.integer(0, 4) > 0,
  );
  const maxSlopeChange = random.integer(0, 1) ? Rational.of(random.integer(2, 8)) : null;
  const tolerance = random.integer(0, 2) === 0 ? Rational.of(1, 3) : Rational.zero;
  const maxKnots = random.integer(0, 2) === 0 ? random.integer(0, 4) : null;
  const problem = makeProblem(datasetFromArrays({ x, y }), tolerance);
  return {
    problem,
    solution: await solveRestricted(problem, { knotsOn, maxSlopeChange, maxKnots }, { backend: 'jslp' }),
  };
}

describe('certificates of restricted questions', () => {
  it('are accepted and true on 200 random questions, and no stronger claim is', async () => {
    const seen = { optimal: 0, feasible: 0, infeasible: 0, bracket: 0, branches: 0 };
    for (let k = 0; k < 200; k++) {
      const { problem, solution } = await randomAnswer(k);
      const { claim, proof, function: values } = solution.statement;
      if (claim.kind !== 'restricted' || proof.kind !== 'knot-tree') throw new Error(claim.kind);
      const judge = (statement: Statement) => checkStatement(problem, statement).accepted;
      expect(judge(solution.statement)).toBe(true);
      expectRestricted(problem, { problem: { sha256: '', tolerance: '0' }, ...solution.statement });
      seen[solution.result.status]++;
      if (proof.nodes.length > 1) seen.branches++;
      const { lowerBound, upperBound, ...rest } = claim;
      if (lowerBound !== undefined) {
        if (solution.result.status === 'optimal') {
          expect(judge({ claim: { ...rest, lowerBound: lowerBound + 1 }, proof })).toBe(false);
          expect(judge({ claim: { ...claim, upperBound: upperBound! - 1 }, function: values, proof })).toBe(
            false,
          );
        }
        expect(judge({ claim: rest, proof })).toBe(false);
      }
    }
    expect(seen.optimal).toBeGreaterThan(20);
    expect(seen.infeasible).toBeGreaterThan(20);
    expect(seen.branches).toBeGreaterThan(5);
  });

  it('500 random changes: no crash, and no claim that is not true', async () => {
    const counts = mutateCases(await acceptedRestricted(PLATEAU, WINDOWS), 500, 61, expectRestricted);
    expect(counts.rejected).toBeGreaterThan(100);
    expect(counts.unreadable).toBeGreaterThan(50);
  });
});
