import { describe, expect, it } from 'vitest';
import '../../src/verify/vitest-matcher.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { networkOf, peakPlateau } from './networks.js';

const sparsest = networkOf([
  ['1', '1', '1'],
  ['1', '-0.5', '-2'],
  ['1', '-2', '1'],
]);
const dense = networkOf([
  ['1', '1', '1'],
  ['1', '0', '-1'],
  ['1', '-1', '-1'],
  ['1', '-2', '1'],
]);

/** What an assertion that must fail says. */
async function complaint(assertion: Promise<void>): Promise<string> {
  const error = await assertion.then(
    () => null,
    (reason: Error) => reason,
  );
  if (error === null) throw new Error('the assertion did not fail');
  return error.message;
}

describe('expect(network).toBeSparsest(data, options)', () => {
  it('passes for a sparsest network, of rationals or of doubles', async () => {
    await expect(sparsest).toBeSparsest(peakPlateau);
    await expect(sparsest).toBeSparsest(datasetFromArrays(peakPlateau), { tolerance: '1e-3' });
    await expect({
      inputWeights: [[1], [2], [1]],
      biases: [1, -1, -2],
      outputWeights: [1, -1, 1],
      skipWeights: null,
      skipBias: null,
    }).toBeSparsest(peakPlateau);
  });

  it('fails with every claim, why it fails, and what to do', async () => {
    const text = await complaint(expect(dense).toBeSparsest(peakPlateau, { skip: 'affine' }));
    expect(text).toContain('expected the network to be sparsest');
    expect(text).toContain('interpolates holds: every label is met exactly');
    expect(text).toMatch(/sparsest fails: 4 active neurons of 4, 1 more than needed/);
    expect(text).toMatch(/redundant: neuron \d: 1 bend beyond/);
  });

  it('can be negated', async () => {
    await expect(dense).not.toBeSparsest(peakPlateau, { skip: 'affine' });
    expect(await complaint(expect(sparsest).not.toBeSparsest(peakPlateau))).toContain('not to be sparsest');
  });

  it('fails either way when a claim is undecided', async () => {
    // y = x - 1/2 costs nothing with an affine skip; how much without one is not known to the last bit.
    const network = networkOf(
      [
        ['1', '0', '1'],
        ['0', '1', '-1/2'],
      ],
      null,
    );
    const line = { x: [0, 1], y: ['-1/2', '1/2'] };
    const options = { claims: ['lp-optimal'], p: '1/2' } as const;
    expect(await complaint(expect(network).toBeSparsest(line, options))).toContain('lp-optimal undecided');
    expect(await complaint(expect(network).not.toBeSparsest(line, options))).toContain(
      'lp-optimal undecided',
    );
  });

  it('lets errors in options and data through', async () => {
    await expect(expect(sparsest).toBeSparsest({ x: [[1, 2]], y: [1] })).rejects.toThrow(/expected 1 input/);
  });
});
