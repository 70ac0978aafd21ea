import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { cloudOf } from '../../src/primal/cloud.js';
import { hingesOf } from '../../src/primal/exact-hinges.js';
import type { Hinges } from '../../src/primal/hinges.js';
import { LeastSquares } from '../../src/primal/least-squares.js';
import { merged, nearestJoined } from '../../src/primal/merge.js';
import { sampleOf } from '../../src/primal/sample.js';
import { randomTask } from './planted.js';

const SKIPS = ['none', 'bias', 'affine'] as const;

/** Hinges with neuron k replaced by several with multiples of its weights, the products of sign and multiple adding up to its sign. */
function split({ signs, unknowns }: Hinges, width: number, k: number, parts: readonly number[]): Hinges {
  const weights = unknowns.subarray(k * width, (k + 1) * width);
  return {
    signs: Int8Array.from([...signs, ...parts.map((part) => Math.sign(part) * signs[k]!)]).filter(
      (_, m) => m !== k,
    ),
    unknowns: Float64Array.from([
      ...unknowns.subarray(0, k * width),
      ...unknowns.subarray((k + 1) * width, signs.length * width),
      ...parts.flatMap((part) => Array.from(weights, (weight) => Math.abs(part) * weight)),
      ...unknowns.subarray(signs.length * width),
    ]),
  };
}

describe('neurons that are active at the same points', () => {
  it.each([
    [[0.5, 0.5], 3],
    [[1.75, -0.75], 3],
    [[-1, 2, 1, -1], 3],
    [[1, -1], 2],
  ])('%j add up to one or none, and the function stays', (parts, expected) => {
    const random = createRandom(1);
    for (let instance = 0; instance < 30; instance++) {
      const skip = SKIPS[instance % 3]!;
      const { problem, network } = randomTask(random, 3, 60, 3, skip, 0);
      const cloud = cloudOf(problem, skip, true);
      const hinges = hingesOf(cloud, network);
      // Not every random neuron is active anywhere, and two may share their points.
      if (merged(cloud, hinges) !== null) continue;
      const many = split(hinges, cloud.width, random.integer(0, 2), parts);
      const fewer = merged(cloud, many)!;
      expect(fewer.signs.length).toBe(expected);
      const sample = sampleOf(cloud);
      const before = new LeastSquares(sample, many.signs.length);
      const after = new LeastSquares(sample, fewer.signs.length);
      before.cost(many);
      after.cost(fewer);
      before.residuals.forEach((residual, n) => {
        expect(after.residuals[n]).toBeCloseTo(residual, 9);
      });
    }
  });

  it('are joined by direction where a few points lie between their hyperplanes, and others are left alone', () => {
    const random = createRandom(2);
    let joined = 0;
    for (let instance = 0; instance < 60; instance++) {
      const skip = SKIPS[instance % 3]!;
      const { problem, network } = randomTask(random, 3, 60, 3, skip, 0);
      const cloud = cloudOf(problem, skip, true);
      const hinges = hingesOf(cloud, network);
      if (nearestJoined(cloud, hinges) !== null) continue;
      const many = split(hinges, cloud.width, 0, instance % 2 === 0 ? [0.5, 0.5] : [1.75, -0.75]);
      for (let j = 0; j < many.unknowns.length; j++) many.unknowns[j]! *= random.uniformIn(0.99, 1.01);
      const fewer = nearestJoined(cloud, many)!;
      expect(fewer.signs.length).toBe(3);
      const squares = new LeastSquares(sampleOf(cloud), 3);
      if (squares.fits(squares.descend(fewer))) joined++;
    }
    expect(joined).toBeGreaterThan(30);
  });
});
