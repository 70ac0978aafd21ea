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
  readonly lowerBound?: number;
  /** Together with `function`. */
  readonly upperBound?: number;
}

/** The nodes of a tree in preorder, see FORMAT.md. */
export interface KnotTreeProof {
  readonly kind: 'knot-tree';
  readonly nodes: readonly KnotTreeNode[];
}

/** One node: refutations one after the other, and which of them the children go through; null for none. */
export interface KnotTreeNode {
  readonly branch: number | null;
  /** Each as point, weight, point, weight, ..; a weight is an integer, not 0. */
  readonly refutations: readonly (readonly Integer[])[];
}
