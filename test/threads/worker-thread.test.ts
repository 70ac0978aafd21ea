import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/problem/input-error.js';
import { afterSeconds, ThreadEnded, WorkerThread, workerFile } from '../../src/threads/worker-thread.js';

const BUILT = new URL('../../dist/threads/worker-thread.js', import.meta.url);
const ERRORS = new URL('../../dist/problem/input-error.js', import.meta.url);

let directory: string;
let file: URL;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'threads-'));
  const path = join(directory, 'thread.mjs');
  writeFileSync(
    path,
    `import { workerData } from 'node:worker_threads';
     import { answerRequests } from '${BUILT}';
     import { InputError } from '${ERRORS}';
     answerRequests(async (request, report, hear) => {
       if (request === 'hear') return new Promise((resolve) => { hear(resolve); report('ready'); });
       if (request === 'hang') { report('hanging'); for (;;); }
       if (request === 'exit') process.exit(7);
       if (request === 'refuse') throw new InputError('no such thing');
       if (request === 'fail') throw new RangeError('Array buffer allocation failed');
       report(1n); report(2n);
       return workerData + request;
     });`,
  );
  file = pathToFileURL(path);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('a worker thread', () => {
  it('answers one request after the other, and reports on the way', async () => {
    const thread = new WorkerThread<number, number, bigint>(file, 40);
    const reports: bigint[] = [];
    expect(await thread.ask(2, (report) => reports.push(report))).toBe(42);
    expect(await thread.ask(3)).toBe(43);
    expect(reports).toEqual([1n, 2n]);
    expect(thread.alive).toBe(true);
    await thread.terminate();
    expect(thread.alive).toBe(false);
    await expect(thread.ask(4)).rejects.toThrow(ThreadEnded);
  });

  it('hears while it works on a request', async () => {
    const thread = new WorkerThread<string, number, string, number>(file);
    expect(await thread.ask('hear', () => thread.tell(42))).toBe(42);
    await thread.terminate();
  });

  it('can be ended in the middle of a loop without end', async () => {
    const thread = new WorkerThread<string, never, string>(file);
    const answer = thread.ask('hang', () => void thread.terminate());
    await expect(answer).rejects.toThrow(ThreadEnded);
  });

  it('is waited for when its answer comes in while it is being ended', () => {
    const thread = join(directory, 'late.mjs');
    // Answers, says so, and works on in a call that cannot be cut off, so that its answer is there before its end.
    writeFileSync(
      thread,
      `import { pbkdf2Sync } from 'node:crypto';
       import { workerData } from 'node:worker_threads';
       import { answerRequests } from '${BUILT}';
       answerRequests((request) => {
         if (request === 'begin') return 0;
         setImmediate(() => {
           Atomics.store(workerData, 0, 1);
           Atomics.notify(workerData, 0);
           pbkdf2Sync('', '', 500_000, 64, 'sha512');
         });
         return 42;
       });`,
    );
    const program = join(directory, 'program.mjs');
    writeFileSync(
      program,
      `import { WorkerThread } from '${BUILT}';
      const answered = new Int32Array(new SharedArrayBuffer(4));
      const thread = new WorkerThread(new URL('${pathToFileURL(thread)}'), answered);
      await thread.ask('begin');
      const answer = thread.ask('end');
      Atomics.wait(answered, 0, 0, 10_000);
      await thread.terminate();
      console.log(await answer, thread.alive);`,
    );
    const { status, stdout } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect([status, stdout]).toEqual([0, '42 false\n']);
  });

  it('lives on after it refused a request', async () => {
    const thread = new WorkerThread<string | number, number>(file, 1);
    await expect(thread.ask('refuse')).rejects.toThrow(new InputError('no such thing'));
    expect(await thread.ask(1)).toBe(2);
    await thread.terminate();
  });

  it.each([
    ['exit', 'exit code 7'],
    ['fail', 'Array buffer allocation failed'],
  ])('says why it ended: %s', async (request, why) => {
    const thread = new WorkerThread<string, never>(file);
    await expect(thread.ask(request)).rejects.toThrow(new ThreadEnded(why));
    expect(thread.alive).toBe(false);
  });

  it('runs the compiled file, also of a module that runs from its source', () => {
    const compiled = fileURLToPath(BUILT);
    const source = new URL('../../src/threads/worker-thread.ts', import.meta.url).href;
    expect(fileURLToPath(workerFile('./worker-thread.js', source))).toBe(compiled);
    expect(fileURLToPath(workerFile('./worker-thread.js', BUILT.href))).toBe(compiled);
  });
});

describe('a time after which something happens', () => {
  it('may be longer than timers know', async () => {
    let called = false;
    const timer = afterSeconds(1e12, () => {
      called = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    clearTimeout(timer);
    expect(called).toBe(false);
  });
});
