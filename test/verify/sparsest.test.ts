import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Network } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { certify } from '../../src/solve/answer.js';
import { type BoundedSolution, solve } from '../../src/solve/solve.js';
import { canonicalForm } from '../../src/verify/canonical-form.js';
import { largestResidual } from '../../src/verify/residuals.js';
import { sparsity } from '../../src/verify/sparsest.js';
import { verify } from '../../src/verify/verify.js';
import { joining, type NeuronTexts, networkOf, peakPlateau, r } from './networks.js';

describe('a bracket', () => {
  const data = datasetFromArrays(peakPlateau);
  const problem = makeProblem(data);

  /** Decides for a network, as if nothing better than lowerBound .. upperBound were known. */
  async function decide(
    network: Network,
    lowerBound: number,
    upperBound: number,
    search: BoundedSolution['search'] = null,
  ) {
    const solved = (await solve(problem, { skip: 'affine' })) as BoundedSolution;
    const bracket: BoundedSolution = { ...solved, status: 'bracket', lowerBound, upperBound, search };
    const form = canonicalForm(network, 'affine', problem, Rational.zero);
    const residual = largestResidual(network, data);
    return sparsity('affine', form, residual, Rational.zero, problem, bracket);
  }

  const sparsest: readonly NeuronTexts[] = [
    ['1', '1', '1'],
    ['1', '-1/2', '-2'],
    ['1', '-2', '1'],
  ];
  const fits = networkOf(sparsest);
  const split = networkOf([...sparsest.slice(0, 1), ['1', '-1/2', '-1'], ['2', '-1', '-1/2'], sparsest[2]!]);
  const dots = joining([
    [-2, 0],
    [-1, 0],
    [0, 1],
    [1, 1],
    [2, 0],
    [3, 0],
  ]);
  const misses = networkOf([...sparsest.slice(0, 2), ['1', '-2', '2']]);

  it('is closed by a model that fits with the lower bound', async () => {
    const closed = await decide(fits, 3, 5);
    expect(closed).toMatchObject({ holds: true, active: 3, minimum: { lowerBound: 3, upperBound: 3 } });
    expect(check(problem, certify(problem, closed.solution))).toMatchObject({ accepted: true });
  });

  it('is closed by a model that would fit with the lower bound once its neurons are merged, so that it fails', async () => {
    const closed = await decide(split, 3, 5);
    expect(closed).toMatchObject({ holds: false, active: 4, minimum: { lowerBound: 3, upperBound: 3 } });
    expect(check(problem, certify(problem, closed.solution))).toMatchObject({ accepted: true });
  });

  it('decides for counts outside it, and not for those inside', async () => {
    expect(await decide(dots, 2, 3)).toMatchObject({ holds: false, active: 4 });
    expect(await decide(dots, 5, 6)).toMatchObject({ holds: false, active: 4 });
    // The model fits, so it is the new upper bound: 4 neurons are then not proved to be too many.
    const open = await decide(dots, 3, 5);
    expect(open).toMatchObject({ holds: 'undecided', minimum: { lowerBound: 3, upperBound: 4 } });
    expect(open.message).toContain(
      'lies between 3 and 4: both bounds are proved and checked, the gap is open',
    );
    // Only a search that its time limit ended does more with more time.
    expect(open.message).not.toContain('time limit');
    const ended = async (reason: NonNullable<BoundedSolution['search']>['ended']) =>
      (await decide(dots, 3, 5, { ended: reason, nodes: 1, programs: 1, networkFrom: 'local search' }))
        .message;
    expect(await ended('time limit')).toContain('raise the time limit (--time-limit)');
    expect(await ended('stopped')).not.toContain('--time-limit');
    expect(await ended('node limit')).not.toContain('--time-limit');
  });

  it('is not touched by a model that does not fit', async () => {
    expect(await decide(misses, 3, 5)).toMatchObject({
      holds: 'undecided',
      minimum: { lowerBound: 3, upperBound: 5 },
    });
  });
});

describe('several inputs', () => {
  const neuron = (w: readonly [string, string], b: string, v: string) => ({
    inputWeights: w.map((text) => r(text)),
    bias: r(b),
    outputWeight: r(v),
  });
  const x = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ];
  const network = (...neurons: Network['neurons']): Network => ({ inputDimension: 2, skip: null, neurons });
  /** (x_1 + x_2 - 3/2)+. */
  const data = { x, y: x.map(([a, b]) => `${Math.max(0, 2 * (a! + b!) - 3)}/2`) };

  it('one neuron is sparsest where one is needed', async () => {
    const result = await verify(network(neuron(['1', '1'], '-3/2', '1')), data);
    expect(result.holds).toBe(true);
    expect(result.skip).toBe('none');
    expect(check(result.problem, result.certificate()!)).toMatchObject({ accepted: true });
  });

  it('two are one too many, and the repaired network passes', async () => {
    // The same values: two neurons that are active at the same points.
    const model = network(neuron(['1', '0'], '-3/4', '1'), neuron(['1', '1'], '-3/2', '1/2'));
    const same = network(neuron(['1', '1'], '-3/2', '1/2'), neuron(['2', '2'], '-3', '1/4'));
    const result = await verify(same, data);
    expect(result.claims.map(({ holds }) => holds)).toEqual([true, false]);
    expect(result.form.redundant).toMatchObject([{ kind: 'same-hyperplane', neurons: [0, 1] }]);
    expect(check(result.problem, result.certificate()!)).toMatchObject({ accepted: true });
    const repair = await result.repair();
    expect(repair).toMatchObject({ kind: 'solver', neurons: 1, sparsest: true });
    expect((await verify(repair!.network, data)).holds).toBe(true);
    // A model that does not fit is still counted, and repaired.
    const wrong = await verify(model, data);
    expect(wrong.claims.map(({ holds }) => holds)).toEqual([false, false]);
    expect((await verify((await wrong.repair())!.network, data)).holds).toBe(true);
  });
});
