import { expect, test } from 'vitest';
import type { TrainingRow } from '../../src/experiment/rows.js';
import { medianHistory } from '../../src/experiment-report/sparsity-figure.js';
import { ROWS } from './compare-rows.js';

const run = ROWS.find((row): row is TrainingRow => row.kind === 'training' && row.status === 'done')!;

function runOf(epoch: number[], activeNeurons: number[]): TrainingRow {
  const history = { epoch, activeNeurons, nonzeroProducts: activeNeurons.map((n) => 2 * n), loss: epoch };
  return { ...run, history };
}

test('the median over runs that looked at different epochs and stopped at different ones', () => {
  const runs = [runOf([0, 10, 20], [80, 40, 4]), runOf([0, 10], [80, 6]), runOf([0, 5, 20], [80, 50, 5])];
  expect(medianHistory(runs)).toEqual([
    { epoch: 0, size: 80 },
    { epoch: 5, size: 80 },
    { epoch: 10, size: 40 },
    { epoch: 20, size: 5 },
  ]);
});

test('what the data set counts is what is drawn', () => {
  const one = runOf([0, 1], [8, 3]);
  expect(medianHistory([one]).map(({ size }) => size)).toEqual([8, 3]);
  expect(medianHistory([{ ...one, objective: 'parameters' }]).map(({ size }) => size)).toEqual([16, 6]);
});
