import type { TrainingRow } from '../experiment/rows.js';
import { type Proportion, wilson } from './binomial-interval.js';
import { type Spread, spread } from './spread.js';

/**
 * How a training run ended, seen from the truth of its own question:
 * - `sparsest`: it interpolates within the tolerance and its size is the proved minimum;
 * - `larger`: it interpolates, but is larger than the minimum;
 * - `misses`: it misses a label, and its size is not below a proved bound;
 * - `too-small`: it misses a label and is smaller than the proved lower bound: no network of its size fits;
 * - `undecided`: bounds or digits did not decide it.
 */
export const OUTCOMES = ['sparsest', 'larger', 'misses', 'too-small', 'undecided'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** In words, as they stand over a column. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  sparsest: 'sparsest found',
  larger: 'interpolates, but too large',
  misses: 'misses a label',
  'too-small': 'pruned below the minimum',
  undecided: 'undecided',
};

export function outcomeOf(run: TrainingRow): Outcome {
  if (run.success === true) return 'sparsest';
  const interpolates = interpolation(run);
  if (run.success === 'undecided' || interpolates === 'undecided') return 'undecided';
  if (interpolates) return 'larger';
  return run.minimum !== null && run.size < run.minimum.lowerBound ? 'too-small' : 'misses';
}

/** The verdict on "no label is missed by more than the tolerance". */
export function interpolation(run: TrainingRow): boolean | 'undecided' {
  return run.claims.find(({ claim }) => claim === 'interpolates')?.holds ?? 'undecided';
}

/** What is said about several runs of the same kind. Failed runs are not among them. */
export interface RunSummary {
  readonly runs: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly interpolating: number;
  /** Share of the runs that are decided. */
  readonly success: Proportion;
  readonly neurons: Spread | null;
  readonly products: Spread | null;
  readonly residual: Spread | null;
  /** Over the runs that came to a sparsest state at some epoch, whether or not they stayed there. */
  readonly firstEpoch: Spread | null;
  readonly firstSeconds: Spread | null;
  /** l^p cost of the trained network / least cost, where like can be compared with like. */
  readonly costRatio: Spread | null;
}

/** Runs that are held against a proved least path norm. */
export interface ReachedSummary {
  /** Those that are decided, those that reached it, and those whose activation pattern has no exact network. */
  readonly of: number;
  readonly count: number;
  readonly withoutExactFit: number;
  readonly undecided: number;
}

/** How many exact networks of trained patterns cost the proved minimum; null when none is held against one. */
export function summarizeReached(runs: readonly TrainingRow[]): ReachedSummary | null {
  const found = runs.flatMap(({ global }) => global ?? []);
  if (found.length === 0) return null;
  const decided = found.filter(({ reached }) => reached !== 'undecided');
  return {
    of: decided.length,
    count: decided.filter(({ reached }) => reached === true).length,
    withoutExactFit: decided.filter(({ exact }) => exact === null).length,
    undecided: found.length - decided.length,
  };
}

export function summarize(runs: readonly TrainingRow[]): RunSummary {
  const outcomes: Record<Outcome, number> = {
    sparsest: 0,
    larger: 0,
    misses: 0,
    'too-small': 0,
    undecided: 0,
  };
  for (const run of runs) outcomes[outcomeOf(run)]++;
  const reached = runs.filter(({ firstSparsest }) => firstSparsest !== null);
  return {
    runs: runs.length,
    outcomes,
    interpolating: runs.filter((run) => interpolation(run) === true).length,
    success: wilson(outcomes.sparsest, runs.length - outcomes.undecided),
    neurons: spread(runs.map(({ activeNeurons }) => activeNeurons)),
    products: spread(runs.map(({ nonzeroProducts }) => nonzeroProducts)),
    residual: spread(runs.map(({ residual }) => residual)),
    firstEpoch: spread(reached.map(({ firstSparsest }) => firstSparsest!.epoch)),
    firstSeconds: spread(reached.flatMap(({ timing }) => timing.toFirstSparsest ?? [])),
    costRatio: spread(runs.flatMap(({ cost }) => cost?.ratio ?? [])),
  };
}
