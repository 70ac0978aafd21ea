import { workerData } from 'node:worker_threads';
import { answerRequests } from '../../threads/worker-thread.js';
import { directBackend } from './backends.js';
import type { MilpClaim } from './milp.js';
import type { MilpRequest } from './threaded.js';

/** The thread of one MILP backend, whose name it starts with. */
const backend = directBackend(workerData as string);

answerRequests<MilpRequest, MilpClaim>(({ model, options }) => backend.solve(model, options));
