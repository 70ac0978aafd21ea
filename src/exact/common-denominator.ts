import { lcm } from './bigint.js';
import type { Rational } from './rational.js';

/** Rationals as integers over their least common denominator, which is positive. */
export function overCommonDenominator(values: readonly Rational[]): {
  numerators: bigint[];
  denominator: bigint;
} {
  let denominator = 1n;
  for (const value of values) {
    if (denominator % value.denominator !== 0n) denominator = lcm(denominator, value.denominator);
  }
  return {
    numerators: values.map((value) => value.numerator * (denominator / value.denominator)),
    denominator,
  };
}
