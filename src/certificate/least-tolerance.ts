import type { Pieces } from './pieces.js';

/**
 * With `knots` knots at most some function keeps every window [lower_i - e w_i, upper_i + e w_i] for e = `tolerance`, and none does for any
 * smaller e: one entry for each of several budgets, which grow. Windows of labels are single values, weights 1 where the data have none.
 */
export interface LeastToleranceClaim {
  readonly kind: 'least-tolerance';
  readonly curve: readonly { readonly knots: number; readonly tolerance: string }[];
}

/**
 * Why no smaller tolerance does. Points are those of the windows at the tolerance, one for every input. Witnesses as in the proof of the
 * same name, but the line need not pass strictly beside the third end: it does for every smaller e. `point`: its window is a single
 * value, and empty for every smaller e.
 */
export type LeastToleranceBound = { readonly witnesses: Int32Array } | { readonly point: number };

/** For every entry of the curve the bound, and the function through the windows at the tolerance. */
export interface LeastToleranceProof {
  readonly kind: 'least-tolerance';
  readonly steps: readonly LeastToleranceStep[];
}

export interface LeastToleranceStep {
  readonly bound: LeastToleranceBound;
  readonly pieces: Pieces;
}
