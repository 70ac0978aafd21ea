/**
 * lower <= p* <= upper, where p* is the largest number such that for every 0 < p < p* each l^p minimiser of the problem (one input, exact
 * labels, free affine part) has the fewest knots of all interpolants.
 */
export interface ThresholdClaim {
  readonly kind: 'threshold';
  /** Rationals "p/q" between 0 and 1. */
  readonly lower: string;
  readonly upper: string;
}

/** Specified in FORMAT.md beside this file. Plain JSON. */
export interface ThresholdProof {
  readonly kind: 'threshold';
  /**
   * Rationals 0 = b_0 < b_1 < .. < b_k = claim.lower. On every interval [b_{i-1}, b_i] bounds on all tiles show that no run is
   * cheaper with more knots.
   */
  readonly breakpoints: readonly string[];
  /** At p = claim.upper this run is strictly cheaper with more knots. Present exactly when claim.upper < 1. */
  readonly crossing?: ThresholdCrossing;
}

export interface ThresholdCrossing {
  /** The first point of the run, in the canonical order of the problem. */
  readonly point: number;
  /** The lengths of the tiles of the cheaper vertex from left to right, such as "1221". */
  readonly tiles: string;
}
