import type { Network, Objective, Skip } from '../problem/network.js';
import type { KnotValues } from './knot-values.js';
import type { LeastToleranceClaim, LeastToleranceProof } from './least-tolerance.js';
import type { LpMinimumClaim, PricesProof } from './lp-minimum.js';
import type { LpMinimumSeveralClaim, LpMinimumSeveralProof } from './lp-minimum-several.js';
import type { ModelClaim } from './model.js';
import type { OneInputProof } from './one-input.js';
import type { PatternsClaim, PatternTreeProof } from './patterns.js';
import type { Pieces } from './pieces.js';
import type { KnotTreeProof, ReachableProof, RestrictedClaim } from './restricted.js';
import type { SearchProof } from './search-proof.js';
import type { ShapeClaim, ShapeConflictProof } from './shape.js';
import type { FreeRunsProof, SolutionSetClaim } from './solution-set.js';
import type { ThresholdClaim, ThresholdProof } from './threshold.js';
import type { ThresholdSeveralClaim, ThresholdSeveralProof } from './threshold-several.js';
import type { CountingProof, DirectionProof, FullRankProof, VertexClaim } from './vertex.js';

export type { Objective };

/**
 * A statement about one problem, with everything needed to check it. FORMAT.md beside this file specifies the JSON form
 * and every rule; nothing is carried that is not checked.
 */
export interface Certificate {
  readonly problem: {
    /** SHA-256 of the canonical text of the problem, lower-case hex. */
    readonly sha256: string;
    /** Half-width of the windows made from labels, "p/q"; "0" for exact interpolation or for windows from the file. */
    readonly tolerance: string;
    /** Inputs and points of the canonical problem: together from version 2 of the format on, absent in version 1. */
    readonly dimension?: number;
    readonly points?: number;
  };
  readonly claim: Claim;
  /** The network that attains the upper bound. This, `function` or `pieces` is present exactly when the claim has one. */
  readonly network?: Network;
  /** Neurons of one input with skip affine, version 2: the function that attains the upper bound, a neuron for each of its knots. */
  readonly function?: KnotValues;
  /** The same as lines through points of the data: a neuron for each change of line. */
  readonly pieces?: Pieces;
  /** The trained network that a claim about a model is about. */
  readonly model?: Network;
  readonly proof: Proof;
}

export type Claim =
  | MinimumClaim
  | InfeasibleClaim
  | ThresholdClaim
  | ThresholdSeveralClaim
  | LpMinimumClaim
  | LpMinimumSeveralClaim
  | PatternsClaim
  | SolutionSetClaim
  | RestrictedClaim
  | LeastToleranceClaim
  | ShapeClaim
  | ModelClaim
  | VertexClaim;

/** Every network of the architecture through all windows has at least lowerBound; `network` has upperBound. */
export interface MinimumClaim {
  readonly kind: 'minimum';
  readonly objective: Objective;
  readonly skip: Skip;
  readonly lowerBound: number;
  /** Absent when no network is known. */
  readonly upperBound?: number;
}

/** No function at all passes through every window. */
export interface InfeasibleClaim {
  readonly kind: 'infeasible';
}

export type Proof =
  | WitnessProof
  | EmptyWindowProof
  | OneInputProof
  | SearchProof
  | ThresholdProof
  | ThresholdSeveralProof
  | PricesProof
  | LpMinimumSeveralProof
  | PatternTreeProof
  | FreeRunsProof
  | KnotTreeProof
  | ReachableProof
  | LeastToleranceProof
  | ShapeConflictProof
  | DirectionProof
  | CountingProof
  | FullRankProof;

/**
 * Witness (+1, a, b, c), a < b < c: the line through (x_a, l_a) and (x_b, u_b) passes strictly below l_c at x_c, so f has a
 * knot with a positive slope change strictly inside (x_a, x_c). (-1, a, b, c) is the mirror image. Witnesses of one sign
 * have disjoint intervals.
 */
export interface WitnessProof {
  readonly kind: 'witnesses';
  /** Four integers a witness: sign, a, b, c. */
  readonly witnesses: Int32Array;
  /**
   * Only with no witnesses and lowerBound 1: why zero neurons are not enough. For skip "none" one point whose window excludes 0; for
   * skip "bias" two points whose windows do not meet.
   */
  readonly zeroNeurons?: readonly number[];
}

/** The windows of two rows with equal input do not meet: lower > upper at this point of the canonical problem. */
export interface EmptyWindowProof {
  readonly kind: 'empty-window';
  readonly point: number;
}
