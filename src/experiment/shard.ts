import { InputError } from '../problem/input-error.js';
import type { DatasetFacts, UnreadableDataset } from './data-set.js';
import type { Job, Plan } from './plan.js';
import type { Specification } from './specification.js';

/** One of `count` parts of an experiment, 0 <= index < count. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Most shards of one experiment. */
export const MOST_SHARDS = 100_000;

/** Where a scheduler says which task of an array this process is: Slurm's arrays, Kubernetes' indexed jobs. */
const INDEX_VARIABLES = ['SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX'] as const;

/**
 * Reads "i/n". With "auto/n" the index is that of the array task.
 * @param environment the variables of the process
 * @throws InputError when it is neither, the index is not below n, or no variable has it
 */
export function parseShard(text: string, environment: Readonly<Record<string, string | undefined>>): Shard {
  const [, index, count] = /^(\d{1,9}|auto)\/(\d{1,9})$/.exec(text) ?? [];
  if (index === undefined || count === undefined) {
    throw new InputError(
      `expected i/n (shard i of n, from 0 to n - 1) or auto/n, found ${JSON.stringify(text)}`,
    );
  }
  if (index !== 'auto') return shard(Number(index), Number(count), `found ${text}`);
  const variable = INDEX_VARIABLES.find((name) => environment[name] !== undefined);
  if (variable === undefined) {
    throw new InputError(
      `${text}: none of ${INDEX_VARIABLES.join(', ')} is set, so there is no array task to ask; give i/n`,
    );
  }
  const value = environment[variable]!;
  const where = `found ${variable}=${JSON.stringify(value)} and ${text}`;
  return shard(/^\d{1,9}$/.test(value) ? Number(value) : Number.NaN, Number(count), where);
}

function shard(index: number, count: number, found: string): Shard {
  if (count >= 1 && count <= MOST_SHARDS && index < count) return { index, count };
  throw new InputError(
    `expected a shard i/n with 1 <= n <= ${MOST_SHARDS} and i from 0 to n - 1, ${found}; arrays count from 0`,
  );
}

/** "i/n". */
export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** What one shard does. */
export interface ShardWork {
  /** The rows of every data set, its own jobs and those that they need, in the order of the plan. */
  readonly plan: Plan;
  /** The jobs whose rows this shard gives to the whole. */
  readonly own: ReadonlySet<Job>;
}

/**
 * The part of a plan that is a shard's. Every job is in exactly one shard; a shard computes what its jobs need as well, so it waits for no other.
 * The plan is cut in its order into pieces of about the same estimated cost, so that few shards share a data set. The truths of a data set stay
 * together: one bounds the next. Pure: specification, facts and shard decide, no clock.
 */
export function shardWork(
  planned: Plan,
  datasets: readonly (DatasetFacts | UnreadableDataset)[],
  spec: Specification,
  { index, count }: Shard,
): ShardWork {
  const ownerOf = owners(planned, datasets, spec, count);
  const own = new Set(planned.jobs.filter((_, i) => ownerOf[i] === index));
  return { plan: { data: planned.data, jobs: withNeeds(planned, own) }, own };
}

/** The shard of every job of a plan. */
export function owners(
  { jobs }: Plan,
  datasets: readonly (DatasetFacts | UnreadableDataset)[],
  spec: Specification,
  count: number,
): number[] {
  const costs = jobs.map((job) => estimatedCost(job, datasets[job.dataset] as DatasetFacts, spec));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const truths = new Map<number, number>();
  let before = 0;
  return jobs.map((job, i) => {
    const middle = before + costs[i]! / 2;
    before += costs[i]!;
    const owner = Math.min(count - 1, Math.floor((middle / total) * count));
    if (job.kind !== 'truth') return owner;
    if (!truths.has(job.dataset)) truths.set(job.dataset, owner);
    return truths.get(job.dataset)!;
  });
}

/** Those jobs and all that they need, in the order of the plan. */
function withNeeds({ jobs }: Plan, own: ReadonlySet<Job>): Job[] {
  const byRow = new Map(jobs.flatMap((job) => job.rows.map(({ key }): [string, Job] => [key, job])));
  const all = new Set<Job>();
  const take = (job: Job): void => {
    if (all.has(job)) return;
    all.add(job);
    if (job.kind === 'truth') jobs.filter((other) => isTruthOf(job, other)).forEach(take);
    for (const key of [...job.needs, ...(job.wants ?? [])]) take(byRow.get(key)!);
  };
  for (const job of own) take(job);
  return jobs.filter((job) => all.has(job));
}

function isTruthOf({ dataset }: Job, { kind, ...other }: Job): boolean {
  return kind === 'truth' && other.dataset === dataset;
}

/** Multiplications in a second, for the cost of training. */
const RATE = 1e8;

/** Seconds that reading, starting and writing take for any job. */
const LEAST = 0.01;

/**
 * Seconds of one thread, from sizes alone: a guess that is the same everywhere. A search of several inputs is taken to double with every second
 * point, up to the time limit.
 */
function estimatedCost(job: Job, { points, dimension }: DatasetFacts, spec: Specification): number {
  const search = Math.min(spec.timeLimit, 0.02 * 2 ** Math.min(points / 2, 40));
  switch (job.kind) {
    case 'training':
      return LEAST + (spec.epochs * spec.width * points * (dimension + 1)) / RATE;
    case 'univariate-theory':
      return LEAST + (points * (1 + spec.p.length)) / 1e4;
    case 'truth':
      return LEAST + (dimension === 1 ? points / 1e5 : search);
    case 'path-norm':
    case 'path-norm-theory':
      return LEAST + search;
  }
}
