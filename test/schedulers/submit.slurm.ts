import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf } from '../experiment/experiments.js';
import { SPARSEST } from '../support/command-line.js';

const TASKS = 40;
const KILLED = 3;

const folder = mkdtempSync(join(tmpdir(), 'slurm-'));
const slurm = join(folder, 'slurm');
const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));

beforeAll(() => {
  const said = execFileSync(script('slurm-up'), [slurm], { encoding: 'utf8' });
  process.env.SLURM_CONF = said.trim().replace('export SLURM_CONF=', '');
});
afterAll(() => {
  execFileSync(script('slurm-down'), [slurm]);
});

function sparsest(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [SPARSEST, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** Waits until a job is no longer in the queue. */
async function ended(job: string): Promise<void> {
  for (;;) {
    const { stdout, stderr } = spawnSync('squeue', ['--noheader', '--jobs', job], { encoding: 'utf8' });
    if (stdout.trim() === '' && !stderr.includes('slurm_load_jobs error: Unable')) return;
    await sleep(500);
  }
}

describe('submit --engine slurm', () => {
  it(`${TASKS} tasks, ${KILLED} of them killed and begun again, give the rows of an undivided run`, async () => {
    const spec = join(folder, 'spec.json');
    const data = [
      'instances/peak-plateau.csv',
      { generate: 'uniform', options: { points: 3, dimension: 2, decimals: 1 } },
    ];
    const experiment = {
      ...{ format: 'sparsest-comparison', version: 1, data, p: [0.5, 0.9], seeds: 10 },
      ...{ epochs: 3000, width: 20, every: 1000, tolerances: [0.5] },
    };
    writeFileSync(spec, JSON.stringify(experiment));
    const out = join(folder, 'submitted');
    const submitted = sparsest(
      ...['submit', spec, '--engine', 'slurm', '--shards', `${TASKS}`, '--out', out, '--json'],
    );
    expect(submitted.stderr).toBe('');
    const { jobs } = JSON.parse(submitted.stdout) as { jobs: { array: string; join: string } };

    // Kills tasks while they work: the process of a shard that has a lock and rows.
    const killed = new Set<string>();
    while (killed.size < KILLED) {
      const shards = readdirSync(join(out, 'shards')).filter((name) => !killed.has(name));
      const pid = shards
        .map((name) => [name, holderOf(join(out, 'shards', name))] as const)
        .find(([, p]) => p);
      if (pid === undefined) {
        await sleep(50);
        continue;
      }
      process.kill(pid[1]!, 'SIGKILL');
      killed.add(pid[0]);
    }
    await ended(jobs.join);
    const logs = readdirSync(join(out, 'logs')).map((name) => readFileSync(join(out, 'logs', name), 'utf8'));
    expect(logs.filter((text) => text.includes('Killed')).length).toBe(KILLED);
    expect(logs.join('')).toContain(`All ${TASKS} shards are there.`);

    const whole = join(folder, 'whole');
    expect(sparsest('compare', '--spec', spec, '--out', whole, '--quiet').status).toBe(0);
    expect(contentsOf(join(out, 'merged'))).toEqual(contentsOf(whole));
  });
});

/** The process that works on a shard and has written rows already; null when there is none. */
function holderOf(directory: string): number | null {
  try {
    const rows = readFileSync(join(directory, 'results.jsonl'), 'utf8');
    return rows.includes('"training"') ? JSON.parse(readFileSync(join(directory, 'lock'), 'utf8')).pid : null;
  } catch {
    return null;
  }
}
