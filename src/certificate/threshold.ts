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
  /**
   * One entry per interval: the runs, by their first points, whose reference changes with it, and the even offset of the tile 1 of the new
   * one. At first all offsets are 0. Runs with an even number of points have only one reference.
   */
  readonly references?: readonly (readonly (readonly [point: number, offset: number])[])[];
  /** Intervals that begin here or later compare costs in the form that is sharp near p = 1. */
  readonly unitFrom?: string;
  /** At p = claim.upper this run is strictly cheaper with more knots. Present exactly when claim.upper < 1. */
  readonly crossing?: ThresholdCrossing;
}

export interface ThresholdCrossing {
  /** The first point of the run, in the canonical order of the problem. */
  readonly point: number;
  /** The lengths of the tiles of the cheaper vertex from left to right, such as "1221". */
  readonly tiles: string;
}
