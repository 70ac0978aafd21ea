import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lossAndGradient } from '../../src/train/gradient.js';
import { fromPlainNetwork, type Skip, toPlainNetwork } from '../../src/train/parameters.js';
import { trainingPoints } from '../../src/train/points.js';
import { arbitraryNetwork, arbitraryNumber, evaluate } from './networks.js';

const problem = fc
  .record({
    d: fc.integer({ min: 1, max: 6 }),
    width: fc.integer({ min: 1, max: 6 }),
    count: fc.integer({ min: 1, max: 7 }),
    skip: fc.constantFrom<Skip[]>('none', 'bias', 'affine'),
  })
  .chain(({ d, width, count, skip }) =>
    fc.record({
      network: arbitraryNetwork(d, width, skip),
      inputs: fc.array(fc.array(arbitraryNumber, { minLength: d, maxLength: d }), {
        minLength: count,
        maxLength: count,
      }),
      labels: fc.array(arbitraryNumber, { minLength: count, maxLength: count }),
    }),
  );

describe('lossAndGradient', () => {
  it('is the mean squared error of the formula', () => {
    fc.assert(
      fc.property(problem, ({ network, inputs, labels }) => {
        const parameters = fromPlainNetwork(network);
        const found = lossAndGradient(parameters, trainingPoints(inputs, labels), parameters.values.slice());
        const squares = inputs.map((x, n) => (evaluate(network, x) - labels[n]!) ** 2);
        const expected = squares.reduce((a, b) => a + b) / squares.length;
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-11 * Math.max(1, expected));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with central differences away from kinks', () => {
    const h = 1e-6;
    let exercised = 0;
    fc.assert(
      fc.property(problem, ({ network, inputs, labels }) => {
        // No preactivation may change its sign within h.
        const distances = inputs.flatMap((x) =>
          network.inputWeights.map((w, k) =>
            Math.abs(w.reduce((s, wi, i) => s + wi * x[i]!, network.biases[k]!)),
          ),
        );
        fc.pre(Math.min(...distances) > 1e-4);
        const points = trainingPoints(inputs, labels);
        const parameters = fromPlainNetwork(network);
        const gradient = new Float64Array(parameters.values.length);
        const ignored = gradient.slice();
        lossAndGradient(parameters, points, gradient);
        for (let e = 0; e < gradient.length; e++) {
          const at = (value: number) => {
            parameters.values[e] = value;
            return lossAndGradient(parameters, points, ignored);
          };
          const middle = parameters.values[e]!;
          const difference = (at(middle + h) - at(middle - h)) / (2 * h);
          parameters.values[e] = middle;
          expect(Math.abs(gradient[e]! - difference)).toBeLessThan(1e-5 * Math.max(1, Math.abs(difference)));
          exercised++;
        }
      }),
      { numRuns: 200 },
    );
    expect(exercised).toBeGreaterThan(1000);
  });

  it('is not fooled by a weight that is not a number', () => {
    for (const d of [1, 2]) {
      const row = new Array<number>(d).fill(Number.NaN);
      const parameters = fromPlainNetwork({
        inputWeights: [row],
        biases: [0],
        outputWeights: [1],
        skipWeights: null,
        skipBias: null,
      });
      const points = trainingPoints([new Array<number>(d).fill(1)], [0]);
      expect(lossAndGradient(parameters, points, new Float64Array(d + 2))).toBeNaN();
    }
  });

  it('refuses a gradient that is too short', () => {
    const parameters = fromPlainNetwork({
      inputWeights: [[1]],
      biases: [0],
      outputWeights: [1],
      skipWeights: null,
      skipBias: 0,
    });
    expect(() => lossAndGradient(parameters, trainingPoints([[1]], [1]), new Float64Array(3))).toThrow(
      'gradient: expected room for 4 entries, found 3',
    );
  });
});

describe('fromPlainNetwork and toPlainNetwork', () => {
  it('are inverse to each other', () => {
    fc.assert(
      fc.property(problem, ({ network }) => {
        expect(toPlainNetwork(fromPlainNetwork(network))).toEqual(network);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses arrays that do not fit together', () => {
    const network = {
      inputWeights: [[1, 2]],
      biases: [0],
      outputWeights: [1],
      skipWeights: null,
      skipBias: null,
    };
    expect(() => fromPlainNetwork({ ...network, biases: [] })).toThrow(/expected 1 biases/);
    expect(() => fromPlainNetwork({ ...network, skipWeights: [1] })).toThrow(/expected 2 input weights/);
  });
});

describe('trainingPoints', () => {
  it('refuses data it cannot train on and says where', () => {
    expect(() => trainingPoints([], [])).toThrow(/at least one point/);
    expect(() => trainingPoints([[1], [2]], [1])).toThrow('expected 2 labels, one per point, found 1');
    expect(() => trainingPoints([[1, 2], [3]], [1, 2])).toThrow('point 2: expected 2 inputs, found 1');
    expect(() => trainingPoints([[1], [Number.NaN]], [1, 2])).toThrow(
      'point 2, input 1: expected a finite number',
    );
    expect(() => trainingPoints([[1]], [Infinity])).toThrow(
      'point 1, label: expected a finite number, found Infinity',
    );
  });
});
