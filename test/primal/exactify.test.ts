import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { cloudOf } from '../../src/primal/cloud.js';
import { exactHingesOf, firstMiss, hingesOf, networkOf, toDoubles } from '../../src/primal/exact-hinges.js';
import { evaluate } from '../../src/problem/network.js';
import { nearMisses } from './near-misses.js';
import { fitsByEvaluation, randomTask } from './planted.js';

const SKIPS = ['none', 'bias', 'affine'] as const;

describe('networks on the coordinates of a cloud', () => {
  it('keep their function there and back, and agree with the doubles', () => {
    const random = createRandom(1);
    for (let instance = 0; instance < 60; instance++) {
      const { problem, network } = randomTask(random, random.integer(1, 4), 8, 3, SKIPS[instance % 3]!, 0);
      const cloud = cloudOf(problem, SKIPS[instance % 3]!, instance % 2 === 0);
      const exact = exactHingesOf(cloud, network);
      const back = networkOf(cloud, exact);
      for (let n = 0; n < problem.size; n++) {
        const point = problem.inputs.map((column) => column.value(n));
        expect(evaluate(back, point).equals(evaluate(network, point))).toBe(true);
      }
      const doubles = hingesOf(cloud, network);
      toDoubles(cloud, exact).forEach((value, j) => {
        expect(Math.abs(value - doubles.unknowns[j]!)).toBeLessThan(1e-12 * (1 + Math.abs(value)));
      });
    }
  });

  it('miss exactly the points that evaluation says, however little', () => {
    const random = createRandom(2);
    let missed = 0;
    for (let instance = 0; instance < 150; instance++) {
      const skip = SKIPS[instance % 3]!;
      const { problem, network } = randomTask(
        random,
        random.integer(1, 3),
        12,
        2,
        skip,
        instance % 2 === 0 ? 0 : 3,
      );
      const cloud = cloudOf(problem, skip, instance % 4 < 2);
      const tiny = Rational.of(instance % 5 === 0 ? 0 : 1, 10n ** BigInt(random.integer(1, 40)));
      const moved = {
        ...network,
        neurons: network.neurons.map((neuron) => ({ ...neuron, bias: neuron.bias.add(tiny) })),
      };
      let expected = -1;
      for (let n = 0; n < problem.size && expected < 0; n++) {
        const value = evaluate(
          moved,
          problem.inputs.map((column) => column.value(n)),
        );
        if (value.lessThan(problem.lower.value(n)) || problem.upper.value(n).lessThan(value)) expected = n;
      }
      expect(firstMiss(cloud, exactHingesOf(cloud, moved))).toBe(expected);
      expect(expected < 0).toBe(fitsByEvaluation(problem, moved));
      if (expected >= 0) missed++;
    }
    expect(missed).toBeGreaterThan(40);
    expect(missed).toBeLessThan(140);
  });
});

it('hundreds of near misses become exact or are refused', () => {
  const { mended, refused, lost } = nearMisses(400, 1);
  expect(mended).toBeGreaterThan(250);
  expect(refused).toBeGreaterThan(80);
  // Ambiguous patterns near hyperplanes may be given up, but rarely.
  expect(lost).toBeLessThan(20);
});
