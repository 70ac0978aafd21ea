import { Rational } from '../exact/rational.js';
import type { DataColumns } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { makeProblem } from '../problem/problem.js';
import { pointsFromDataset } from '../train/from-dataset.js';
import { DivergenceError, Training } from '../train/train.js';
import { examineAll } from './compare.js';
import { loadDataset } from './data-set.js';
import { pathNormMinimum } from './path-norm-minimum.js';
import { thresholdWithin } from './path-norm-theory.js';
import { countRows, type Job, type Plan, plan } from './plan.js';
import type { RowKind } from './rows.js';
import { type Shard, shardWork } from './shard.js';
import { type Specification, scheduleOf } from './specification.js';
import { truthOf } from './truth.js';
import { UnivariateTheory } from './univariate-theory.js';

/** Sizes of the sample that an estimate is measured on. */
export const SAMPLE = {
  /** Jobs of each kind, spread over the experiment. */
  jobs: 4,
  /** Seconds for one sampled truth, and for one sampled training run. */
  truthSeconds: 2,
  trainingSeconds: 0.25,
  /** Epochs between two looks at the clock of a sampled training run. */
  epochs: 20,
} as const;

/** What an experiment would do, and about how long. */
export interface Estimate {
  readonly rows: Partial<Record<RowKind, number>>;
  readonly unreadable: readonly { readonly data: string; readonly message: string }[];
  /** The data files that can be read, and which column is what. */
  readonly data: readonly { readonly name: string; readonly columns: DataColumns }[];
  /** Seconds of one thread for all jobs of a kind, from the sample. A rough guide: the time limit caps searches. */
  readonly seconds: Readonly<Record<Job['kind'], number>>;
  /** Seconds in all with the given number of threads. */
  readonly total: number;
}

/** The plan of an experiment, or of a shard of it, and an estimate of its time; writes nothing. */
export async function estimate(spec: Specification, threads: number, shard?: Shard): Promise<Estimate> {
  const datasets = await examineAll(spec);
  const whole = plan(spec, datasets);
  const planned = shard === undefined ? whole : shardWork(whole, datasets, spec, shard).plan;
  const seconds = {
    truth: await estimateKind(planned, 'truth', (job) => sampleTruth(spec, job)),
    'univariate-theory': await estimateKind(planned, 'univariate-theory', (job) => sampleTheory(spec, job)),
    'path-norm': await estimateKind(planned, 'path-norm', (job) => samplePathNorm(spec, job)),
    'path-norm-theory': await estimateKind(planned, 'path-norm-theory', (job) =>
      samplePathNormTheory(spec, job),
    ),
    training: await estimateKind(planned, 'training', (job) => sampleTraining(spec, job)),
  };
  return {
    rows: countRows(planned),
    data: datasets.flatMap((facts) =>
      'unreadable' in facts || !('file' in facts.source)
        ? []
        : [{ name: facts.name, columns: facts.columns }],
    ),
    unreadable: datasets.flatMap((facts) =>
      'unreadable' in facts ? [{ data: facts.name, message: facts.unreadable }] : [],
    ),
    seconds,
    total: Object.values(seconds).reduce((sum, own) => sum + own, 0) / Math.max(1, threads),
  };
}

/** Mean time of a few jobs, evenly spread, times their number. */
async function estimateKind(
  { jobs }: Plan,
  kind: Job['kind'],
  sample: (job: Job) => Promise<number>,
): Promise<number> {
  const all = jobs.filter((job) => job.kind === kind);
  const taken = Math.min(SAMPLE.jobs, all.length);
  let seconds = 0;
  for (let i = 0; i < taken; i++) {
    const started = performance.now();
    try {
      seconds += await sample(all[Math.floor(((i + 0.5) * all.length) / taken)]!);
    } catch (error) {
      // The row will say what is wrong; a failure takes the time it took.
      if (!(error instanceof InputError || error instanceof DivergenceError)) throw error;
      seconds += since(started);
    }
  }
  return taken === 0 ? 0 : (seconds / taken) * all.length;
}

/** A truth that is not closed in the time of the sample would take up to its time limit. */
async function sampleTruth(spec: Specification, job: Job): Promise<number> {
  const dataset = await loadDataset(spec.data[job.dataset]!);
  const limit = Math.min(SAMPLE.truthSeconds, spec.timeLimit);
  const started = performance.now();
  const { row } = await truthOf(dataset, job.rows[0]!, { timeLimit: limit });
  const seconds = since(started);
  // A bracket that the closed form leaves open took no search, and will take none.
  return row.result === 'bracket' && seconds >= limit ? spec.timeLimit : seconds;
}

/** A least path norm that is not closed in the time of the sample would take up to its time limit. */
async function samplePathNorm(spec: Specification, job: Job): Promise<number> {
  const dataset = await loadDataset(spec.data[job.dataset]!);
  const timeLimit = Math.min(SAMPLE.truthSeconds, spec.timeLimit);
  const started = performance.now();
  const { row } = await pathNormMinimum(dataset, job.rows[0]!, null, { timeLimit });
  return row.result === 'bracket' ? spec.timeLimit : since(started);
}

async function samplePathNormTheory(spec: Specification, job: Job): Promise<number> {
  const problem = makeProblem(await loadDataset(spec.data[job.dataset]!));
  const timeLimit = Math.min(SAMPLE.truthSeconds, spec.timeLimit);
  const started = performance.now();
  thresholdWithin(problem, job.rows[0]!.skip!, { timeLimit });
  const seconds = since(started);
  return seconds >= timeLimit ? spec.timeLimit : seconds;
}

async function sampleTheory(spec: Specification, job: Job): Promise<number> {
  const dataset = await loadDataset(spec.data[job.dataset]!);
  const started = performance.now();
  const theory = new UnivariateTheory(makeProblem(dataset), spec.p);
  theory.thresholdRow();
  for (const p of spec.p) {
    theory.minimizerRow(p);
    if (p !== '1') theory.theorem31(p);
  }
  return since(started);
}

/** The first epochs, which are the slowest: no neuron has died yet. */
async function sampleTraining(spec: Specification, job: Job): Promise<number> {
  const dataset = await loadDataset(spec.data[job.dataset]!);
  const { method, p, skip, seed } = job.rows[0]!;
  const training = Training.start(pointsFromDataset(dataset), {
    ...{ method: method!, skip: skip!, seed: seed!, every: 0 },
    ...(p == null ? {} : { p: Rational.parse(p).toNumber() }),
    ...{ epochs: spec.epochs, width: spec.width, learningRate: spec.learningRate, lambda: spec.lambda },
    ...scheduleOf(spec),
  });
  const started = performance.now();
  while (training.status === 'running' && since(started) < SAMPLE.trainingSeconds)
    training.advance(SAMPLE.epochs);
  return (since(started) * spec.epochs) / Math.max(1, training.epoch);
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}
