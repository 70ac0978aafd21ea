import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { cloudOf } from '../../src/primal/cloud.js';
import { NeuronSearch } from '../../src/primal/neuron-search.js';
import { fromPlainCloud, fromPlainNetwork, plainCloud, plainNetwork } from '../../src/primal/plain.js';
import { countNeurons, type Network, type Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { problemOf } from '../search/problems.js';
import { fitsByEvaluation, randomTask, teacherProblem } from './planted.js';

const never = (): boolean => false;

/**
 * Networks found one after the other, each exact and smaller than the one before; ends when `enough` neurons are reached (0: when the search
 * is settled) or after `most` multiplications.
 */
function found(problem: Problem, skip: Skip, most: number, seed = 0, enough = 0): Network[] {
  const search = new NeuronSearch(cloudOf(problem, skip, true), seed, 1, Number.POSITIVE_INFINITY, never);
  const networks: Network[] = [];
  let size = Number.POSITIVE_INFINITY;
  while ((enough === 0 ? !search.settled : size > enough) && search.work < most) {
    const network = search.advance(2_000_000);
    if (network === null) continue;
    expect(fitsByEvaluation(problem, network)).toBe(true);
    expect(countNeurons(network)).toBeLessThan(
      networks.length === 0 ? Number.POSITIVE_INFINITY : countNeurons(networks.at(-1)!),
    );
    networks.push(network);
    size = countNeurons(network);
  }
  expect(search.exact).toBeLessThanOrEqual(search.hits);
  expect(search.exact).toBeGreaterThanOrEqual(networks.length);
  return networks;
}

describe('the search for few neurons', () => {
  it.each([
    [2, 30, 3],
    [3, 60, 4],
    [5, 50, 4],
    [8, 120, 3],
    [2, 400, 5],
  ])('finds the size of a teacher: d = %i, N = %i, K = %i', async (dimension, points, neurons) => {
    for (let seed = 0; seed < 2; seed++) {
      const networks = found(await teacherProblem(dimension, points, neurons, seed), 'none', 3e9, 0, neurons);
      expect(countNeurons(networks.at(-1)!)).toBeLessThanOrEqual(neurons);
    }
  });

  it('finds teachers with every skip, exact and within windows', () => {
    const random = createRandom(4);
    for (const skip of ['none', 'bias', 'affine'] as const) {
      for (const slack of [0, 4]) {
        const { problem, network } = randomTask(random, 3, 60, 3, skip, slack);
        const networks = found(problem, skip, 3e9, 0, countNeurons(network));
        expect(countNeurons(networks.at(-1)!)).toBeLessThanOrEqual(countNeurons(network));
      }
    }
  });

  it('finds the same networks for the same seed, however the work is cut', async () => {
    const problem = await teacherProblem(3, 40, 4, 3);
    const once = found(problem, 'none', 1e9, 7);
    const again = found(problem, 'none', 1e9, 7);
    expect(again).toEqual(once);
    expect(found(problem, 'none', 1e9, 8).at(-1)).not.toEqual(once.at(-1));
  });

  it('goes through plain data unchanged', async () => {
    const problem = await teacherProblem(2, 20, 2, 1, '1/100');
    const cloud = cloudOf(problem, 'none', true);
    expect(fromPlainCloud(structuredClone(plainCloud(cloud)))).toEqual(cloud);
    const network = found(problem, 'none', 1e9).at(-1)!;
    expect(fromPlainNetwork(structuredClone(plainNetwork(network)))).toEqual(network);
    const skip = { weights: [Rational.of(1, 3), Rational.of(-2)], bias: Rational.of(5, 7) };
    expect(fromPlainNetwork(plainNetwork({ ...network, skip }))).toEqual({ ...network, skip });
  });

  it('starts from a network that is given, and ends where the lower bound is met', async () => {
    const problem = await teacherProblem(5, 100, 6, 2);
    const cloud = cloudOf(problem, 'none', true);
    const teacher = found(problem, 'none', 4e9, 0, 6).at(-1)!;
    const size = countNeurons(teacher);
    // A start that is off by a thousandth, and too large by one neuron.
    const moved: Network = {
      ...teacher,
      neurons: [...teacher.neurons, teacher.neurons[0]!].map((neuron) => ({
        ...neuron,
        bias: neuron.bias.multiply(Rational.of(1001, 1000)),
      })),
    };
    const search = new NeuronSearch(cloud, 0, size, size + 1, never);
    search.addNetwork(moved);
    expect(search.done).toBe(false);
    const network = search.advance(20_000_000);
    expect(network).not.toBeNull();
    expect(countNeurons(network!)).toBe(size);
    expect(search.done).toBe(true);
    expect(search.advance(1_000_000)).toBeNull();
  });

  it('is not led astray by a far larger network that is known', async () => {
    const problem = await teacherProblem(5, 100, 4, 3);
    const cloud = cloudOf(problem, 'none', true);
    const random = createRandom(9);
    const fitting = found(problem, 'none', 3e9, 0, 4).at(-1)!;
    const useless = Array.from({ length: 80 }, () => ({
      inputWeights: Array.from({ length: 5 }, () => Rational.of(random.integer(-9, 9))),
      bias: Rational.of(1),
      outputWeight: Rational.of(1, 10 ** 6),
    }));
    const search = new NeuronSearch(cloud, 0, 1, 84, never);
    search.addNetwork({ ...fitting, neurons: useless });
    let size = 84;
    while (size > 4 && search.work < 3e9) {
      const network = search.advance(2_000_000);
      if (network === null) continue;
      expect(fitsByEvaluation(problem, network)).toBe(true);
      size = countNeurons(network);
    }
    expect(size).toBeLessThanOrEqual(4);
  });

  it('stops when told to, in the middle of a descent', async () => {
    const problem = await teacherProblem(5, 60, 5, 5);
    let asked = 0;
    const search = new NeuronSearch(
      cloudOf(problem, 'none', true),
      0,
      1,
      Number.POSITIVE_INFINITY,
      () => ++asked > 20,
    );
    search.advance(1e12);
    expect(asked).toBeLessThan(200);
  });

  it('finds nothing below the truth on data far from the origin and of very different size', () => {
    const far = (value: number): Rational => Rational.of(10n ** 30n + BigInt(value));
    const tiny = (value: number): Rational => Rational.of(value, 10n ** 40n);
    const x = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 3],
    ];
    const y = [0, 1, 1, 0, 2];
    for (const move of [far, tiny]) {
      const networks = found(
        problemOf(
          x.map((point) => point.map(move)),
          y.map(tiny),
        ),
        'none',
        3e7,
      );
      expect(networks.length).toBeGreaterThan(0);
      expect(countNeurons(networks.at(-1)!)).toBeGreaterThanOrEqual(2);
    }
  });
});
