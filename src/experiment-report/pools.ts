import type { Objective } from '../certificate/certificate.js';
import type { Question, TrainingRow } from '../experiment/rows.js';
import { type RunSummary, summarize } from './outcomes.js';
import type { Experiment, Series } from './results.js';

/** All runs of one series with one architecture, tolerance and objective, over the data sets: like is pooled with like. */
export interface Pool extends Question {
  readonly series: Series;
  readonly objective: Objective;
  readonly runs: readonly TrainingRow[];
  readonly failed: number;
  readonly dataSets: number;
  readonly summary: RunSummary;
}

export function poolsOf({ dataSets }: Experiment): Pool[] {
  const pools = new Map<string, Omit<Pool, 'summary'>>();
  for (const group of dataSets.flatMap(({ groups }) => groups)) {
    const { series, skip, tolerance, objective, runs, failed } = group;
    const key = [objective, skip, tolerance, series.index].join(' ');
    const before = pools.get(key);
    pools.set(key, {
      series,
      skip,
      tolerance,
      objective,
      runs: [...(before?.runs ?? []), ...runs],
      failed: (before?.failed ?? 0) + failed.length,
      dataSets: (before?.dataSets ?? 0) + 1,
    });
  }
  return [...pools.values()]
    .map((pool) => ({ ...pool, summary: summarize(pool.runs) }))
    .sort(
      (a, b) =>
        compareTexts(a.objective, b.objective) ||
        compareTexts(a.skip, b.skip) ||
        compareTexts(a.tolerance, b.tolerance) ||
        a.series.index - b.series.index,
    );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
