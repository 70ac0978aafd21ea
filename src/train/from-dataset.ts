import type { ExactColumn } from '../exact/column.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { type TrainingPoints, trainingPoints } from './points.js';

/**
 * The rows of a data set as points to train on: every value rounded to the nearest double, rows in the order of the
 * file. Equal rows stay, so a row that occurs twice counts twice in the loss.
 *
 * @throws InputError when there are no labels (windows tell no target), no rows, or a value is beyond the doubles
 */
export function pointsFromDataset(dataset: Dataset): TrainingPoints {
  const { name, inputs, labels } = dataset;
  if (labels === null) {
    throw new InputError(
      `${name}: expected labels "y" to train on, found only windows "lower" and "upper"; add labels`,
    );
  }
  const count = labels.length;
  if (count === 0) throw new InputError(`${name}: expected at least one data row, found none; add rows`);
  const double = (column: ExactColumn, row: number, what: string): number => {
    const value = column.value(row).toNumber();
    if (Number.isFinite(value)) return value;
    throw new InputError(
      `${dataset.describeRow(row)}: ${what}: expected a number within the doubles (about 1.8e308), ` +
        'found a larger one; scale the data',
    );
  };
  const rows = Array.from({ length: count }, (_, n) =>
    inputs.map((column, i) => double(column, n, `input ${i + 1}`)),
  );
  return trainingPoints(
    rows,
    Array.from({ length: count }, (_, n) => double(labels, n, 'label')),
  );
}
