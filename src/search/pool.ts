import { WorkerThread, workerFile } from '../threads/worker-thread.js';
import type { Points } from './points.js';
import { type PlainPoints, plainPoints, type Task, type TaskResult } from './task.js';

/** What a worker thread starts with. `signals`: one Int32, nonzero: stop. */
export interface WorkerSetup {
  readonly points: PlainPoints;
  readonly signals: SharedArrayBuffer;
}

/** A task, and what is to be done with its result. */
export interface Job {
  readonly task: Task;
  finished(result: TaskResult): void;
}

/** Worker threads that search independent subtrees. Loaded on demand: threads need Node. */
export class WorkerPool {
  private readonly workers: WorkerThread<Task, TaskResult>[];
  private readonly signals: Int32Array;

  constructor(points: Points, threads: number) {
    const signals = new SharedArrayBuffer(4);
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
   * Runs jobs, each on the next free worker, until none is left and none is running: those that finish may bring others.
   * @param next the next job, or null when there is none at the moment
   * @throws Error when a worker fails
   */
  async run(next: () => Job | null): Promise<void> {
    let running = 0;
    let waiting: (() => void)[] = [];
    const serve = async (worker: WorkerThread<Task, TaskResult>): Promise<void> => {
      while (Atomics.load(this.signals, 0) === 0) {
        const job = next();
        if (job === null && running === 0) return;
        if (job === null) {
          await new Promise<void>((resolve) => waiting.push(resolve));
          continue;
        }
        running++;
        const result = await worker.ask(job.task);
        running--;
        job.finished(result);
        for (const resolve of waiting) resolve();
        waiting = [];
      }
    };
    await Promise.all(this.workers.map(serve));
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
