import type { InfeasibleClaim, MinimumClaim } from './certificate.js';
import type { LpMinimumClaim } from './lp-minimum.js';

/**
 * What was measured about a trained network, `model` of the certificate, and the bound it was held to. The network, function or pieces and the
 * proof of the certificate belong to the bound.
 */
export interface ModelClaim {
  readonly kind: 'model';
  /** SHA-256 of the canonical text of the model, see `modelHash`. */
  readonly sha256: string;
  /** Largest distance from f(x_i) to its window; "0" when the model passes through all of them. Rational "p/q". */
  readonly distance: string;
  /** Neurons that count: not dead, and some |v w| above the threshold. */
  readonly active: number;
  readonly activeThreshold: string;
  /** Its l^p path norm sum |v w|^p lies between these rationals; present exactly when the bound is a least path norm, which names p. */
  readonly cost?: { readonly lower: string; readonly upper: string };
  readonly bound: MinimumClaim | InfeasibleClaim | LpMinimumClaim;
}
