import { join } from 'node:path';
import { certificateChunks } from '../certificate/write.js';
import { writeFileAtomically } from '../files/write-file.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { makeProblem } from '../problem/problem.js';
import type { BoundedSolution } from '../solve/solve.js';
import { DivergenceError } from '../train/train.js';
import { loadDataset } from './data-set.js';
import { pathNormMinimum } from './path-norm-minimum.js';
import { theorem41, thresholdWithin } from './path-norm-theory.js';
import type { Job, PlannedRow } from './plan.js';
import type { DoneRow, FailedRow, FailureReason, Row, TheoryRow, TruthRow } from './rows.js';
import type { TheoryResult } from './several-inputs-theory.js';
import { type DataSource, type Specification, sourceName } from './specification.js';
import { Interrupted, trainAgainstTruth } from './training-run.js';
import { identity, truthOf } from './truth.js';
import { UnivariateTheory } from './univariate-theory.js';

/** A job with what it needs from outside. Plain data: it crosses threads. */
export interface Task {
  readonly job: Job;
  readonly source: DataSource;
  /** The rows of `job.needs`, in that order, then those of `job.wants` that there are. */
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

/** Characters of a data set's name in the names of its certificates; its number makes them unique. */
const NAME_LENGTH = 60;

/** Data sets that are kept: jobs come data set by data set. */
const KEPT = 4;

/** Nothing can be written any more: no row says so, the run ends. */
export class WriteError extends InputError {}

/** Does the work of jobs, one after the other. */
export class TaskRunner {
  private readonly datasets = new Map<number, Dataset>();
  /** Truths of the data set at work, by tolerance and objective: architectures bound each other. */
  private truths: { dataset: number; known: Map<string, BoundedSolution[]> } = {
    dataset: -1,
    known: new Map(),
  };

  constructor(private readonly context: TaskContext) {}

  /**
   * The rows of a task, in the order of its plan. What goes wrong with one of them is in the rows.
   * @throws WriteError when a certificate cannot be written; Interrupted when the signal aborts
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
          return await this.truth(dataset, job, signal);
        case 'univariate-theory':
          return await this.univariateTheory(dataset, job);
        case 'path-norm':
          return await this.pathNorm(dataset, task, signal);
        case 'path-norm-theory':
          return this.pathNormTheory(dataset, task, signal);
        case 'training':
          return await this.training(dataset, task, signal);
      }
    } catch (error) {
      if (error instanceof WriteError || error instanceof Interrupted) throw error;
      if (error instanceof DivergenceError) return failed('diverged', error);
      return failed(error instanceof InputError ? 'input' : 'error', error);
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

  private async truth(dataset: Dataset, job: Job, signal?: AbortSignal): Promise<Row[]> {
    const { spec } = this.context;
    const seconds = stopwatch();
    const planned = job.rows[0]!;
    const known = this.knownTo(job, planned);
    const { row, certificate, theory, solution } = await truthOf(dataset, planned, {
      timeLimit: spec.timeLimit,
      shouldStop: () => signal?.aborted === true,
      known,
    });
    if (signal?.aborted) throw new Interrupted();
    if (solution.status !== 'infeasible') known.push(solution);
    const ending = planned.objective === 'parameters' ? 'json.gz' : 'json';
    const name = `skip-${planned.skip}-tolerance-${planned.tolerance!.replace('/', '-over-')}`;
    const path = await this.writeCertificate(job, `${name}.${ending}`, certificate);
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

  private knownTo({ dataset }: Job, { tolerance, objective }: PlannedRow): BoundedSolution[] {
    if (this.truths.dataset !== dataset) this.truths = { dataset, known: new Map() };
    const question = `${objective} ${tolerance}`;
    const known = this.truths.known.get(question) ?? [];
    this.truths.known.set(question, known);
    return known;
  }

  private async univariateTheory(dataset: Dataset, job: Job): Promise<Row[]> {
    const { spec } = this.context;
    const theory = new UnivariateTheory(makeProblem(dataset), spec.p);
    const rows: Row[] = [];
    for (const planned of job.rows) {
      const seconds = stopwatch();
      const shared = { ...identity(planned), status: 'done', skip: 'affine', tolerance: '0' } as const;
      if (planned.kind === 'minimizer') {
        const found = theory.minimizerRow(planned.p!);
        rows.push({ ...shared, kind: 'minimizer', ...found, timing: { seconds: seconds() } });
      } else if (planned.kind === 'threshold') {
        const found = theory.thresholdRow();
        const text = certificateChunks(theory.certificate());
        const certificate = await this.writeCertificate(job, 'threshold.json', text);
        rows.push({ ...shared, kind: 'threshold', ...found, certificate, timing: { seconds: seconds() } });
      } else rows.push(theoryRow(planned, testClaim(theory, planned), seconds()));
    }
    return rows;
  }

  /** @returns the path relative to the directory of the results, the same for every run of a specification */
  private async writeCertificate(job: Job, ending: string, text: Iterable<string>): Promise<string> {
    const slug = sourceName(this.context.spec.data[job.dataset]!)
      .replace(/^.*\//, '')
      .replace(/[^A-Za-z0-9.-]+/g, '-')
      .slice(0, NAME_LENGTH);
    const path = `${CERTIFICATES}/${job.dataset + 1}-${slug}-${ending}`;
    try {
      await writeFileAtomically(join(this.context.directory, path), text);
    } catch (error) {
      throw error instanceof InputError ? new WriteError(error.message) : error;
    }
    return path;
  }

  private async pathNorm(dataset: Dataset, { job, needed }: Task, signal?: AbortSignal): Promise<Row[]> {
    const seconds = stopwatch();
    const planned = job.rows[0]!;
    const truth = foundRow(needed, planned.truth, 'truth');
    const shouldStop = () => signal?.aborted === true;
    const { timeLimit } = this.context.spec;
    const { row, certificate } = await pathNormMinimum(dataset, planned, truth, { timeLimit, shouldStop });
    if (signal?.aborted) throw new Interrupted();
    const name = `path-norm-p-${planned.p!}-skip-${planned.skip}-tolerance-${planned.tolerance!}.json.gz`;
    const path =
      certificate === null
        ? undefined
        : await this.writeCertificate(job, name.replaceAll('/', '-over-'), certificate);
    return [{ ...row, ...(path === undefined ? {} : { certificate: path }), timing: { seconds: seconds() } }];
  }

  private pathNormTheory(dataset: Dataset, { job, needed }: Task, signal?: AbortSignal): Row[] {
    const seconds = stopwatch();
    const planned = job.rows[0]!;
    const shouldStop = () => signal?.aborted === true;
    const { timeLimit } = this.context.spec;
    const threshold = thresholdWithin(makeProblem(dataset), planned.skip!, { timeLimit, shouldStop });
    if (signal?.aborted) throw new Interrupted();
    const done = needed.filter((row) => row.status === 'done');
    const minima = done.filter((row) => row.kind === 'path-norm');
    const truth = done.find((row) => row.kind === 'truth');
    const { lowerBound, upperBound } = truth ?? {};
    const isOne = dataset.inputs.length === 1;
    const fewest =
      isOne || lowerBound === undefined || upperBound === undefined ? null : { lowerBound, upperBound };
    const counted = isOne ? 'neurons with a slope' : 'parameters';
    return [theoryRow(planned, theorem41(threshold, minima, fewest, counted), seconds())];
  }

  private async training(dataset: Dataset, { job, needed }: Task, signal?: AbortSignal): Promise<Row[]> {
    const truths = job.rows.map(({ truth }) => foundRow(needed, truth, 'truth'));
    const minima = job.rows.map(({ pathNorm }) => foundRow(needed, pathNorm, 'path-norm'));
    return trainAgainstTruth(dataset, job.rows, truths, this.context.spec, signal, minima);
  }
}

/** The row of that kind and key, if it was computed. */
function foundRow<K extends DoneRow['kind']>(
  rows: readonly Row[],
  key: string | undefined,
  kind: K,
): Extract<DoneRow, { kind: K }> | null {
  const row = rows.find((one) => one.key === key && one.kind === kind && one.status === 'done');
  return (row as Extract<DoneRow, { kind: K }> | undefined) ?? null;
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
    case 'corollary-3.1.1':
      return theory.corollary311();
    case 'corollary-3.1.2':
      return theory.corollary312(p!);
    case 'theorem-3.2-below':
      return theory.theorem32Below();
    case 'theorem-3.2-above':
      return theory.theorem32Above();
    default:
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

function stopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
