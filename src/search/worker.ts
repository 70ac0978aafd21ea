import { workerData } from 'node:worker_threads';
import { answerRequests } from '../threads/worker-thread.js';
import type { TaskMessage, WorkerSetup } from './pool.js';
import { fromPlainPoints, runTask, type TaskResult } from './task.js';

/** A worker thread of `WorkerPool`: takes a task, sends its result, takes the next one. */
const setup = workerData as WorkerSetup;
const points = fromPlainPoints(setup.points);
const signals = new Int32Array(setup.signals);

answerRequests<TaskMessage, TaskResult>(({ index, task }) => {
  const shouldStop = (): boolean => Atomics.load(signals, 0) !== 0 || Atomics.load(signals, 1) < index;
  return runTask(points, task, shouldStop);
});
