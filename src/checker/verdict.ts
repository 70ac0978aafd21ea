/** A rule of FORMAT.md that a certificate broke. Thrown inside the checker, returned by `check`. */
export class Rejection extends Error {
  constructor(
    /** Name of the rule, as in FORMAT.md. */
    readonly rule: string,
    reason: string,
  ) {
    // Numbers of a certificate may be long.
    super(reason.length > 500 ? `${reason.slice(0, 500)}...` : reason);
  }
}

/** A guard: the certificate is rejected under `rule` unless `condition` holds. */
export function guard(condition: boolean, rule: string, reason: () => string): asserts condition {
  if (!condition) throw new Rejection(rule, reason());
}
