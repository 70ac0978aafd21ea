import type { Network, Skip } from '../data/network.js';

/** What is minimised: the number of neurons, or the number of nonzero parameters of eq. (9) (Nakhleh & Nowak 2025). */
export type Objective = 'neurons' | 'parameters';

/**
 * "Every network of the architecture `skip` whose values lie in all windows has objective >= lowerBound, and one of them
 * has objective <= upperBound." upperBound is null when no network is brought.
 */
export interface SearchClaim {
  readonly objective: Objective;
  readonly skip: Skip;
  readonly lowerBound: number;
  readonly upperBound: number | null;
}

/** The claim, the network behind its upper bound, and the refutations behind its lower bound. */
export interface SearchProof {
  readonly claim: SearchClaim;
  readonly network: Network | null;
  readonly trees: readonly RefutationTree[];
}

/**
 * A refutation of "some network with `plus` neurons of output weight +1 and `minus` of output weight -1 fits all windows"
 * (budget null), or of "..., every neuron nonzero, with at most `budget` nonzero input weights and biases".
 * Neurons 0 .. plus-1 are the positive ones.
 */
export interface RefutationTree {
  readonly plus: number;
  readonly minus: number;
  readonly budget: number | null;
  /** The vector q of the order and orientation rows, d + 1 integers on the scale of the integer points. */
  readonly order: readonly Integer[];
  /** The branching tree in preorder, see `ProofNode`. */
  readonly nodes: readonly ProofNode[];
}

/** A JSON number when it is a safe integer, else its decimal digits in a string. */
export type Integer = number | string;

/** First entry of a node. */
export const NODE = {
  /** [0, row, multiplier, row, multiplier, ...]: rows by code, positive integer multipliers. A contradiction. */
  leaf: 0,
  /** [1, k, n]: first child w_k . X_n >= 0 (active), second child w_k . X_n < 0 (inactive). */
  activeOrNegative: 1,
  /** [2, k, n]: first child w_k . X_n > 0 (active), second child w_k . X_n <= 0 (inactive). */
  positiveOrInactive: 2,
  /** [3, k, i]: first child w_ki = 0, second child w_ki != 0. Only with a budget. */
  zeroOrNonzero: 3,
  /** [4]: the zeros and nonzeros of the path exceed the budget or leave a neuron without a nonzero. */
  overBudget: 4,
} as const;

export type ProofNode = readonly Integer[];

/**
 * Numbers for the rows of a profile of K neurons on N points, as leaves name them:
 *
 *   k N + n                               the activation of neuron k at point n, as the path decided it
 *   K N + k                               order: w_k . q >= w_{k+1} . q
 *   K N + K + k                           orientation: w_k . q >= 0
 *   K N + 2 K + (2 n + side) 2^K + T      fit at point n; side 0: f(x_n) <= U_n, side 1: f(x_n) >= L_n;
 *                                         T: the undecided neurons that enter with w_k . X_n instead of 0, one bit each
 */
export type RowName =
  | { readonly kind: 'activation'; readonly neuron: number; readonly point: number }
  | { readonly kind: 'order'; readonly neuron: number }
  | { readonly kind: 'orientation'; readonly neuron: number }
  | { readonly kind: 'fit'; readonly point: number; readonly side: 0 | 1; readonly linear: number };

/** Most neurons of a profile: subsets of neurons are 31-bit masks. */
export const MOST_NEURONS = 24;

/** The row a code stands for, or null when there is none. Codes are nonnegative safe integers. */
export function rowName(code: number, neurons: number, size: number): RowName | null {
  if (!Number.isSafeInteger(code) || code < 0) return null;
  if (code < neurons * size) {
    return { kind: 'activation', neuron: Math.floor(code / size), point: code % size };
  }
  let rest = code - neurons * size;
  if (rest < neurons) return { kind: 'order', neuron: rest };
  rest -= neurons;
  if (rest < neurons) return { kind: 'orientation', neuron: rest };
  rest -= neurons;
  const subsets = 2 ** neurons;
  const linear = rest % subsets;
  const place = Math.floor(rest / subsets);
  const point = Math.floor(place / 2);
  if (point >= size) return null;
  return { kind: 'fit', point, side: place % 2 === 0 ? 0 : 1, linear };
}

/** The code of a fit row; the others are short sums. */
export function fitCode(point: number, side: 0 | 1, linear: number, neurons: number, size: number): number {
  return neurons * size + 2 * neurons + (2 * point + side) * 2 ** neurons + linear;
}

/** A BigInt in the notation of `Integer`. */
export function writeInteger(value: bigint): Integer {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
