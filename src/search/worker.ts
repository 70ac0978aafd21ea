import { workerData } from 'node:worker_threads';
import { answerRequests } from '../threads/worker-thread.js';
import type { WorkerSetup } from './pool.js';
import { fromPlainPoints, runTask, type Task, type TaskResult } from './task.js';

/** A worker thread of `WorkerPool`: takes a task, sends its result, takes the next one. */
const setup = workerData as WorkerSetup;
const points = fromPlainPoints(setup.points);
const signals = new Int32Array(setup.signals);

answerRequests<Task, TaskResult>((task) => runTask(points, task, () => Atomics.load(signals, 0) !== 0));
