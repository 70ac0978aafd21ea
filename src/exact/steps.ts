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

/** The same steps until they are done (true) or, told before each of them what the last one yielded, `shouldStop` says so (false). */
export function* until(steps: Steps<unknown>, shouldStop: (yielded: unknown) => boolean): Steps<boolean> {
  for (let yielded: unknown; !shouldStop(yielded); yield yielded) {
    const { done, value } = steps.next();
    if (done === true) return true;
    yielded = value;
  }
  return false;
}
