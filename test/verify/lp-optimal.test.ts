import { describe, expect, it } from 'vitest';
import { ASSIGNMENT_LIMIT, networkForSkip } from '../../src/knots/architecture.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { toNetwork } from '../../src/problem/piecewise-linear.js';
import { makeProblem } from '../../src/problem/problem.js';
import type { VerifyOptions } from '../../src/verify/options.js';
import type { NetworkInput } from '../../src/verify/trained-network.js';
import { exitCode, verify } from '../../src/verify/verify.js';
import { type NeuronTexts, networkOf, peakPlateau, r } from './networks.js';

const problem = makeProblem(datasetFromArrays(peakPlateau));

async function lpOptimal(network: NetworkInput, options: Partial<VerifyOptions>) {
  const result = await verify(network, peakPlateau, { claims: ['lp-optimal'], skip: 'affine', ...options });
  const [claim] = result.claims;
  if (claim?.claim !== 'lp-optimal') throw new Error('expected the claim lp-optimal');
  return { ...claim, exitCode: exitCode(result) };
}

describe('the claim lp-optimal', () => {
  it('holds without any gap for the exact minimiser, however its neurons are scaled', async () => {
    for (const p of ['1/10', '2/5', '7/10', '1', '0.37']) {
      const network = toNetwork(minimizeLp(problem, r(p)).function);
      const rescaled = {
        ...network,
        neurons: network.neurons.map(({ inputWeights, bias, outputWeight }, k) => {
          const t = r(k + 2);
          return {
            inputWeights: inputWeights.map((w) => w.multiply(t).negate()),
            bias: bias.multiply(t).negate(),
            outputWeight: outputWeight.divide(t),
          };
        }),
      };
      expect(await lpOptimal(network, { p, lpGap: 0 }), p).toMatchObject({ holds: true });
      expect(await lpOptimal(rescaled, { p, lpGap: 0 }), p).toMatchObject({ holds: true });
    }
  });

  it('fails for a neuron written as two, because the path norm counts both', async () => {
    // Slope changes 1, -2, 1: sum 2 + sqrt 2 for p = 1/2; the -2 written as -1 - 1 costs 4.
    const single = networkOf([
      ['1', '1', '1'],
      ['1', '-1/2', '-2'],
      ['1', '-2', '1'],
    ]);
    const split = networkOf([
      ['1', '1', '1'],
      ['1', '-1/2', '-1'],
      ['1', '-1/2', '-1'],
      ['1', '-2', '1'],
    ]);
    const good = await lpOptimal(single, { p: '1/2' });
    expect(good.holds).toBe(true);
    expect(good.measured).toEqual(good.required);
    expect(good.required.lower.startsWith('3.4142135623730950488016887242')).toBe(true);
    const bad = await lpOptimal(split, { p: '1/2' });
    expect(bad).toMatchObject({ holds: false, exitCode: 1, measured: { lower: '4', upper: '4' } });
    expect(bad.message).toMatch(/is ~4, the exact minimum is ~3.4142136: above by more than the allowed gap/);
    expect((await lpOptimal(split, { p: '1/2', lpGap: '0.5858' })).holds).toBe(true);
    expect((await lpOptimal(split, { p: '1/2', lpGap: '0.5857' })).holds).toBe(false);
    // For p = 1 both cost 4.
    expect((await lpOptimal(split, { p: '1', lpGap: 0 })).holds).toBe(true);
  });

  it('fails for a network that is cheaper than every interpolant', async () => {
    const zero = await lpOptimal(networkOf([]), { p: '1/2' });
    expect(zero).toMatchObject({ holds: false, measured: { lower: '0', upper: '0' } });
    expect(zero.message).toContain('the network does not interpolate');
  });

  it('decides a gap at 30 digits', async () => {
    // Slope changes 1, -2, 1 and one more neuron of 1e-30: for p = 1 the cost is 4 + 1e-30.
    const network = networkOf([
      ['1', '1', '1'],
      ['1', '-1/2', '-2'],
      ['1', '-2', '1'],
      ['1', '-2', '1e-30'],
    ]);
    expect((await lpOptimal(network, { p: 1, lpGap: '1e-30' })).holds).toBe(true);
    expect((await lpOptimal(network, { p: 1, lpGap: '9.999e-31' })).holds).toBe(false);
    expect((await lpOptimal(network, { p: '1/2', lpGap: '1.0001e-15' })).holds).toBe(true);
    expect((await lpOptimal(network, { p: '1/2', lpGap: '9.9999e-16' })).holds).toBe(false);
  });

  it('measures smaller architectures against the minimum with an affine skip', async () => {
    // All three knots face right, the function is 0 on the left: no skip is needed, so nothing is lost.
    const none = networkOf(
      [
        ['1', '1', '1'],
        ['1', '-1/2', '-2'],
        ['1', '-2', '1'],
      ],
      null,
    );
    expect((await lpOptimal(none, { p: '1/2', skip: 'none' })).holds).toBe(true);
    // One neuron more than this network of the same architecture: certainly not optimal.
    const more = networkOf(
      [
        ['1', '1', '1'],
        ['1', '-1/2', '-1'],
        ['2', '-1', '-1/2'],
        ['1', '-2', '1'],
      ],
      null,
    );
    expect((await lpOptimal(more, { p: '1/2', skip: 'none' })).holds).toBe(false);
    // y = x - 1/2 costs nothing with an affine skip, and something without: how much, is not known, but at most the slope.
    const line = { x: [0, 1], y: ['-1/2', '1/2'] };
    const claims = ['interpolates', 'lp-optimal'] as const;
    const verdicts = async (...neurons: NeuronTexts[]) => {
      const result = await verify(networkOf(neurons, null), line, { claims, p: '1/2' });
      return [...result.claims.map(({ holds }) => holds), exitCode(result)];
    };
    expect(await verdicts(['1', '0', '1'], ['0', '1', '-1/2'])).toEqual([true, 'undecided', 3]);
    expect(await verdicts(['1', '0', '1/2'], ['-1', '1', '-1/2'])).toEqual([true, false, 1]);
  });

  it('decides models without a skip where some facing of the minimiser leaves no line over', async () => {
    const x = Array.from({ length: 50 }, (_, i) => i);
    const y = x.map((i) => (i === 0 ? 7 : ((i * i * 11) % 13) + 3 * (i % 2)));
    const f = minimizeLp(makeProblem(datasetFromArrays({ x, y })), r('1/2')).function;
    expect(f.knots.length).toBeGreaterThan(ASSIGNMENT_LIMIT);
    // The minimiser with all neurons facing right, and one more for its first line.
    const first = networkForSkip({ ...f, knots: [] }, 'bias', r(0), r(49));
    const dear = { ...first, neurons: [...first.neurons, ...toNetwork(f).neurons] };
    expect(dear.neurons).toHaveLength(f.knots.length + 1);
    const options = { claims: ['interpolates', 'lp-optimal'] as const, p: '1/2', lpGap: 0 };
    const result = await verify(dear, { x, y }, options);
    expect(result.claims.map(({ holds }) => holds)).toEqual([true, false]);
    expect(result.claims[1]!.message).toContain('and skip bias costs no more');
  });

  it('is about one input', async () => {
    const network = { inputDimension: 2, skip: null, neurons: [] };
    await expect(
      verify(network, { x: [[0, 1]], y: [0] }, { claims: ['lp-optimal'], p: 0.5 }),
    ).rejects.toThrow(/about one input, found 2/);
  });
});
