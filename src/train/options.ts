import { InputError } from '../problem/input-error.js';
import type { Precision, Skip } from './parameters.js';
import type { ReweightFrom } from './reweighted.js';

export const METHODS = ['reweighted', 'adam', 'adamw', 'annealed'] as const;

export const SCHEDULES = ['constant', 'p', 'lambda', 'both'] as const;

/** What falls in the first half of a run, see `settingsAt`. */
export type Schedule = (typeof SCHEDULES)[number];

/**
 * - `reweighted`: Algorithm 1, an Adam step and then the proximal step of the reweighted l^1 penalty;
 * - `adam`: Adam on the mean squared error alone, lambda is not used;
 * - `adamw`: Adam with decoupled weight decay lambda on every parameter;
 * - `annealed`: Algorithm 1, then hops to neighbouring networks, see `Annealing`.
 */
export type Method = (typeof METHODS)[number];

/** Whether a method takes the proximal step of the l^p path norm, and so depends on p. */
export function hasPenalty(method: Method): boolean {
  return method === 'reweighted' || method === 'annealed';
}

/** One training run, described completely: same options, same points, same bits. */
export interface TrainingOptions {
  method: Method;
  /** The exponent of the penalty, 0 < p <= 1. The baselines only report their path norm with it. */
  p: number;
  /** The weight of the penalty, or the weight decay of AdamW. */
  lambda: number;
  /** gamma. */
  learningRate: number;
  /** Full-batch steps to take in all, those before a checkpoint included. */
  epochs: number;
  /** K, neurons to start with. */
  width: number;
  /** Seed of the starting weights, an integer >= 0. */
  seed: number;
  skip: Skip;
  precision: Precision;
  reweightFrom: ReweightFrom;
  /** The proximal step is taken in every epoch after this one. */
  reweightAfter: number;
  /** A history row is kept every so many epochs; 0 keeps none but the first and the last. */
  every: number;
  /**
   * Stop at the end of the first epoch at which the active neurons have numbered at most this many at the end of each of
   * the last `sparseEpochs` epochs; null never stops early. The count alone decides, not the loss.
   */
  stopAfterSparse: number | null;
  sparseEpochs: number;
  schedule: Schedule;
  /** Where a schedule for lambda begins; null for ten times lambda. */
  lambdaFrom: number | null;
  /** The learning rate falls to this share of itself in the second half; 1 keeps it. */
  decay: number;
  /** Epochs between two revivals of a dead neuron on what the network misses; 0 for none. */
  reviveEvery: number;
  /** Epochs between two mergers of neurons on one knot; 0 for none. */
  mergeEvery: number;
  /** A product |v_k w_ki| counts as nonzero above this. Counting only: training sets products to exact zeros. */
  threshold: number;
}

/** The settings of the paper's univariate experiment at p = 0.4. */
export const TRAINING_DEFAULTS: Readonly<TrainingOptions> = Object.freeze({
  method: 'reweighted',
  p: 0.4,
  lambda: 0.003,
  learningRate: 0.01,
  epochs: 100_000,
  width: 80,
  seed: 0,
  skip: 'none',
  precision: 'float64',
  reweightFrom: 'previous',
  reweightAfter: 5,
  every: 1000,
  stopAfterSparse: null,
  sparseEpochs: 1000,
  schedule: 'constant',
  lambdaFrom: null,
  decay: 1,
  reviveEvery: 0,
  mergeEvery: 0,
  threshold: 1e-8,
});

/**
 * The defaults with `given` on top.
 * @throws InputError whose field is the first option out of range.
 */
export function trainingOptions(given: Partial<TrainingOptions> = {}): TrainingOptions {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  const options: TrainingOptions = { ...TRAINING_DEFAULTS, ...Object.fromEntries(defined) };
  for (const name of Object.keys(given)) {
    if (!(name in TRAINING_DEFAULTS))
      throw new InputError('not an option of training; leave it out', { field: name });
  }
  oneOf(options, 'method', METHODS);
  oneOf(options, 'skip', ['none', 'bias', 'affine']);
  oneOf(options, 'schedule', SCHEDULES);
  oneOf(options, 'precision', ['float64', 'float32']);
  oneOf(options, 'reweightFrom', ['previous', 'current']);
  number(options, 'p', (p) => p > 0 && p <= 1, 'a number with 0 < p <= 1');
  number(options, 'learningRate', (x) => x > 0, 'a positive number');
  if (hasPenalty(options.method)) {
    number(options, 'lambda', (x) => x > 0, 'a positive number (for no penalty use method adam)');
  } else {
    number(options, 'lambda', (x) => x >= 0, 'a number >= 0');
  }
  number(options, 'threshold', (x) => x >= 0, 'a number >= 0');
  number(options, 'decay', (x) => x > 0 && x <= 1, 'a number with 0 < decay <= 1');
  if (options.lambdaFrom !== null) {
    number(options, 'lambdaFrom', (x) => x >= options.lambda, 'a number that is at least lambda, or null');
  }
  for (const name of ['epochs', 'seed', 'reweightAfter', 'every', 'reviveEvery', 'mergeEvery'] as const) {
    number(options, name, (x) => Number.isSafeInteger(x) && x >= 0, 'an integer >= 0');
  }
  for (const name of ['width', 'sparseEpochs'] as const) {
    number(options, name, (x) => Number.isSafeInteger(x) && x >= 1, 'an integer >= 1');
  }
  if (options.stopAfterSparse !== null) {
    number(options, 'stopAfterSparse', (x) => Number.isSafeInteger(x) && x >= 0, 'an integer >= 0 or null');
  }
  return options;
}

function number(
  options: TrainingOptions,
  name: keyof TrainingOptions,
  accepts: (value: number) => boolean,
  expected: string,
): void {
  const value = options[name];
  if (typeof value === 'number' && Number.isFinite(value) && accepts(value)) return;
  throw new InputError(`expected ${expected}, found ${String(value)}`, { field: name });
}

function oneOf(options: TrainingOptions, name: keyof TrainingOptions, values: readonly string[]): void {
  if (values.includes(options[name] as string)) return;
  throw new InputError(`expected one of ${values.join(', ')}, found ${String(options[name])}`, {
    field: name,
  });
}
