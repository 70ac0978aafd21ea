import type { Integer } from './search-proof.js';

/**
 * Every function a x + c + sum g_t (x - t)+ through all windows with knots only at these positions (and |g_t| <= maxSlopeChange) has at least
 * lowerBound knots; there is none at all when lowerBound is absent. `function` is one with upperBound knots.
 */
export interface RestrictedClaim {
  readonly kind: 'restricted';
  /** Rationals "p/q", strictly increasing. */
  readonly positions: readonly string[];
  /** Positive rational; absent: slope changes of any size. */
  readonly maxSlopeChange?: string;
  /** Positive rational: the values at the knots and at the first and the last point are multiples of it; absent: any values. */
  readonly valuesOn?: string;
  readonly lowerBound?: number;
  /** Together with `function`. */
  readonly upperBound?: number;
}

/** The nodes of a tree in preorder, see FORMAT.md. */
export interface KnotTreeProof {
  readonly kind: 'knot-tree';
  readonly nodes: readonly KnotTreeNode[];
}

/**
 * levels[j]: values at positions that j + 1 knots can reach, and with the levels before all of them: one sweep from each leads only to values of
 * the next level or of those before, and never past the last point. See FORMAT.md.
 */
export interface ReachableProof {
  readonly kind: 'reachable';
  readonly levels: readonly (readonly ReachableEntry[])[];
}

/** The values from low to high at a position, by its index; null: no end. */
export type ReachableEntry = readonly [position: number, low: string | null, high: string | null];

/** One node: refutations one after the other, and which of them the children go through; null for none. */
export interface KnotTreeNode {
  readonly branch: number | null;
  /** Each as point, weight, point, weight, ..; a weight is an integer, not 0. */
  readonly refutations: readonly (readonly Integer[])[];
}
