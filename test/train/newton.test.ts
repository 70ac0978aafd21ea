import { expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { createWorkspace, loss } from '../../src/train/gradient.js';
import { DAMPING, newtonStep } from '../../src/train/newton.js';
import { fromPlainNetwork, initialize, toPlainNetwork } from '../../src/train/parameters.js';
import { trainingPoints } from '../../src/train/points.js';
import { kicked, residualsOf } from '../../src/train/proposals.js';
import { standardUnits } from '../../src/train/units.js';

const random = createRandom(44);
const number = () => 20 * random.uniform() - 5;
const pointsOf = (count: number, d: number) =>
  trainingPoints(
    Array.from({ length: count }, () => Array.from({ length: d }, number)),
    Array.from({ length: count }, number),
  );
const networkOf = (d: number, width: number, skip: 'none' | 'bias' | 'affine') => {
  const one = () => 2 * random.uniform() - 1;
  return {
    inputWeights: Array.from({ length: width }, () => Array.from({ length: d }, one)),
    biases: Array.from({ length: width }, one),
    outputWeights: Array.from({ length: width }, one),
    skipWeights: skip === 'affine' ? Array.from({ length: d }, one) : null,
    skipBias: skip === 'none' ? null : one(),
  };
};

test('Newton steps never raise the error, and go back to a network that fits, by either linear system', () => {
  for (const [count, d, width] of [
    [6, 1, 30],
    [40, 1, 4],
    [8, 3, 20],
    [60, 2, 3],
  ] as const) {
    const { points: drawn } = standardUnits(pointsOf(count, d), false);
    const parameters = initialize(d, width, 'none', 'float64', random);
    const workspace = createWorkspace(drawn, width);
    // The labels are its own outputs; then its input weights are moved a little.
    const missed = residualsOf(drawn, toPlainNetwork(parameters));
    const points = { ...drawn, labels: drawn.labels.map((y, n) => y + missed[n]!) };
    parameters.values.forEach((_, e) => {
      if (parameters.columns[e]! >= 0) parameters.values[e]! += 1e-4 * random.uniform();
    });
    let damping: number = DAMPING.start;
    let before = loss(parameters, points, workspace);
    const start = before;
    for (let step = 0; step < 40; step++) {
      damping = newtonStep(parameters, points, workspace, damping);
      const after = loss(parameters, points, workspace);
      expect(after).toBeLessThanOrEqual(before);
      before = after;
    }
    expect(start).toBeGreaterThan(1e-12);
    expect(before).toBeLessThan(1e-18);
  }
});

test('standard units: the same residuals up to the scale of the labels, there and back', () => {
  for (const d of [1, 3]) {
    for (const skip of ['none', 'bias', 'affine'] as const) {
      const points = pointsOf(9, d);
      const units = standardUnits(points, skip !== 'none');
      const network = networkOf(d, 5, skip);
      const inData = residualsOf(points, units.toData(network));
      const standard = residualsOf(units.points, network);
      const scale = inData[0]! / standard[0]!;
      standard.forEach((value, n) => {
        expect(inData[n]! - scale * value).toBeCloseTo(0, 9);
      });
      const back = fromPlainNetwork(units.toStandard(units.toData(network))).values;
      fromPlainNetwork(network).values.forEach((value, e) => {
        expect(back[e]).toBeCloseTo(value, 12);
      });
      const squares = units.points.labels.reduce((sum, y) => sum + y * y, 0);
      expect(squares / 9).toBeCloseTo(1, 12);
    }
  }
});

test('a kick keeps the number of weights, or takes some away', () => {
  const points = pointsOf(8, 4);
  const network = networkOf(4, 3, 'none');
  const weights = ({ inputWeights, biases, outputWeights }: typeof network) =>
    outputWeights.reduce(
      (sum, v, k) => sum + (v === 0 ? 0 : [...inputWeights[k]!, biases[k]!].filter((w) => w !== 0).length),
      0,
    );
  for (let i = 0; i < 20; i++) {
    const other = kicked(points, network, 3, random);
    expect(weights(other)).toBeLessThanOrEqual(weights(network));
    expect(other).not.toEqual(network);
  }
});
