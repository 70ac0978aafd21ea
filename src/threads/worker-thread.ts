import { parentPort, Worker } from 'node:worker_threads';
import { InputError } from '../problem/input-error.js';

/** What a thread sends: the answer to its request, what it has reached on the way, or that the request cannot be answered. */
type Message<Answer, Progress> =
  | { readonly answer: Answer }
  | { readonly progress: Progress }
  | { readonly refused: string };

/** What a thread is sent: a request, or what it hears while it works on one. */
type Order<Request, Note> = { readonly request: Request } | { readonly note: Note };

/** A thread ended while a request was waiting for its answer. */
export class ThreadEnded extends Error {}

/**
 * A worker thread that answers one request at a time and can be ended whatever it is doing. Requests and answers are plain data
 * (structured clones). A thread keeps the process while it works on a request and until it has ended; one that waits for a request does not. The file it runs calls `answerRequests`.
 */
export class WorkerThread<Request, Answer, Progress = never, Note = never> {
  readonly #worker: Worker;
  #alive = true;
  #ending = false;
  #why: string | null = null;
  #pending: {
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: Error) => void;
    readonly progress: (progress: Progress) => void;
  } | null = null;

  /** @param data what the thread starts with, see `workerData` of Node */
  constructor(file: URL, data?: unknown) {
    this.#worker = new Worker(file, { workerData: data });
    this.#worker.unref();
    this.#worker.on('message', (message: Message<Answer, Progress>) => {
      if ('progress' in message) this.#pending?.progress(message.progress);
      else if ('answer' in message) this.#settle()?.resolve(message.answer);
      else this.#settle()?.reject(new InputError(message.refused));
    });
    this.#worker.on('error', (error: Error) => {
      this.#why = error.message;
    });
    this.#worker.on('exit', (code) => {
      this.#alive = false;
      this.#settle()?.reject(new ThreadEnded(this.#why ?? `exit code ${code}`));
    });
  }

  /** False after it ended, by an error or by `terminate`. */
  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Rejects with ThreadEnded when the thread ends before it answers, with InputError when it refuses the request.
   * @param progress called with what the thread reports on the way
   */
  ask(request: Request, progress: (progress: Progress) => void = () => {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.#alive) return reject(new ThreadEnded('it had ended before'));
      this.#pending = { resolve, reject, progress };
      this.#worker.ref();
      this.#post({ request });
    });
  }

  /** Tells the thread something about the request that it works on. */
  tell(note: Note): void {
    this.#post({ note });
  }

  /** Ends the thread; a request that waits is rejected. */
  async terminate(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }

  #post(order: Order<Request, Note>): void {
    this.#worker.postMessage(order);
  }

  #settle() {
    const pending = this.#pending;
    this.#pending = null;
    // An answer may come in after `terminate`: whoever awaits the end would then wait for a thread that does not keep the process.
    if (!this.#ending) this.#worker.unref();
    return pending;
  }
}

/**
 * The file of a thread that lies beside a module: compiled, as a thread needs it. A module that runs from its source, as in tests, uses
 * the thread of the last build.
 * @param module `import.meta.url` of the module
 */
export function workerFile(name: string, module: string): URL {
  return new URL(name, module.replace(/\/src\/(.*)\.ts$/, '/dist/$1.js'));
}

/** Calls back after some seconds, and after some three weeks if these are more: timers of Node know no longer times, and fire at once. */
export function afterSeconds(seconds: number, call: () => void): NodeJS.Timeout {
  return setTimeout(call, Math.min(seconds * 1000, 2 ** 31 - 1));
}

/**
 * Answers the requests of a `WorkerThread` one by one: the whole program of its file.
 * @param answer an InputError that it throws refuses the request; any other error ends the thread. What it gives to `hear` is called with what
 * the thread is told from then on
 */
export function answerRequests<Request, Answer, Progress = never, Note = never>(
  answer: (
    request: Request,
    report: (progress: Progress) => void,
    hear: (listener: (note: Note) => void) => void,
  ) => Answer | Promise<Answer>,
): void {
  const send = (message: Message<Answer, Progress>): void => parentPort!.postMessage(message);
  let heard: (note: Note) => void = () => {};
  const hear = (listener: (note: Note) => void): void => {
    heard = listener;
  };
  parentPort!.on('message', async (order: Order<Request, Note>) => {
    if ('note' in order) return heard(order.note);
    try {
      send({ answer: await answer(order.request, (progress) => send({ progress }), hear) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      send({ refused: error.message });
    }
  });
}
