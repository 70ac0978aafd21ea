import { describeJson, type JsonValue } from '../files/json.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';
import { array, fields, rationalText, textOf, wrong } from './form.js';
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

const BATCH = 500;

/** The JSON text of a proof in pieces. */
export function* lpMinimumSeveralChunks({ majorant, tau, nodes }: LpMinimumSeveralProof): Generator<string> {
  yield `{"kind":"lp-minimum-several","majorant":"${majorant}","tau":"${tau}","nodes":[\n`;
  for (let i = 0; i < nodes.length; i += BATCH) {
    const text = nodes
      .slice(i, i + BATCH)
      .map((node) => JSON.stringify(node))
      .join(',\n');
    yield `${i === 0 ? '' : ',\n'}${text}`;
  }
  yield ']}';
}

/**
 * Reads the JSON value of a claim. Only its form is judged.
 * @throws InputError naming the field, what was expected and what was found
 */
export function readLpMinimumSeveralClaim(value: JsonValue, source: string): LpMinimumSeveralClaim {
  const where = `${source}, claim`;
  const claim = fields(value, where, ['kind', 'p', 'skip', 'lowerBound', 'upperBound']);
  const { skip } = claim;
  if (skip !== 'affine' && skip !== 'bias' && skip !== 'none') {
    throw wrong(`${where}.skip`, '"affine", "bias" or "none"', skip);
  }
  return {
    kind: 'lp-minimum-several',
    p: rationalText(claim.p, `${where}.p`),
    skip,
    lowerBound: rationalText(claim.lowerBound, `${where}.lowerBound`),
    upperBound: rationalText(claim.upperBound, `${where}.upperBound`),
  };
}

/**
 * Reads the JSON value of a proof. Only its form is judged.
 * @throws InputError naming the field, what was expected and what was found
 */
export function readLpMinimumSeveralProof(value: JsonValue, source: string): LpMinimumSeveralProof {
  const where = `${source}, proof`;
  const proof = fields(value, where, ['kind', 'majorant', 'tau', 'nodes']);
  const majorant = textOf(proof.majorant, `${where}.majorant`);
  if (majorant !== 'rays' && majorant !== 'patterns') {
    throw wrong(`${where}.majorant`, '"rays" or "patterns"', proof.majorant);
  }
  return {
    kind: 'lp-minimum-several',
    majorant,
    tau: rationalText(proof.tau, `${where}.tau`),
    nodes: array(proof.nodes, `${where}.nodes`).map((node, i) => readNode(node, `${where}.nodes[${i}]`)),
  };
}

const DIGITS = /^-?[1-9][0-9]*$/;

function readNode(value: JsonValue, where: string): LpNode {
  return array(value, where).map((entry, i) => {
    if (typeof entry === 'number') return entry;
    if (typeof entry === 'string' && DIGITS.test(entry)) return entry;
    if (typeof entry === 'object' && entry !== null) return readPatternTree(entry, `${where}[${i}]`);
    throw new InputError(
      `${where}[${i}]: expected an integer, as a number below 10^15 or as text, found ${describeJson(entry)}`,
    );
  });
}

function readPatternTree(value: JsonValue, where: string): PatternTree {
  const tree = fields(value, where, ['order', 'leaves']);
  const integers = (list: JsonValue | undefined, place: string): number[] =>
    array(list, place).map((entry, i) => {
      if (typeof entry !== 'number') throw wrong(`${place}[${i}]`, 'an integer below 10^15', entry);
      return entry;
    });
  return {
    order: integers(tree.order, `${where}.order`),
    leaves: array(tree.leaves, `${where}.leaves`).map((leaf, i) => integers(leaf, `${where}.leaves[${i}]`)),
  };
}
