import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { plantedRows } from '../search/problems.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A table of random labels on random points of the plane, in a directory of its own. */
export function randomTable(seed: number, size: number): string {
  const { x, y } = plantedRows(createRandom(seed), 2, size, 0);
  const path = join(mkdtempSync(join(tmpdir(), 'sparsest-checkpoint-')), 'data.csv');
  writeFileSync(path, `a,b,y\n${x.map((point, n) => `${point},${y[n]}\n`).join('')}`);
  return path;
}

/**
 * Runs `solve` with a checkpoint, kills it so many times after some milliseconds, lets it go on each time, and at last to its end: the answer
 * must be the one of a run that is left alone, the certificate accepted.
 * @returns how many runs were killed before their end
 */
export async function killedAndResumed(
  table: string,
  threads: number,
  kills: number,
  after: () => number,
  every: number,
): Promise<number> {
  const checkpoint = `${table}.${threads}.checkpoint`;
  const certificate = `${table}.${threads}.json.gz`;
  const words = ['solve', table, '--json', '--threads', String(threads), '--time-limit', '3600'];
  const kept = [
    ...words,
    '--checkpoint',
    checkpoint,
    '--checkpoint-every',
    String(every),
    '--certificate',
    certificate,
  ];
  const alone = JSON.parse(run(words));
  expect(alone.status).toBe('optimal');
  let killed = 0;
  while (killed < kills) {
    if (!(await killedAfter(kept, after()))) break;
    killed++;
  }
  const resumed = JSON.parse(run(kept));
  expect(resumed.objective).toEqual(alone.objective);
  expect(run(['check', table, certificate])).toContain('accepted');
  return killed;
}

function run(words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
  expect(stderr, stderr).not.toContain('sparsest solve:');
  expect(status).toBe(0);
  return stdout;
}

/** Was the process still running when it was killed? */
function killedAfter(words: readonly string[], milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  return new Promise((resolve) =>
    child.once('exit', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    }),
  );
}
