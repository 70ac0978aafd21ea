import type { Skip } from '../data/network.js';
import type { Points } from './points.js';

/**
 * One profile to refute or to realise: `plus` neurons with output weight +1, `minus` with -1, a skip part, and with a
 * budget at most that many nonzero input weights and biases, each neuron having one.
 *
 * The unknowns are one vector: w_k at k * width, then the skip part (its weights if affine, its bias last).
 */
export interface Question {
  readonly points: Points;
  readonly plus: number;
  readonly minus: number;
  readonly skip: Skip;
  readonly budget: number | null;
  /** Index of the point X_n that serves as q in the order and orientation rows. */
  readonly pivot: number;
}

export function neuronCount({ plus, minus }: Question): number {
  return plus + minus;
}

export function outputSign(question: Question, neuron: number): 1 | -1 {
  return neuron < question.plus ? 1 : -1;
}

/** Number of unknowns of the skip part. */
export function skipWidth({ skip, points }: Question): number {
  return skip === 'none' ? 0 : skip === 'bias' ? 1 : points.width;
}

export function unknownCount(question: Question): number {
  return neuronCount(question) * question.points.width + skipWidth(question);
}

/** Is neuron k ordered before neuron k + 1? Only neurons of one output sign are interchangeable. */
export function isOrdered(question: Question, neuron: number): boolean {
  return neuron + 1 < neuronCount(question) && neuron + 1 !== question.plus;
}

/** With an affine skip, (z)+ = z + (-z)+ turns every neuron round, so that w_k . q >= 0 may be asked. */
export function isOriented(question: Question): boolean {
  return question.skip === 'affine';
}
