import type { Skip } from '../problem/network.js';

/** Whether the model is a vertex: no direction in which its outputs on the data stay while its weights change. See FORMAT.md. */
export interface VertexClaim {
  readonly kind: 'vertex';
  /** SHA-256 of the canonical text of the model, see `modelHash`. */
  readonly sha256: string;
  /** What is free besides the neurons. */
  readonly skip: Skip;
  readonly holds: boolean;
}

/** A direction c that the model has to spare: it is no vertex. Rationals "p/q". */
export interface DirectionProof {
  readonly kind: 'direction';
  readonly neurons: readonly DirectionEntry[];
  /** Change of the skip's weights and of its bias, d + 1 numbers. */
  readonly skip?: readonly string[];
}

/** A neuron with the changes of its weights, the bias last. */
export type DirectionEntry = readonly [neuron: number, ...change: string[]];

/** There are more nonzero products than conditions: it is no vertex. */
export interface CountingProof {
  readonly kind: 'counting';
}

/** The columns of the conditions are independent modulo this prime: it is a vertex. */
export interface FullRankProof {
  readonly kind: 'full-rank';
  readonly prime: number;
}
