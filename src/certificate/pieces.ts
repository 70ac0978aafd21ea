/**
 * A piecewise-linear function of one input through windows, piece by piece from left to right, without a rational written out: small
 * in a file, and quick to check.
 *
 * Six integers per piece, in the order of `PIECE`: its line runs through two corners of windows, (point a, end of a) and (point b,
 * end of b), a < b, or is the constant through one corner, a = b; an end is 0 for lower, 1 for upper. The points from .. to lie on
 * it; it crosses the line of the next piece somewhere between `to` and the `from` of the next piece, both ends included.
 */
export type Pieces = Int32Array;

/** Where the entries of a piece stand. */
export const PIECE = { a: 0, endOfA: 1, b: 2, endOfB: 3, from: 4, to: 5, length: 6 } as const;
