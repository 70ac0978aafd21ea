import { answerRequests } from '../threads/worker-thread.js';
import { type RestartAnswer, type RestartRequest, runOf } from './restarts.js';

answerRequests<RestartRequest, RestartAnswer>(runOf);
