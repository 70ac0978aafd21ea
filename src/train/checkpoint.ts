import { InputError } from '../problem/input-error.js';
import type { AnnealingState } from './annealing.js';
import type { HistoryRow } from './history.js';
import { type TrainingOptions, trainingOptions } from './options.js';

export const CHECKPOINT_FORMAT = 'sparsest-checkpoint';
export const CHECKPOINT_VERSION = 1;

/** What stands for the file in messages about a checkpoint that came from none. */
export const CHECKPOINT = 'checkpoint';

/**
 * All that a training run needs to go on as if it had never stopped: a plain object whose numbers survive JSON. The
 * products before the next step are not stored, as they follow from the values.
 */
export interface Checkpoint {
  format: typeof CHECKPOINT_FORMAT;
  version: typeof CHECKPOINT_VERSION;
  options: TrainingOptions;
  /** Epochs done. */
  epoch: number;
  /** The loss at this point; recomputed on resuming, which recognises other data. */
  loss: number;
  /** Epochs in a row, up to this one, with at most `stopAfterSparse` active neurons. */
  sparseRun: number;
  inputDimension: number;
  /** N. */
  points: number;
  /** The living entries, laid out as `Parameters` tells. */
  neurons: number[];
  starts: number[];
  columns: number[];
  values: number[];
  /** Adam's moments of the living entries, and beta1^t, beta2^t. */
  firstMoments: number[];
  secondMoments: number[];
  beta1Power: number;
  beta2Power: number;
  /** The rows kept so far. */
  history: HistoryRow[];
  /** Where an annealed run stands. */
  annealing?: AnnealingState;
}

/**
 * Checks that `candidate`, say parsed JSON, is a checkpoint whose parts fit together.
 * @param source name of the file, for messages
 * @throws InputError naming the field, what was expected and what was found.
 */
export function validateCheckpoint(candidate: unknown, source: string = CHECKPOINT): Checkpoint {
  if (typeof candidate !== 'object' || candidate === null) {
    throw new InputError(`expected an object, found ${candidate === null ? 'null' : typeof candidate}`, {
      source,
    });
  }
  try {
    return validated(candidate);
  } catch (error) {
    throw error instanceof InputError ? error.at({ source }) : error;
  }
}

function validated(candidate: object): Checkpoint {
  const c = candidate as Partial<Record<keyof Checkpoint, unknown>>;
  expect(c.format === CHECKPOINT_FORMAT, 'format', CHECKPOINT_FORMAT, c.format);
  expect(c.version === CHECKPOINT_VERSION, 'version', String(CHECKPOINT_VERSION), c.version);
  expect(typeof c.options === 'object' && c.options !== null, 'options', 'an object', c.options);
  const options = trainingOptions(c.options as Partial<TrainingOptions>);

  for (const name of ['epoch', 'sparseRun', 'inputDimension', 'points'] as const) {
    expect(Number.isSafeInteger(c[name]) && (c[name] as number) >= 0, name, 'an integer >= 0', c[name]);
  }
  for (const name of ['loss', 'beta1Power', 'beta2Power'] as const) {
    expect(Number.isFinite(c[name]) && (c[name] as number) >= 0, name, 'a finite number >= 0', c[name]);
  }
  const numbers = ['neurons', 'starts', 'columns', 'values', 'firstMoments', 'secondMoments'] as const;
  for (const name of numbers) {
    const value = c[name];
    expect(Array.isArray(value) && value.every(Number.isFinite), name, 'a list of finite numbers', value);
  }
  expect(Array.isArray(c.history), 'history', 'a list of rows', c.history);

  if (options.method === 'annealed') {
    expect(typeof c.annealing === 'object' && c.annealing !== null, 'annealing', 'an object', c.annealing);
  }

  validateLayout(c as Checkpoint, options);
  return { ...(c as Checkpoint), options };
}

/** The list of entries must be one that `Parameters` allows. */
function validateLayout(c: Checkpoint, options: TrainingOptions): void {
  const d = c.inputDimension;
  const skipEntries = options.skip === 'affine' ? d + 1 : options.skip === 'bias' ? 1 : 0;
  const length = c.values.length;
  for (const name of ['columns', 'firstMoments', 'secondMoments'] as const) {
    expect(c[name].length === length, name, `${length} numbers, one per value`, c[name].length);
  }
  expect(d >= 1, 'inputDimension', 'at least 1', d);
  expect(
    c.starts.length === c.neurons.length + 1,
    'starts',
    `${c.neurons.length + 1} numbers`,
    c.starts.length,
  );
  expect(c.starts[0] === skipEntries, 'starts', `${skipEntries} first`, c.starts[0]);
  expect(c.starts.at(-1) === length, 'starts', `${length} last`, c.starts.at(-1));
  const increasing = (list: readonly number[], low: number, high: number) =>
    list.every((x, i) => Number.isInteger(x) && x >= low && x <= high && (i === 0 || x > list[i - 1]!));
  expect(
    increasing(c.neurons, 0, options.width - 1),
    'neurons',
    'increasing indices below the width',
    c.neurons,
  );
  expect(increasing(c.starts, 0, length), 'starts', 'increasing entry numbers', c.starts);
  const skipColumns = c.columns.slice(0, skipEntries);
  expect(
    skipColumns.every((column, i) => column === d + 1 - skipEntries + i),
    'columns',
    'those of the skip first',
    skipColumns,
  );
  c.neurons.forEach((neuron, j) => {
    const own = c.columns.slice(c.starts[j], c.starts[j + 1]);
    const valid = own.at(-1) === -1 && increasing(own.slice(0, -1), 0, d) && (d > 1 || own.length === 3);
    expect(valid, 'columns', `increasing input columns and then -1 for neuron ${neuron}`, own);
  });
}

function expect(holds: boolean, field: string, expected: string, found: unknown): void {
  if (holds) return;
  const text = JSON.stringify(found) ?? 'nothing';
  throw new InputError(`expected ${expected}, found ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`, {
    field,
  });
}
