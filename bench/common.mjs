// Shared by the benchmarks: seeded data, medians, child processes, a table.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createRandom } from '../dist/exact/random.js';
import { datasetFromArrays } from '../dist/problem/dataset.js';
import { makeProblem } from '../dist/problem/problem.js';

export const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
export const CHECKER = fileURLToPath(new URL('../dist/cli/check-main.js', import.meta.url));

/** Rows of inputs and labels as a problem: every number means the shortest decimal that is written for it. */
export function problemOf(x, y) {
  return makeProblem(datasetFromArrays({ x: x.map((row) => row.map(String)), y: y.map(String) }));
}

/** All corners of a cube, labelled by the parity of their ones. */
export function parity(bits) {
  const x = Array.from({ length: 2 ** bits }, (_, n) => Array.from({ length: bits }, (_, i) => (n >> i) & 1));
  return problemOf(
    x,
    x.map((point) => point.reduce((sum, bit) => sum ^ bit, 0)),
  );
}

/** Different points with integer coordinates in [-9, 9]. */
function integerPoints(random, d, size) {
  const points = new Map();
  while (points.size < size) {
    const point = Array.from({ length: d }, () => random.integer(-9, 9));
    points.set(point.join(), point);
  }
  return [...points.values()];
}

/** The largest of three inputs at integer points. */
export function largestOfThree(size) {
  const random = createRandom(3);
  const x = integerPoints(random, 3, size);
  return problemOf(
    x,
    x.map((point) => Math.max(...point)),
  );
}

/** Integer points in [-9, 9]^d and a planted network with small integer weights; neurons = 0: random labels. */
export function planted(seed, d, n, neurons) {
  const random = createRandom(seed);
  const x = integerPoints(random, d, n);
  const teacher = Array.from({ length: neurons }, () => ({
    w: Array.from({ length: d }, () => random.integer(-3, 3)),
    b: random.integer(-5, 5),
    v: random.integer(0, 1) === 0 ? -1 : 1,
  }));
  const value = (point) =>
    teacher.reduce(
      (sum, { w, b, v }) =>
        sum +
        v *
          Math.max(
            0,
            w.reduce((z, a, i) => z + a * point[i], b),
          ),
      0,
    );
  return { x, y: x.map((point) => (neurons === 0 ? random.integer(-9, 9) : value(point))) };
}

/** Seconds of the processor that this process has used: other work on the machine does not count. */
export function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Median seconds of `runs` calls after one warm-up. */
export function time(body, runs = 5) {
  body();
  return median(
    Array.from({ length: runs }, () => {
      const start = performance.now();
      body();
      return (performance.now() - start) / 1000;
    }),
  );
}

/**
 * A whole process, as a user runs it: wall seconds, CPU seconds and peak memory in MB (from /usr/bin/time where there is one), and its
 * standard output.
 */
export function runProcess(args, expected = 0) {
  const start = performance.now();
  const timed = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', process.execPath, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const result =
    timed.error === undefined
      ? timed
      : spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== expected)
    throw new Error(`${args.join(' ')}: exit ${result.status}\n${result.stderr}`);
  const figures =
    timed.error === undefined ? result.stderr.trim().split('\n').at(-1).split(' ').map(Number) : null;
  return {
    seconds,
    cpu: figures === null ? null : figures[1] + figures[2],
    megabytes: figures === null ? null : figures[3] / 1024,
    stdout: result.stdout,
  };
}

/** Calls body with a temporary directory that is removed afterwards; a promise is waited for. */
export function inTemporaryDirectory(body) {
  const directory = mkdtempSync(join(tmpdir(), 'sparsest-bench-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  let result;
  try {
    result = body(directory);
  } catch (error) {
    remove();
    throw error;
  }
  if (result instanceof Promise) return result.finally(remove);
  remove();
  return result;
}

export function assert(condition, message) {
  if (!condition) throw new Error(`benchmark answer is wrong: ${message}`);
}

/** Prints a table; its times and sizes are the figures that `npm run bench -- --compare` compares. */
export function printTable(title, header, rows) {
  recordFigures(title, header, rows);
  console.log(`\n${title}`);
  const widths = header.map((name, c) => Math.max(name.length, ...rows.map((row) => String(row[c]).length)));
  for (const row of [header, ...rows])
    console.log(`  ${row.map((cell, c) => String(cell).padStart(widths[c])).join('   ')}`);
}

const SECONDS = { ns: 1e-9, ms: 1e-3, s: 1 };

/** Hands the cells with a unit (seconds, or MB as they are: the less the better) to bench/run.mjs, named by title, row and column. */
function recordFigures(title, header, rows) {
  const path = process.env.SPARSEST_FIGURES;
  if (path === undefined) return;
  for (const row of rows) {
    row.forEach((cell, c) => {
      const [, number, unit] = /^([\d.]+) (ns|ms|s|MB)$/.exec(String(cell)) ?? [];
      if (c === 0 || number === undefined) return;
      const name = `${process.env.SPARSEST_BENCH}: ${title}: ${row[0]}: ${header[c]}`;
      const value = Number((Number(number) * (SECONDS[unit] ?? 1)).toPrecision(3));
      appendFileSync(path, `${JSON.stringify({ name, value })}\n`);
    });
  }
}

export function machine() {
  return `Node ${process.version}, ${availableParallelism()} cores; medians of several runs`;
}
