import { describe, expect, it } from 'vitest';
import { check, checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Network } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { type Claim, verify } from '../../src/verify/verify.js';
import { EMPTY, PLATEAU } from './case-files.js';
import { acceptedModels } from './model-cases.js';
import { expectBound, expectMeasured } from './model-truth.js';
import { mutateCases } from './mutate-cases.js';

function randomNetwork(seed: number): Network {
  const random = createRandom(seed);
  const number = () => Rational.of(random.integer(-6, 6), random.integer(1, 4));
  return {
    inputDimension: 1,
    skip: random.integer(0, 1) ? { weights: [number()], bias: number() } : null,
    neurons: Array.from({ length: random.integer(0, 5) }, () => ({
      inputWeights: [number()],
      bias: number(),
      outputWeight: number(),
    })),
  };
}

describe('certificates about a model', () => {
  it('are accepted and true on 100 random models, and say what verify says', async () => {
    const random = createRandom(71);
    for (let k = 0; k < 100; k++) {
      const y = Array.from({ length: random.integer(1, 8) }, () => random.integer(-3, 3));
      const data = datasetFromArrays({ x: y.map((_, i) => i), y });
      const options = {
        tolerance: k % 3 === 0 ? '1/2' : '0',
        activeThreshold: '1/3',
        skip: 'affine',
      } as const;
      const verification = await verify(randomNetwork(k), data, options);
      const certificate = verification.certificate()!;
      expectMeasured(verification.problem, certificate);
      const { claim } = certificate;
      if (claim.kind !== 'model') throw new Error(claim.kind);
      const [interpolates, sparsest] = verification.claims;
      expect(claim.distance === '0').toBe(interpolates!.holds);
      expect(claim.active).toBe(sparsest!.measured);
      for (const other of [
        { ...claim, active: claim.active + 1 },
        {
          ...claim,
          distance: Rational.parse(claim.distance)
            .add(Rational.of(1, 10 ** 9))
            .toString(),
        },
        { ...claim, sha256: claim.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
      ])
        expect(checkStatement(verification.problem, { ...certificate, claim: other }).accepted).toBe(false);
    }
  });

  it('hold models to the least path norm: accepted, true, and what verify says', async () => {
    const random = createRandom(73);
    const seen = { certified: 0, holds: 0 };
    for (let k = 0; k < 60; k++) {
      const y = Array.from({ length: random.integer(2, 8) }, () => random.integer(-3, 3));
      const data = datasetFromArrays({ x: y.map((_, i) => i), y });
      // A tolerance is about the other claims: the least path norm is that of interpolants.
      const options = {
        claims: ['lp-optimal'],
        p: k % 2 ? '1/3' : '1',
        tolerance: '1/2',
        lpGap: '5',
      } as const;
      const verification = await verify(randomNetwork(k), data, options);
      const certificate = verification.certificate();
      if (certificate === null) continue;
      seen.certified++;
      const problem = makeProblem(data);
      expect(check(problem, certificate)).toMatchObject({ accepted: true });
      expectMeasured(problem, certificate);
      expectBound(problem, certificate);
      const { claim } = certificate;
      if (claim.kind !== 'model' || claim.bound.kind !== 'lp-minimum') throw new Error(claim.kind);
      const difference = Rational.parse(claim.cost!.lower).subtract(Rational.parse(claim.bound.lower));
      const holds = difference.abs().compare(Rational.of(5)) <= 0;
      const [{ holds: said }] = verification.claims as [Claim];
      if (said !== 'undecided') expect(said).toBe(holds);
      if (said === true) seen.holds++;
    }
    expect(seen.certified).toBeGreaterThan(50);
    expect(seen.holds).toBeGreaterThan(3);
  });

  it('500 random changes: no crash, and no claim that is not true', async () => {
    const counts = mutateCases(await acceptedModels(PLATEAU, EMPTY), 500, 72, (problem, certificate) => {
      expectMeasured(problem, certificate);
      expectBound(problem, certificate);
    });
    expect(counts.rejected).toBeGreaterThan(50);
    expect(counts.unreadable).toBeGreaterThan(50);
  });
});
