import { ThreadEnded, WorkerThread, workerFile } from '../threads/worker-thread.js';
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

type Thread = WorkerThread<Task, Answer>;

/** Worker threads, one task each at a time. A worker that dies is replaced when the next task comes. */
export class WorkerPool implements Executor {
  private readonly free: Thread[] = [];
  private readonly all = new Set<Thread>();

  constructor(
    readonly slots: number,
    private readonly context: TaskContext,
    /** The file that the threads run. */
    private readonly file: URL = workerFile('./worker.js', import.meta.url),
  ) {}

  async run(task: Task): Promise<readonly Row[]> {
    const thread = this.idle() ?? this.newThread();
    const started = performance.now();
    try {
      const answer = await thread.ask(task);
      this.free.push(thread);
      if ('rows' in answer) return answer.rows;
      throw new WriteError(answer.cannotWrite);
    } catch (error) {
      if (!(error instanceof ThreadEnded)) throw error;
      this.all.delete(thread);
      const seconds = (performance.now() - started) / 1000;
      const why = `the worker ended: ${error.message}`;
      return task.job.rows.map((row) => failedRow(row, 'crash', why, seconds));
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map((thread) => thread.terminate()));
  }

  /** A thread that waits for a task; those that ended meanwhile are forgotten. */
  private idle(): Thread | null {
    for (let thread = this.free.pop(); thread !== undefined; thread = this.free.pop()) {
      if (thread.alive) return thread;
      this.all.delete(thread);
    }
    return null;
  }

  private newThread(): Thread {
    const thread: Thread = new WorkerThread(this.file, this.context);
    this.all.add(thread);
    return thread;
  }
}
