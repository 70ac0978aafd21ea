import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { INDEX, type TaskArray } from '../../src/schedulers/array.js';
import { jobManifest } from '../../src/schedulers/kubernetes.js';
import { arrayScript, joinScript } from '../../src/schedulers/slurm.js';

const folder = mkdtempSync(join(tmpdir(), 'it is %a '));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that writes its words, one a line, and ends with the code that a file holds. */
const program = join(folder, "what's run");
writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@"\nexit $(cat code)\n');
chmodSync(program, 0o755);
/** What the script of a task may ask of Slurm. */
const bin = join(folder, 'bin');
mkdirSync(bin);
writeFileSync(join(bin, 'scontrol'), '#!/bin/sh\necho "asked: $*"\n');
chmodSync(join(bin, 'scontrol'), 0o755);

const array: TaskArray = {
  name: 'sparsest',
  tasks: 40,
  task: ['compare', '--shard', `${INDEX}/40`, '--out', `a b/$HOME/${INDEX}`],
  join: ['compare', '--merge', "it's"],
  directory: folder,
  logs: join(folder, 'logs'),
  program: [program],
  cpus: 2,
};
const slurm = { partition: 'main', time: '1:00:00', memory: '4G' };

function run(script: string, code: number, restarts: number): string[] {
  writeFileSync(join(folder, 'code'), `${code}`);
  const PATH = `${bin}:${process.env.PATH}`;
  const env = {
    ...process.env,
    PATH,
    SLURM_ARRAY_TASK_ID: '7',
    SLURM_JOB_ID: '99',
    SLURM_RESTART_COUNT: `${restarts}`,
  };
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return [...stdout.trimEnd().split('\n'), `code ${status}`];
}

describe('scripts for Slurm', () => {
  const words = ['compare', '--shard', '7/40', '--out', 'a b/$HOME/7'];

  it.each([
    [0, 0, []],
    [1, 0, []],
    [3, 0, []],
    [137, 0, ['asked: requeue 99']],
    [137, 4, ['asked: requeue 99']],
    [137, 5, []],
  ])('a task that ends with %i after %i restarts', (code, restarts, asked) => {
    expect(run(arrayScript(array, slurm), code, restarts)).toEqual([...words, ...asked, `code ${code}`]);
  });

  it('the job that joins runs one command', () => {
    expect(run(joinScript(array, slurm), 3, 0)).toEqual(['compare', '--merge', "it's", 'code 3']);
  });

  it('say what Slurm is asked for', () => {
    const directives = (script: string) => script.split('\n').filter((line) => line.startsWith('#SBATCH'));
    expect(directives(arrayScript(array, slurm))).toEqual([
      '#SBATCH --job-name=sparsest',
      '#SBATCH --array=0-39',
      '#SBATCH --requeue',
      '#SBATCH --cpus-per-task=2',
      '#SBATCH --partition=main',
      '#SBATCH --time=1:00:00',
      '#SBATCH --mem=4G',
      `#SBATCH --chdir="${folder}"`,
      `#SBATCH --output="${folder.replace('%', '%%')}/logs/%a.log"`,
      '#SBATCH --open-mode=append',
    ]);
    const bare = { partition: null, time: null, memory: null };
    expect(directives(joinScript(array, bare)).join()).not.toMatch(/partition|time|mem|array/);
  });
});

it('the manifest for Kubernetes runs the same words, and takes 1 and 3 for answers', () => {
  const manifest = jobManifest(array, { image: 'x/y:1', claim: 'work', memory: '4Gi', parallelism: 100 });
  const line = JSON.parse(/args:\n\s+- (".*")/.exec(manifest)![1]!) as string;
  for (const [code, status] of [
    [0, 0],
    [1, 0],
    [3, 0],
    [2, 2],
    [137, 137],
  ] as const) {
    writeFileSync(join(folder, 'code'), `${code}`);
    const script = `sparsest() { "${program}" "$@"; }; ${line}`;
    const env = { ...process.env, JOB_COMPLETION_INDEX: '7' };
    const done = spawnSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
    expect([done.stdout.trimEnd().split('\n'), done.status]).toEqual([
      ['compare', '--shard', '7/40', '--out', 'a b/$HOME/7'],
      status,
    ]);
  }
  expect(manifest).toMatch(/completions: 40\n {2}parallelism: 40\n/);
});
