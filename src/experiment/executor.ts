import { Worker } from 'node:worker_threads';
import { failedRow, type Task, type TaskContext, TaskRunner, WriteError } from './execute.js';
import type { Row } from './rows.js';
import type { Answer } from './worker.js';

/** Does tasks, up to `slots` at a time. */
export interface Executor {
  readonly slots: number;
  /** The rows of a task. A worker that dies leaves rows that say so. @throws WriteError, Interrupted */
  run(task: Task): Promise<readonly Row[]>;
  /** Ends whatever is going on. */
  close(): Promise<void>;
}

/** Works in the calling thread, one task at a time. */
export function inProcess(context: TaskContext, signal?: AbortSignal): Executor {
  const runner = new TaskRunner(context);
  return { slots: 1, run: (task) => runner.run(task, signal), close: async () => {} };
}

interface Seat {
  readonly worker: Worker;
  /** Settles the task this worker is at; null when it is free. */
  settle: { answer(answer: Answer): void; died(why: string): void } | null;
}

/** Worker threads, one task each at a time. A worker that dies is replaced when the next task comes. */
export class WorkerPool implements Executor {
  private readonly free: Seat[] = [];
  private readonly all = new Set<Seat>();

  constructor(
    readonly slots: number,
    private readonly context: TaskContext,
    /** The file that the threads run. */
    private readonly file: URL = new URL('./worker.js', import.meta.url),
  ) {}

  run(task: Task): Promise<readonly Row[]> {
    const seat = this.free.pop() ?? this.newSeat();
    const started = performance.now();
    return new Promise((resolve, reject) => {
      seat.settle = {
        answer: (answer) => {
          this.free.push(seat);
          if ('rows' in answer) resolve(answer.rows);
          else reject(new WriteError(answer.cannotWrite));
        },
        died: (why) => {
          const seconds = (performance.now() - started) / 1000;
          resolve(task.job.rows.map((row) => failedRow(row, 'crash', `the worker ended: ${why}`, seconds)));
        },
      };
      seat.worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map(({ worker }) => worker.terminate()));
  }

  private newSeat(): Seat {
    const worker = new Worker(this.file, { workerData: this.context });
    const seat: Seat = { worker, settle: null };
    this.all.add(seat);
    let why: string | null = null;
    const take = () => {
      const { settle } = seat;
      seat.settle = null;
      return settle;
    };
    worker.on('message', (answer: Answer) => take()?.answer(answer));
    worker.on('error', (error: Error) => {
      why = error.message;
    });
    worker.on('exit', (code) => {
      this.all.delete(seat);
      const index = this.free.indexOf(seat);
      if (index >= 0) this.free.splice(index, 1);
      take()?.died(why ?? `exit code ${code}`);
    });
    return seat;
  }
}
