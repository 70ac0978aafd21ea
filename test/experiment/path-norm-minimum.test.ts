import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/certificate/read.js';
import { check } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { againstMinimum, isReached, pathNormMinimum } from '../../src/experiment/path-norm-minimum.js';
import type { PlannedRow } from '../../src/experiment/plan.js';
import type { PathNormRow, TruthRow } from '../../src/experiment/rows.js';
import { truthOf } from '../../src/experiment/truth.js';
import { thresholdSeveral } from '../../src/path-norm/threshold.js';
import { type Dataset, datasetFromArrays } from '../../src/problem/dataset.js';
import type { Network, Skip } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';

const XOR = datasetFromArrays({
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [0, 1, 1, 0],
});

const plannedRow = (p: string, skip: Skip, tolerance = '0'): PlannedRow => ({
  kind: 'path-norm',
  key: `path-norm ${p} ${skip}`,
  data: 'a set',
  command: '',
  ...{ p, skip, tolerance, objective: 'parameters' },
});

async function proved(dataset: Dataset, planned: PlannedRow, truth: TruthRow | null = null) {
  const { row, network, certificate } = await pathNormMinimum(dataset, planned, truth, { timeLimit: 60 });
  const done: PathNormRow = { ...row, timing: { seconds: 0 } };
  return { row: done, network, certificate };
}

async function fewest(dataset: Dataset, planned: PlannedRow): Promise<TruthRow> {
  const { row } = await truthOf(dataset, planned, { timeLimit: 60 });
  return { ...row, certificate: '', timing: { seconds: 0 } };
}

/** A set of three or four points in the plane with integer labels, not all 0. */
function randomSet(seed: number): Dataset {
  const random = createRandom(seed);
  const points = new Map<string, number[]>();
  while (points.size < 3 + (seed % 2)) {
    const point = [random.integer(-3, 3), random.integer(-3, 3)];
    points.set(point.join(), point);
  }
  const x = [...points.values()];
  return datasetFromArrays({ x, y: x.map((_, n) => (n === 0 ? 1 : random.integer(-5, 5))) });
}

/** Weights in doubles, each neuron's output weight times `factor`. */
const trained = ({ neurons }: Network, factor = 1) => ({
  inputWeights: neurons.map(({ inputWeights }) => inputWeights.map((w) => w.toNumber())),
  biases: neurons.map(({ bias }) => bias.toNumber()),
  outputWeights: neurons.map(({ outputWeight }) => factor * outputWeight.toNumber()),
});

describe('pathNormMinimum', () => {
  it('encloses the least cost of all vertices, and knows what is sparsest', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const dataset = randomSet(seed);
      const skip = (['none', 'bias', 'affine'] as const)[seed % 3]!;
      const vertices = thresholdSeveral(makeProblem(dataset), skip).found!;
      const truth = await fewest(dataset, plannedRow('1', skip));
      expect(truth.upperBound).toBe(vertices.fewest);
      for (const p of ['0.4', '1']) {
        const { row } = await proved(dataset, plannedRow(p, skip), truth);
        const costs = vertices.candidates.map(({ entries }) =>
          entries.reduce((sum, entry) => sum + entry.toNumber() ** Number(p), 0),
        );
        const least = Math.min(...costs);
        expect(row.result).toBe('optimal');
        expect(Number(row.cost!.lower)).toBeLessThanOrEqual(least * (1 + 1e-12) + 1e-12);
        expect(Number(row.cost!.upper)).toBeGreaterThanOrEqual(least * (1 - 1e-12) - 1e-12);
        expect(Number(row.cost!.upper)).toBeLessThanOrEqual(least * (1 + 2e-6) + 1e-12);
        expect(row.sparsest).toBe(row.network!.parameters === vertices.fewest);
        expect(row.fewest).toEqual({ lowerBound: vertices.fewest, upperBound: vertices.fewest });
      }
    }
  });

  it('comes with a certificate that the checker accepts', async () => {
    const { row, certificate } = await proved(XOR, plannedRow('0.5', 'none'));
    const read = parseCertificate(certificate!, 'proof');
    expect(read.claim).toMatchObject({ kind: 'lp-minimum-several', lowerBound: row.lower });
    expect(check(makeProblem(XOR), read).accepted).toBe(true);
    expect(row).toMatchObject({ fewest: null, sparsest: 'undecided' });
  });

  it('says that nothing fits contradicting labels', async () => {
    const x = [
      [0, 1],
      [0, 1],
    ];
    const dataset = datasetFromArrays({ x, y: [0, 2] });
    const planned = plannedRow('0.5', 'none', '0.5');
    const { row, certificate } = await proved(dataset, planned);
    expect(row.result).toBe('infeasible');
    expect(certificate).toBe(null);
    const nothing = { inputWeights: [], biases: [], outputWeights: [] };
    expect(againstMinimum(dataset, planned, nothing, row, 0)).toMatchObject({ exact: null, reached: false });
  });
});

describe('againstMinimum', () => {
  it('reaches the minimum with the pattern of the minimiser, whatever its own cost', async () => {
    for (const skip of ['none', 'bias', 'affine'] as const) {
      const planned = plannedRow('0.5', skip);
      const { row, network } = await proved(XOR, planned);
      for (const factor of [0.5, 1, 1.5]) {
        const found = againstMinimum(XOR, planned, trained(network!, factor), row, 1e-8);
        expect(found).toMatchObject({ reached: true, minimum: { lower: row.lower, upper: row.upper } });
        expect(found.exact!.parameters).toBe(row.network!.parameters);
        expect(found).not.toHaveProperty('note');
      }
    }
  });

  it('never calls a network reached whose pattern has no exact fit, though it costs less', async () => {
    const planned = plannedRow('0.5', 'none');
    const { row } = await proved(XOR, planned);
    const nothing = { inputWeights: [], biases: [], outputWeights: [] };
    const small = { inputWeights: [[0.1, 0]], biases: [0], outputWeights: [0.1] };
    for (const weights of [nothing, small]) {
      const found = againstMinimum(XOR, planned, weights, row, 1e-8);
      expect(found).toMatchObject({
        exact: null,
        reached: false,
        note: expect.stringContaining('no exact fit'),
      });
    }
  });

  it('tells a dearer network from the minimum', async () => {
    const planned = plannedRow('0.5', 'none');
    const { row } = await proved(XOR, planned);
    // |x1 - x2| costs 4; (x1 + x2)+ - 2 (x1 + x2 - 1)+ costs 2 + 3 sqrt(2).
    const other = {
      inputWeights: [
        [1, 1],
        [2, 2],
      ],
      biases: [0, -2],
      outputWeights: [1, -1],
    };
    const found = againstMinimum(XOR, planned, other, row, 1e-8);
    expect(Number(found.exact!.cost.lower)).toBeCloseTo(2 + 3 * Math.SQRT2, 9);
    expect(found.reached).toBe(false);
    expect(Number(row.cost!.upper)).toBeLessThanOrEqual(4 + 1e-9);
  });

  it('does not decide without the minimum', () => {
    const other = {
      inputWeights: [
        [1, 1],
        [2, 2],
      ],
      biases: [0, -2],
      outputWeights: [1, -1],
    };
    const found = againstMinimum(XOR, plannedRow('0.5', 'none'), other, null, 1e-8);
    expect(found).toMatchObject({ minimum: null, row: null, reached: 'undecided' });
    expect(found.exact).not.toBe(null);
  });
});

describe('isReached', () => {
  const at = (cost: string) => ({ lower: Rational.parse(cost), upper: Rational.parse(cost) });
  it.each([
    ['2', { lower: '2', upper: '2' }, true],
    ['2.000001', { lower: '2', upper: '2.000002' }, true],
    ['2.00001', { lower: '2', upper: '2.000001' }, false],
    ['2.5', { lower: '2', upper: '3' }, 'undecided'],
    ['3', { lower: '2', upper: '3' }, 'undecided'],
    ['3.1', { lower: '2', upper: '3' }, false],
    ['0', { lower: '0', upper: '0' }, true],
  ])('%s in %j: %s', (cost, minimum, reached) => {
    expect(isReached(at(cost), minimum)).toBe(reached);
  });
});
