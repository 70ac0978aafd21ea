import type { KnotValues } from './knot-values.js';
import type { Pieces } from './pieces.js';
import type { ShapeText } from './shape.js';

/**
 * With `knots` knots at most some function keeps every window [lower_i - e w_i, upper_i + e w_i] for e = `tolerance`, and none does for any
 * smaller e: one entry for each of several budgets, which grow. Windows of labels are single values, weights 1 where the data have none.
 */
export interface LeastToleranceClaim {
  readonly kind: 'least-tolerance';
  readonly curve: readonly {
    readonly knots: number;
    readonly tolerance: string;
    /** Where the tolerance is not known to be the least: the least is not below this. */
    readonly atLeast?: string;
  }[];
  /** The functions, and those that there are not, are of this shape. */
  readonly shape?: ShapeText;
}

/**
 * Why no smaller tolerance does. Points are those of the windows at the tolerance, one for every input. Witnesses as in the proof of the
 * same name, but the line need not pass strictly beside the third end: it does for every smaller e. `point`: its window is a single
 * value, and empty for every smaller e.
 * `points`: the shape allows no function through their windows for any smaller e (`ShapeConflictProof`, where touching is enough).
 */
export type LeastToleranceBound =
  | { readonly witnesses: Int32Array }
  | { readonly point: number }
  | { readonly points: readonly number[] };

/** For every entry of the curve the bound, and the function through the windows at the tolerance. */
export interface LeastToleranceProof {
  readonly kind: 'least-tolerance';
  readonly steps: readonly LeastToleranceStep[];
}

export interface LeastToleranceStep {
  readonly bound: LeastToleranceBound;
  /** One of the two: pieces, or with a shape a function. */
  readonly pieces?: Pieces;
  readonly function?: KnotValues;
}
