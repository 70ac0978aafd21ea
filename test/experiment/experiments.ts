import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Task } from '../../src/experiment/execute.js';
import { TaskRunner } from '../../src/experiment/execute.js';
import type { Executor } from '../../src/experiment/executor.js';
import { readRows } from '../../src/experiment/results-directory.js';
import type { Row } from '../../src/experiment/rows.js';
import type { Specification } from '../../src/experiment/specification.js';
import { type GivenSource, specification } from '../../src/experiment/specification-format.js';

/** Two inputs, one input with runs of several points, and a file: every kind of row, in about a second. */
export const SMALL_DATA: readonly GivenSource[] = [
  'instances/peak-plateau.csv',
  { generate: 'convex', options: { points: 6, seed: 28 } },
  { generate: 'uniform', options: { points: 3, dimension: 2, decimals: 1 } },
];

export const smallExperiment = (data: readonly GivenSource[] = SMALL_DATA): Specification =>
  specification(data, { p: [0.5, 0.9], seeds: 2, epochs: 150, width: 10, every: 50, tolerances: [0, 0.5] });

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** An empty directory that goes away after the test. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'compare-'));
  directories.push(directory);
  return directory;
}

/** A row without what differs from run to run. */
export function timeless({ timing: _, ...row }: Row): object {
  return row;
}

/** The rows of a directory by key, without times, and the certificates they name. */
export function contentsOf(directory: string): Record<string, object> {
  const rows = readRows(directory).map((row): [string, object] => [row.key, timeless(row)]);
  const certificates = readRows(directory).flatMap((row): [string, object][] =>
    'certificate' in row && row.certificate !== undefined
      ? [[row.certificate, readFileSync(join(directory, row.certificate))]]
      : [],
  );
  return Object.fromEntries([...rows, ...certificates].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Works in this thread, `slots` tasks at a time, and lets `before` see each task first: it may fail in its place. */
export function executorWith(
  context: { spec: Specification; directory: string },
  before: (task: Task, index: number) => Promise<Row[] | null> | Row[] | null,
  slots = 1,
): Executor & { tasks: Task[]; most: number } {
  const runner = new TaskRunner(context);
  let active = 0;
  const executor = {
    slots,
    tasks: [] as Task[],
    /** Most tasks that were under way at once. */
    most: 0,
    async run(task: Task): Promise<readonly Row[]> {
      executor.tasks.push(task);
      executor.most = Math.max(executor.most, ++active);
      try {
        return (await before(task, executor.tasks.length - 1)) ?? (await runner.run(task));
      } finally {
        active--;
      }
    },
    close: async () => {},
  };
  return executor;
}
