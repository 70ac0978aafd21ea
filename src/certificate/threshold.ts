/**
 * lower <= p* <= upper, where p* is the largest number such that for every 0 < p < p* each l^p minimiser of the problem (one input, exact
 * labels, free affine part) has the fewest knots of all interpolants.
 */
export interface ThresholdClaim {
  readonly kind: 'threshold';
  /** Rationals "p/q" between 0 and 1. */
  readonly lower: string;
  readonly upper: string;
  /** Up to which p the minimiser is unique; with `unique` of the proof, or neither. */
  readonly unique?: UniqueClaim;
}

/** Two rationals "p/q" between 0 and 1. */
export interface BracketText {
  readonly lower: string;
  readonly upper: string;
}

/** Each number lies in its bracket: the largest u such that for every 0 < p < u any two l^p minimisers are equal. */
export interface UniqueClaim {
  /** Equal as functions. The same bracket, or 0 and 0: two minimisers cost the same for all small p. */
  readonly below: BracketText;
  /** Equal when their slope changes are the same numbers in some order. */
  readonly upToMultisetsBelow: BracketText;
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
  readonly unique?: UniqueProof;
}

/**
 * Every run with an odd number of points has a sparsest tiling for each even offset of its tile 1. The limit is the one that wins for small p;
 * in a run of three points it follows from the data.
 */
export interface UniqueProof {
  /** The limits whose offsets are not 0, of runs of five points or more, in the order of the runs. */
  readonly limits: readonly TilingName[];
  /** 0 = b_0 < .. < b_k = unique.upToMultisetsBelow.lower: on every interval the limits beat all sparsest tilings that do not tie with them. */
  readonly breakpoints: readonly string[];
  /** At p = unique.upToMultisetsBelow.upper this one is cheaper than the limit of its run. Present exactly when that is below claim.upper. */
  readonly crossing?: TilingName;
  /** This one ties with the limit of its run for every p. Present exactly when unique.below is 0. */
  readonly tie?: TilingName;
}

/** A sparsest tiling: the first point of its run, and the even offset of its tile 1. */
export type TilingName = readonly [point: number, offset: number];

export interface ThresholdCrossing {
  /** The first point of the run, in the canonical order of the problem. */
  readonly point: number;
  /** The lengths of the tiles of the cheaper vertex from left to right, such as "1221". */
  readonly tiles: string;
}
