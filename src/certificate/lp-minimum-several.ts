import type { Skip } from '../problem/network.js';
import type { Integer } from './search-proof.js';

/**
 * Every network of the architecture through all windows has an l^p path norm of at least lowerBound: equation (8) of the paper for several
 * inputs (every entry of v w counts, the bias too), (2) for one input (biases are free). The certificate's network has one of at most
 * upperBound.
 */
export interface LpMinimumSeveralClaim {
  readonly kind: 'lp-minimum-several';
  /** A rational "p/q", 0 < p <= 1. */
  readonly p: string;
  readonly skip: Skip;
  readonly lowerBound: string;
  readonly upperBound: string;
}

/** Branch and bound as a tree; FORMAT.md specifies it. */
export interface LpMinimumSeveralProof {
  readonly kind: 'lp-minimum-several';
  /** How leaves bound sign lambda . a(z): on the extreme rays of the arrangement, or pattern by pattern. */
  readonly majorant: Majorant;
  /** Bounds |z| of every neuron of a network that costs at most upperBound; "p/q". */
  readonly tau: string;
  /** The tree in preorder, see `LP_NODE`. */
  readonly nodes: readonly LpNode[];
}

export type Majorant = 'rays' | 'patterns';

/** First entry of a node. Neurons are numbered in the order in which they are named; fractions are numerator and denominator. */
export const LP_NODE = {
  /** [0, denominator, numerators of lambda_0 .. lambda_{N-1}]; with the majorant "patterns" followed by one tree for each output sign, + first. */
  leaf: 0,
  /** [1, a, b]: neurons not named have |z| <= a / b; else the largest of them is named, with output sign +; the same with -. */
  name: 1,
  /** [2, j, a, b]: |z_j| <= a / b; |z_j| >= a / b. */
  size: 2,
  /** [3, j, h]: z_j . xbar_h <= 0 (h < N) or entry h - N of z_j <= 0; the same with >=. */
  plane: 3,
  /** [4, j, q_0 .. q_d]: q . z_j <= 0; q . z_j >= 0. */
  side: 4,
} as const;

/**
 * A bound on s lambda . a(z) / |z|_1 over all z, pattern by pattern: the order in which the points with s lambda_n > 0 are decided, and the
 * leaves of that binary tree from left (not active) to right: depth, then theta_n 2^30 for the points with s lambda_n < 0 in their order.
 */
export interface PatternTree {
  readonly order: readonly number[];
  readonly leaves: readonly (readonly number[])[];
}

/** Denominator of theta. */
export const THETA_UNIT = 2 ** 30;

export type LpNode = readonly (Integer | PatternTree)[];
