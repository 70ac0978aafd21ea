import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';
import type { Claim, Verification } from '../../src/verify/verify.js';
import { exitCode, verify } from '../../src/verify/verify.js';
import { joining, type NeuronTexts, networkOf, peakPlateau, r } from './networks.js';

/** (x + 1)+ - (x - 0)+ ... : up at -1, flat from 0 to 1, down to 2; five of the joining dots' bends. */
const DOTS: readonly NeuronTexts[] = [
  ['1', '1', '1'],
  ['1', '0', '-1'],
  ['1', '-1', '-1'],
  ['1', '-2', '1'],
];

/** The sparsest: bends at -1, 1/2 and 2. */
const SPARSEST: readonly NeuronTexts[] = [
  ['1', '1', '1'],
  ['2', '-1', '-1'],
  ['1', '-2', '1'],
];

const claim = <N extends Claim['claim']>({ claims }: Verification, name: N) =>
  claims.find((c) => c.claim === name) as Extract<Claim, { claim: N }>;

/** An affine skip, though its slope is 0. */
const AFFINE = { skip: 'affine' } as const;

const kinds = ({ form }: Verification) => form.redundant.map(({ kind, neurons }) => [kind, ...neurons]);

/** What is true of every verification: the proof is accepted, the repaired network is exact and sparsest. */
async function validate(verification: Verification, data = peakPlateau): Promise<void> {
  const { problem, skip } = verification;
  const certificate = verification.certificate();
  if (certificate !== null) {
    expect(check(problem, certificate)).toMatchObject({ accepted: true });
  }
  const repair = await verification.repair();
  if (repair === null) return;
  const again = await verify(repair.network, data, {
    tolerance: problem.tolerance,
    skip,
    activeThreshold: '0',
  });
  expect(claim(again, 'interpolates').holds).toBe(true);
  expect(again.form.active.length).toBe(repair.neurons);
  if (repair.sparsest) expect(again.holds).toBe(true);
}

describe('a network with one input', () => {
  it('that is sparsest passes, in every scaling of its neurons', async () => {
    const result = await verify(networkOf(SPARSEST), peakPlateau);
    expect(result.holds).toBe(true);
    expect(exitCode(result)).toBe(0);
    expect(claim(result, 'interpolates')).toMatchObject({ measured: r(0), required: r(0) });
    expect(claim(result, 'sparsest')).toMatchObject({
      measured: 3,
      required: { lowerBound: 3, upperBound: 3 },
    });
    expect(result.form).toMatchObject({ width: 3, active: [0, 1, 2], reduced: 3, redundant: [] });
    await validate(result);
  });

  it('with one redundant neuron fails "sparsest" only, and names two bends that are one at the data', async () => {
    const result = await verify(networkOf(DOTS), peakPlateau, AFFINE);
    expect(claim(result, 'interpolates').holds).toBe(true);
    expect(claim(result, 'sparsest')).toMatchObject({ holds: false, measured: 4 });
    expect(claim(result, 'sparsest').message).toMatch(
      /4 active neurons of 4, 1 more than needed.* is 3, proved/,
    );
    expect(exitCode(result)).toBe(1);
    // The bends at 0 and at 1 are those of one run; the proof needs one of them.
    expect(kinds(result)).toHaveLength(1);
    expect(result.form.redundant[0]).toMatchObject({ kind: 'surplus', saves: 1 });
    expect([1, 2]).toContain(result.form.redundant[0]!.neurons[0]);
    await validate(result);
  });

  it('with two neurons on one knot says so, whichever way they face', async () => {
    const split: NeuronTexts[] = [SPARSEST[0]!, ['4', '-2', '-1/4'], ['1/2', '-1/4', '-2'], SPARSEST[2]!];
    const right = await verify(networkOf(split), peakPlateau);
    expect(claim(right, 'sparsest').holds).toBe(false);
    expect(kinds(right)).toEqual([['same-hyperplane', 1, 2]]);
    expect(right.form).toMatchObject({ reduced: 3 });
    expect(right.form.redundant[0]!.message).toBe('neurons 1 and 2: one knot, at x = 0.5; merge into one');
    expect(claim(right, 'sparsest').message).toContain('merging its redundant neurons leaves 3');
    await validate(right);
    // -(x - 1/2)+ - (1/2 - x)+ - (x - 1/2) is -2 (x - 1/2)+.
    const opposite: NeuronTexts[] = [SPARSEST[0]!, ['1', '-1/2', '-1'], ['-1', '1/2', '-1'], SPARSEST[2]!];
    const affine = await verify(networkOf(opposite, ['-1', '1/2']), peakPlateau);
    expect(claim(affine, 'interpolates').holds).toBe(true);
    expect(kinds(affine)).toEqual([['same-hyperplane', 1, 2]]);
    // Without an affine skip two neurons that face opposite ways on one knot are two different things.
    const bias = await verify(
      networkOf(
        [
          ['1', '-1', '1'],
          ['-1', '1', '1'],
        ],
        null,
      ),
      { x: [0, 1, 2], y: [1, 0, 1] },
    );
    expect(bias.form.redundant).toEqual([]);
    expect(bias.holds).not.toBe(false);
  });

  it('whose neurons on one knot cancel can lose them all', async () => {
    const result = await verify(networkOf([...SPARSEST, ['1', '0', '3'], ['3', '0', '-1']]), peakPlateau);
    expect(result.form.redundant).toMatchObject([{ kind: 'same-hyperplane', neurons: [3, 4], saves: 2 }]);
    expect(result.form).toMatchObject({ active: [0, 1, 2, 3, 4], reduced: 3 });
    expect(claim(result, 'sparsest')).toMatchObject({ holds: false, measured: 5 });
  });

  it('with dead and negligible neurons is sparsest all the same, and they are named', async () => {
    const neurons: NeuronTexts[] = [['5', '1', '0'], ...SPARSEST, ['0', '-1', '7'], ['1', '0', '1e-8']];
    const result = await verify(networkOf(neurons), peakPlateau, { ...AFFINE, tolerance: '1e-6' });
    expect(result.holds).toBe(true);
    expect(result.form).toMatchObject({ width: 6, active: [1, 2, 3], reduced: 3 });
    expect(kinds(result)).toEqual([
      ['dead', 0, 4],
      ['negligible', 5],
    ]);
    // Exactly 1e-8 is not above the threshold of 1e-8; a little more is.
    neurons[5] = ['1', '0', '1.0000000000000000000000000000001e-8'];
    const above = await verify(networkOf(neurons), peakPlateau, { ...AFFINE, tolerance: '1e-6' });
    expect(above.form.active).toEqual([1, 2, 3, 5]);
    expect(claim(above, 'sparsest')).toMatchObject({ holds: false, measured: 4 });
    // At tolerance 0 the negligible neuron still spoils the fit, and the message tells that of the rest.
    expect(claim(await verify(networkOf(neurons), peakPlateau), 'interpolates').holds).toBe(false);
  });

  it('with knots outside the data, or a constant neuron, says what to do with them', async () => {
    const neurons: NeuronTexts[] = [...SPARSEST, ['1', '-3', '2'], ['-1', '3', '1'], ['0', '2', '1/2']];
    const result = await verify(networkOf(neurons, ['1', '-4']), peakPlateau);
    expect(result.form.redundant.map(({ kind, neurons: list }) => [kind, ...list])).toEqual([
      ['off-data', 3],
      ['affine-on-data', 4, 5],
    ]);
    expect(claim(result, 'interpolates').holds).toBe(true);
    expect(claim(result, 'sparsest')).toMatchObject({ holds: false, measured: 6 });
    expect(result.form.reduced).toBe(3);
    await validate(result);
    // Without an affine skip only the constant has a place to go.
    const bias = await verify(networkOf(neurons, null), { x: [-2, 3], y: ['7', '2'] }, { skip: 'bias' });
    expect(kinds(bias).filter(([kind]) => kind === 'affine-on-data')).toEqual([['affine-on-data', 5]]);
  });

  it('with two bends between two neighbouring points can merge them', async () => {
    const neurons: NeuronTexts[] = [SPARSEST[0]!, ['1', '-0.4', '-1'], ['1', '-0.6', '-1'], SPARSEST[2]!];
    const result = await verify(networkOf(neurons), peakPlateau);
    expect(claim(result, 'interpolates').holds).toBe(true);
    expect(kinds(result)).toEqual([['same-pattern', 1, 2]]);
    expect(result.form.reduced).toBe(3);
    await validate(result);
  });

  it('with a knot off by 1e-6 fails "interpolates" where that shows, and passes within a tolerance', async () => {
    const shifted: NeuronTexts[] = [SPARSEST[0]!, ['1', '-0.500001', '-2'], SPARSEST[2]!];
    const exact = await verify(networkOf(shifted), peakPlateau);
    expect(claim(exact, 'sparsest').holds).toBe(true);
    const fit = claim(exact, 'interpolates');
    expect(fit).toMatchObject({ holds: false, measured: r('2e-6'), required: r(0) });
    expect(fit.message).toBe(
      'peak: row 3 (x = 1): the network gives 1.000002, the label is 1: it is off by 0.000002',
    );
    const loose = await verify(networkOf(shifted), peakPlateau, { tolerance: '2e-6' });
    expect(loose.holds).toBe(true);
    await validate(loose);
  });

  it('just above and just below the tolerance is told apart by 1e-30', async () => {
    for (const [shift, holds] of [
      ['0.001', true],
      ['0.000999999999999999999999999999999', true],
      ['0.001000000000000000000000000000001', false],
      ['0.002', false],
    ] as const) {
      const result = await verify(networkOf(SPARSEST, ['0', shift]), peakPlateau, { tolerance: '0.001' });
      const fit = claim(result, 'interpolates');
      expect(fit.holds, shift).toBe(holds);
      expect(fit.measured.equals(r(shift))).toBe(true);
      expect(exitCode(result)).toBe(holds ? 0 : 1);
      if (shift.endsWith('001') && !holds) expect(fit.message).toMatch(/1e-33 more than the allowed 0.001$/);
    }
  });

  it('with fewer neurons than any fit fails "sparsest" too, and says what its neurons miss', async () => {
    const result = await verify(networkOf(SPARSEST.slice(0, 2)), peakPlateau);
    expect(claim(result, 'interpolates')).toMatchObject({ holds: false, measured: r(1) });
    expect(claim(result, 'sparsest')).toMatchObject({ holds: false, measured: 2 });
    expect(claim(result, 'sparsest').message).toMatch(
      /fewer than any network that fits.* miss peak: row 5 by 1$/,
    );
    await validate(result);
  });

  it('is compared with the minimum for the tolerance that is asked', async () => {
    // Half a unit of tolerance lets a constant through.
    const result = await verify(networkOf(SPARSEST), peakPlateau, { ...AFFINE, tolerance: '1/2' });
    expect(claim(result, 'interpolates').holds).toBe(true);
    expect(claim(result, 'sparsest')).toMatchObject({ holds: false, required: { upperBound: 0 } });
    expect(kinds(result)).toEqual([['surplus', 0, 1, 2]]);
    await validate(result);
  });

  it('of a smaller architecture is compared with that architecture', async () => {
    // |x| needs two neurons without a skip, one with it; the model itself closes the bracket.
    const absolute = networkOf(
      [
        ['1', '0', '1'],
        ['-1', '0', '1'],
      ],
      null,
    );
    const data = { x: [-2, -1, 0, 1, 2], y: [2, 1, 0, 1, 2] };
    const none = await verify(absolute, data);
    expect(none.skip).toBe('none');
    expect(claim(none, 'interpolates').holds).toBe(true);
    expect(claim(none, 'sparsest').holds).not.toBe(false);
    await validate(none, data);
    const affine = await verify(absolute, data, { skip: 'affine' });
    expect(claim(affine, 'sparsest')).toMatchObject({
      holds: false,
      measured: 2,
      required: { upperBound: 1 },
    });
    expect(kinds(affine)).toEqual([['same-hyperplane', 0, 1]]);
    await validate(affine, data);
    await expect(verify(networkOf(SPARSEST, ['1', '0']), peakPlateau, { skip: 'none' })).rejects.toThrow(
      /affine skip, so it is not a network with skip none/,
    );
  });

  it('is measured against the windows that come with the data', async () => {
    const data = { name: 'bands', x: [0, 1, 2], lower: ['0', '0.5', '0'], upper: ['0.25', '1', '0.25'] };
    const result = await verify(
      networkOf([
        ['1', '0', '1'],
        ['1', '-1', '-2'],
      ]),
      data,
      AFFINE,
    );
    expect(result.claims.map(({ holds }) => holds)).toEqual([true, false]);
    expect(claim(result, 'sparsest')).toMatchObject({ measured: 2, required: { upperBound: 1 } });
    const low = await verify(networkOf([['1', '-1', '1']]), data);
    expect(claim(low, 'interpolates')).toMatchObject({ holds: false, measured: r('3/4') });
    expect(claim(low, 'interpolates').message).toContain('the window is [0, 0.25]');
    await expect(verify(networkOf(SPARSEST), data, { claims: ['theorem-3.1'] })).rejects.toThrow(/windows/);
  });

  it('cannot fit windows that exclude each other', async () => {
    const data = { x: [0, 0, 1], y: [0, 1, 1] };
    const result = await verify(networkOf(SPARSEST), data, { tolerance: '0.25' });
    expect(result.claims.map(({ holds }) => holds)).toEqual([false, false]);
    expect(claim(result, 'sparsest').required).toBeNull();
    expect(await result.repair()).toBeNull();
    await validate(result, data);
  });
});

describe('the repaired network', () => {
  it('is the sparsest vertex whose knots are nearest to the model', async () => {
    // One run of three points: the knots of the two sparsest functions are 1 and 2.5.., or 1.5.. and 3.
    const data = { x: [0, 1, 2, 3, 4], y: [0, 0, 1, 3, 6] };
    const knotsOf = async (bends: readonly [string, string]) => {
      const [a, b] = bends;
      const repair = await (
        await verify(
          networkOf([
            ['1', `-${a}`, '1'],
            ['1', `-${b}`, '1'],
          ]),
          data,
          { claims: ['interpolates'] },
        )
      ).repair();
      expect(repair).toMatchObject({ kind: 'nearest-vertex', neurons: 2, sparsest: true });
      return repair!.network.neurons.map(({ bias }) => bias.negate().toString());
    };
    expect(await knotsOf(['1', '2.4'])).toEqual(['1', '5/2']);
    expect(await knotsOf(['1.4', '3'])).toEqual(['3/2', '3']);
  });

  it('exists for every architecture and tolerance', async () => {
    const model = networkOf(DOTS.slice(0, 3), null);
    for (const skip of ['affine', 'bias', 'none'] as const) {
      for (const tolerance of ['0', '1/10']) {
        await validate(await verify(model, peakPlateau, { skip, tolerance }));
      }
    }
  });
});

describe('options and data', () => {
  it('are refused with one clear sentence', async () => {
    const model = networkOf(SPARSEST);
    const bad = (options: object) => verify(model, peakPlateau, options);
    await expect(bad({ tolerance: -1 })).rejects.toThrow(
      /tolerance: expected a number that is at least 0, found -1/,
    );
    await expect(bad({ claims: ['best'] })).rejects.toThrow(/claims: expected .*, found "best"/);
    await expect(bad({ claims: [] })).rejects.toThrow(/claims: expected at least one/);
    await expect(bad({ claims: ['lp-optimal'] })).rejects.toThrow(/give p/);
    await expect(bad({ claims: ['lp-optimal'], p: 2 })).rejects.toThrow(/0 < p <= 1, found 2/);
    await expect(bad({ tolerence: 1 })).rejects.toThrow(/tolerence: no option/);
    await expect(verify(model, { x: [[1, 2]], y: [1] })).rejects.toThrow(
      /expected 1 input as the model has, found 2/,
    );
  });

  it('take a number as its exact double and a text as it is written', async () => {
    // The double 0.1 is larger than 1/10.
    const tenth = networkOf([], ['0', '0.1']);
    const data = { x: [0, 1], y: [0, 0] };
    expect((await verify(tenth, data, { tolerance: 0.1, claims: ['interpolates'] })).holds).toBe(true);
    const double = {
      inputWeights: [],
      biases: [],
      outputWeights: [],
      skipWeights: [0],
      skipBias: 0.1,
    };
    expect((await verify(double, data, { tolerance: '0.1', claims: ['interpolates'] })).holds).toBe(false);
    expect((await verify(double, data, { tolerance: 0.1, claims: ['interpolates'] })).skip).toBe('affine');
  });

  it('accept a data set and its rows in any order', async () => {
    const shuffled = datasetFromArrays({ name: 'rows', x: [3, 0, -2, 2, 1, -1], y: [0, 1, 0, 0, 1, 0] });
    const result = await verify(
      joining([
        [-2, 0],
        [-1, 0],
        [0, 1],
        [1, 1],
        [2, 0],
        [3, 1],
      ]),
      shuffled,
    );
    expect(claim(result, 'interpolates')).toMatchObject({
      holds: false,
      worst: { row: 0, where: 'rows: row 0' },
    });
    expect(result.problem.size).toBe(makeProblem(shuffled).size);
  });
});
