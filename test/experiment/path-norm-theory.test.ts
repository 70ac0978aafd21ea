import { describe, expect, it } from 'vitest';
import { theorem41, thresholdWithin } from '../../src/experiment/path-norm-theory.js';
import type { PathNormRow } from '../../src/experiment/rows.js';
import { severalInputsTheory } from '../../src/experiment/several-inputs-theory.js';
import { thresholdSeveral } from '../../src/path-norm/threshold.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Network } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { solve } from '../../src/solve/solve.js';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const XOR = makeProblem(datasetFromArrays({ x, y: [0, 1, 1, 0] }));

/** A proved minimum at p: this many parameters at a cost of at most `upper`. */
const minimum = (p: string, parameters: number, upper: string, result: PathNormRow['result'] = 'optimal') =>
  ({
    ...{ kind: 'path-norm', status: 'done', key: '', data: '', command: '', timing: { seconds: 0 } },
    ...{ skip: 'none', tolerance: '0', p, result, lower: '0', upper },
    network: { neurons: 2, parameters },
  }) as const satisfies PathNormRow;

describe('theorem41', () => {
  const threshold = thresholdSeveral(XOR, 'none');
  const exact = { lowerBound: 4, upperBound: 4 };

  it('holds where minimisers below p* are sparsest, and says nothing of those above', () => {
    expect(threshold.status).toBe('closed');
    expect(threshold.found!.fewest).toBe(4);
    const below = minimum('0.01', 4, '4');
    expect(theorem41(threshold, [below], exact)).toMatchObject({
      holds: true,
      measured: expect.stringContaining('p = 0.01: 4 parameters'),
    });
    const { measured, holds } = theorem41(threshold, [minimum('1', 5, '1')], exact);
    expect(holds).toBe(true);
    expect(measured).toContain('no exponent');
    const { pStar } = theorem41(threshold, [], exact);
    expect(Number(pStar.lower)).toBeLessThanOrEqual(threshold.lower.toNumber());
    expect(Number(pStar.upper)).toBeGreaterThanOrEqual(threshold.upper.toNumber());
  });

  it('fails where a denser network is cheaper than every sparsest one, and only there', () => {
    expect(theorem41(threshold, [minimum('0.01', 5, '3.9')], exact).holds).toBe(false);
    expect(theorem41(threshold, [minimum('0.01', 5, '4.1')], exact).holds).toBe('undecided');
    // No network has fewer parameters than the fewest.
    expect(theorem41(threshold, [minimum('0.01', 3, '4')], exact).holds).toBe(false);
  });

  it('with one input and no free line counts neurons with a slope', () => {
    const one = makeProblem(datasetFromArrays({ x: [0, 1, 2], y: [1, 1, 3] }));
    const found = thresholdSeveral(one, 'none');
    expect(found.found!.fewest).toBe(1);
    const row = { ...minimum('0.01', 3, '3'), terms: 1 };
    const { holds, measured } = theorem41(found, [row], null, 'neurons with a slope');
    expect(holds).toBe(true);
    expect(measured).toContain('p = 0.01: 1 neurons with a slope');
  });

  it('fails where the exact search and the vertices disagree about the fewest', () => {
    expect(theorem41(threshold, [], { lowerBound: 5, upperBound: 5 }).holds).toBe(false);
    expect(theorem41(threshold, [], { lowerBound: 2, upperBound: 3 }).holds).toBe(false);
    expect(theorem41(threshold, [], { lowerBound: 3, upperBound: 4 }).holds).toBe(true);
  });

  it('is undecided with a bracket in place of a minimum, or without p*', () => {
    expect(theorem41(threshold, [minimum('0.01', 4, '4', 'bracket')], exact).holds).toBe('undecided');
    const stopped = thresholdWithin(XOR, 'none', { timeLimit: 60, shouldStop: () => true });
    expect(theorem41(stopped, [minimum('0.01', 4, '4')], exact).holds).toBe('undecided');
    expect(thresholdWithin(XOR, 'none', { timeLimit: 60 }).status).toBe('closed');
  });
});

describe('severalInputsTheory', () => {
  it('tests every bound of Proposition 4.1 on its own', async () => {
    const solution = await solve(XOR, { objective: 'parameters', skip: 'none' });
    if (solution.status === 'infeasible') throw new Error('xor has networks');
    const found = severalInputsTheory(XOR, 'none', solution);
    const required = (claim: string) => found.get(`proposition-4.1-${claim}`)!.required;
    // N = 4 points, d = 2 inputs.
    expect(required('neurons')).toContain('at most N = 4 ');
    expect(required('two-each')).toContain('at most 8 ');
    expect(required('full-neurons')).toContain('at most 12 ');
    expect(required('general-position')).toContain('at most 24 ');
    for (const claim of ['neurons', 'two-each', 'full-neurons', 'general-position'])
      expect(found.get(`proposition-4.1-${claim}`)!.holds).toBe(true);

    const holds = (lowerBound: number, upperBound: number, network: Network = solution.network) => {
      const rows = severalInputsTheory(XOR, 'none', { ...solution, lowerBound, upperBound, network });
      return ['neurons', 'two-each', 'full-neurons', 'general-position'].map(
        (claim) => rows.get(`proposition-4.1-${claim}`)!.holds,
      );
    };
    // Bounds that no data have: each one is contradicted where it is a statement about these data. No input of xor tells all points apart.
    const [neuron] = solution.network.neurons;
    const wide = { ...solution.network, neurons: [neuron!, neuron!, neuron!, neuron!, neuron!] };
    expect(holds(13, 13, wide)).toEqual([false, 'not-applicable', false, true]);
    expect(holds(25, 25, wide)).toEqual([false, 'not-applicable', false, 'undecided']);
    expect(holds(4, 25, wide)).toEqual(['undecided', 'undecided', 'undecided', 'undecided']);
  });
});
