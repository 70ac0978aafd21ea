import { InputError } from '../problem/input-error.js';
import { type DatasetFacts, examine, type UnreadableDataset } from './data-set.js';
import { failedRow, type Task } from './execute.js';
import { type Executor, inProcess, WorkerPool } from './executor.js';
import { type Job, type Plan, type PlannedRow, plan } from './plan.js';
import { ResultsDirectory, type WrittenBy } from './results-directory.js';
import { type DataRow, FINAL_FAILURES, type Row } from './rows.js';
import { type Shard, shardWork } from './shard.js';
import type { Specification } from './specification.js';
import { Interrupted } from './training-run.js';
import { identity } from './truth.js';

export interface CompareOptions {
  /** Directory of the results; made when it is not there, gone on with when it is. */
  readonly out: string;
  /** Worker threads; 1 works in the calling thread, unless `ownThread`. The rows do not depend on it. */
  readonly threads: number;
  /** A single thread is another one, too: it can be ended in the middle of whatever it does. */
  readonly ownThread?: boolean;
  /** Stops the run: the rows so far stay, and the next run goes on from them. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CompareProgress) => void;
  readonly writtenBy?: WrittenBy;
  /** Only this part of the experiment, and what it needs. */
  readonly shard?: Shard;
  /** Does the work in place of the threads. */
  readonly executor?: Executor;
}

export interface CompareProgress {
  /** Rows there are, rows that were there when the run began, and rows in all. */
  readonly rows: number;
  readonly before: number;
  readonly total: number;
}

export interface Comparison {
  /** 'complete': every row is there (failed ones are rows, too). 'interrupted': the signal came first. */
  readonly status: 'complete' | 'interrupted';
  /** In the order of the plan. */
  readonly rows: readonly Row[];
  /** Rows computed by this run, and rows in all. */
  readonly computed: number;
  readonly total: number;
}

/**
 * Runs an experiment, or what is missing of it, row by row into the directory of its results.
 *
 * @throws InputError when the directory belongs to another experiment, a data set changed since its rows were computed, or
 * nothing more can be written; the rows so far stay
 */
export async function compare(spec: Specification, options: CompareOptions): Promise<Comparison> {
  const { out, threads, ownThread = false, signal, writtenBy = {}, shard } = options;
  const results = await ResultsDirectory.open(out, spec, writtenBy, shard);
  try {
    const datasets = await examineAll(spec, signal);
    const whole = plan(spec, datasets);
    const planned = shard === undefined ? whole : shardWork(whole, datasets, spec, shard).plan;
    recordDatasets(results, datasets, planned.data);
    const context = { spec, directory: out };
    const executor =
      options.executor ??
      (threads > 1 || ownThread ? new WorkerPool(threads, context) : inProcess(context, signal));
    const run = new Run(spec, planned, results, executor, options);
    await run.finish();
    const interrupted = datasets.length < spec.data.length || !run.isFinished;
    const keys = keysOf(planned);
    const rows = interrupted ? keys.flatMap((key) => results.row(key) ?? []) : await results.arrange(keys);
    return {
      status: interrupted ? 'interrupted' : 'complete',
      rows,
      computed: run.computed,
      total: keys.length,
    };
  } finally {
    results.close();
  }
}

/** Looks at every data set, or at as many as come before the signal. */
export async function examineAll(
  spec: Specification,
  signal?: AbortSignal,
): Promise<(DatasetFacts | UnreadableDataset)[]> {
  const datasets: (DatasetFacts | UnreadableDataset)[] = [];
  for (const source of spec.data) {
    if (signal?.aborted) break;
    datasets.push(await examine(source));
  }
  return datasets;
}

/** The keys of all rows of a plan, in its order. */
export function keysOf({ data, jobs }: Plan): string[] {
  return [...data, ...jobs.flatMap(({ rows }) => rows)].map(({ key }) => key);
}

/** A row counts when there is a result, or a failure that would only repeat itself. */
export function isSettled(row: Row | undefined): boolean {
  return row !== undefined && (row.status === 'done' || FINAL_FAILURES.includes(row.reason));
}

/**
 * One row for every data set. Rows that are there already must be of the same data.
 * @throws InputError naming the data set that changed or vanished
 */
export function recordDatasets(
  results: ResultsDirectory,
  datasets: readonly (DatasetFacts | UnreadableDataset)[],
  planned: readonly PlannedRow[],
): void {
  datasets.forEach((facts, i) => {
    const before = results.row(planned[i]!.key);
    const done = before?.status === 'done' && before.kind === 'data' ? before : null;
    if ('unreadable' in facts) {
      if (done !== null) {
        throw new InputError(
          `${facts.name}: these data were read when the results were begun and cannot be read now; put them back, or ` +
            `choose another --out (${facts.unreadable})`,
        );
      }
      results.append([failedRow(planned[i]!, 'unreadable', facts.unreadable, 0)]);
    } else if (done === null) results.append([dataRow(planned[i]!, facts)]);
    else if (done.sha256 !== facts.sha256) {
      throw new InputError(
        `${facts.name}: these data changed since the results were begun: SHA-256 ${done.sha256} then, ${facts.sha256} ` +
          'now; put them back, or choose another --out',
      );
    }
  });
}

function dataRow(planned: PlannedRow, facts: DatasetFacts): DataRow {
  const { sha256, points, dimension, columns, note, plot } = facts;
  return {
    ...identity(planned),
    kind: 'data',
    status: 'done',
    sha256,
    points,
    dimension,
    columns,
    ...(note === null ? {} : { note }),
    ...(plot === null ? {} : { plot }),
    timing: { seconds: 0 },
  };
}

/** One run over the jobs that are not settled: as many at a time as the executor has slots, in the order of the plan. */
class Run {
  computed = 0;
  private readonly waiting: Job[];
  /** Keys of rows that are still to come in this run. */
  private readonly coming: Set<string>;
  private readonly before: number;
  /** Nothing counts any more: what dying workers say is no result. */
  private stopped = false;

  constructor(
    private readonly spec: Specification,
    planned: Plan,
    private readonly results: ResultsDirectory,
    private readonly executor: Executor,
    private readonly options: CompareOptions,
  ) {
    this.waiting = planned.jobs.filter((job) => job.rows.some(({ key }) => !isSettled(results.row(key))));
    this.coming = new Set(this.waiting.flatMap(({ rows }) => this.open(rows).map(({ key }) => key)));
    const all = planned.data.length + planned.jobs.reduce((sum, { rows }) => sum + rows.length, 0);
    this.before = all - this.coming.size;
  }

  /** Every row is there. */
  get isFinished(): boolean {
    return this.coming.size === 0;
  }

  /** Does all waiting jobs, or as many as come before the signal. @throws WriteError */
  async finish(): Promise<void> {
    const { signal } = this.options;
    const abort = () => {
      this.stopped = true;
      void this.executor.close();
    };
    if (signal?.aborted) this.stopped = true;
    signal?.addEventListener('abort', abort, { once: true });
    this.report();
    const active = new Set<Promise<void>>();
    let failure: { error: unknown } | null = null;
    try {
      for (;;) {
        // As many jobs as there are slots; a job whose truth is still being computed lets others pass.
        while (active.size < this.executor.slots && failure === null && !this.stopped) {
          const job = this.next();
          if (job === null) break;
          const work: Promise<void> = this.settle(job)
            .catch((error: unknown) => {
              if (!(error instanceof Interrupted)) failure ??= { error };
            })
            .finally(() => active.delete(work));
          active.add(work);
        }
        if (active.size === 0 || failure !== null) break;
        await Promise.race(active);
      }
    } finally {
      this.stopped = true;
      signal?.removeEventListener('abort', abort);
      await this.executor.close();
    }
    if (failure !== null) throw (failure as { error: unknown }).error;
  }

  private next(): Job | null {
    const at = this.waiting.findIndex(({ needs, wants = [] }) =>
      [...needs, ...wants].every((key) => !this.coming.has(key)),
    );
    return at < 0 ? null : this.waiting.splice(at, 1)[0]!;
  }

  private async settle(job: Job): Promise<void> {
    const { results } = this;
    const needed = job.needs.map((key) => results.row(key)!);
    const missing = needed.find((row) => !isSettled(row));
    const open = new Set(this.open(job.rows).map(({ key }) => key));
    let rows: readonly Row[];
    if (missing === undefined) {
      const wanted = (job.wants ?? []).flatMap((key) => results.row(key) ?? []);
      const task: Task = { job, source: this.spec.data[job.dataset]!, needed: [...needed, ...wanted] };
      rows = await this.executor.run(task);
      if (this.stopped) return;
    } else {
      const why = `the truth it is held against is missing: ${missing.key}`;
      rows = job.rows.map((row) => failedRow(row, 'dependency', why, 0));
    }
    const fresh = rows.filter(({ key }) => open.has(key));
    results.append(fresh);
    for (const { key } of fresh) this.coming.delete(key);
    this.computed += fresh.length;
    this.report();
  }

  private open(rows: readonly PlannedRow[]): PlannedRow[] {
    return rows.filter(({ key }) => !isSettled(this.results.row(key)));
  }

  private report(): void {
    const { before, computed, coming } = this;
    this.options.onProgress?.({ rows: before + computed, before, total: before + computed + coming.size });
  }
}
