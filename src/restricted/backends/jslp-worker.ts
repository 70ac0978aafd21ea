import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { JslpModel, JslpResult } from './jslp.js';
import { loadOptional } from './optional-package.js';

/** The whole program of the worker thread: loads the package from the path it is given and answers one model at a time. */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const loaded = require(workerData);
const solver = loaded.default ?? loaded;
parentPort.postMessage('ready');
parentPort.on('message', (model) => {
  const result = solver.Solve(model);
  parentPort.postMessage(Object.fromEntries(Object.entries(result).filter(([, v]) => typeof v !== 'object' && typeof v !== 'function')));
});
`;

const START_LIMIT_SECONDS = 30;

/** One worker, kept between calls; ended when a call takes too long. Calls wait for each other. */
let worker: Worker | null = null;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Solves one model in the worker.
 * @returns null when the time limit passed; the worker is ended then, whatever it was doing
 * @throws InputError when javascript-lp-solver is not installed
 */
export function runInJslpWorker(model: JslpModel, timeLimitSeconds: number): Promise<JslpResult | null> {
  const turn = queue.then(() => runNow(model, timeLimitSeconds));
  queue = turn.catch(() => undefined);
  return turn;
}

/** Ends the worker; the next call starts another. */
export async function stopJslpWorker(): Promise<void> {
  const ending = worker;
  worker = null;
  await ending?.terminate();
}

async function runNow(model: JslpModel, timeLimitSeconds: number): Promise<JslpResult | null> {
  const path = await loadOptional('jslp', 'javascript-lp-solver', () =>
    createRequire(import.meta.url).resolve('javascript-lp-solver'),
  );
  if (worker === null) {
    worker = new Worker(WORKER, { eval: true, workerData: path });
    // The thread says when it is ready, so that starting it does not count as solving.
    await answerOf(worker, START_LIMIT_SECONDS);
  }
  const current = worker;
  current.ref();
  current.postMessage(model);
  const result = await answerOf(current, timeLimitSeconds);
  if (result === null) await stopJslpWorker();
  else current.unref();
  return result;
}

/** The next message of the worker, or null after the time limit. Rejects, and ends the worker, when the worker fails. */
function answerOf(current: Worker, timeLimitSeconds: number): Promise<JslpResult | null> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      current.off('message', onMessage);
      current.off('error', onError);
    };
    const onMessage = (result: JslpResult): void => {
      settle();
      resolve(result);
    };
    const onError = (error: unknown): void => {
      settle();
      worker = null;
      reject(error);
    };
    const timer = setTimeout(() => {
      settle();
      resolve(null);
    }, timeLimitSeconds * 1000);
    current.on('message', onMessage);
    current.on('error', onError);
  });
}
