import type { Objective } from '../certificate/certificate.js';
import type { Skip } from '../problem/network.js';
import { hasPenalty, type Method } from '../train/options.js';
import { CommandLines } from './command-lines.js';
import type { DatasetFacts, UnreadableDataset } from './data-set.js';
import type { RowBase, RowKind, TheoryClaim } from './rows.js';
import type { Specification } from './specification.js';

/** A row that is to be computed: its identity and the fields that are known beforehand. */
export interface PlannedRow extends Omit<RowBase, 'timing'> {
  readonly skip?: Skip;
  readonly tolerance?: string;
  readonly objective?: Objective;
  readonly claim?: TheoryClaim;
  readonly p?: string | null;
  readonly method?: Method;
  readonly seed?: number;
  /** Key of the truth row that a training run, or a least path norm, is held against. */
  readonly truth?: string;
  /** Key of the row of the least path norm that a training run is held against. */
  readonly pathNorm?: string;
}

/** Work that is done in one piece by one worker, and the rows it yields. */
export interface Job {
  readonly kind: 'truth' | 'univariate-theory' | 'path-norm' | 'path-norm-theory' | 'training';
  /** Index of the data set in the specification. */
  readonly dataset: number;
  readonly rows: readonly PlannedRow[];
  /** Keys of truth rows that must be there first. */
  readonly needs: readonly string[];
  /** Keys of rows that are waited for, and done without when they failed. */
  readonly wants?: readonly string[];
}

export interface Plan {
  /** One row for every data set, in the order of the specification. */
  readonly data: readonly PlannedRow[];
  readonly jobs: readonly Job[];
}

/**
 * Every row of an experiment, in the order of the report: data set by data set the truth, the theory, the training runs.
 * Pure: the same specification and facts give the same plan.
 */
export function plan(spec: Specification, datasets: readonly (DatasetFacts | UnreadableDataset)[]): Plan {
  const data: PlannedRow[] = [];
  const jobs: Job[] = [];
  datasets.forEach((facts, dataset) => {
    const commands = new CommandLines(facts.source);
    data.push({ kind: 'data', key: key('data', facts.name), data: facts.name, command: commands.dataset() });
    if (!('unreadable' in facts)) jobs.push(...jobsOf(spec, facts, dataset, commands));
  });
  return { data, jobs };
}

/** Number of rows of each kind. */
export function countRows({ data, jobs }: Plan): Partial<Record<RowKind, number>> {
  const counts: Partial<Record<RowKind, number>> = {};
  for (const { kind } of [...data, ...jobs.flatMap(({ rows }) => rows)])
    counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function jobsOf(spec: Specification, facts: DatasetFacts, dataset: number, commands: CommandLines): Job[] {
  const own: Skip = facts.dimension === 1 ? 'affine' : 'none';
  const skips = [...new Set(spec.architectures.map((a) => (a === 'default' ? own : a)))];
  const jobs: Job[] = [];

  // The truth at tolerance 0, which the theory is about, and at every tolerance of the training.
  const isQuestion = (tolerance: string) => facts.exact || tolerance !== '0';
  const tolerances = facts.windows ? ['0'] : [...new Set(['0', ...spec.tolerances])].filter(isQuestion);
  const objective: Objective = facts.dimension === 1 ? 'neurons' : 'parameters';
  for (const skip of skips) {
    for (const tolerance of tolerances) {
      const shared = { data: facts.name, skip, tolerance };
      const rows: PlannedRow[] = [
        {
          ...shared,
          kind: 'truth',
          key: truthKey(facts.name, skip, tolerance),
          command: commands.truth(objective, skip, tolerance, spec.timeLimit),
          objective,
        },
      ];
      if (facts.dimension > 1 && tolerance === '0') {
        for (const claim of SIZE_CLAIMS) {
          rows.push({
            ...rows[0]!,
            kind: 'theory',
            key: key('theory', facts.name, claim, `skip=${skip}`),
            claim,
          });
        }
      }
      jobs.push({ kind: 'truth', dataset, rows, needs: [] });
      if (hasPathNorms(facts, skip)) {
        for (const p of spec.p) {
          const row: PlannedRow = {
            ...shared,
            kind: 'path-norm',
            key: pathNormKey(facts.name, p, skip, tolerance),
            command: commands.pathNorm(p, skip, tolerance, spec.timeLimit),
            ...{ p, truth: rows[0]!.key },
          };
          jobs.push({ kind: 'path-norm', dataset, rows: [row], needs: [rows[0]!.key] });
        }
        if (tolerance === '0') {
          const claim = 'theorem-4.1-below';
          const row: PlannedRow = {
            ...shared,
            kind: 'theory',
            key: key('theory', facts.name, claim, `skip=${skip}`),
            command: commands.threshold(skip),
            claim,
          };
          const minima = spec.p.map((p) => pathNormKey(facts.name, p, skip, tolerance));
          const needs = [rows[0]!.key, ...minima];
          jobs.push({ kind: 'path-norm-theory', dataset, rows: [row], needs });
        }
      }
    }
  }

  if (facts.dimension === 1 && facts.exact && !facts.windows) {
    jobs.push({ kind: 'univariate-theory', dataset, rows: univariateRows(spec, facts, commands), needs: [] });
  }

  const aims = spec.tolerances.filter(isQuestion);
  if (facts.windows || aims.length === 0) return jobs;
  for (const skip of skips) {
    for (const { method, p } of runsOf(spec)) {
      for (const seed of spec.seeds) {
        const rows = aims.map((tolerance): PlannedRow => {
          const truth = truthKey(facts.name, skip, tolerance);
          return {
            kind: 'training',
            key: key(
              'training',
              facts.name,
              `method=${method}`,
              ...(p === null ? [] : [`p=${p}`]),
              `skip=${skip}`,
              `seed=${seed}`,
              `tolerance=${tolerance}`,
            ),
            data: facts.name,
            command: commands.training(spec, { method, p, skip, seed }, tolerance),
            ...{ method, p, skip, seed, tolerance, objective, truth },
            ...(p !== null && hasPathNorms(facts, skip)
              ? { pathNorm: pathNormKey(facts.name, p, skip, tolerance) }
              : {}),
          };
        });
        const needs = rows.map(({ truth }) => truth!);
        const wants = rows.flatMap(({ pathNorm }) => pathNorm ?? []);
        jobs.push({ kind: 'training', dataset, rows, needs, wants });
      }
    }
  }
  return jobs;
}

/** Algorithm 1 for every p; the baselines once, they have no p. */
function runsOf({ methods, p }: Specification): { method: Method; p: string | null }[] {
  return methods.flatMap((method): { method: Method; p: string | null }[] =>
    hasPenalty(method) ? p.map((exponent) => ({ method, p: exponent })) : [{ method, p: null }],
  );
}

function univariateRows(spec: Specification, { name }: DatasetFacts, commands: CommandLines): PlannedRow[] {
  const shared = { data: name, skip: 'affine', tolerance: '0' } as const;
  const theory = (claim: TheoryClaim, p: string | null, command: string): PlannedRow => ({
    ...shared,
    kind: 'theory',
    key: key('theory', name, claim, ...(p === null ? [] : [`p=${p}`])),
    command,
    claim,
    ...(p === null ? {} : { p }),
  });
  return [
    ...spec.p.map(
      (p): PlannedRow => ({
        ...shared,
        kind: 'minimizer',
        key: key('minimizer', name, `p=${p}`),
        command: commands.minimizer(p),
        p,
      }),
    ),
    { ...shared, kind: 'threshold', key: key('threshold', name), command: commands.threshold() },
    ...['0', ...spec.p.filter((p) => p !== '1')].map((p) => theory('theorem-3.1', p, commands.minimizer(p))),
    theory('corollary-3.1.1', null, commands.minimizer('0')),
    ...spec.p.map((p) => theory('corollary-3.1.2', p, commands.minimizer(p))),
    theory('theorem-3.2-below', null, commands.threshold()),
    theory('theorem-3.2-above', null, commands.threshold()),
  ];
}

/** Claims about the fewest parameters with several inputs. */
const SIZE_CLAIMS = [
  'proposition-4.1',
  'proposition-4.1-neurons',
  'proposition-4.1-two-each',
  'proposition-4.1-full-neurons',
  'proposition-4.1-general-position',
  'generic-bound',
] as const;

/** Several inputs, or one without a free line, and labels: the least path norm is computed for every exponent. */
function hasPathNorms({ dimension, windows }: DatasetFacts, skip: Skip): boolean {
  return (dimension > 1 || skip !== 'affine') && !windows;
}

function pathNormKey(data: string, p: string, skip: Skip, tolerance: string): string {
  return key('path-norm', data, `p=${p}`, `skip=${skip}`, `tolerance=${tolerance}`);
}

function truthKey(data: string, skip: Skip, tolerance: string): string {
  return key('truth', data, `skip=${skip}`, `tolerance=${tolerance}`);
}

function key(...parts: readonly string[]): string {
  return parts.join(' | ');
}
