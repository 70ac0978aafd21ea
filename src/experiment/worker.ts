import { workerData } from 'node:worker_threads';
import { answerRequests } from '../threads/worker-thread.js';
import { type Task, type TaskContext, TaskRunner, WriteError } from './execute.js';
import type { Row } from './rows.js';

/** What a worker answers to a task. */
export type Answer = { readonly rows: readonly Row[] } | { readonly cannotWrite: string };

/** The thread of one worker: answers tasks one by one until it is ended. */
const runner = new TaskRunner(workerData as TaskContext);
answerRequests<Task, Answer>(async (task) => {
  try {
    return { rows: await runner.run(task) };
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    return { cannotWrite: error.message };
  }
});
