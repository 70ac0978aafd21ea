/**
 * `function` is a global minimiser of the l^p path norm sum |slope change|^p among all functions through the data (one input, exact
 * labels, free affine part), and its cost lies between two rationals. p = 0 is the limit p -> 0+: the fewest knots, and among functions with
 * as many the least product of |slope changes|.
 */
export interface LpMinimumClaim {
  readonly kind: 'lp-minimum';
  /** Rational "p/q", 0 <= p <= 1. */
  readonly p: string;
  /** lower <= cost <= upper, rationals "p/q". */
  readonly lower: string;
  readonly upper: string;
  /** Whether `function` has the fewest knots of all functions through the data. */
  readonly sparsest: boolean;
  /** Whether it is the only minimiser (p = 0: the only one among the vertices of S). Absent: nothing is said. */
  readonly unique?: boolean;
}

/** A lower bound on the cost of all functions, point by point. FORMAT.md specifies it. */
export interface PricesProof {
  readonly kind: 'prices';
  /**
   * 0 < p < 1: an entry for every tile 2 of the minimiser in runs of three points or more, from left to right. It says which part of the
   * cost of the tile is the price of its first point; the rest is the price of its second. Empty for p = 0 and p = 1.
   */
  readonly shares: readonly Share[];
  /** Another vertex of the same cost: where `unique` is false and 0 < p < 1. */
  readonly other?: OtherTiling;
}

/**
 * n >= 0: n / 2^31. A text: that rational. SHARE.single: the price is the cost of a tile 1 at the first point. SHARE.across: it is
 * the cost of a tile 2 at the point before, less the price of that point.
 */
export type Share = number | string;

export const SHARE = { single: -1, across: -2, bits: 31 } as const;

/** A tiling of one run: its first point, and the lengths of the tiles from left to right, such as "1221". */
export interface OtherTiling {
  readonly point: number;
  readonly tiles: string;
}
