import type { Skip } from '../problem/network.js';

/**
 * lower <= p* <= upper, where p* is the largest number such that for every 0 < p < p* each l^p minimiser among the networks of the architecture
 * through the exact labels has the fewest nonzero penalised entries: parameters for several inputs (equations (8) and (9) of the
 * paper), neurons with a slope for one (equations (2) and (3)).
 */
export interface ThresholdSeveralClaim {
  readonly kind: 'threshold-several';
  readonly skip: Skip;
  /** Rationals "p/q" between 0 and 1. */
  readonly lower: string;
  readonly upper: string;
}

/** Specified in FORMAT-SEVERAL.md beside this file. Plain JSON. */
export interface ThresholdSeveralProof {
  readonly kind: 'threshold-several';
  /** Rationals 0 = b_0 < b_1 < .. < b_k = claim.lower: between neighbours no network with more entries is cheapest. */
  readonly breakpoints: readonly string[];
}
