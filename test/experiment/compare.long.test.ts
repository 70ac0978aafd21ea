import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { compare } from '../../src/experiment/compare.js';
import { WorkerPool } from '../../src/experiment/executor.js';
import { readRows } from '../../src/experiment/results-directory.js';
import { type Specification, sourceName } from '../../src/experiment/specification.js';
import { canonicalSpecification, specification } from '../../src/experiment/specification-format.js';
import { contentsOf, freshDirectory, SMALL_DATA, timeless } from './experiments.js';
import { failing, tally, theoryOf, variedData } from './property.js';

/** These tests run the built program. */
const dist = (path: string) => pathToFileURL(resolve('dist', path)).href;

/** `sparsest compare ...` of the build, as a process of its own. */
function sparsest(args: readonly string[], shell = ''): ChildProcess {
  const program = `
    const { Command } = await import('${pathToFileURL(resolve('node_modules/commander/index.js')).href}');
    const { compareCommand } = await import('${dist('cli/compare.js')}');
    const { parseArguments } = await import('${dist('cli/common.js')}');
    await parseArguments(new Command('sparsest').addCommand(compareCommand()));`;
  const main = join(freshDirectory(), 'main.mjs');
  writeFileSync(main, program);
  if (shell === '') return spawn(process.execPath, [main, 'compare', ...args], { stdio: 'pipe' });
  return spawn('bash', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, main, 'compare', ...args]);
}

async function finished(child: ChildProcess): Promise<{ code: number | null; err: string; out: string }> {
  let [err, out] = ['', ''];
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, err, out };
}

/** Some ten seconds of work for one thread. */
const work: Specification = specification(SMALL_DATA, {
  p: [0.4, 0.7],
  seeds: 12,
  epochs: 6000,
  width: 40,
  tolerances: [0.01, 0.1],
});

function specFile(spec: Specification): string {
  const path = join(freshDirectory(), 'spec.json');
  writeFileSync(path, canonicalSpecification(spec));
  return path;
}

/** The same experiment, undisturbed and in this thread. */
let undisturbed: { contents: ReturnType<typeof contentsOf>; size: number };
beforeAll(async () => {
  const directory = freshDirectory();
  await compare(work, { out: directory, threads: 1 });
  const contents = contentsOf(directory);
  undisturbed = { contents, size: readFileSync(join(directory, 'results.jsonl')).length };
}, 600_000);

describe('the theory', () => {
  it('holds on 300 more generated data sets of every kind', async () => {
    const rows = await theoryOf(variedData(300, 4));
    expect(failing(rows)).toEqual([]);
    const counts = tally(rows);
    expect(counts['theorem-3.1 true']).toBe(240 * 5);
    expect(counts['theorem-3.2-below true']).toBe(240);
    expect(counts['theorem-3.2-above true']).toBeGreaterThan(10);
    expect(counts['proposition-4.1 true']).toBe(60);
    expect(counts['corollary-3.1.1 true']).toBe(240);
    for (const bound of ['neurons', 'two-each', 'full-neurons', 'general-position'])
      expect([bound, counts[`proposition-4.1-${bound} true`]]).toEqual([bound, 60]);
    expect(counts['theorem-4.1-below true']).toBe(60);
  });

  it('holds on a grid with training, whose verdicts agree with the rows', async () => {
    const data = variedData(10, 2);
    const spec = specification(data, {
      p: [0.4, 0.8],
      seeds: 2,
      epochs: 2000,
      width: 30,
      architectures: ['default', 'none'],
    });
    const { rows } = await compare(spec, { out: freshDirectory(), threads: 1 });
    expect(failing(rows)).toEqual([]);
    const training = rows.flatMap((row) => (row.kind === 'training' && row.status === 'done' ? [row] : []));
    expect(training.length).toBeGreaterThan(100);
    for (const row of training) {
      const interpolates = row.claims.find(({ claim }) => claim === 'interpolates')!.holds;
      // A network that interpolates is never smaller than the proved minimum.
      if (interpolates === true) expect(row.size).toBeGreaterThanOrEqual(row.minimum!.lowerBound);
      if (row.success === true) expect(row.size).toBe(row.minimum!.upperBound);
    }
  });
});

describe('the program', () => {
  it('killed ten times at random moments leaves what completes to the rows of an undisturbed run', async () => {
    const { contents } = undisturbed;
    const out = freshDirectory();
    const args = ['--spec', specFile(work), '--out', out, '--threads', '2', '--quiet'];
    const random = createRandom(7);
    let present = 0;
    for (let kill = 0; kill < 10; kill++) {
      const child = sparsest(args);
      const end = finished(child);
      await new Promise((next) => setTimeout(next, 300 + 900 * random.uniform()));
      child.kill('SIGKILL');
      await end;
      const rows = existsSync(join(out, 'results.jsonl')) ? readRows(out) : [];
      // No row that was there is lost, and every row is whole and right.
      expect(rows.length).toBeGreaterThanOrEqual(present);
      present = rows.length;
      for (const row of rows) expect(timeless(row)).toEqual(contents[row.key]);
    }
    expect(present).toBeGreaterThan(10);
    const { code, err } = await finished(sparsest(args));
    expect([code, err]).toEqual([0, '']);
    expect(contentsOf(out)).toEqual(contents);
  });

  it('ends with code 3 on Ctrl-C, says how to go on, and goes on that way', async () => {
    const { contents } = undisturbed;
    const out = freshDirectory();
    const child = sparsest(['--spec', specFile(work), '--out', out, '--threads', '2']);
    const end = finished(child);
    // After the first rows.
    while (!existsSync(join(out, 'results.jsonl')) || readRows(out).length < 5) {
      await new Promise((next) => setTimeout(next, 20));
    }
    child.kill('SIGINT');
    const { code, err } = await end;
    expect(code).toBe(3);
    expect(err).toContain(`go on with: sparsest compare --out ${out}`);
    expect(existsSync(join(out, 'lock'))).toBe(false);
    expect((await finished(sparsest(['--out', out, '--quiet']))).code).toBe(0);
    expect(contentsOf(out)).toEqual(contents);
  });

  it('on a full disk (a limit on file sizes) ends with code 2 and the reason, and goes on when there is room', async () => {
    const { contents, size } = undisturbed;
    const out = freshDirectory();
    const args = ['--spec', specFile(work), '--out', out, '--threads', '2', '--quiet'];
    const limit = `ulimit -f ${Math.floor(size / 2 / 1024)}`;
    const { code, err } = await finished(sparsest(args, limit));
    expect(err).toMatch(
      /results\.jsonl: no space left to write it; free some and start again, the rows so far are kept/,
    );
    expect(code).toBe(2);
    const rows = readRows(out);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) expect(timeless(row)).toEqual(contents[row.key]);
    expect((await finished(sparsest(args))).code).toBe(0);
    expect(contentsOf(out)).toEqual(contents);
  });

  it('with workers that crash leaves what completes to the same rows', async () => {
    const { contents } = undisturbed;
    const out = freshDirectory();
    // Threads that die in the middle of some tasks: an exit, and memory that runs out.
    const file = join(freshDirectory(), 'worker.mjs');
    writeFileSync(
      file,
      `import { parentPort, threadId } from 'node:worker_threads';
       await import('${dist('experiment/worker.js')}');
       let tasks = 0;
       parentPort.on('message', () => {
         if (++tasks < 4) return;
         if (threadId % 2 === 0) process.exit(9);
         throw new RangeError('Array buffer allocation failed');
       });`,
    );
    const pool = new WorkerPool(2, { spec: work, directory: out }, pathToFileURL(file));
    const first = await compare(work, { out, threads: 2, executor: pool });
    const failed = first.rows.flatMap((row) => (row.status === 'failed' ? [row] : []));
    expect(failed.length).toBeGreaterThan(5);
    expect(new Set(failed.map(({ reason }) => reason))).toContain('crash');
    const messages = failed.map(({ message }) => message);
    expect(messages).toContain('the worker ended: exit code 9');
    expect(messages).toContain('the worker ended: Array buffer allocation failed');
    const { code } = await finished(sparsest(['--out', out, '--threads', '2', '--quiet']));
    expect(code).toBe(0);
    expect(contentsOf(out)).toEqual(contents);
  });

  it('with an unreadable data set in the middle ends with code 3, and completes when it is put right', async () => {
    const folder = freshDirectory();
    const data = join(folder, 'data.csv');
    const spec = { ...work, seeds: [0], data: [work.data[0]!, { file: data }, work.data[1]!] };
    const args = ['--spec', specFile(spec), '--out', join(folder, 'out'), '--threads', '2', '--quiet'];
    const first = await finished(sparsest(args));
    expect(first.code).toBe(3);
    expect(first.out).toContain(`data | ${sourceName({ file: data })}`);
    expect(first.out).toContain('no such file');
    writeFileSync(data, 'x,y\n0,0\n1,2\n2,1\n3,3\n');
    expect((await finished(sparsest(args))).code).toBe(0);
    const whole = freshDirectory();
    await compare(spec, { out: whole, threads: 1 });
    expect(contentsOf(join(folder, 'out'))).toEqual(contentsOf(whole));
    rmSync(data);
  });

  it('computes each row again from the command line that the row carries', async () => {
    const folder = freshDirectory();
    // A shell that knows the program; the data files are where they were.
    const bin = join(folder, 'sparsest');
    writeFileSync(bin, `#!/bin/sh\nexec ${process.execPath} ${resolve('dist/cli/main.js')} "$@"\n`, {
      mode: 0o755,
    });
    symlinkSync(resolve('instances'), join(folder, 'instances'));
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const again = (command: string) => {
      const shell = spawnSync('sh', ['-c', `${command} --json`], { cwd: folder, env, encoding: 'utf8' });
      return JSON.parse(shell.stdout.trim().split('\n').at(-1)!);
    };
    const spec = specification(SMALL_DATA, {
      p: ['1/3', 0.9],
      seeds: 1,
      epochs: 300,
      width: 10,
      tolerances: [0.5],
      architectures: ['default', 'none'],
    });
    const { rows } = await compare(spec, { out: freshDirectory(), threads: 1 });
    let compared = 0;
    for (const row of rows) {
      if (row.status === 'failed') throw new Error(row.message);
      if (row.kind === 'truth') {
        const { objective } = again(row.command);
        expect(objective).toMatchObject({ lowerBound: row.lowerBound, upperBound: row.upperBound });
      } else if (row.kind === 'minimizer') {
        expect(again(row.command)).toMatchObject({
          cost: row.cost,
          sparsest: row.sparsest,
          unique: row.unique,
        });
      } else if (row.kind === 'threshold') expect(again(row.command)).toMatchObject({ pStar: row.pStar });
      else if (row.kind === 'training' && row.objective === 'neurons') {
        const { claims } = again(row.command);
        expect(claims.map(({ holds }: { holds: unknown }) => holds)).toEqual(
          row.claims.map(({ holds }) => holds),
        );
      } else continue;
      compared++;
    }
    expect(compared).toBeGreaterThan(25);
  });
});
