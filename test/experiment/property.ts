import { compare } from '../../src/experiment/compare.js';
import type { Row, TheoryRow } from '../../src/experiment/rows.js';
import { type GivenSource, specification } from '../../src/experiment/specification-format.js';
import { freshDirectory } from './experiments.js';

/** Data sets of every kind with one input, and small ones with two: `count` in all, different for different `from`. */
export function variedData(count: number, from = 0): GivenSource[] {
  const kinds: ((seed: number) => GivenSource)[] = [
    (seed) => ({ generate: 'convex', options: { points: 8, seed, range: 30 } }),
    (seed) => ({ generate: 'walk', options: { points: 4 + (seed % 20), seed, range: 2 } }),
    (seed) => ({ generate: 'walk', options: { points: 12, seed, distribution: 'gaussian' } }),
    (seed) => ({ generate: 'noise', options: { points: 3 + (seed % 30), seed } }),
    (seed) => ({ generate: 'planted', options: { points: 30, seed, knots: 1 + (seed % 6) } }),
    (seed) => ({ generate: 'collinear', options: { points: 20, seed, stretch: 2 } }),
    (seed) => ({ generate: 'near-collinear', options: { points: 3 + (seed % 10), seed } }),
    (seed) => ({ generate: 'convex', options: { points: 5 + (seed % 18), seed, range: 100 } }),
    (seed) => ({ generate: 'uniform', options: { points: 2 + (seed % 2), dimension: 2, seed, decimals: 1 } }),
    (seed) => ({
      generate: 'teacher',
      options: { points: 3 + (seed % 2), dimension: 2, neurons: 1, seed, decimals: 1 },
    }),
  ];
  return Array.from({ length: count }, (_, i) =>
    kinds[i % kinds.length]!(from + Math.floor(i / kinds.length)),
  );
}

/** All rows about these data sets, without training. */
export async function theoryOf(data: readonly GivenSource[]): Promise<readonly Row[]> {
  const spec = specification(data, {
    p: [0.1, 0.5, 0.9, 0.99, 1],
    seeds: 0,
    tolerances: [0],
    timeLimit: 600,
  });
  return (await compare(spec, { out: freshDirectory(), threads: 1 })).rows;
}

/** Theory rows by claim and verdict: what a property test really exercised. */
export function tally(rows: readonly Row[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    if (row.kind !== 'theory' || row.status !== 'done') continue;
    const name = `${row.claim} ${row.holds}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export function failing(rows: readonly Row[]): Row[] {
  const holds = (row: TheoryRow) => row.holds === true || row.holds === 'not-applicable';
  return rows.filter((row) => row.status === 'failed' || (row.kind === 'theory' && !holds(row)));
}
