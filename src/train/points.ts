import { InputError } from '../problem/input-error.js';

/**
 * The data a network is trained on, in doubles.
 *
 * Layout: `columns` holds the inputs by column with a last column of ones, so that a bias is the weight of column d:
 * `columns[i * count + n]` is input i of point n for i < d, and 1 for i = d.
 */
export interface TrainingPoints {
  /** N, the number of points. */
  readonly count: number;
  /** d, the number of inputs. */
  readonly inputDimension: number;
  /** (d + 1) x N, column by column. */
  readonly columns: Float64Array;
  /** N labels. */
  readonly labels: Float64Array;
}

/** What stands in front of a complaint. */
const DATA = { source: 'training data' };

/**
 * Points from rows of inputs and their labels.
 * @throws InputError on no points, no inputs, rows of different lengths, or numbers that are not finite.
 */
export function trainingPoints(
  inputs: readonly (readonly number[])[],
  labels: readonly number[],
): TrainingPoints {
  const count = inputs.length;
  const inputDimension = inputs[0]?.length ?? 0;
  if (count === 0 || inputDimension === 0) {
    throw new InputError(`expected at least one point with one input, found ${count} points`, DATA);
  }
  if (labels.length !== count) {
    throw new InputError(`expected ${count} labels, one per point, found ${labels.length}`, DATA);
  }
  const columns = new Float64Array((inputDimension + 1) * count).fill(1, inputDimension * count);
  inputs.forEach((row, n) => {
    if (row.length !== inputDimension) {
      throw new InputError(`point ${n + 1}: expected ${inputDimension} inputs, found ${row.length}`, DATA);
    }
    row.forEach((value, i) => {
      columns[i * count + n] = finite(value, `point ${n + 1}, input ${i + 1}`);
    });
  });
  const checked = labels.map((value, n) => finite(value, `point ${n + 1}, label`));
  return { count, inputDimension, columns, labels: Float64Array.from(checked) };
}

function finite(value: number, where: string): number {
  if (Number.isFinite(value)) return value;
  throw new InputError(`${where}: expected a finite number, found ${value}`, DATA);
}
