import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { closedLowerBound, vertexWeightBits } from '../../src/lp-norm/closed-bound.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Network, Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { prune } from '../../src/vertex/prune.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));

/** Every weight of a vertex lies within the bounds, in their units. */
function expectWithin(problem: Problem, skip: Skip, rays: readonly (readonly Rational[])[]): number {
  const { smallest, largest } = vertexWeightBits(problem, skip);
  const units = [...problem.inputs.map((column) => column.integerScale), Rational.one];
  let weights = 0;
  for (const ray of rays) {
    ray.forEach((weight, i) => {
      if (weight.isZero()) return;
      const own = weight.abs().multiply(units[i]!).divide(problem.lower.integerScale);
      expect(own.lessThan(Rational.of(1n, 1n << BigInt(smallest)))).toBe(false);
      expect(Rational.of(1n << BigInt(largest)).lessThan(own)).toBe(false);
      weights++;
    });
  }
  return weights;
}

test('weights of minimisers of the vectors lie within the bounds', () => {
  let weights = 0;
  for (const { x, y, skip, network } of read('lp-multivariate.json')) {
    const problem = makeProblem(datasetFromArrays({ x, y }));
    const rays = (network as { vw: string[] }[]).map(({ vw }) => vw.map(Rational.parse));
    weights += expectWithin(problem, skip, rays);
  }
  expect(weights).toBeGreaterThan(150);
});

test('weights of pruned networks lie within the bounds: vertices of all kinds', () => {
  const random = createRandom(76);
  let weights = 0;
  for (let i = 0; i < 30; i++) {
    const d = random.integer(1, 2);
    const list = () => Array.from({ length: d }, () => random.integer(-3, 3) / 2);
    const x = [...new Map(Array.from({ length: 4 }, list).map((row) => [row.join(), row])).values()];
    const weight = () => Rational.of(random.integer(-3, 3));
    const network: Network = {
      inputDimension: d,
      skip: null,
      neurons: Array.from({ length: 4 }, () => ({
        inputWeights: Array.from({ length: d }, weight),
        bias: weight(),
        outputWeight: Rational.of(random.integer(0, 1) * 2 - 1),
      })),
    };
    const points = makeProblem(datasetFromArrays({ x, y: x.map(() => 0) }));
    const { network: vertex } = finish(prune(points, network, 'none', Rational.of(1, 2)));
    // The problem whose labels are its outputs; it is a vertex for them.
    const outputs = x.map((row) =>
      vertex.neurons.reduce((sum, { inputWeights, bias, outputWeight }) => {
        const z = inputWeights.reduce((s, w, j) => s.add(w.multiply(Rational.fromDouble(row[j]!))), bias);
        return z.sign() > 0 ? sum.add(z.multiply(outputWeight)) : sum;
      }, Rational.zero),
    );
    const problem = makeProblem(datasetFromArrays({ x, y: outputs }));
    const rays = vertex.neurons.map(({ inputWeights, bias }) =>
      d === 1 ? inputWeights : [...inputWeights, bias],
    );
    weights += expectWithin(problem, 'none', rays);
  }
  expect(weights).toBeGreaterThan(50);
});

test('p* of the vectors is not below the closed bound, which is positive', () => {
  const vectors = read('p-star-multivariate.json') as {
    x: number[][];
    y: number[];
    [key: string]: unknown;
  }[];
  let seen = 0;
  for (const vector of vectors) {
    const problem = makeProblem(datasetFromArrays({ x: vector.x, y: vector.y }));
    const fewest = vector.fewestParameters as number;
    const bound = closedLowerBound(problem, 'none', fewest);
    expect(bound.sign()).toBe(1);
    const first = vector.firstDenser as number | null;
    if (first !== null) {
      expect(bound.lessThan(Rational.fromDouble(first))).toBe(true);
      seen++;
    }
    expect(closedLowerBound(problem, 'none', fewest + 3).lessThan(bound)).toBe(true);
  }
  expect(seen).toBeGreaterThan(0);
  const random = createRandom(5);
  for (let i = 0; i < 40; i++) {
    const x = Array.from({ length: 12 }, (_, n) => n);
    const problem = makeProblem(datasetFromArrays({ x, y: x.map((n) => n * n * random.integer(1, 9)) }));
    const { upper } = threshold(problem);
    expect(upper.lessThan(closedLowerBound(problem, 'affine', 11))).toBe(false);
  }
});
