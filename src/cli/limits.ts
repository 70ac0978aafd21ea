import { type Command, Option } from 'commander';
import type { Steps } from '../exact/steps.js';
import type { Ended } from '../pages/run.js';
import { type CommonOptions, positiveNumber } from './common.js';
import { catchInterrupts } from './interrupt.js';
import { ProgressLine } from './progress-line.js';

/** Options of every command that can last. */
export interface LimitOptions {
  /** Seconds; undefined: no limit. */
  readonly timeLimit?: number;
}

/** Milliseconds between two looks at the line of progress, at each of which signals get their turn. */
const TURN = 50;

/** Adds --time-limit; `what` says what it ends. */
export function withTimeLimit(command: Command, what: string, seconds?: number): Command {
  const option = new Option('--time-limit <s>', `seconds for ${what}`).argParser(positiveNumber);
  return command.addOption(seconds === undefined ? option : option.default(seconds));
}

/**
 * The limits of one run of a command: its time, Ctrl-C and SIGTERM. Computations in steps are taken until one of them comes; a line on
 * the terminal follows them. A second signal ends the process at once. Close it at the end, whatever that is.
 */
export class Limits {
  readonly #interrupt = catchInterrupts();
  readonly #line: ProgressLine;
  readonly #end: number;
  #breathed: number;

  /** @param now a clock in milliseconds */
  constructor(
    { timeLimit, ...options }: CommonOptions & LimitOptions,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#line = new ProgressLine(options);
    this.#breathed = now();
    this.#end = this.#breathed + 1000 * (timeLimit ?? Number.POSITIVE_INFINITY);
  }

  /** Which limit has come; null before. */
  get ended(): Ended | null {
    if (this.#interrupt.signal.aborted) return 'stopped';
    return this.now() >= this.#end ? 'time limit' : null;
  }

  /** Aborted by Ctrl-C and SIGTERM. */
  get signal(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** Seconds that are left. */
  get left(): number {
    return Math.max(0, this.#end - this.now()) / 1000;
  }

  /** As Ctrl-C does. */
  stop(): void {
    this.#interrupt.stop();
  }

  /**
   * Takes the steps of a computation until it is done or a limit comes.
   * @param progress what the line on the terminal says
   * @returns null when a limit came: what the computation has reached its owner knows
   */
  async take<T>(steps: Steps<T>, progress: () => string): Promise<{ readonly value: T } | null> {
    while (this.ended === null) {
      const { done, value } = steps.next();
      if (done === true) return { value };
      if (this.now() - this.#breathed < TURN) continue;
      this.#line.show(progress());
      await new Promise((resolve) => setTimeout(resolve));
      this.#breathed = this.now();
    }
    return null;
  }

  /** Shows what a computation that is not in steps is at; lets nothing wait. */
  show(text: string): void {
    this.#line.show(text);
  }

  /** Clears the line and gives the signals back. */
  close(): void {
    this.#line.clear();
    this.#interrupt.release();
  }
}

/** Runs with limits and closes them. */
export async function withinLimits<T>(
  options: CommonOptions & LimitOptions,
  body: (limits: Limits) => Promise<T>,
): Promise<T> {
  const limits = new Limits(options);
  try {
    return await body(limits);
  } finally {
    limits.close();
  }
}
