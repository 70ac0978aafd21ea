import type { Rule } from './rules.js';

/** A rule of FORMAT.md that a certificate broke. Thrown inside the checker, returned by `check`. */
export class Rejection extends Error {
  constructor(
    /** Name of the rule, as in FORMAT.md. */
    readonly rule: Rule,
    reason: string,
  ) {
    // Numbers of a certificate may be long.
    super(reason.length > 500 ? `${reason.slice(0, 500)}...` : reason);
  }
}

/** A guard: the certificate is rejected under `rule` unless `condition` holds. */
export function guard(condition: boolean, rule: Rule, reason: () => string): asserts condition {
  if (!condition) throw new Rejection(rule, reason());
}

/** What the checker found. `statement` is what an accepted certificate proves, in words. */
export type Verdict =
  | { readonly accepted: true; readonly statement: string }
  | { readonly accepted: false; readonly rule: Rule; readonly reason: string };

/** The verdict of rules that return what is proved, in words, or throw a Rejection. */
export function verdictOf(rules: () => string): Verdict {
  try {
    return { accepted: true, statement: rules() };
  } catch (error) {
    return rejected(error);
  }
}

/** The verdict of a Rejection; any other error is thrown on. */
export function rejected(error: unknown): Verdict {
  if (error instanceof Rejection) return { accepted: false, rule: error.rule, reason: error.message };
  throw error;
}
