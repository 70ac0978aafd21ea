import type { ExactColumn } from '../exact/column.js';
import type { Dataset } from '../problem/dataset.js';
import type { Kind } from './options.js';

/**
 * What is known about the sparsest network of an instance, and how.
 *
 * - `knots` (one input): fewest knots of an interpolant, counted exactly on the data by runs of curvature
 *   (Debarre et al. 2022, Theorem 4): `provedBy: 'runs'`.
 * - `neuronsAtMost`, `parametersAtMost` (teacher): the planted network fits the data, so the minima are at most its
 *   sizes; they are often smaller. `provedBy: 'network'` when there is nothing else.
 */
export interface KnownAnswer {
  readonly knots?: number;
  readonly neuronsAtMost?: number;
  readonly parametersAtMost?: number;
  readonly provedBy: 'runs' | 'network';
}

/** Points that are made between two steps. */
export const POINTS_PER_STEP = 4096;

/** Inputs and labels, exact. Column i of `inputs` is feature i. */
export interface GeneratedData {
  readonly inputs: readonly ExactColumn[];
  readonly labels: ExactColumn;
}

/** A generated instance: exact columns, where they come from, and what is known about them. */
export interface GeneratedInstance extends GeneratedData {
  readonly kind: Kind;
  /** Short name made of the kind, the number of points and the seed. */
  readonly name: string;
  /** A sentence from which the data can be made again. */
  readonly source: string;
  /** Null when nothing has been proved. */
  readonly known: KnownAnswer | null;
}

/** The instance as a data set, ready for `makeProblem`. */
export function datasetOfInstance({ name, inputs, labels }: GeneratedInstance): Dataset {
  return {
    name,
    inputs,
    labels,
    lower: null,
    upper: null,
    describeRow: (index) => `${name}: row ${index}`,
  };
}
