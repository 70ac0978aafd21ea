import { atomsOf } from '../certificate/search-proof.js';
import type { Skip } from '../problem/network.js';
import type { Points } from './points.js';

/**
 * One profile to refute or to realise: `plus` neurons with output weight +1 and `minus` with -1, and a skip part.
 *
 * Without a budget that is all. With one, the neurons have at least two nonzero input weights and biases each; those with
 * one only are the *atoms* (x_i)+, (-x_i)+ and 1, which enter linearly with free coefficients, and all nonzeros together
 * are at most `budget`.
 *
 * The unknowns are one vector: w_k at k * width, then the coefficients of the atoms (with a budget), then the skip part
 * (its weights if affine, its bias last). The unknowns before the skip part are the *coordinates*.
 */
export interface Question {
  readonly points: Points;
  readonly plus: number;
  readonly minus: number;
  readonly skip: Skip;
  readonly budget: number | null;
  /** Index of the point X_n that serves as q in the orientation rows. */
  readonly pivot: number;
}

export function neuronCount({ plus, minus }: Question): number {
  return plus + minus;
}

/** Number of atom columns of a question. */
export function atomCount({ budget, skip, points }: Question): number {
  return budget === null ? 0 : atomsOf(skip, points.width - 1);
}

/** Number of unknowns that a budget counts. */
export function coordinateCount(question: Question): number {
  return neuronCount(question) * question.points.width + atomCount(question);
}

/** Number of unknowns of the skip part. */
export function skipWidth({ skip, points }: Pick<Question, 'skip' | 'points'>): number {
  return skip === 'none' ? 0 : skip === 'bias' ? 1 : points.width;
}

export function unknownCount(question: Question): number {
  return coordinateCount(question) + skipWidth(question);
}

/** With an affine skip, (z)+ = z + (-z)+ turns every neuron round, so that w_k . q >= 0 may be asked. */
export function isOriented(question: Question): boolean {
  return question.skip === 'affine';
}

/** Neurons of output sign +1 (up) or -1, one bit each. */
export function neuronsOfSign({ plus, minus }: Question, up: boolean): number {
  return up ? 2 ** plus - 1 : (2 ** minus - 1) * 2 ** plus;
}
