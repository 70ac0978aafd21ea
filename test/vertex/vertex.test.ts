import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkStatement } from '../../src/checker/check.js';
import { signOfPowerSum } from '../../src/exact/power-sum.js';
import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { modelHash } from '../../src/problem/canonical.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluate, isDead, type Network, type Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { trainingPoints } from '../../src/train/points.js';
import { train } from '../../src/train/train.js';
import { trainedNetwork } from '../../src/verify/trained-network.js';
import { verify } from '../../src/verify/verify.js';
import { Conditions } from '../../src/vertex/conditions.js';
import { decideVertex, type VertexVerdict } from '../../src/vertex/vertex.js';
import { isVertex } from '../checker/vertex-truth.js';

const SKIPS = ['none', 'bias', 'affine'] as const;

function problemOf(x: number[][], y: number[], tolerance = 0): Problem {
  return makeProblem(datasetFromArrays({ x, y }), Rational.fromDouble(tolerance));
}

/** Small data and a network trained on them for a few epochs: of the trainer's own kinds, some with exact zeros. */
function trained(random: Random): { problem: Problem; network: Network; skip: Skip } {
  const d = random.integer(1, 3);
  const N = random.integer(2, 7);
  const x = Array.from({ length: N }, () => Array.from({ length: d }, () => random.integer(-6, 6) / 2));
  const distinct = [...new Map(x.map((row) => [row.join(), row])).values()];
  const y = distinct.map(() => random.integer(-4, 4) / 2);
  const skip = SKIPS[random.integer(0, 2)]!;
  const { network } = train(trainingPoints(distinct, y), {
    method: random.integer(0, 2) === 0 ? 'adam' : 'reweighted',
    p: [0.3, 0.7, 1][random.integer(0, 2)]!,
    width: random.integer(1, 6),
    epochs: random.integer(5, 400),
    lambda: 0.02,
    learningRate: 0.05,
    seed: random.integer(0, 1e6),
    skip,
    every: 0,
  });
  return {
    problem: problemOf(distinct, y, random.integer(0, 3) === 0 ? 0.5 : 0),
    network: trainedNetwork(network).network,
    skip,
  };
}

/** The network moved by t along the direction of a proof, outputs weights +-1 where it moves. */
function moved(network: Network, verdict: VertexVerdict, t: Rational): Network {
  if (verdict.holds !== false || verdict.proof.kind !== 'direction') throw new Error('no direction');
  const { neurons, skip } = verdict.proof;
  const changes = new Map(neurons.map(([k, ...change]) => [k, change.map(Rational.parse)]));
  const next = network.neurons.map((neuron, k) => {
    const change = changes.get(k);
    if (change === undefined) return neuron;
    const size = neuron.outputWeight.abs();
    const at = (weight: Rational, i: number) => weight.multiply(size).add(t.multiply(change[i]!));
    return {
      inputWeights: neuron.inputWeights.map(at),
      bias: at(neuron.bias, network.inputDimension),
      outputWeight: Rational.of(neuron.outputWeight.sign()),
    };
  });
  const before = network.skip ?? {
    weights: network.neurons[0]!.inputWeights.map(() => Rational.zero),
    bias: Rational.zero,
  };
  if (skip === undefined) return { ...network, neurons: next };
  const by = skip.map(Rational.parse);
  return {
    ...network,
    neurons: next,
    skip: {
      weights: before.weights.map((weight, i) => weight.add(t.multiply(by[i]!))),
      bias: before.bias.add(t.multiply(by.at(-1)!)),
    },
  };
}

/** |v w_i| that cost. */
function costs({ neurons, inputDimension }: Network): Rational[] {
  return neurons
    .filter((neuron) => !isDead(neuron))
    .flatMap(({ inputWeights, bias, outputWeight }) =>
      [...inputWeights, ...(inputDimension === 1 ? [] : [bias])].map((w) => w.multiply(outputWeight).abs()),
    )
    .filter((product) => !product.isZero());
}

function outputs(problem: Problem, network: Network): Rational[] {
  return Array.from({ length: problem.size }, (_, n) =>
    evaluate(
      network,
      problem.inputs.map((column) => column.value(n)),
    ),
  );
}

/** Along the direction the outputs at held points stay, the others stay in their windows, and one way is cheaper, for every p. */
function expectCheaper(
  problem: Problem,
  network: Network,
  conditions: Conditions,
  verdict: VertexVerdict,
): void {
  const before = outputs(problem, network);
  const held = new Set(conditions.held);
  for (let t = Rational.one; ; t = t.divide(Rational.of(16))) {
    expect(t.toNumber()).toBeGreaterThan(1e-200);
    const both = [moved(network, verdict, t), moved(network, verdict, t.negate())];
    const after = both.map((candidate) => outputs(problem, candidate));
    // Not yet small: some sign changes.
    const small = after.every((values) =>
      values.every((value, n) => {
        if (held.has(n)) return value.equals(before[n]!);
        return problem.lower.value(n).lessThan(value) && value.lessThan(problem.upper.value(n));
      }),
    );
    if (!small) continue;
    const ways = ['1/10', '1/2', '9/10'].map((p) =>
      both.map((candidate) => signOfPowerSum(costs(candidate), costs(network), Rational.parse(p))),
    );
    if (!ways.every(([up, down]) => up === -1 || down === -1)) continue;
    return;
  }
}

describe('vertices', () => {
  test('300 small trained networks: the verdict is that of exact ranks; directions keep outputs and save', () => {
    const random = createRandom(1801);
    const seen = { holds: 0, counting: 0, direction: 0, windows: 0 };
    for (let i = 0; i < 300; i++) {
      const { problem, network, skip } = trained(random);
      const conditions = new Conditions(problem, network, skip);
      const verdict = decideVertex(conditions);
      expect(verdict.holds).toBe(isVertex(problem, network, skip));
      if (verdict.holds === 'undecided') throw new Error('undecided');
      const claim = { kind: 'vertex', sha256: modelHash(network), skip, holds: verdict.holds } as const;
      expect(checkStatement(problem, { claim, model: network, proof: verdict.proof })).toMatchObject({
        accepted: true,
      });
      expect(verdict.holds).toBe(conditions.products <= verdict.independent);
      if (!problem.exact) seen.windows++;
      if (verdict.holds) seen.holds++;
      else if (verdict.proof.kind === 'counting') seen.counting++;
      else {
        seen.direction++;
        expectCheaper(problem, network, conditions, verdict);
      }
    }
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(20);
  });

  test('the minimisers of the l^p vectors are vertices', () => {
    const vectors = JSON.parse(
      readFileSync(new URL('../vectors/lp-multivariate.json', import.meta.url), 'utf8'),
    ) as {
      x: number[][];
      y: number[];
      skip: Skip;
      network: { sign: number; vw: string[] }[];
    }[];
    expect(vectors.length).toBeGreaterThan(40);
    for (const { x, y, skip, network } of vectors) {
      const problem = problemOf(x, y);
      const minimiser: Network = {
        inputDimension: x[0]!.length,
        skip: null,
        neurons: network.map(({ sign, vw }) => ({
          inputWeights: vw.slice(0, -1).map(Rational.parse),
          bias: Rational.parse(vw.at(-1)!),
          outputWeight: Rational.of(sign),
        })),
      };
      expect(decideVertex(new Conditions(problem, minimiser, skip)).holds).toBe(true);
    }
  });

  test('200 neurons, 1,000 points in 10 inputs: no vertex by counting, and by a direction when few weights are left', async () => {
    const random = createRandom(7);
    const normal = () => Array.from({ length: 4 }, () => 2 * random.uniform() - 1).reduce((a, b) => a + b);
    const x = Array.from({ length: 1000 }, () => Array.from({ length: 10 }, normal));
    const y = x.map(normal);
    const dense = {
      inputWeights: Array.from({ length: 200 }, () => Array.from({ length: 10 }, normal)),
      biases: Array.from({ length: 200 }, normal),
      outputWeights: Array.from({ length: 200 }, normal),
      skipWeights: null,
      skipBias: null,
    };
    const data = { x, y };
    const decided = async (network: typeof dense) => {
      const { claims } = await verify(network, data, { claims: ['vertex'] });
      return claims[0]!;
    };
    expect(await decided(dense)).toMatchObject({
      holds: false,
      measured: 2200,
      required: 1000,
      by: 'counting',
    });
    const sparse = {
      ...dense,
      inputWeights: dense.inputWeights.map((row, k) =>
        k < 60 ? row.map((w, i) => (i < 3 ? w : 0)) : row.map(() => 0),
      ),
      biases: dense.biases.map((b, k) => (k < 60 ? 0.1 * b : 0)),
      outputWeights: dense.outputWeights.map((v, k) => (k < 60 ? v : 0)),
    };
    expect(await decided(sparse)).toMatchObject({ holds: true, measured: 240, by: 'full-rank' });
    // A neuron once more: a weight can be shifted from the one to the other.
    const twice = {
      ...sparse,
      inputWeights: sparse.inputWeights.map((row, k) => (k === 100 ? sparse.inputWeights[3]! : row)),
      biases: sparse.biases.map((b, k) => (k === 100 ? sparse.biases[3]! : b)),
      outputWeights: sparse.outputWeights.map((v, k) => (k === 100 ? 0.5 : v)),
    };
    expect(await decided(twice)).toMatchObject({ holds: false, by: 'direction' });
  });
});
