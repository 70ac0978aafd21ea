import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.js';
import { train } from '../../src/train/train.js';
import { verify } from '../../src/verify/verify.js';
import { peakPlateau as points } from '../train/networks.js';
import { peakPlateau } from './networks.js';

/** A few thousand epochs on the univariate data of the paper, then the truth about the result. */
describe('a network from training', () => {
  for (const skip of ['affine', 'bias', 'none'] as const) {
    it(`with skip ${skip} is counted and measured as training counts and measures`, async () => {
      const { network, final } = train(points, {
        method: 'reweighted',
        p: 0.4,
        width: 40,
        epochs: 6000,
        skip,
        seed: 1,
      });
      const residual = Math.max(
        ...peakPlateau.x.map((x, i) => {
          let f = (network.skipWeights?.[0] ?? 0) * (x as number) + (network.skipBias ?? 0);
          network.outputWeights.forEach((v, k) => {
            f += v * Math.max(0, network.inputWeights[k]![0]! * (x as number) + network.biases[k]!);
          });
          return Math.abs(f - (peakPlateau.y![i] as number));
        }),
      );
      const above = await verify(network, peakPlateau, { tolerance: residual * 1.001 });
      expect(above.skip).toBe(skip);
      expect(above.form.active.length).toBe(final.activeNeurons);
      const [fit, sparsest] = above.claims;
      expect(fit).toMatchObject({ claim: 'interpolates', holds: true });
      if (fit?.claim !== 'interpolates' || sparsest?.claim !== 'sparsest')
        throw new Error('claims are missing');
      expect(fit.measured.toNumber()).toBeCloseTo(residual, 12);
      // Whatever training found: it has at least as many active neurons as the proved lower bound, if they fit alone.
      const { lowerBound, upperBound } = sparsest.required!;
      expect(lowerBound).toBeLessThanOrEqual(upperBound);
      if (sparsest.holds === true) expect(final.activeNeurons).toBe(upperBound);
      expect(check(above.problem, above.certificate()!)).toMatchObject({ accepted: true });

      const below = await verify(network, peakPlateau, {
        tolerance: residual * 0.999,
        claims: ['interpolates'],
      });
      expect(below.holds).toBe(false);

      const repair = (await above.repair())!;
      const repaired = await verify(repair.network, peakPlateau, { tolerance: residual * 1.001, skip });
      expect(repaired.claims[0]).toMatchObject({ holds: true });
      if (repair.sparsest) expect(repaired.holds).toBe(true);
    });
  }
});
