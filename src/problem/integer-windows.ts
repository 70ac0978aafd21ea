import type { ExactColumn } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from './problem.js';

/** The windows of a problem as integers on one scale: lower.value(n) = lower[n] * scale, upper likewise. One array when exact. */
export interface IntegerWindows {
  readonly lower: readonly bigint[];
  readonly upper: readonly bigint[];
  readonly scale: Rational;
}

export function integerWindows({ size, lower, upper }: Problem): IntegerWindows {
  const units = (column: ExactColumn): bigint[] => Array.from({ length: size }, (_, n) => column.integer(n));
  if (lower === upper) {
    const integers = units(lower);
    return { lower: integers, upper: integers, scale: lower.integerScale };
  }
  const scale = commonScale(lower.integerScale, upper.integerScale);
  const bring = (column: ExactColumn): bigint[] => {
    const factor = column.integerScale.divide(scale).numerator;
    return units(column).map((value) => value * factor);
  };
  return { lower: bring(lower), upper: bring(upper), scale };
}

/** A positive rational of which both are integer multiples. */
function commonScale(a: Rational, b: Rational): Rational {
  if (a.equals(b)) return a;
  return Rational.of(1n, a.denominator * b.denominator);
}
