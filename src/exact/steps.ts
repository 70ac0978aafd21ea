/**
 * A computation in steps: every `yield` ends one, after some milliseconds of work at most, and is a place where the computation can be
 * left for good or for a while. What it has reached by then its owner keeps. What is yielded tells how far it is, or nothing.
 */
export type Steps<T> = Generator<unknown, T, void>;

/** Takes all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Takes steps until the computation is done (true) or, asked before each of them, `shouldStop` says so (false). */
export function takeSteps(steps: Steps<unknown>, shouldStop: () => boolean): boolean {
  while (!shouldStop()) if (steps.next().done === true) return true;
  return false;
}
