import { describe, expect, test } from 'vitest';
import { signOfPowerSum } from '../../src/exact/power-sum.js';
import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluate, type Network, type Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { Conditions } from '../../src/vertex/conditions.js';
import { exactStep } from '../../src/vertex/exact-step.js';
import { costsOf, prune } from '../../src/vertex/prune.js';
import { decideVertex } from '../../src/vertex/vertex.js';
import { isVertex } from '../checker/vertex-truth.js';

const SKIPS: readonly Skip[] = ['none', 'bias', 'affine'];
const r = (value: number) => Rational.fromDouble(value);

/** Data and a network with random weights; `digits` 0 for integers, which put points on hyperplanes, else doubles. */
function drawn(random: Random, d: number, N: number, K: number, integers: boolean) {
  const number = () => (integers ? random.integer(-3, 3) : 2 * random.uniform() - 1);
  const rows = Array.from({ length: N }, () => Array.from({ length: d }, number));
  const x = [...new Map(rows.map((row) => [row.join(), row])).values()];
  const skip = SKIPS[random.integer(0, 2)]!;
  const list = () => Array.from({ length: d }, () => r(number()));
  const network: Network = {
    inputDimension: d,
    skip:
      skip === 'none'
        ? null
        : { weights: skip === 'affine' ? list() : list().map(() => Rational.zero), bias: r(number()) },
    neurons: Array.from({ length: K }, () => ({
      inputWeights: list(),
      bias: r(number()),
      outputWeight: r(number()),
    })),
  };
  const problem = makeProblem(datasetFromArrays({ x, y: x.map(() => 0) }));
  return { problem, network, skip };
}

function expectPruned(problem: Problem, network: Network, skip: Skip, p: Rational): number {
  const wasVertex = decideVertex(new Conditions(problem, network, skip)).holds;
  const { network: pruned, isVertex: claimed } = finish(prune(problem, network, skip, p));
  expect(claimed).toBe(true);
  expect(isVertex(problem, pruned, skip)).toBe(true);
  for (let n = 0; n < problem.size; n++) {
    const x = problem.inputs.map((column) => column.value(n));
    expect(evaluate(pruned, x).equals(evaluate(network, x))).toBe(true);
  }
  expect(signOfPowerSum(costsOf(pruned), costsOf(network), p)).toBe(wasVertex === true ? 0 : -1);
  // One constant may stand beside them with one input, where it costs nothing.
  expect(pruned.neurons.length).toBeLessThanOrEqual(problem.size + (problem.dimension === 1 ? 1 : 0));
  return pruned.neurons.length;
}

describe('prune', () => {
  test('80 random networks: a vertex with the same outputs, cheaper', () => {
    const random = createRandom(1802);
    let smaller = 0;
    for (let i = 0; i < 80; i++) {
      const d = random.integer(1, 4);
      const { problem, network, skip } = drawn(
        random,
        d,
        random.integer(1, 8),
        random.integer(1, 12),
        i % 2 === 0,
      );
      const p = Rational.of(random.integer(1, 9), 10);
      if (expectPruned(problem, network, skip, p) < network.neurons.length) smaller++;
    }
    expect(smaller).toBeGreaterThan(40);
  });

  test('steps in rationals alone reach a vertex too, each cheaper than the one before', () => {
    const random = createRandom(1803);
    const p = Rational.of(1, 2);
    let steps = 0;
    for (let i = 0; i < 25; i++) {
      const { problem, network, skip } = drawn(random, random.integer(1, 3), 4, 5, true);
      let current = network;
      for (;;) {
        const conditions = new Conditions(problem, current, skip);
        const verdict = decideVertex(conditions);
        if (verdict.holds !== false) break;
        const next = exactStep(conditions, verdict.proof, p);
        expect(signOfPowerSum(costsOf(next), costsOf(current), p)).toBe(-1);
        for (let n = 0; n < problem.size; n++) {
          const x = problem.inputs.map((column) => column.value(n));
          expect(evaluate(next, x).equals(evaluate(network, x))).toBe(true);
        }
        current = next;
        steps++;
      }
    }
    expect(steps).toBeGreaterThan(100);
  });
});
