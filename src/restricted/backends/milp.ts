/**
 * A mixed-integer linear program in doubles: minimise cost . x over lower <= x <= upper and the rows, x_j integer where
 * integer[j] = 1. Infinite bounds are +-Infinity.
 */
export interface MilpModel {
  readonly cost: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly integer: Uint8Array;
  readonly rows: readonly MilpRow[];
}

/** lower <= sum values[k] x[indices[k]] <= upper; no index twice. */
export interface MilpRow {
  readonly indices: readonly number[];
  readonly values: readonly number[];
  readonly lower: number;
  readonly upper: number;
}

/** What a float solver says. A claim, never a fact: the caller verifies or reports it as unverified. */
export type MilpClaim =
  | { status: 'optimal'; objective: number; values: Float64Array }
  | { status: 'infeasible' }
  | { status: 'unbounded' }
  /** Stopped without an answer; `values` is the best point it had, if any. */
  | { status: 'undecided'; reason: string; values: Float64Array | null };

export interface MilpOptions {
  /** Wall-clock seconds, > 0. A solver keeps them as it can; in a thread of its own it is ended when they are over. */
  timeLimitSeconds: number;
}

export const MILP_DEFAULTS: MilpOptions = { timeLimitSeconds: 60 };

/** One solver behind the smallest interface that all of them can offer. */
export interface MilpBackend {
  readonly name: string;
  /** @throws InputError when the optional package of the backend is not installed */
  solve(model: MilpModel, options?: Partial<MilpOptions>): Promise<MilpClaim>;
  /** Frees what the backend holds (a thread); it may be used again afterwards. */
  close(): Promise<void>;
}
