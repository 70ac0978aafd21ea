/**
 * A fault of this program whose message says all there is to say. Programs that meet it claim nothing and end with the exit code of
 * internal errors.
 */
export class InternalError extends Error {}
