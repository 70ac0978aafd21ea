// What the runner of experiments costs, and what a second thread gains: node bench/compare.mjs (after npm run build).
//
// 40 equal training runs with one thread and with two, whose rows must be the same; then many rows with next to no work, whose
// time is that of the runner itself: planning, dispatch, JSON, results.jsonl.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from '../dist/experiment/compare.js';
import { specification } from '../dist/experiment/specification-format.js';
import { processorSeconds } from './common.mjs';

const DATA = ['instances/peak-plateau.csv'];
const REPETITIONS = 2;

const equalRuns = specification(DATA, { methods: ['adam'], seeds: 40, epochs: 50_000, width: 80 });
const emptyRuns = specification(DATA, { methods: ['adam'], seeds: 2000, epochs: 1, width: 2 });

const directories = [];
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Seconds of the run, processor seconds, the share of time its threads were at work, and the rows without times. */
async function timed(spec, threads) {
  const out = mkdtempSync(join(tmpdir(), 'bench-compare-'));
  directories.push(out);
  const start = performance.now();
  const before = processorSeconds();
  const { status, rows } = await compare(spec, { out, threads });
  const seconds = (performance.now() - start) / 1000;
  const processor = processorSeconds() - before;
  const atWork = rows.reduce((sum, { timing }) => sum + timing.seconds, 0) / (threads * seconds);
  if (status !== 'complete' || rows.some((row) => row.status === 'failed'))
    throw new Error('the run is not complete');
  return {
    seconds,
    processor,
    atWork,
    rows: JSON.stringify(rows.map(({ timing: _, ...row }) => row)),
    count: rows.length,
  };
}

async function best(spec, threads) {
  const runs = [];
  for (let i = 0; i < REPETITIONS; i++) runs.push(await timed(spec, threads));
  return runs.reduce((a, b) => (a.seconds <= b.seconds ? a : b));
}

const one = await best(equalRuns, 1);
const two = await best(equalRuns, 2);
if (one.rows !== two.rows) throw new Error('the rows depend on the number of threads');
console.log(`40 equal training runs, ${availableParallelism()} cores, best of ${REPETITIONS}:`);
const line = (name, { seconds, processor, atWork }) =>
  `  ${name}  ${seconds.toFixed(2)} s, ${processor.toFixed(2)} processor seconds, ` +
  `at work ${(100 * atWork).toFixed(0)} % of the time`;
console.log(line('1 thread ', one));
console.log(line('2 threads', two));
console.log(`  ${(one.seconds / two.seconds).toFixed(2)} times as fast (aim: 1.7)`);
// What other programs take away is no fault of the runner: threads that are always at work, at no more processor time, are as fast as
// the free cores allow.
const free = (2 * two.atWork * one.processor) / (one.atWork * two.processor);
console.log(`  ${free.toFixed(2)} times as fast where two cores are free, from the shares above`);

// Time outside the work that the rows report.
for (const threads of [1, 2]) {
  const { seconds, count } = await best(emptyRuns, threads);
  console.log(
    `${count} rows with next to no work, ${threads} thread${threads === 1 ? ' ' : 's'}: ` +
      `${((1000 * seconds) / count).toFixed(2)} ms a row, the work included (aim: below 5)`,
  );
}
