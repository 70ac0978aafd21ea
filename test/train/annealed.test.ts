import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { countNeurons, evaluate } from '../../src/problem/network.js';
import { createMoments } from '../../src/train/adam.js';
import { trainingOptions } from '../../src/train/options.js';
import { fromPlainNetwork, type PlainNetwork, toPlainNetwork } from '../../src/train/parameters.js';
import { trainingPoints } from '../../src/train/points.js';
import { polish } from '../../src/train/polish.js';
import { mergedOnKnots, residualsOf, revived } from '../../src/train/proposals.js';
import { largestResidual } from '../../src/train/residual.js';
import { trainRestarts } from '../../src/train/restarts.js';
import { createProximalWorkspace, proximalStep, recordProducts } from '../../src/train/reweighted.js';
import { settingsAt } from '../../src/train/schedule.js';
import { Training, train } from '../../src/train/train.js';
import { trainedNetwork } from '../../src/verify/trained-network.js';

const X = [-2, -1, 0, 1, 2, 3];
const Y = [0, 0, 1, 1, 0, 0];
const peak = trainingPoints(
  X.map((x) => [x]),
  Y,
);

/** Neurons w, b, v of one input. */
function plain(neurons: readonly (readonly [number, number, number])[]): PlainNetwork {
  return {
    inputWeights: neurons.map(([w]) => [w]),
    biases: neurons.map(([, b]) => b),
    outputWeights: neurons.map(([, , v]) => v),
    skipWeights: null,
    skipBias: null,
  };
}

describe('annealed', () => {
  const options = { method: 'annealed', epochs: 60_000, width: 20, seed: 3, every: 0 } as const;

  test('finds the sparsest network of the peak, and the same one every time', () => {
    const first = train(peak, options);
    expect(first.final.activeNeurons).toBe(3);
    expect(largestResidual(first.network, peak)).toBeLessThan(0.01);
    const again = train(peak, options);
    expect(again.network).toEqual(first.network);
  });

  test('goes on from a checkpoint as if it had not stopped, in every phase', () => {
    const short = { ...options, epochs: 9000 };
    const straight = train(peak, short);
    for (const at of [700, 2600, 4321, 8900]) {
      const half = Training.start(peak, short);
      half.advance(at);
      const resumed = Training.resume(peak, JSON.parse(JSON.stringify(half.checkpoint())));
      while (resumed.status === 'running') resumed.advance(1000);
      expect(resumed.network(), `from epoch ${at}`).toEqual(straight.network);
    }
  });

  test('keeps only what lowers its objective: no worse than Algorithm 1 from the same seed', () => {
    for (let seed = 0; seed < 3; seed++) {
      const warm = train(peak, { width: 20, seed, every: 0, epochs: 5000 });
      const { final } = train(peak, { ...options, seed });
      const objective = ({ loss, pathNorm }: typeof final) => loss + 0.003 * pathNorm;
      expect(objective(final)).toBeLessThan(objective(warm.final));
    }
  });
});

describe('schedules', () => {
  test('without one the options themselves; p falls from 1, lambda from lambdaFrom, then the learning rate', () => {
    const still = trainingOptions({});
    expect(settingsAt(still, 17)).toBe(still);
    const options = trainingOptions({ schedule: 'both', lambdaFrom: 0.3, decay: 0.01, epochs: 1000 });
    expect(settingsAt(options, 0)).toMatchObject({ p: 1, lambda: 0.3, learningRate: 0.01 });
    expect(settingsAt(options, 500).p).toBeCloseTo(0.4, 12);
    expect(settingsAt(options, 250).lambda).toBeCloseTo(0.03, 12);
    expect(settingsAt(options, 500).lambda).toBeCloseTo(0.003, 12);
    expect(settingsAt(options, 1000).learningRate).toBeCloseTo(1e-4, 12);
    expect(settingsAt(options, 750).learningRate).toBeCloseTo(1e-3, 12);
  });

  test('an option out of range is named', () => {
    for (const [name, value] of Object.entries({
      decay: 2,
      lambdaFrom: 0.001,
      schedule: 'q',
      reviveEvery: -1,
    }))
      expect(() => trainingOptions({ [name]: value } as object)).toThrow(
        name === 'schedule' ? /expected one of/ : /expected/,
      );
  });
});

test('p = 1 and one input: the step is the proximal step of the l^1 path norm, balanced', () => {
  const random = createRandom(9);
  for (let i = 0; i < 200; i++) {
    const number = () => 4 * random.uniform() - 2;
    const network = plain(Array.from({ length: 5 }, () => [number(), number(), number()] as const));
    const parameters = fromPlainNetwork(network);
    const workspace = createProximalWorkspace(parameters);
    const lambda = 5 * random.uniform();
    const learningRate = random.uniform();
    const reweightFrom = 'previous';
    recordProducts(parameters, workspace.previous);
    const moments = createMoments('float64', parameters.values.length);
    proximalStep(parameters, moments, workspace, { p: 1, lambda, learningRate, reweightFrom });
    const after = toPlainNetwork(parameters);
    network.outputWeights.forEach((v, k) => {
      const w = network.inputWeights[k]![0]!;
      // argmin over u of (u - v w)^2 / 2 + lambda gamma |u|, by the sign of its derivative.
      const q = v * w;
      const u = Math.abs(q) <= lambda * learningRate ? 0 : q - Math.sign(q) * lambda * learningRate;
      const [w1, v1] = [after.inputWeights[k]![0]!, after.outputWeights[k]!];
      expect(w1 * v1).toBeCloseTo(u, 12);
      expect(Math.abs(w1)).toBeCloseTo(Math.abs(v1), 12);
      if (u === 0) return;
      expect([Math.sign(w1), Math.sign(v1)]).toEqual([Math.sign(w), Math.sign(v)]);
      expect(after.biases[k]).toBe(network.biases[k]);
    });
  }
});

describe('changes between steps', () => {
  test('neurons on one knot become one: the same function with fewer', () => {
    const network = plain([
      [1, 1, 1],
      [2, 2, 0.5],
      [1, -0.5, -2],
      [-1, 0.5, -2],
      [0, 0, 0],
    ]);
    const merged = mergedOnKnots(peak, network)!;
    expect(merged.outputWeights.filter((v) => v !== 0)).toHaveLength(3);
    residualsOf(peak, merged).forEach((value, n) => {
      expect(value).toBeCloseTo(residualsOf(peak, network)[n]!, 12);
    });
    expect(mergedOnKnots(peak, merged)).toBeNull();
  });

  test('a dead neuron begins anew where it lowers the error; a full network has none', () => {
    const network = plain([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    const squares = (candidate: PlainNetwork) => residualsOf(peak, candidate).reduce((s, v) => s + v * v, 0);
    const next = revived(peak, network, createRandom(1))!;
    expect(squares(next)).toBeLessThan(squares(network));
    expect(revived(peak, next, createRandom(1))).toBeNull();
  });

  test('runs with them end, and are the same every time', () => {
    const options = {
      epochs: 800,
      width: 12,
      reviveEvery: 50,
      mergeEvery: 70,
      schedule: 'both',
      every: 0,
    } as const;
    expect(train(peak, options).network).toEqual(train(peak, options).network);
  });
});

describe('restarts', () => {
  const given = { epochs: 1500, width: 12, lambda: 0.01, every: 0 } as const;
  const ask = { restarts: 6, fit: 0.1, until: null };

  test('the best of all by fit and then cost, whatever the threads', async () => {
    const one = await trainRestarts(peak, given, { ...ask, threads: 1 });
    const two = await trainRestarts(peak, given, { ...ask, threads: 2 });
    expect(two).toEqual(one);
    expect(one.runs).toHaveLength(6);
    for (const { seed, pathNorm, largestResidual: residual, fits } of one.runs) {
      const alone = train(peak, { ...given, seed });
      expect(pathNorm).toBe(alone.final.pathNorm);
      expect(residual).toBe(largestResidual(alone.network, peak));
      expect(fits).toBe(residual <= 0.1);
    }
    const pool = one.runs.some(({ fits }) => fits) ? one.runs.filter(({ fits }) => fits) : one.runs;
    expect(one.best!.final.pathNorm).toBe(Math.min(...pool.map(({ pathNorm }) => pathNorm)));
  });

  test('until: the first seed that is good enough ends it, whatever the threads', async () => {
    const all = await trainRestarts(peak, given, { ...ask, fit: Infinity, threads: 2 });
    const until = ({ pathNorm }: { pathNorm: number }) => pathNorm <= all.runs[2]!.pathNorm;
    const first = all.runs.findIndex(until);
    for (const threads of [1, 2]) {
      const ended = await trainRestarts(peak, given, { ...ask, fit: Infinity, threads, until });
      expect(ended.status).toBe('until');
      expect(ended.runs).toEqual(all.runs.slice(0, first + 1));
    }
  });
});

describe('polish', () => {
  const data = datasetFromArrays({ x: X, y: Y });

  test('of trained networks: never dearer; exact where the pattern allows it', () => {
    let exact = 0;
    for (let seed = 0; seed < 6; seed++) {
      // The last one has the sparsest pattern, in which the labels cost no more.
      const method = seed === 5 ? ('annealed' as const) : ('reweighted' as const);
      const { network } = train(peak, { method, epochs: seed === 5 ? 40_000 : 4000, width: 12, seed, every: 0 });
      const trained = trainedNetwork(network).network;
      const p = Rational.parse('2/5');
      const polished = finish(polish(data, trained, 'none', p));
      const cost = (candidate: typeof trained) =>
        candidate.neurons.reduce(
          (sum, { inputWeights, outputWeight }) =>
            sum + Math.abs(inputWeights[0]!.multiply(outputWeight).toNumber()) ** 0.4,
          0,
        );
      expect(cost(polished.network)).toBeLessThanOrEqual(cost(trained) * (1 + 1e-12));
      expect(countNeurons(polished.network)).toBeLessThanOrEqual(7);
      X.forEach((x, n) => {
        const at = [Rational.of(x)];
        const label = Rational.of(Y[n]!);
        const off = evaluate(polished.network, at).subtract(label);
        if (polished.fits) expect(off.isZero()).toBe(true);
        else expect(evaluate(polished.network, at).equals(evaluate(trained, at))).toBe(true);
        expect(polished.largestResidual.lessThan(off.abs())).toBe(false);
      });
      if (polished.fits) exact++;
    }
    expect(exact).toBeGreaterThan(0);
  });
});
