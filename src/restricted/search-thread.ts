import type { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { afterSeconds, WorkerThread, workerFile } from '../threads/worker-thread.js';
import { type PlainBounds, type PlainQuestion, type PlainResult, readBounds, readResult } from './plain.js';
import type { KnotQuestion } from './question.js';
import { type BoundsReached, type BreakpointResult, boundsAtStart, resultAtLimit } from './solver.js';

/** What ends the search in a thread. */
export interface ThreadLimits {
  /** Wall-clock seconds for everything, the start of the thread included. */
  readonly timeLimitSeconds: number;
  /** Aborted: the search ends at once. */
  readonly signal: AbortSignal;
  /** Called whenever a bound gets better. */
  readonly progress: (reached: BoundsReached) => void;
}

/**
 * `solveByBreakpoints` in a thread of its own, which is ended when a limit comes, whatever it is doing: what it had reached by then is the
 * answer.
 * @throws InputError when the backend's optional package is missing
 */
export async function solveInThread(
  question: KnotQuestion,
  backend: string,
  { timeLimitSeconds, signal, progress }: ThreadLimits,
): Promise<BreakpointResult> {
  const started = performance.now();
  let reached = boundsAtStart(question);
  let reason: string | null = null;
  const thread = new WorkerThread<PlainQuestion, PlainResult, PlainBounds>(
    workerFile('./worker.js', import.meta.url),
    { backend, timeLimitSeconds },
  );
  const end = (why: string) => () => {
    reason ??= why;
    void thread.terminate();
  };
  const stop = end('the search was stopped');
  const timer = afterSeconds(timeLimitSeconds, end(`time was up after ${timeLimitSeconds} seconds`));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const result = await thread.ask(plainQuestion(question), (bounds) => {
      reached = readBounds(bounds);
      progress(reached);
    });
    return readResult(result);
  } catch (error) {
    if (reason === null) throw error;
    return resultAtLimit(question, reached, backend, reason, (performance.now() - started) / 1000);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  }
}

/** A question as plain data. */
function plainQuestion({
  problem,
  candidates,
  maxSlopeChange,
  maxKnots,
  candidatesFrom,
}: KnotQuestion): PlainQuestion {
  const texts = (column: Problem['lower']) =>
    Array.from({ length: problem.size }, (_, i) => column.value(i).toString());
  const labels = problem.exact
    ? { y: texts(problem.lower) }
    : { lower: texts(problem.lower), upper: texts(problem.upper) };
  const text = (value: Rational | null) => value?.toString() ?? null;
  return {
    data: { x: texts(problem.inputs[0]!), ...labels },
    restriction: {
      knotsOn: candidatesFrom === 'user' ? candidates.map(String) : null,
      maxSlopeChange: text(maxSlopeChange),
      maxKnots,
    },
  };
}
