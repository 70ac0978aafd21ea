/**
 * A continuous piecewise-linear function of one input by its values: at two or more places in increasing order, linear between
 * neighbours, the first and the last piece extended to all x. Every place but the first and the last is a knot.
 *
 * A number i is the place x_i with the value y_i, for a point i of the problem whose window is that single value.
 */
export type KnotValues = readonly KnotValue[];

export type KnotValue = number | readonly [at: Fraction, value: Fraction];

/** An exact number; not always in lowest terms, which would take longer to reach than to do without. */
export interface Fraction {
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;
}
