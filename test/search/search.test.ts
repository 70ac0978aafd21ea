import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { searchSparsest } from '../../src/search/search.js';
import { instanceProblem, multivariateVectors, plantedRows, problemOf } from './problems.js';
import {
  agreesWithBruteForce,
  agreesWithOrderRows,
  agreesWithRuns,
  agreesWithTypes,
  metamorphicRelations,
} from './properties.js';
import { validate } from './validate.js';

describe('the sparsest network with several inputs', () => {
  it('solves every multivariate vector for neurons, with proof', async () => {
    for (const { name, x, y, minNeurons } of multivariateVectors()) {
      const problem = problemOf(x, y);
      const result = await searchSparsest(problem, { objective: 'neurons', skip: 'none' });
      validate(problem, result);
      expect([result.ended, result.lowerBound, result.upperBound], name).toEqual([
        'optimal',
        minNeurons,
        minNeurons,
      ]);
    }
  });

  it('solves every multivariate vector for parameters, with proof', async () => {
    const rows = multivariateVectors().filter(({ minParameters }) => minParameters !== undefined);
    expect(rows.length).toBeGreaterThan(5);
    for (const { name, x, y, minParameters } of rows) {
      const problem = problemOf(x, y);
      const result = await searchSparsest(problem, { objective: 'parameters', skip: 'none' });
      validate(problem, result);
      expect([result.lowerBound, result.upperBound], name).toEqual([minParameters, minParameters]);
    }
  });

  it('finds at most 4 parameters where a box of 3 on the weights proves 7', async () => {
    const problem = instanceProblem('big-m-trap');
    const result = await searchSparsest(problem, { objective: 'parameters', skip: 'none' });
    validate(problem, result);
    expect(result.upperBound).toBeLessThanOrEqual(4);
    expect(result.ended).toBe('optimal');
    const weights = result.network.neurons.flatMap(({ inputWeights, bias, outputWeight }) =>
      [...inputWeights, bias].map((weight) => weight.multiply(outputWeight)),
    );
    expect(weights.some((weight) => Rational.of(3).lessThan(weight.abs()))).toBe(true);
  });

  it('keeps a network that is given when it is as small as any, and leaves it for a smaller one', async () => {
    const problem = instanceProblem('big-m-trap');
    const best = (await searchSparsest(problem, { objective: 'neurons', skip: 'none' })).network;
    const given = await searchSparsest(problem, { objective: 'neurons', skip: 'none', start: best });
    validate(problem, given);
    expect(given.network.neurons).toEqual(best.neurons);
    expect(given.networkFrom).toBe('the network given');
    // Half of it twice: one neuron more than are needed.
    const [first, ...rest] = best.neurons;
    const half = { ...first!, outputWeight: first!.outputWeight.multiply(Rational.of(1, 2)) };
    const large = { ...best, neurons: [half, half, ...rest] };
    const smaller = await searchSparsest(problem, { objective: 'neurons', skip: 'none', start: large });
    validate(problem, smaller);
    expect(smaller.upperBound).toBe(best.neurons.length);
    expect(smaller.networkFrom).not.toBe('the network given');
    // One with a linear part does not belong to the question.
    const skip = { weights: [Rational.of(1), Rational.of(2)], bias: Rational.zero };
    const foreign = await searchSparsest(problem, {
      objective: 'neurons',
      skip: 'none',
      start: { ...best, skip },
    });
    validate(problem, foreign);
    expect(foreign.networkFrom).not.toBe('the network given');
  });

  it('answers xor: two neurons, four parameters or fewer', async () => {
    const problem = problemOf(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      [0, 1, 1, 0],
    );
    const neurons = await searchSparsest(problem, { objective: 'neurons', skip: 'none' });
    validate(problem, neurons);
    expect(neurons.lowerBound).toBe(2);
    const parameters = await searchSparsest(problem, { objective: 'parameters', skip: 'none' });
    validate(problem, parameters);
    expect([parameters.lowerBound, parameters.upperBound]).toEqual([4, 4]);
  });

  it.each([
    [
      'zero labels',
      [
        [1, 2],
        [3, 4],
        [5, 7],
      ],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
    ['one point', [[3, -4]], [5], [1, 0, 0], [1, 0, 0]],
    ['one point with label 0', [[3, -4]], [0], [0, 0, 0], [0, 0, 0]],
    ['one point at the origin', [[0, 0]], [-2], [1, 0, 0], [1, 0, 0]],
    [
      'two points',
      [
        [0, 0],
        [1, 1],
      ],
      [1, 2],
      [1, 1, 0],
      [2, 1, 0],
    ],
    [
      'two points of opposite labels',
      [
        [0, 0],
        [1, 1],
      ],
      [1, -1],
      [2, 1, 0],
      [2, 1, 0],
    ],
    [
      'equal positive labels: a constant neuron counts',
      [
        [1, 5],
        [2, -3],
        [4, 4],
        [-7, 0],
      ],
      [3, 3, 3, 3],
      [1, 0, 0],
      [1, 0, 0],
    ],
    [
      'a constant feature',
      [
        [7, 0],
        [7, 1],
        [7, 2],
        [7, 3],
      ],
      [0, 1, 0, 1],
      [3, 3, 2],
      [5, 5, 4],
    ],
  ] as const)('%s', async (_, x, y, neurons, parameters) => {
    const problem = problemOf(x, y);
    for (const [s, skip] of (['none', 'bias', 'affine'] as const).entries()) {
      const few = await searchSparsest(problem, { objective: 'neurons', skip });
      validate(problem, few);
      expect([skip, few.lowerBound, few.upperBound]).toEqual([skip, neurons[s], neurons[s]]);
      const sparse = await searchSparsest(problem, { objective: 'parameters', skip });
      validate(problem, sparse);
      expect([skip, sparse.lowerBound, sparse.upperBound]).toEqual([skip, parameters[s], parameters[s]]);
    }
  });

  it('agrees with all left/right assignments for one input without a full skip', async () => {
    expect(await agreesWithTypes(40, 1)).toBe(40);
  });

  it('agrees with brute force over activation patterns and supports', async () => {
    expect(await agreesWithBruteForce(30, 4)).toBe(30);
  });

  it('counts neurons to the minima of order rows and of brute force, for every objective and skip', async () => {
    expect(await agreesWithOrderRows(12, 4)).toBe(16 * 6);
  });

  it('finds the same number of neurons far from the origin, where doubles fail and exact arithmetic decides', async () => {
    const far = (value: number): Rational => Rational.of(10n ** 12n + BigInt(value));
    const random = createRandom(15);
    let exactNodes = 0;
    for (let instance = 0; instance < 3; instance++) {
      const { x, y } = plantedRows(random, 2, 8, instance);
      const moved = problemOf(
        x.map((point) => point.map(far)),
        y,
      );
      for (const skip of ['bias', 'affine'] as const) {
        const here = await searchSparsest(problemOf(x, y), { objective: 'neurons', skip });
        const there = await searchSparsest(moved, { objective: 'neurons', skip });
        validate(moved, there);
        expect(there.lowerBound).toBe(here.lowerBound);
      }
      const parameters = await searchSparsest(moved, {
        objective: 'parameters',
        skip: 'affine',
        mostNodes: 600,
      });
      validate(moved, parameters);
      exactNodes += parameters.exactNodes;
    }
    expect(exactNodes).toBeGreaterThan(50);
  });

  it('agrees with the runs engine and the windows engine for one input with affine skip', async () => {
    expect(await agreesWithRuns(40, 2)).toBe(40);
  });

  it('follows permutations, positive scalings, negation and duplication', async () => {
    expect(await metamorphicRelations(4, 3)).toBeGreaterThan(50);
  });

  it('ends with a proved bracket when it is stopped, at the time limit and at the node limit', async () => {
    const { x, y } = plantedRows(createRandom(5), 3, 30, 0);
    const problem = problemOf(x, y);
    let calls = 0;
    const limits = [{ shouldStop: () => ++calls > 40 }, { timeLimit: 0 }, { mostNodes: 3_000 }];
    const ended: string[] = [];
    for (const limit of limits) {
      for (const objective of ['neurons', 'parameters'] as const) {
        const result = await searchSparsest(problem, { objective, skip: 'none', ...limit });
        validate(problem, result);
        ended.push(result.ended);
        expect(result.lowerBound).toBeLessThan(result.upperBound);
      }
    }
    expect(ended).toEqual(['stopped', 'stopped', 'time limit', 'time limit', 'node limit', 'node limit']);
  });

  it('reports bounds that only improve', async () => {
    const { x, y } = plantedRows(createRandom(11), 2, 12, 0);
    const seen: { lowerBound: number; upperBound: number; nodes: number; programs: number }[] = [];
    const result = await searchSparsest(problemOf(x, y), {
      objective: 'neurons',
      skip: 'none',
      observer: { progress: (progress) => seen.push(progress) },
    });
    expect(seen.length).toBeGreaterThan(2);
    for (let i = 1; i < seen.length; i++) {
      expect(seen[i]!.lowerBound).toBeGreaterThanOrEqual(seen[i - 1]!.lowerBound);
      expect(seen[i]!.upperBound).toBeLessThanOrEqual(seen[i - 1]!.upperBound);
      expect(seen[i]!.nodes).toBeGreaterThanOrEqual(seen[i - 1]!.nodes);
    }
    expect(seen.at(-1)!.lowerBound).toBe(result.lowerBound);
  });

  it('names N parameters as generic, fewer with a skip, and nothing for windows', async () => {
    const { x, y } = plantedRows(createRandom(8), 2, 7, 1);
    const options = { objective: 'parameters', timeLimit: 0 } as const;
    const problem = problemOf(x, y);
    expect((await searchSparsest(problem, { ...options, skip: 'none' })).genericBound).toBe(7);
    expect((await searchSparsest(problem, { ...options, skip: 'affine' })).genericBound).toBe(4);
    const windows = problemOf(
      x,
      y,
      y.map((value) => value + 1),
    );
    expect((await searchSparsest(windows, { ...options, skip: 'none' })).genericBound).toBeNull();
  });
});
