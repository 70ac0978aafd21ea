import { parentPort, workerData } from 'node:worker_threads';
import type { TaskMessage, WorkerSetup } from './pool.js';
import { fromPlainPoints, runTask } from './task.js';

/** A worker thread of `WorkerPool`: takes a task, sends its result, takes the next one. */
const setup = workerData as WorkerSetup;
const points = fromPlainPoints(setup.points);
const signals = new Int32Array(setup.signals);

parentPort!.on('message', ({ index, task }: TaskMessage) => {
  const shouldStop = (): boolean => Atomics.load(signals, 0) !== 0 || Atomics.load(signals, 1) < index;
  parentPort!.postMessage(runTask(points, task, shouldStop));
});
