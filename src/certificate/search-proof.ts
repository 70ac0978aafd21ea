import type { Skip } from '../problem/network.js';

/**
 * A lower bound by exhaustive search: refutations of sign profiles. FORMAT.md specifies the JSON form and the rules.
 * The bound on neurons is L when every profile of fewer than L neurons is contained in a refuted one; the bound on
 * parameters is L when every profile of at most (L - 1) / 2 neurons is refuted with a budget of at least L - 1.
 */
export interface SearchProof {
  readonly kind: 'search';
  /** The architecture that the trees are about, where it is wider than that of the claim. */
  readonly skip?: Skip;
  readonly trees: readonly RefutationTree[];
}

/**
 * A refutation of "some network with `plus` neurons of output weight +1 and `minus` of output weight -1 fits all windows"
 * (budget null); or of "... together with multiples of the atoms (x_i)+, (-x_i)+ and 1, every neuron having at least two
 * nonzero input weights and biases, and all nonzeros together being at most `budget`".
 * Neurons 0 .. plus-1 are the positive ones.
 *
 * The coordinates are w_ki at k (d + 1) + i (i = d is the bias) and then, with a budget, the coefficients of the atoms:
 * (x_1)+ .. (x_d)+, then (-x_1)+ .. (-x_d)+ unless the skip is affine, then 1 if there is no skip.
 */
export interface RefutationTree {
  readonly plus: number;
  readonly minus: number;
  readonly budget: number | null;
  /** Index of the point X_n that is q in the order and orientation rows. */
  readonly pivot: number;
  /** The branching tree in preorder, see `NODE`. */
  readonly nodes: NodeList;
}

/** Nodes in order, as often as they are asked for: an array, or a list that is unpacked or read as it is gone through. */
export interface NodeList extends Iterable<ProofNode> {
  readonly length: number;
}

/** A number below 10^15, or, for multipliers of a leaf only, decimal digits in a string. */
export type Integer = number | string;

/** First entry of a node. */
export const NODE = {
  /** [0, row, multiplier, row, multiplier, ...]: rows by code, positive integer multipliers. A contradiction. */
  leaf: 0,
  /** [1, k, n]: first child w_k . X_n >= 0 (active), second child w_k . X_n < 0 (inactive). */
  activeOrNegative: 1,
  /** [2, k, n]: first child w_k . X_n > 0 (active), second child w_k . X_n <= 0 (inactive). */
  positiveOrInactive: 2,
  /** [3, j]: coordinate j is zero in the first child, nonzero in the second. Only with a budget. */
  zeroOrNonzero: 3,
  /** [4]: the zeros and nonzeros of the path exceed the budget or leave a neuron without two nonzeros. */
  overBudget: 4,
  /** [5, k, n, side]: the class of k (neurons of its sign with the same path) on side >= 0, > 0, < 0, <= 0 of n, or k on the other one. */
  classSide: 5,
  /** [6, j, zero]: the entry at coordinate j zero (1) or nonzero (0) in the class of its neuron, or the other way in that neuron. */
  classZero: 6,
} as const;

export type ProofNode = readonly Integer[];

/**
 * Numbers for the rows of a profile of K neurons on N points, as leaves name them:
 *
 *   k N + n                               the activation of neuron k at point n, as the path decided it
 *   K N + k                               order: w_k . q >= w_{k+1} . q; only in trees without the nodes 5 and 6
 *   K N + K + k                           orientation: w_k . q >= 0
 *   K N + 2 K + (2 n + side) 2^K + T      fit at point n; side 0: f(x_n) <= U_n, side 1: f(x_n) >= L_n;
 *                                         T: the undecided neurons that enter with w_k . X_n instead of 0, one bit each
 */
export type RowName =
  | { readonly kind: 'activation'; readonly neuron: number; readonly point: number }
  | { readonly kind: 'order'; readonly neuron: number }
  | { readonly kind: 'orientation'; readonly neuron: number }
  | { readonly kind: 'fit'; readonly point: number; readonly side: 0 | 1; readonly linear: number };

/**
 * Number of atoms that a skip leaves necessary in dimension d: an affine skip turns (-x_i)+ into (x_i)+ - x_i, and any
 * skip holds the constant.
 */
export function atomsOf(skip: Skip, dimension: number): number {
  return skip === 'affine' ? dimension : skip === 'bias' ? 2 * dimension : 2 * dimension + 1;
}

/** Nonzeros a neuron of a budgeted profile has at least. */
export const LEAST_NONZEROS = 2;

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

/** Integers from here on are written as text. */
const LARGEST_NUMBER = 10n ** 15n;

/** A BigInt in the notation of `Integer`. */
export function writeInteger(value: bigint): Integer {
  return value < LARGEST_NUMBER && value > -LARGEST_NUMBER ? Number(value) : value.toString();
}
