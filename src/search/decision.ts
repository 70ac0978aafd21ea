import { NODE, type ProofNode } from '../certificate/search-proof.js';
import { neuronCount, type Question } from './question.js';

/** What is known about the activation of neuron k at point n. */
export const ACTIVATION = { negative: -2, inactive: -1, undecided: 0, active: 1, positive: 2 } as const;

/** What is known about a coordinate. */
export const COORDINATE = { unknown: 0, zero: 1, nonzero: 2 } as const;

/**
 * A branching of the tree, one of two kinds; each has two children that leave nothing out.
 *
 * - At a point: every neuron of `members` is on `side` of it, or neuron `neuron` is on the other side.
 * - At a coordinate of `neuron`: it is as `side` says for every neuron of `members`, or the other way for `neuron`. An atom belongs to no
 *   neuron: `neuron` is -1, `members` 0.
 *
 * Several members are a *class*: neurons of one output sign about which the path has decided the same everywhere. If not all of them are on
 * the side, one is on the other, and as nothing tells them apart it may be called `neuron` (symmetry by counting).
 */
export interface Branching {
  readonly kind: 'point' | 'coordinate';
  readonly neuron: number;
  /** Neurons decided in the first child, one bit each; `neuron` is one of them. */
  readonly members: number;
  /** The point; or the entry of the neuron's weights, or the number of the atom. */
  readonly place: number;
  /** In the first child: an `ACTIVATION`, or a `COORDINATE`. */
  readonly side: number;
}

/** One step down the tree. */
export interface Decision extends Branching {
  readonly child: 0 | 1;
}

/** What a decision says about the neurons it is about. */
export function decidedSide({ kind, side }: Branching, child: 0 | 1): number {
  if (child === 0) return side;
  if (kind === 'coordinate') return COORDINATE.zero + COORDINATE.nonzero - side;
  // The other side of >= 0 is < 0, that of > 0 is <= 0.
  return side > 0 ? side - 3 : side + 3;
}

/** The neurons a decision is about, one bit each. */
export function decidedNeurons({ members, neuron }: Branching, child: 0 | 1): number {
  return child === 0 || neuron < 0 ? members : 1 << neuron;
}

/** The coordinate of a question that a branching at a coordinate is about, for one of its neurons. */
export function coordinateOf(question: Question, place: number, neuron: number): number {
  const { width } = question.points;
  return neuron < 0 ? neuronCount(question) * width + place : neuron * width + place;
}

export function isClass({ members }: Branching): boolean {
  return (members & (members - 1)) !== 0;
}

/** The node of a certificate. */
export function branchingNode(question: Question, branching: Branching): ProofNode {
  const { kind, neuron, place, side } = branching;
  if (kind === 'coordinate') {
    const coordinate = coordinateOf(question, place, neuron);
    if (!isClass(branching) && side === COORDINATE.zero) return [NODE.zeroOrNonzero, coordinate];
    return [NODE.classZero, coordinate, side === COORDINATE.zero ? 1 : 0];
  }
  if (!isClass(branching) && side > 0)
    return [side === ACTIVATION.active ? NODE.activeOrNegative : NODE.positiveOrInactive, neuron, place];
  return [NODE.classSide, neuron, place, CLASS_SIDES.indexOf(side)];
}

/** Sides by their number in a certificate: >= 0, > 0, < 0, <= 0. */
const CLASS_SIDES: readonly number[] = [
  ACTIVATION.active,
  ACTIVATION.positive,
  ACTIVATION.negative,
  ACTIVATION.inactive,
];
