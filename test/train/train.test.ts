import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { adamStep, createMoments } from '../../src/train/adam.js';
import type { Checkpoint } from '../../src/train/checkpoint.js';
import { measureSparsity } from '../../src/train/history.js';
import { TRAINING_DEFAULTS, type TrainingOptions, trainingOptions } from '../../src/train/options.js';
import {
  fromPlainNetwork,
  initialize,
  type PlainNetwork,
  toPlainNetwork,
} from '../../src/train/parameters.js';
import { type TrainingPoints, trainingPoints } from '../../src/train/points.js';
import { softThreshold, threshold } from '../../src/train/reweighted.js';
import { DivergenceError, Training, train, trainAsync } from '../../src/train/train.js';
import { arbitraryNetwork, evaluate, peakPlateau, threeInputs } from './networks.js';

const short: Partial<TrainingOptions> = { width: 12, epochs: 400, every: 100 };

/** Every method on one and on several inputs. */
const runs: [string, TrainingPoints, Partial<TrainingOptions>][] = [
  ['one input', peakPlateau, short],
  ['three inputs', threeInputs, short],
].flatMap(([name, points, base]) =>
  (
    [
      { method: 'adam', skip: 'bias' },
      { method: 'adamw', skip: 'affine' },
      { p: 0.4 },
      { p: 0.7, reweightFrom: 'current', skip: 'affine' },
      { p: 1 },
      { p: 0.5, precision: 'float32' },
    ] as Partial<TrainingOptions>[]
  ).map((more): [string, TrainingPoints, Partial<TrainingOptions>] => [
    `${name as string} ${JSON.stringify(more)}`,
    points as TrainingPoints,
    { ...(base as Partial<TrainingOptions>), ...more },
  ]),
);

/**
 * Algorithm 1 with nothing removed: dense rows [w_1 .. w_d, b, v], written from the paper, sums in the order of the
 * columns, the neurons and the points.
 */
function denseReference(
  points: TrainingPoints,
  options: TrainingOptions,
): { network: PlainNetwork; loss: number } {
  const { inputDimension: d, count, columns: x, labels } = points;
  const { width, lambda, learningRate, p } = options;
  const values = initialize(d, width, 'none', 'float64', createRandom(options.seed)).values as Float64Array;
  const moments = createMoments('float64', values.length);
  const counted = d === 1 ? 1 : d + 1;
  const row = (k: number) => values.subarray(k * (d + 2), (k + 1) * (d + 2));
  const preactivation = (k: number, n: number) => {
    let z = 0;
    for (let i = 0; i <= d; i++) z += row(k)[i]! * x[i * count + n]!;
    return z;
  };
  const residual = (n: number) => {
    let f = 0;
    for (let k = 0; k < width; k++) f += row(k)[d + 1]! * Math.max(0, preactivation(k, n));
    return f - labels[n]!;
  };
  const residuals = () => Array.from({ length: count }, (_, n) => residual(n));

  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const gradient = new Float64Array(values.length);
    residuals().forEach((r, n) => {
      for (let k = 0; k < width; k++) {
        const z = preactivation(k, n);
        if (z <= 0) continue;
        const outer = (2 / count) * r;
        const at = k * (d + 2);
        for (let i = 0; i <= d; i++) gradient[at + i]! += outer * row(k)[d + 1]! * x[i * count + n]!;
        gradient[at + d + 1]! += outer * z;
      }
    });
    const products = () => Array.from({ length: width }, (_, k) => row(k).map((w) => w * row(k)[d + 1]!));
    const previous = products();
    adamStep(values, gradient, moments, values.length, learningRate);
    if (epoch <= options.reweightAfter) continue;
    const current = products();
    for (let k = 0; k < width; k++) {
      const reference = options.reweightFrom === 'previous' ? previous[k]! : current[k]!;
      let squares = 0;
      const u: number[] = [];
      for (let i = 0; i < counted; i++) {
        u.push(softThreshold(current[k]![i]!, threshold(reference[i]!, lambda, learningRate, p)));
        squares += u[i]! ** 2;
      }
      const size = Math.sqrt(Math.sqrt(squares));
      for (let i = 0; i < counted; i++) {
        row(k)[i] = u[i] === 0 ? 0 : (Math.sign(row(k)[i]!) * Math.abs(u[i]!)) / size;
      }
      row(k)[d + 1] = size === 0 ? 0 : Math.sign(row(k)[d + 1]!) * size;
    }
  }
  const plain = Array.from({ length: width }, (_, k) => Array.from(row(k)));
  return {
    loss: residuals().reduce((sum, r) => sum + r * r, 0) / count,
    network: {
      inputWeights: plain.map((r) => r.slice(0, d)),
      biases: plain.map((r) => r[d]!),
      outputWeights: plain.map((r) => r[d + 1]!),
      skipWeights: null,
      skipBias: null,
    },
  };
}

describe('train', () => {
  it.each(runs)('gives the same bits for the same seed, and others for another: %s', (_, points, options) => {
    const first = train(points, options);
    expect(train(points, options)).toEqual(first);
    expect(train(points, { ...options, seed: 1 }).network).not.toEqual(first.network);
  });

  it.each(runs)(
    'stopped and resumed through JSON, is bit-identical to an uninterrupted run: %s',
    (_, points, options) => {
      const whole = train(points, options);
      for (const at of [0, 3, 130, 200, 400]) {
        const training = Training.start(points, options);
        training.advance(at);
        const saved = JSON.parse(JSON.stringify(training.checkpoint()));
        expect(train(points, options, { resume: saved })).toEqual(whole);
      }
    },
  );

  it.each(runs)(
    'lowers the loss, and reports the loss of the network it returns: %s',
    (_, points, options) => {
      const { network, final, history } = train(points, options);
      expect(final.loss).toBeLessThan(history[0]!.loss / 2);
      const { inputDimension: d, count, columns, labels } = points;
      let squares = 0;
      for (let n = 0; n < count; n++) {
        const x = Array.from({ length: d }, (_, i) => columns[i * count + n]!);
        squares += (evaluate(network, x) - labels[n]!) ** 2;
      }
      expect(Math.abs(final.loss - squares / count)).toBeLessThan(1e-12);
      expect(history.map((row) => row.epoch)).toEqual([0, 100, 200, 300, 400]);
    },
  );

  describe('removing dead entries changes no bit of the rest', () => {
    const cases: [string, TrainingPoints, Partial<TrainingOptions>][] = [];
    for (const [name, points] of [
      ['one input', peakPlateau] as const,
      ['three inputs', threeInputs] as const,
    ]) {
      for (const p of [0.4, 0.7, 1]) {
        for (const reweightFrom of ['previous', 'current'] as const) {
          cases.push([`${name}, p = ${p}, ${reweightFrom}`, points, { p, reweightFrom }]);
        }
      }
    }
    it.each(cases)('%s', (_, points, more) => {
      const options = trainingOptions({ width: 16, epochs: 2500, lambda: 0.02, ...more });
      const { network, checkpoint, final } = train(points, options);
      const dense = denseReference(points, options);
      expect(final.loss).toBe(dense.loss);
      expect(network.outputWeights).toEqual(dense.network.outputWeights);
      expect(network.inputWeights).toEqual(dense.network.inputWeights);
      network.outputWeights.forEach((v, k) => {
        if (v !== 0) expect(network.biases[k]).toBe(dense.network.biases[k]);
      });
      // Something was removed, or this shows nothing.
      expect(checkpoint.neurons.length).toBeLessThan(16);
    });
  });

  it('with p < 1 and previous products, never brings a dead product back', () => {
    for (const points of [peakPlateau, threeInputs]) {
      const training = Training.start(points, { width: 20, epochs: 600, p: 0.6, lambda: 0.01 });
      let dead = new Set<string>();
      while (training.status === 'running') {
        training.advance(20);
        const { inputWeights, outputWeights } = training.network();
        const now = new Set<string>();
        inputWeights.forEach((row, k) => {
          row.forEach((w, i) => {
            if (w * outputWeights[k]! === 0) now.add(`${k},${i}`);
          });
        });
        expect([...dead].filter((name) => !now.has(name))).toEqual([]);
        dead = now;
      }
      expect(dead.size).toBeGreaterThan(0);
    }
  });

  it('finds a sparse network of the data of the paper that interpolates', () => {
    const { final } = train(peakPlateau, { p: 0.7, seed: 2 });
    expect(final.loss).toBeLessThan(1e-6);
    expect(final.activeNeurons).toBeLessThanOrEqual(6);
    // The exact minimum is 3 with an affine skip, and no architecture needs fewer than that.
    expect(final.activeNeurons).toBeGreaterThanOrEqual(3);
  });

  it('float32 keeps every parameter a float32 and stays near float64 at first', () => {
    const options: Partial<TrainingOptions> = { width: 12, epochs: 20, method: 'adam' };
    const single = train(peakPlateau, { ...options, precision: 'float32' });
    for (const value of [...single.network.outputWeights, ...single.network.biases]) {
      expect(Math.fround(value)).toBe(value);
    }
    expect(single.final.loss).toBeCloseTo(train(peakPlateau, options).final.loss, 4);
  });

  it('stops when sparse long enough, at the epoch the rule says', () => {
    const options: Partial<TrainingOptions> = { width: 20, p: 0.4, lambda: 0.01, epochs: 5000, every: 1 };
    const rows = train(peakPlateau, options).history;
    const limit = rows.at(-1)!.activeNeurons + 1;
    const sparseEpochs = 50;
    const expected = rows.findIndex(
      (_, t) =>
        t >= sparseEpochs && rows.slice(t - sparseEpochs + 1, t + 1).every((r) => r.activeNeurons <= limit),
    );
    const { status, final } = train(peakPlateau, { ...options, stopAfterSparse: limit, sparseEpochs });
    expect(status).toBe('sparse');
    expect(final.epoch).toBe(expected);
    expect(expected).toBeGreaterThan(sparseEpochs);
  });

  it('counts the sparse epochs anew when a resumed run counts otherwise', () => {
    const options: Partial<TrainingOptions> = { ...short, stopAfterSparse: 12, sparseEpochs: 300 };
    const training = Training.start(peakPlateau, options);
    training.advance(200);
    const saved = training.checkpoint();
    const ending = (changes: Partial<TrainingOptions>) => {
      const { status, final } = train(peakPlateau, { epochs: 1000, ...changes }, { resume: saved });
      return [status, final.epoch];
    };
    expect(ending({})).toEqual(['sparse', 300]);
    expect(ending({ threshold: 1e-9 })).toEqual(['sparse', 500]);
    expect(ending({ stopAfterSparse: 20 })).toEqual(['sparse', 500]);
  });

  it('stops with an error naming the epoch when the loss is not finite', () => {
    for (const method of ['adam', 'adamw', 'reweighted'] as const) {
      for (const points of [peakPlateau, threeInputs]) {
        let caught: unknown;
        try {
          train(points, { method, learningRate: 1e200, epochs: 50 });
        } catch (error) {
          caught = error;
        }
        expect(caught).toBeInstanceOf(DivergenceError);
        const { epoch, message } = caught as DivergenceError;
        expect(epoch).toBeGreaterThan(0);
        expect(epoch).toBeLessThan(50);
        expect(message).toContain(`expected a finite loss after epoch ${epoch}, found`);
        expect(message).toContain('lower the learning rate (now 1e+200)');
      }
    }
  });

  it('tells its progress and can be stopped, to be resumed later', () => {
    const seen: number[] = [];
    const stopped = train(peakPlateau, short, {
      chunk: 50,
      onProgress: (training) => seen.push(training.epoch),
      shouldStop: () => seen.length === 3,
    });
    expect(stopped.status).toBe('stopped');
    expect(seen).toEqual([50, 100, 150]);
    expect(stopped.history.map((row) => row.epoch)).toEqual([0, 100, 150]);
    expect(train(peakPlateau, {}, { resume: stopped.checkpoint })).toEqual(train(peakPlateau, short));
  });

  it('trainAsync does the same and obeys an abort signal', async () => {
    expect(await trainAsync(peakPlateau, short, { chunk: 100 })).toEqual(train(peakPlateau, short));
    const controller = new AbortController();
    const aborted = await trainAsync(peakPlateau, short, {
      chunk: 100,
      signal: controller.signal,
      onProgress: (training) => {
        if (training.epoch === 200) controller.abort();
      },
    });
    expect([aborted.status, aborted.final.epoch]).toEqual(['stopped', 200]);
  });

  it('starts from given weights', () => {
    fc.assert(
      fc.property(arbitraryNetwork(3, 4, 'affine'), (initial) => {
        const { network, options, status } = train(threeInputs, { epochs: 0 }, { initial });
        expect(network).toEqual(initial);
        expect([options.width, options.skip, status]).toEqual([4, 'affine', 'finished']);
      }),
      { numRuns: 20 },
    );
    const other = toPlainNetwork(initialize(2, 3, 'none', 'float64', createRandom(0)));
    expect(() => train(threeInputs, {}, { initial: other })).toThrow(
      'expected 3 inputs as in the data, found 2',
    );
    const resume = train(threeInputs, { epochs: 1 }).checkpoint;
    expect(() => train(threeInputs, {}, { initial: other, resume })).toThrow(/together with a checkpoint/);
  });
});

describe('initialize', () => {
  it('fills the range +-1/sqrt(fan_in) of each layer', () => {
    const { inputWeights, biases, outputWeights, skipWeights, skipBias } = toPlainNetwork(
      initialize(4, 400, 'affine', 'float64', createRandom(5)),
    );
    const range = (values: number[]) => Math.max(...values.map(Math.abs));
    for (const [values, bound] of [
      [inputWeights.flat(), 1 / 2],
      [biases, 1 / 2],
      [outputWeights, 1 / 20],
    ] as const) {
      expect(range(values)).toBeLessThanOrEqual(bound);
      expect(range(values)).toBeGreaterThan(0.95 * bound);
    }
    expect(range(skipWeights!)).toBeLessThanOrEqual(1 / 2);
    expect(Math.abs(skipBias!)).toBeLessThanOrEqual(1 / 20);
  });
});

describe('measureSparsity', () => {
  const count = (d: number, neurons: [number[], number, number][], p = 0.5) =>
    measureSparsity(
      fromPlainNetwork({
        inputWeights: neurons.map(([w]) => w),
        biases: neurons.map(([, b]) => b),
        outputWeights: neurons.map(([, , v]) => v),
        skipWeights: new Array<number>(d).fill(7),
        skipBias: 7,
      }),
      p,
      1e-8,
    );

  it('leaves the bias out of the norm for one input only, and counts it as a parameter always', () => {
    expect(count(1, [[[4], 9, 1]])).toEqual({ activeNeurons: 1, nonzeroProducts: 2, pathNorm: 2 });
    expect(count(2, [[[4, 0], 9, -1]])).toEqual({ activeNeurons: 1, nonzeroProducts: 2, pathNorm: 5 });
  });

  it('counts a constant neuron when it is not zero', () => {
    for (const d of [1, 2]) {
      const zeros = new Array<number>(d).fill(0);
      expect(count(d, [[zeros, 1, 1]]).activeNeurons).toBe(1);
      expect(count(d, [[zeros, -1, 1]]).activeNeurons).toBe(0);
      expect(count(d, [[zeros, 1, 0]]).activeNeurons).toBe(0);
    }
  });

  it('counts products above the threshold only', () => {
    expect(count(1, [[[1e-5], 0, 1e-3]]).activeNeurons).toBe(0);
    expect(count(1, [[[1e-4], 0, 1e-3]]).activeNeurons).toBe(1);
  });
});

describe('trainingOptions', () => {
  it('fills in the defaults', () => {
    expect(trainingOptions()).toEqual(TRAINING_DEFAULTS);
    expect(trainingOptions({ p: 0.7, seed: undefined as never })).toEqual({ ...TRAINING_DEFAULTS, p: 0.7 });
  });

  it.each([
    [{ p: 0 }, 'p: expected a number with 0 < p <= 1, found 0'],
    [{ p: 1.5 }, 'p: expected a number with 0 < p <= 1, found 1.5'],
    [{ lambda: 0 }, 'lambda: expected a positive number (for no penalty use method adam), found 0'],
    [{ method: 'adamw', lambda: -1 }, 'lambda: expected a number >= 0, found -1'],
    [{ learningRate: Number.NaN }, 'learningRate: expected a positive number, found NaN'],
    [{ epochs: 1.5 }, 'epochs: expected an integer >= 0, found 1.5'],
    [{ width: 0 }, 'width: expected an integer >= 1, found 0'],
    [{ stopAfterSparse: -1 }, 'stopAfterSparse: expected an integer >= 0 or null, found -1'],
    [{ method: 'sgd' }, 'method: expected one of reweighted, adam, adamw, annealed, found sgd'],
    [{ skip: 'linear' }, 'skip: expected one of none, bias, affine, found linear'],
    [{ momentum: 1 }, 'momentum: not an option of training'],
  ])('refuses %o', (given, message) => {
    expect(() => trainingOptions(given as Partial<TrainingOptions>)).toThrow(message);
  });
});

describe('a checkpoint that does not fit is refused', () => {
  const saved = () => {
    const training = Training.start(peakPlateau, short);
    training.advance(100);
    return training.checkpoint();
  };

  it('names the field', () => {
    const broken: [Partial<Record<keyof Checkpoint, unknown>>, RegExp][] = [
      [{ format: 'sparsest-network' }, /format: expected sparsest-checkpoint, found "sparsest-network"/],
      [{ version: 2 }, /version: expected 1, found 2/],
      [{ options: null }, /options: expected an object/],
      [{ epoch: -1 }, /epoch: expected an integer >= 0, found -1/],
      [{ loss: null }, /loss: expected a finite number/],
      [{ values: saved().values.slice(1) }, /expected \d+ numbers, one per value/],
      [{ values: [null] }, /values: expected a list of finite numbers, found \[null\]/],
      [{ starts: [0] }, /starts: expected \d+ numbers/],
      [
        { neurons: saved().neurons.map((k) => k + 100) },
        /neurons: expected increasing indices below the width/,
      ],
      [{ columns: saved().columns.map(() => 5) }, /columns: expected increasing input columns/],
      [{ history: 3 }, /history: expected a list of rows/],
    ];
    for (const [change, message] of broken) {
      expect(() => Training.resume(peakPlateau, { ...saved(), ...change })).toThrow(message);
    }
    expect(() => Training.resume(peakPlateau, null)).toThrow('checkpoint: expected an object, found null');
  });

  it('recognises other data, and options that would change the steps', () => {
    const other = trainingPoints([[-2], [-1], [0], [1], [2], [4]], [0, 0, 1, 1, 0, 0]);
    expect(() => Training.resume(other, saved())).toThrow(/belongs to other data/);
    expect(() => Training.resume(threeInputs, saved())).toThrow(/expected data of 6 points with 1 inputs/);
    expect(() => Training.resume(peakPlateau, saved(), { lambda: 1 })).toThrow(
      /lambda: expected 0.003 as in the checkpoint, found 1; on resuming only epochs, every/,
    );
    expect(Training.resume(peakPlateau, saved(), { epochs: 150 }).advance(1000)).toBe('finished');
  });
});
