import type { WorkerThread } from '../../threads/worker-thread.js';
import { MILP_DEFAULTS, type MilpBackend, type MilpClaim, type MilpModel, type MilpOptions } from './milp.js';

/** What the thread of a backend is asked. */
export interface MilpRequest {
  readonly model: MilpModel;
  readonly options: MilpOptions;
}

type Thread = WorkerThread<MilpRequest, MilpClaim>;

/**
 * A backend in a thread of its own, which is kept between calls and ended when one of them takes too long: solvers in WebAssembly look at
 * the clock rarely, and one hangs. Starting the thread counts as solving. Calls wait for each other.
 * @param name a name that `directBackend` knows
 */
export function threadedBackend(name: string): MilpBackend {
  let thread: Thread | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const solve = async (model: MilpModel, options: MilpOptions): Promise<MilpClaim> => {
    // Loaded here, so that everything else stays free of threads and runs in a browser.
    const { afterSeconds, WorkerThread, workerFile } = await import('../../threads/worker-thread.js');
    const current: Thread = thread ?? new WorkerThread(workerFile('./worker.js', import.meta.url), name);
    thread = current;
    const { timeLimitSeconds } = options;
    let cut = false;
    const timer = afterSeconds(timeLimitSeconds, () => {
      cut = true;
      thread = null;
      void current.terminate();
    });
    try {
      return await current.ask({ model, options });
    } catch (error) {
      if (!current.alive) thread = null;
      if (!cut) throw error;
      return {
        status: 'undecided',
        reason: `${name} was cut off after ${timeLimitSeconds} seconds`,
        values: null,
      };
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    name,
    solve(model, options) {
      const turn = queue.then(() => solve(model, { ...MILP_DEFAULTS, ...options }));
      queue = turn.catch(() => undefined);
      return turn;
    },
    async close() {
      const ending = thread;
      thread = null;
      await ending?.terminate();
    },
  };
}
