import { join } from 'node:path';
import type { Dataset } from '../data/dataset.js';
import { InputError } from '../data/input-error.js';
import { makeProblem } from '../data/problem.js';
import { writeFileAtomically } from '../data/write-file.js';
import { DivergenceError } from '../train/train.js';
import { loadDataset } from './data-set.js';
import type { Job, PlannedRow } from './plan.js';
import type { FailedRow, FailureReason, Row, TheoryRow, TruthRow } from './rows.js';
import type { TheoryResult } from './several-inputs-theory.js';
import { type DataSource, type Specification, sourceName } from './specification.js';
import { Interrupted, trainAgainstTruth } from './training-run.js';
import { identity, truthOf } from './truth.js';
import { UnivariateTheory } from './univariate-theory.js';

/** A job with what it needs from outside. Plain data: it crosses threads. */
export interface Task {
  readonly job: Job;
  readonly source: DataSource;
  /** The rows of `job.needs`, in that order. */
  readonly needed: readonly Row[];
}

/** What all tasks of an experiment share. */
export interface TaskContext {
  readonly spec: Specification;
  /** Directory of the results. */
  readonly directory: string;
}

/** Folder of the certificates in the directory of the results. */
export const CERTIFICATES = 'certificates';

/** Data sets that are kept: jobs come data set by data set. */
const KEPT = 4;

/** Nothing can be written any more: no row says so, the run ends. */
export class WriteError extends InputError {}

/** Does the work of jobs, one after the other. */
export class TaskRunner {
  private readonly datasets = new Map<number, Dataset>();

  constructor(private readonly context: TaskContext) {}

  /**
   * The rows of a task, in the order of its plan. What goes wrong with one of them is in the rows.
   * @throws WriteError when a certificate cannot be written; Interrupted when the signal aborts a training run
   */
  async run(task: Task, signal?: AbortSignal): Promise<Row[]> {
    const { job } = task;
    const started = performance.now();
    const failed = (reason: FailureReason, error: unknown) => {
      const seconds = (performance.now() - started) / 1000;
      return job.rows.map((row) => failedRow(row, reason, messageOf(error), seconds));
    };
    let dataset: Dataset;
    try {
      dataset = await this.dataset(job.dataset, task.source);
    } catch (error) {
      return failed(error instanceof InputError ? 'unreadable' : 'error', error);
    }
    try {
      switch (job.kind) {
        case 'truth':
          return await this.truth(dataset, job);
        case 'univariate-theory':
          return this.univariateTheory(dataset, job);
        case 'training':
          return await this.training(dataset, task, signal);
      }
    } catch (error) {
      if (error instanceof WriteError || error instanceof Interrupted) throw error;
      if (error instanceof DivergenceError) return failed('diverged', error);
      return failed(error instanceof InputError || error instanceof RangeError ? 'input' : 'error', error);
    }
  }

  private async dataset(index: number, source: DataSource): Promise<Dataset> {
    const kept = this.datasets.get(index);
    if (kept !== undefined) return kept;
    const dataset = await loadDataset(source);
    if (this.datasets.size >= KEPT) this.datasets.delete(this.datasets.keys().next().value!);
    this.datasets.set(index, dataset);
    return dataset;
  }

  private async truth(dataset: Dataset, job: Job): Promise<Row[]> {
    const { spec, directory } = this.context;
    const seconds = stopwatch();
    const planned = job.rows[0]!;
    const { row, certificate, theory } = await truthOf(dataset, planned, spec.timeLimit);
    const path = certificatePath(job, planned, spec);
    try {
      await writeFileAtomically(join(directory, path), certificate);
    } catch (error) {
      throw error instanceof InputError ? new WriteError(error.message) : error;
    }
    const truth: TruthRow = { ...row, certificate: path, timing: { seconds: seconds() } };
    const infeasible: TheoryResult = {
      holds: 'not-applicable',
      statement: 'the size of sparsest networks',
      measured: 'no network fits these data at all',
      required: 'a network that fits',
    };
    return [
      truth,
      ...job.rows.slice(1).map((claim) => theoryRow(claim, theory.get(claim.claim!) ?? infeasible, 0)),
    ];
  }

  private univariateTheory(dataset: Dataset, job: Job): Row[] {
    const { spec } = this.context;
    const theory = new UnivariateTheory(makeProblem(dataset), spec.p);
    return job.rows.map((planned): Row => {
      const seconds = stopwatch();
      const shared = {
        ...identity(planned),
        status: 'done',
        skip: 'affine',
        tolerance: '0',
      } as const;
      if (planned.kind === 'minimizer') {
        const found = theory.minimizerRow(planned.p!);
        return { ...shared, kind: 'minimizer', ...found, timing: { seconds: seconds() } };
      }
      if (planned.kind === 'threshold') {
        return { ...shared, kind: 'threshold', ...theory.thresholdRow(), timing: { seconds: seconds() } };
      }
      return theoryRow(planned, testClaim(theory, planned), seconds());
    });
  }

  private async training(dataset: Dataset, { job, needed }: Task, signal?: AbortSignal): Promise<Row[]> {
    const truths = job.rows.map(({ truth }) => {
      const row = needed.find(({ key }) => key === truth);
      return row?.status === 'done' && row.kind === 'truth' ? row : null;
    });
    return trainAgainstTruth(dataset, job.rows, truths, this.context.spec, signal);
  }
}

/** A row that says why there is no result. */
export function failedRow(
  { kind, key, data, command, ...question }: PlannedRow,
  reason: FailureReason,
  message: string,
  seconds: number,
): FailedRow {
  const { skip, tolerance, p, method, seed, claim, objective } = question;
  return {
    kind,
    key,
    data,
    command,
    status: 'failed',
    reason,
    message,
    // What is undefined is left out of the JSON.
    ...{ skip, tolerance, p, method, seed, claim, objective },
    timing: { seconds },
  };
}

function testClaim(theory: UnivariateTheory, { claim, p }: PlannedRow): TheoryResult {
  switch (claim!) {
    case 'theorem-3.1':
      return theory.theorem31(p!);
    case 'corollary-3.1.2':
      return theory.corollary312(p!);
    case 'theorem-3.2-below':
      return theory.theorem32Below();
    case 'theorem-3.2-above':
      return theory.theorem32Above();
    case 'proposition-4.1':
    case 'generic-bound':
      throw new Error(`${claim} is about several inputs`);
  }
}

function theoryRow(planned: PlannedRow, result: TheoryResult, seconds: number): TheoryRow {
  return {
    ...identity(planned),
    kind: 'theory',
    status: 'done',
    skip: planned.skip!,
    tolerance: '0',
    claim: planned.claim!,
    ...(planned.p == null ? {} : { p: planned.p }),
    ...result,
    timing: { seconds },
  };
}

/** The same for every run of a specification; packed where the proof can be long. */
function certificatePath({ dataset }: Job, { skip, tolerance, objective }: PlannedRow, spec: Specification) {
  const slug = sourceName(spec.data[dataset]!)
    .replace(/^.*\//, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 60);
  const ending = objective === 'parameters' ? 'json.gz' : 'json';
  const width = tolerance!.replace('/', '-over-');
  return `${CERTIFICATES}/${dataset + 1}-${slug}-skip-${skip}-tolerance-${width}.${ending}`;
}

function stopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
