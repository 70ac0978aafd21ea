import { describe, expect, test } from 'vitest';
import { check } from '../../src/checker/check.js';
import { checkNetwork } from '../../src/checker/network.js';
import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { countNeurons, type Network, type Objective, type Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { certify } from '../../src/solve/answer.js';
import { networkForArchitecture, withKnown } from '../../src/solve/architectures.js';
import { type BoundedSolution, type SolveOptions, solve } from '../../src/solve/solve.js';

const SKIPS: readonly Skip[] = ['none', 'bias', 'affine'];

/** Distinct points in d dimensions, small labels. */
function smallProblem(random: Random, points: number, dimension: number): Problem {
  const rows = new Map<string, number[]>();
  while (rows.size < points) {
    const row = Array.from({ length: dimension }, () => random.integer(0, 4));
    rows.set(String(row), row);
  }
  return makeProblem(
    datasetFromArrays({ x: [...rows.values()], y: Array.from(rows, () => random.integer(-3, 3)) }),
  );
}

async function bounded(problem: Problem, options: Partial<SolveOptions>): Promise<BoundedSolution> {
  const solution = await solve(problem, { threads: 1, ...options });
  if (solution.status === 'infeasible') throw new Error('labels are never infeasible');
  expect(check(problem, certify(problem, solution))).toMatchObject({ accepted: true });
  return solution;
}

describe('a network as one of another architecture', () => {
  test.each([1, 2, 3])('%i inputs: the same values at the data, and one or two neurons more', (dimension) => {
    const most = { bias: 0, none: 0 };
    for (let seed = 0; seed < 60; seed++) {
      const random = createRandom(100 * dimension + seed);
      const weights = () => Array.from({ length: dimension }, () => Rational.of(random.integer(-3, 3), 2));
      const one = random.integer(0, 4) === 0;
      const network: Network = {
        inputDimension: dimension,
        skip: {
          weights: one ? weights().map(() => Rational.zero) : weights(),
          bias: Rational.of(random.integer(-3, 3)),
        },
        neurons: Array.from({ length: random.integer(0, 3) }, () => ({
          inputWeights: [Rational.one, ...weights().slice(1)],
          bias: Rational.of(random.integer(-3, 3)),
          outputWeight: Rational.of(random.integer(1, 5), 3),
        })),
      };
      const points = Array.from({ length: 7 }, (_, i) => [
        i,
        ...Array.from({ length: dimension - 1 }, () => random.integer(-4, 4)),
      ]);
      const value = (point: readonly number[]) => {
        const affine = (w: readonly Rational[], b: Rational) =>
          w.reduce((sum, weight, i) => sum.add(weight.multiply(Rational.of(point[i]!))), b);
        return network.neurons.reduce(
          (sum, { inputWeights, bias, outputWeight }) => {
            const inner = affine(inputWeights, bias);
            return inner.sign() > 0 ? sum.add(outputWeight.multiply(inner)) : sum;
          },
          affine(network.skip!.weights, network.skip!.bias),
        );
      };
      const problem = makeProblem(datasetFromArrays({ x: points, y: points.map(value) }));
      for (const [skip, allowed] of [
        ['bias', 1],
        ['none', 2],
      ] as const) {
        const other = networkForArchitecture(problem, network, skip);
        const extra = checkNetwork(problem, other, skip, 'neurons') - countNeurons(network);
        expect(extra).toBeLessThanOrEqual(allowed);
        most[skip] = Math.max(most[skip], extra);
      }
    }
    expect(most).toEqual({ bias: 1, none: 2 });
  });
});

describe('what is known about one architecture', () => {
  const cases: readonly (readonly [dimension: number, points: number, objective: Objective])[] = [
    [2, 4, 'neurons'],
    [3, 4, 'neurons'],
    [1, 3, 'parameters'],
    [2, 3, 'parameters'],
  ];

  test.each(cases)(
    '%i inputs, %i points, %s: narrows the others, proved and checked',
    async (dimension, points, objective) => {
      let lifted = 0;
      for (let seed = 0; seed < 6; seed++) {
        const problem = smallProblem(createRandom(7000 + seed), points, dimension);
        const truths = new Map<Skip, BoundedSolution>();
        for (const skip of SKIPS)
          truths.set(skip, await bounded(problem, { skip, objective, engine: 'search' }));
        for (const skip of SKIPS) {
          // A search that ends at once knows little by itself.
          const stopped = { skip, objective, engine: 'search', shouldStop: () => true } as const;
          const alone = await bounded(problem, stopped);
          const known = SKIPS.filter((other) => other !== skip).map((other) => truths.get(other)!);
          const helped = await bounded(problem, { ...stopped, known });
          const { lowerBound, upperBound } = truths.get(skip)!;
          expect([lowerBound, upperBound, truths.get(skip)!.status]).toEqual([
            upperBound,
            upperBound,
            'optimal',
          ]);
          expect(helped.lowerBound).toBeGreaterThanOrEqual(alone.lowerBound);
          expect(helped.upperBound).toBeLessThanOrEqual(alone.upperBound);
          expect(helped.lowerBound).toBeLessThanOrEqual(lowerBound);
          expect(helped.upperBound).toBeGreaterThanOrEqual(upperBound);
          if (helped.lowerBound > alone.lowerBound) lifted++;
          // A wider architecture needs no more, a narrower one no less.
          for (const other of known) {
            if (SKIPS.indexOf(other.skip) > SKIPS.indexOf(skip))
              expect(helped.lowerBound).toBeGreaterThanOrEqual(other.lowerBound);
            else expect(helped.upperBound).toBeLessThanOrEqual(other.upperBound);
          }
        }
        const [none, bias, affine] = SKIPS.map((skip) => truths.get(skip)!.upperBound) as [
          number,
          number,
          number,
        ];
        expect(affine <= bias && bias <= none).toBe(true);
        if (objective === 'neurons') expect(bias <= affine + 1 && none <= bias + 1).toBe(true);
      }
      expect(lifted).toBeGreaterThan(0);
    },
  );

  test('brings its network where that is smaller', async () => {
    let smaller = 0;
    for (let seed = 0; seed < 20; seed++) {
      const problem = smallProblem(createRandom(8000 + seed), 4, 2);
      const [none, bias, affine] = [
        await bounded(problem, { skip: 'none' }),
        await bounded(problem, { skip: 'bias' }),
        await bounded(problem, { skip: 'affine' }),
      ];
      const [first, ...others] = none.network.neurons;
      if (first === undefined) continue;
      // The same function by five neurons more.
      const sixth = { ...first, outputWeight: first.outputWeight.divide(Rational.of(6)) };
      const large: BoundedSolution = {
        ...none,
        status: 'bracket',
        network: { ...none.network, neurons: [...new Array(6).fill(sixth), ...others] },
        upperBound: none.upperBound + 5,
        lowerBound: 0,
        proof: { kind: 'search', trees: [] },
      };
      for (const known of [[affine], [bias], [bias, affine]]) {
        const helped = withKnown(problem, large, known);
        expect(check(problem, certify(problem, helped))).toMatchObject({ accepted: true });
        const least = Math.min(
          ...known.map(({ skip, upperBound }) => upperBound + (skip === 'bias' ? 1 : 2)),
        );
        expect(helped.upperBound).toBeLessThanOrEqual(least);
        expect(helped.lowerBound).toBe(Math.max(...known.map(({ lowerBound }) => lowerBound)));
        if (helped.upperBound < large.upperBound) smaller++;
      }
    }
    expect(smaller).toBeGreaterThan(20);
  });
});
