import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type CompareOptions, compare, examineAll, keysOf } from '../../src/experiment/compare.js';
import { failedRow } from '../../src/experiment/execute.js';
import { merge } from '../../src/experiment/merge.js';
import { plan } from '../../src/experiment/plan.js';
import { readRows } from '../../src/experiment/results-directory.js';
import type { FailureReason, Row } from '../../src/experiment/rows.js';
import { owners, parseShard, shardText, shardWork } from '../../src/experiment/shard.js';
import { specification } from '../../src/experiment/specification-format.js';
import { contentsOf, executorWith, freshDirectory, smallExperiment, timeless } from './experiments.js';

const spec = {
  ...smallExperiment(),
  epochs: 20,
  every: 10,
  p: ['0.5'],
  methods: ['reweighted', 'adam'] as const,
};

/** Runs shards, each into a directory of its own. */
async function shards(count: number, options: Partial<CompareOptions> = {}): Promise<string[]> {
  const directories: string[] = [];
  for (let index = 0; index < count; index++) {
    const out = freshDirectory();
    await compare(spec, { out, threads: 1, shard: { index, count }, ...options });
    directories.push(out);
  }
  return directories;
}

let whole: { rows: readonly object[]; contents: object };
beforeAll(async () => {
  const out = freshDirectory();
  const { rows } = await compare(spec, { out, threads: 1 });
  whole = { rows: rows.map(timeless), contents: contentsOf(out) };
});

describe('parseShard', () => {
  it('reads i/n, and the index of an array task', () => {
    expect(parseShard('3/7', {})).toEqual({ index: 3, count: 7 });
    expect(parseShard('auto/7', { SLURM_ARRAY_TASK_ID: '6' })).toEqual({ index: 6, count: 7 });
    expect(parseShard('auto/7', { JOB_COMPLETION_INDEX: '0' })).toEqual({ index: 0, count: 7 });
  });

  it.each([
    ['7/7', {}, 'found 7/7; arrays count from 0'],
    ['0/0', {}, 'found 0/0'],
    ['0/100001', {}, '1 <= n <= 100000'],
    ['-1/3', {}, 'expected i/n'],
    ['1', {}, 'expected i/n'],
    ['1/3/5', {}, 'expected i/n'],
    ['auto/3', {}, 'none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX is set'],
    ['auto/3', { SLURM_ARRAY_TASK_ID: '3' }, 'SLURM_ARRAY_TASK_ID="3"'],
    ['auto/3', { JOB_COMPLETION_INDEX: 'x' }, 'JOB_COMPLETION_INDEX="x"'],
  ])('refuses %s with %o', (text, environment, why) => {
    expect(() => parseShard(text, environment)).toThrow(why);
  });
});

describe('shardWork', () => {
  it('puts every job into one shard, with all that it needs, in the order of the plan', async () => {
    const big = specification(
      ['instances/peak-plateau.csv', { generate: 'uniform', options: { points: 4, dimension: 2 }, seeds: 5 }],
      { seeds: 9, architectures: ['affine', 'none'] },
    );
    const datasets = await examineAll(big);
    const planned = plan(big, datasets);
    for (const count of [1, 2, 7, 40, 1000]) {
      const seen = new Map<string, number>();
      for (let index = 0; index < count; index++) {
        const { own, plan: work } = shardWork(planned, datasets, big, { index, count });
        for (const { rows } of own) for (const { key } of rows) seen.set(key, (seen.get(key) ?? 0) + 1);
        const there = new Set(keysOf(work));
        for (const { needs, wants = [] } of work.jobs)
          expect([...needs, ...wants].every((key) => there.has(key))).toBe(true);
        expect(work.jobs).toEqual(planned.jobs.filter((job) => work.jobs.includes(job)));
      }
      expect([...seen.values()].every((times) => times === 1)).toBe(true);
      expect(seen.size).toBe(keysOf(planned).length - planned.data.length);
    }
  });

  it('cuts training evenly: no shard has twice the runs of another', async () => {
    const runs = specification(['instances/peak-plateau.csv'], { seeds: 200, methods: ['adam'] });
    const datasets = await examineAll(runs);
    const planned = plan(runs, datasets);
    const of = owners(planned, datasets, runs, 8);
    const counts = Array.from({ length: 8 }, (_, i) => of.filter((owner) => owner === i).length);
    expect(Math.max(...counts)).toBeLessThan(2 * Math.min(...counts));
  });
});

describe('merge', () => {
  it.each([1, 2, 7])(
    'of %i shards in any order is the undivided run, bit by bit but for times',
    async (count) => {
      const parts = await shards(count);
      for (const order of [parts, [...parts].reverse()]) {
        const out = freshDirectory();
        const { result, open } = await merge(order, out);
        expect({ status: result.status, open }).toEqual({ status: 'complete', open: [] });
        expect(result.rows.map(timeless)).toEqual(whole.rows);
        expect(contentsOf(out)).toEqual(whole.contents);
      }
    },
  );

  it('names shards that are missing or unfinished, and is complete when they come later', async () => {
    const parts = await shards(3);
    const rows = join(parts[1]!, 'results.jsonl');
    const complete = readFileSync(rows);
    truncateSync(rows, complete.length - 5);
    const out = freshDirectory();
    const first = await merge([parts[2]!, parts[1]!], out);
    expect(first.result.status).toBe('interrupted');
    expect(first.open.map(({ shard, why, directory }) => [shardText(shard), why, directory])).toEqual([
      ['0/3', 'missing', null],
      ['1/3', 'unfinished', parts[1]],
    ]);
    await compare(spec, { out: parts[1]!, threads: 1, shard: { index: 1, count: 3 } });
    const second = await merge(parts, out);
    expect(second.open).toEqual([]);
    expect(contentsOf(out)).toEqual(whole.contents);
  });

  it('goes on as any directory does where shards never come', async () => {
    const parts = await shards(3);
    const out = freshDirectory();
    await merge(parts.slice(1), out);
    const { status, rows } = await compare(spec, { out, threads: 1 });
    expect([status, rows.map(timeless)]).toEqual(['complete', whole.rows]);
  });

  it.each<FailureReason>(['crash', 'error', 'diverged'])(
    'keeps rows that failed (%s) and takes the ones of a later run',
    async (reason) => {
      const fail = ({ job }: { job: { kind: string; rows: readonly object[] } }): Row[] | null =>
        job.kind === 'training'
          ? job.rows.map((row) => failedRow(row as never, reason, 'broken on purpose', 0))
          : null;
      const parts: string[] = [];
      for (const index of [0, 1]) {
        const directory = freshDirectory();
        const executor = executorWith({ spec, directory }, fail);
        await compare(spec, { out: directory, threads: 1, shard: { index, count: 2 }, executor });
        parts.push(directory);
      }
      const out = freshDirectory();
      const { result, open } = await merge(parts, out);
      expect(result.status).toBe('complete');
      const final = reason === 'diverged';
      expect(open.map(({ why }) => why)).toEqual(final ? [] : ['failed', 'failed']);
      for (const [index, directory] of parts.entries())
        await compare(spec, { out: directory, threads: 1, shard: { index, count: 2 } });
      const again = await merge(parts, out);
      expect(again.open).toEqual([]);
      if (!final) expect(contentsOf(out)).toEqual(whole.contents);
    },
  );

  it('takes nothing that was held against another truth than the one of the whole', async () => {
    const runs = { ...spec, data: spec.data.slice(0, 1), seeds: [0, 1, 2, 3] };
    const undivided = await compare(runs, { out: freshDirectory(), threads: 1 });
    const parts: string[] = [];
    for (const index of [0, 1]) {
      parts.push(freshDirectory());
      await compare(runs, { out: parts[index]!, threads: 1, shard: { index, count: 2 } });
    }
    // The truth that the second shard computed for its own use is changed, as a time limit would.
    expect(change(parts[1]!, parts[0]!)).toBe(true);
    const out = freshDirectory();
    const { result, open } = await merge(parts, out);
    expect(open.map(({ shard, why }) => [shard.index, why])).toEqual([[1, 'contradicts']]);
    expect(result.status).toBe('interrupted');
    const { rows } = await compare(runs, { out, threads: 1 });
    expect(rows.map(timeless)).toEqual(undivided.rows.map(timeless));
  });

  it('refuses mixtures, and says which directory does not fit', async () => {
    const [first, second] = await shards(2);
    const other = freshDirectory();
    await compare({ ...spec, seeds: [5] }, { out: other, threads: 1, shard: { index: 1, count: 2 } });
    const third = freshDirectory();
    await compare(spec, { out: third, threads: 1, shard: { index: 2, count: 3 } });
    const undivided = freshDirectory();
    await compare({ ...spec, seeds: [] }, { out: undivided, threads: 1 });
    const copy = freshDirectory();
    await compare(spec, { out: copy, threads: 1, shard: { index: 0, count: 2 } });
    const cases: [string[], string][] = [
      [[first!, other], `${other}: expected a shard of the same experiment as ${first}`],
      [[first!, third], `${third}: expected a shard of the same experiment as ${first} (2 shards), found 3`],
      [[first!, undivided], `${undivided}: expected the results of a shard`],
      [[first!, copy], `${copy}: shard 0/2 is in ${first}, too`],
      [[first!, freshDirectory()], 'found no spec.json'],
      [[], 'found none'],
    ];
    for (const [directories, why] of cases) {
      const out = freshDirectory();
      await expect(merge(directories, out)).rejects.toThrow(why);
      expect(existsSync(join(out, 'results.jsonl'))).toBe(false);
    }
    const rows = join(second!, 'results.jsonl');
    writeFileSync(rows, readFileSync(rows, 'utf8').replaceAll(/"sha256":"./g, '"sha256":"g'));
    await expect(merge([first!, second!], freshDirectory())).rejects.toThrow('the shards saw different data');
  });

  it('a certificate that is gone is an error that names it', async () => {
    const [only] = await shards(1);
    rmSync(join(only!, 'certificates'), { recursive: true });
    await expect(merge([only!], freshDirectory())).rejects.toThrow(
      /certificates.*is gone; compute the shard again/,
    );
  });

  it('takes a folder of shards for the shards in it', async () => {
    const folder = freshDirectory();
    for (const [i, directory] of (await shards(2)).entries())
      renameSync(directory, join(folder, `shard-${i}`));
    const out = freshDirectory();
    expect((await merge([folder], out)).result.rows.map(timeless)).toEqual(whole.rows);
  });
});

describe('the lock of a directory', () => {
  const holder = { pid: process.ppid, host: hostname(), job: null, restarts: '0' };
  const cases: [string, object, Record<string, string>, boolean][] = [
    ['of a live process', holder, {}, false],
    ['of a process that is gone', { ...holder, pid: 2147483646 }, {}, true],
    ['of another host', { ...holder, host: 'elsewhere', pid: 2147483646 }, {}, false],
    [
      'of the same job before it was begun again',
      { ...holder, host: 'elsewhere', job: '7' },
      job('7', '1'),
      true,
    ],
    ['of the same job, the same time', { ...holder, job: '7' }, job('7', '0'), false],
    ['of another job', { ...holder, host: 'elsewhere', job: '8' }, job('7', '1'), false],
  ];
  it.each(cases)('%s', async (_, lock, environment, isFree) => {
    const out = freshDirectory();
    writeFileSync(join(out, 'lock'), JSON.stringify(lock));
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    try {
      const run = compare({ ...spec, data: [] as never, seeds: [] }, { out, threads: 1 });
      if (isFree) await run;
      else await expect(run).rejects.toThrow('is writing results into this directory');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  function job(id: string, restarts: string) {
    return { SLURM_JOB_ID: id, SLURM_RESTART_COUNT: restarts };
  }
});

it('a directory goes on as the shard that it was begun as, and as no other', async () => {
  const [, directory] = await shards(2);
  appendFileSync(join(directory!, 'results.jsonl'), '{"half');
  await expect(compare(spec, { out: directory!, threads: 1 })).rejects.toThrow(
    'another part of the experiment: shard 1/2 there, the whole here',
  );
  const { computed } = await compare(spec, { out: directory!, threads: 1, shard: { index: 1, count: 2 } });
  expect(computed).toBe(0);
});

/** Changes a truth that training rows of the shard were held against, and that the shard before it has, too: it is not its own. */
function change(directory: string, before: string): boolean {
  const rows = readRows(directory);
  const against = rows.flatMap((row) => (row.kind === 'training' && row.status === 'done' ? row.truth : []));
  const others = new Set(readRows(before).map(({ key }) => key));
  const truth = rows.find(({ kind, key }) => kind === 'truth' && against.includes(key) && others.has(key));
  if (truth === undefined) return false;
  appendFileSync(join(directory, 'results.jsonl'), `${JSON.stringify({ ...truth, provedBy: 'a limit' })}\n`);
  return true;
}
