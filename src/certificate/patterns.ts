import type { Integer } from './search-proof.js';

/** A neuron with d inputs has exactly `count` activation patterns {n : w . x_n + b > 0} on the points. */
export interface PatternsClaim {
  readonly kind: 'patterns';
  readonly count: number;
}

/** A tree over the signs of w . x_n + b at the points 0, 1, .., in preorder: see `PatternNode`. FORMAT.md specifies it. */
export interface PatternTreeProof {
  readonly kind: 'pattern-tree';
  readonly nodes: readonly PatternNode[];
}

/**
 * After the signs of the first n points:
 * - 0: a branching on point n, first child active, second child inactive;
 * - [point, multiplier, point, multiplier, ..]: no neuron has these signs;
 * - [w_1, .., w_d, b], rationals: signs of all points, and a neuron that has them.
 */
export type PatternNode = 0 | readonly Integer[] | readonly string[];
