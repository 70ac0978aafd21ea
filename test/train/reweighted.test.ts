import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMoments } from '../../src/train/adam.js';
import { fromPlainNetwork, type PlainNetwork, toPlainNetwork } from '../../src/train/parameters.js';
import {
  createProximalWorkspace,
  type ProximalOptions,
  proximalStep,
  recordProducts,
  softThreshold,
  threshold,
} from '../../src/train/reweighted.js';
import { arbitraryNetwork } from './networks.js';

/** The minimiser of a convex function on [low, high], by golden section. */
function minimise(f: (u: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  for (let i = 0; i < 100; i++) {
    const c = b - golden * (b - a);
    const d = a + golden * (b - a);
    if (f(c) <= f(d)) b = d;
    else a = c;
  }
  return (a + b) / 2;
}

const options: ProximalOptions = { p: 0.5, lambda: 0.1, learningRate: 0.5, reweightFrom: 'previous' };

/** One proximal step on `network` as if the products of `before` had been the previous ones. */
function step(network: PlainNetwork, before: PlainNetwork, chosen: ProximalOptions): PlainNetwork {
  const parameters = fromPlainNetwork(network);
  const workspace = createProximalWorkspace(parameters);
  recordProducts(fromPlainNetwork(before), workspace.previous);
  const moments = createMoments('float64', parameters.values.length);
  // As if every weight had momentum, so that nothing is removed unless zero is final.
  moments.first.fill(1);
  proximalStep(parameters, moments, workspace, chosen);
  return toPlainNetwork(parameters);
}

/** v_k times the weights of neuron k that are penalised. */
function penalised(network: PlainNetwork, k: number): number[] {
  const row = network.inputWeights[k]!;
  const weights = row.length === 1 ? row : [...row, network.biases[k]!];
  return weights.map((w) => w * network.outputWeights[k]!);
}

describe('softThreshold', () => {
  it('minimises (u - q)^2 / 2 + C |u|', () => {
    const size = fc.double({ min: 0, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), size, (q, C) => {
        const objective = (u: number) => (u - q) ** 2 / 2 + C * Math.abs(u);
        const direct = minimise(objective, -6, 6);
        const u = softThreshold(q, C);
        expect(Math.abs(u - direct)).toBeLessThan(1e-6);
        expect(objective(u)).toBeLessThanOrEqual(objective(direct) + 1e-14);
      }),
    );
  });

  it('never gives -0, passes NaN through and kills anything at an infinite threshold', () => {
    expect(Object.is(softThreshold(-1, 2), 0)).toBe(true);
    expect(softThreshold(Number.NaN, 1)).toBeNaN();
    expect(softThreshold(1e300, threshold(0, 0.1, 0.01, 0.5))).toBe(0);
  });
});

describe('threshold', () => {
  it('is gamma times the derivative of lambda |q|^p', () => {
    for (const p of [0.3, 0.7, 1]) {
      for (const q of [0.2, 1, 3]) {
        const h = 1e-6;
        const slope = (0.4 * (q + h) ** p - 0.4 * (q - h) ** p) / (2 * h);
        expect(threshold(-q, 0.4, 0.01, p)).toBeCloseTo(0.01 * slope, 10);
      }
    }
    expect(threshold(0, 0.4, 0.01, 1)).toBe(0.4 * 0.01);
  });
});

describe('proximalStep', () => {
  const cases = fc
    .record({ d: fc.constantFrom(1, 3), width: fc.integer({ min: 1, max: 4 }) })
    .chain(({ d, width }) =>
      fc.record({
        network: arbitraryNetwork(d, width, 'affine'),
        before: arbitraryNetwork(d, width, 'affine'),
        p: fc.constantFrom(0.3, 0.7, 1),
        reweightFrom: fc.constantFrom('previous' as const, 'current' as const),
      }),
    );

  it('soft-thresholds each product at its own threshold, and splits it with the least sum of squares', () => {
    let zeros = 0;
    let nonzeros = 0;
    fc.assert(
      fc.property(cases, ({ network, before, p, reweightFrom }) => {
        const after = step(network, before, { ...options, p, reweightFrom });
        network.outputWeights.forEach((_, k) => {
          const q = penalised(network, k);
          const reference = reweightFrom === 'previous' ? penalised(before, k) : q;
          const u = penalised(after, k);
          u.forEach((found, i) => {
            const expected = softThreshold(
              q[i]!,
              threshold(reference[i]!, options.lambda, options.learningRate, p),
            );
            expect(Math.abs(found - expected)).toBeLessThan(1e-12);
            if (found === 0) zeros++;
            else nonzeros++;
          });
          // Balanced: of all (v s, w / s), s > 0, the one with the least v^2 + |w|^2 has s = 1.
          const v = after.outputWeights[k]!;
          const w2 = v === 0 ? 0 : u.reduce((sum, ui) => sum + (ui / v) ** 2, 0);
          if (v !== 0) {
            const sumOfSquares = (logS: number) => v * v * Math.exp(2 * logS) + w2 * Math.exp(-2 * logS);
            expect(minimise(sumOfSquares, -3, 3)).toBeCloseTo(0, 6);
            // Signs are kept.
            expect(Math.sign(v)).toBe(Math.sign(network.outputWeights[k]!));
          }
        });
        expect([after.skipWeights, after.skipBias]).toEqual([network.skipWeights, network.skipBias]);
      }),
      { numRuns: 300 },
    );
    expect(Math.min(zeros, nonzeros)).toBeGreaterThan(100);
  });

  it('leaves the free bias of one input as it is, and so moves no knot of a balanced neuron', () => {
    const neuron = (w: number, b: number, v: number): PlainNetwork => ({
      inputWeights: [[w]],
      biases: [b],
      outputWeights: [v],
      skipWeights: null,
      skipBias: null,
    });
    const unbalanced = step(neuron(2, 3, -0.5), neuron(2, 3, -0.5), { ...options, lambda: 1e-9 });
    expect(unbalanced.biases).toEqual([3]);
    expect(unbalanced.inputWeights[0]![0]).toBeCloseTo(1, 6);
    const balanced = step(neuron(1, 3, -1), neuron(1, 3, -1), { ...options, lambda: 1e-9 });
    expect(balanced.inputWeights[0]![0]).toBeCloseTo(1, 8);
  });

  it('keeps a dead product dead for p < 1 only', () => {
    const alive: PlainNetwork = {
      inputWeights: [[1, 2]],
      biases: [1],
      outputWeights: [1],
      skipWeights: null,
      skipBias: null,
    };
    const before = { ...alive, inputWeights: [[0, 2]] };
    const stepped = (chosen: Partial<ProximalOptions>) => step(alive, before, { ...options, ...chosen });
    expect(stepped({ p: 0.5 }).inputWeights[0]![0]).toBe(0);
    expect(stepped({ p: 0.5 }).inputWeights[0]![1]).toBeGreaterThan(0);
    expect(stepped({ p: 1 }).inputWeights[0]![0]).toBeGreaterThan(0);
    expect(stepped({ p: 0.5, reweightFrom: 'current' }).inputWeights[0]![0]).toBeGreaterThan(0);
  });

  it('does not take an overflow for a dead neuron', () => {
    for (const huge of [1e200, Infinity, Number.NaN]) {
      const network: PlainNetwork = {
        inputWeights: [[huge, 1]],
        biases: [1],
        outputWeights: [1],
        skipWeights: null,
        skipBias: null,
      };
      expect(step(network, network, options).outputWeights[0]).toBeNaN();
    }
  });
});
