import { WorkerThread, workerFile } from '../threads/worker-thread.js';
import type { Points } from './points.js';
import { type PlainPoints, plainPoints, type Task, type TaskResult } from './task.js';

/** What a worker thread starts with. `signals`: two Int32; [0] nonzero: stop; [1]: tasks of a larger index are in vain. */
export interface WorkerSetup {
  readonly points: PlainPoints;
  readonly signals: SharedArrayBuffer;
}

export interface TaskMessage {
  readonly index: number;
  readonly task: Task;
}

/** Worker threads that search independent subtrees. Loaded on demand: threads need Node. */
export class WorkerPool {
  private readonly workers: WorkerThread<TaskMessage, TaskResult>[];
  private readonly signals: Int32Array;

  constructor(points: Points, threads: number) {
    const signals = new SharedArrayBuffer(8);
    this.signals = new Int32Array(signals);
    const setup: WorkerSetup = { points: plainPoints(points), signals };
    const file = workerFile('./worker.js', import.meta.url);
    this.workers = Array.from({ length: threads }, () => new WorkerThread(file, setup));
  }

  /** Tells all tasks to end as soon as they can. */
  stop(): void {
    Atomics.store(this.signals, 0, 1);
  }

  /**
   * Runs tasks, each on the next free worker. Once one is solved, later ones are cut short: results up to the first solved
   * task depend on the tasks alone.
   * @param finished called for every result, in the order in which they arrive
   * @throws Error when a worker fails
   */
  async run(tasks: readonly Task[], finished: (index: number, result: TaskResult) => void): Promise<void> {
    Atomics.store(this.signals, 1, 2 ** 31 - 1);
    let next = 0;
    const serve = async (worker: WorkerThread<TaskMessage, TaskResult>): Promise<void> => {
      while (next < tasks.length && Atomics.load(this.signals, 0) === 0) {
        const index = next++;
        if (Atomics.load(this.signals, 1) < index) continue;
        const result = await worker.ask({ index, task: tasks[index]! });
        if (result.status === 'solved' && index < Atomics.load(this.signals, 1))
          Atomics.store(this.signals, 1, index);
        finished(index, result);
      }
    };
    await Promise.all(this.workers.map(serve));
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
