import { WorkerThread, workerFile } from '../threads/worker-thread.js';
import { type TrainingOptions, trainingOptions } from './options.js';
import type { TrainingPoints } from './points.js';
import { largestResidual } from './residual.js';
import { DivergenceError, type TrainingResult, train } from './train.js';

/** One run of several. */
export interface RestartRequest {
  readonly points: TrainingPoints;
  readonly options: TrainingOptions;
}

/** What came of it; null when the loss stopped being a finite number. */
export type RestartAnswer = { readonly result: TrainingResult; readonly residual: number } | null;

/** One run from its beginning to its end. */
export function runOf({ points, options }: RestartRequest): RestartAnswer {
  try {
    const result = train(points, options);
    return { result, residual: largestResidual(result.network, points) };
  } catch (error) {
    if (error instanceof DivergenceError) return null;
    throw error;
  }
}

export interface RestartOptions {
  /** Runs, with the seeds that follow each other. */
  readonly restarts: number;
  /** Threads that train. */
  readonly threads: number;
  /** A run fits when it misses no label by more. */
  readonly fit: number;
  /** No run is begun, and none with a later seed counts, when a run that fits is as good as that; null trains all. */
  readonly until: ((run: RestartRun) => boolean) | null;
  /** True ends all that is going on. */
  readonly shouldStop?: () => boolean;
  /** Told when a run is done. */
  readonly onRun?: (done: number) => void;
}

/** The figures of one run, of the weights after its last epoch. */
export interface RestartRun {
  readonly seed: number;
  readonly fits: boolean;
  readonly largestResidual: number;
  readonly activeNeurons: number;
  readonly nonzeroProducts: number;
  readonly pathNorm: number;
}

export interface RestartsResult {
  /** Of the runs that fit, or of all when none does, the one with the least l^p path norm; null when none came to its end. */
  readonly best: TrainingResult | null;
  /** In the order of their seeds. A run whose loss stopped being a finite number is not among them. */
  readonly runs: readonly RestartRun[];
  /** Runs whose loss stopped being a finite number. */
  readonly diverged: number;
  readonly status: 'finished' | 'until' | 'stopped';
}

/** Milliseconds between two looks at whether to stop. */
const LOOK = 100;

/**
 * Trains from several seeds, in threads. Which run is best, and where `until` ends it, depends on seeds alone, not on the threads.
 * @throws InputError on bad options
 */
export async function trainRestarts(
  points: TrainingPoints,
  given: Partial<TrainingOptions>,
  { restarts, threads, fit, until, shouldStop = () => false, onRun = () => {} }: RestartOptions,
): Promise<RestartsResult> {
  const options = trainingOptions(given);
  const answers = new Map<number, RestartAnswer>();
  const figures = (index: number): RestartRun | null => {
    const answer = answers.get(index);
    if (answer == null) return null;
    const { activeNeurons, nonzeroProducts, pathNorm } = answer.result.final;
    const { residual } = answer;
    const seed = options.seed + index;
    return {
      seed,
      fits: residual <= fit,
      largestResidual: residual,
      activeNeurons,
      nonzeroProducts,
      pathNorm,
    };
  };
  /** The first run that ends it, once all before it are there. */
  const end = (): number | null => {
    for (let i = 0; i < restarts && answers.has(i); i++) {
      const run = figures(i);
      if (until !== null && run?.fits === true && until(run)) return i;
    }
    return null;
  };
  let next = 0;
  const pool = Array.from(
    { length: Math.min(threads, restarts) },
    () => new WorkerThread<RestartRequest, RestartAnswer>(workerFile('./worker.js', import.meta.url)),
  );
  let stopped = false;
  const looks = setInterval(() => {
    if (!shouldStop()) return;
    stopped = true;
    for (const thread of pool) void thread.terminate();
  }, LOOK);
  try {
    await Promise.all(
      pool.map(async (thread) => {
        while (!stopped && next < restarts && end() === null) {
          const index = next++;
          const seed = options.seed + index;
          try {
            answers.set(index, await thread.ask({ points, options: { ...options, seed } }));
          } catch (error) {
            if (stopped) return;
            throw error;
          }
          onRun(answers.size);
        }
      }),
    );
  } finally {
    clearInterval(looks);
    await Promise.all(pool.map((thread) => thread.terminate()));
  }
  const last = end();
  const indices = Array.from({ length: last === null ? restarts : last + 1 }, (_, i) => i);
  const done = indices.filter((i) => answers.get(i) != null);
  const byQuality = [...done].sort((a, b) => {
    const [x, y] = [figures(a)!, figures(b)!];
    return Number(y.fits) - Number(x.fits) || x.pathNorm - y.pathNorm || a - b;
  });
  const first = byQuality[0];
  return {
    best: first === undefined ? null : answers.get(first)!.result,
    runs: done.map((i) => figures(i)!),
    diverged: indices.filter((i) => answers.get(i) === null).length,
    status: last !== null ? 'until' : answers.size < restarts ? 'stopped' : 'finished',
  };
}
