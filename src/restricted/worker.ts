import { workerData } from 'node:worker_threads';
import { answerRequests } from '../threads/worker-thread.js';
import { milpBackend } from './backends/backends.js';
import {
  type PlainBounds,
  type PlainQuestion,
  type PlainResult,
  plainBounds,
  plainResult,
  readQuestion,
} from './plain.js';
import { solveByBreakpoints } from './solver.js';

/** The thread of `solveInThread`. The MILP solver runs in another one, below this: it ends with it. */
const { backend, timeLimitSeconds } = workerData as { backend: string; timeLimitSeconds: number };
const milp = milpBackend(backend);

answerRequests<PlainQuestion, PlainResult, PlainBounds>(async (question, report) =>
  plainResult(
    await solveByBreakpoints(readQuestion(question), milp, {
      timeLimitSeconds,
      progress: (reached) => report(plainBounds(reached)),
    }),
  ),
);
