import { parentPort, workerData } from 'node:worker_threads';
import { type Task, type TaskContext, TaskRunner, WriteError } from './execute.js';
import type { Row } from './rows.js';

/** What a worker answers to a task. */
export type Answer = { readonly rows: readonly Row[] } | { readonly cannotWrite: string };

/** The thread of one worker: answers tasks one by one until it is ended. */
const runner = new TaskRunner(workerData as TaskContext);
parentPort!.on('message', async (task: Task) => {
  try {
    parentPort!.postMessage({ rows: await runner.run(task) } satisfies Answer);
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    parentPort!.postMessage({ cannotWrite: error.message } satisfies Answer);
  }
});
