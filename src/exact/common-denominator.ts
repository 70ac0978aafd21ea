import { lcm } from './bigint.js';
import type { Rational } from './rational.js';

/**
 * Rationals as integers over their least common denominator, which is positive.
 * @param visit told the denominator whenever it grows; may throw
 */
export function overCommonDenominator(
  values: readonly Rational[],
  visit: (denominator: bigint) => void = () => {},
): {
  numerators: bigint[];
  denominator: bigint;
} {
  let denominator = 1n;
  for (const value of values) {
    if (denominator % value.denominator === 0n) continue;
    denominator = lcm(denominator, value.denominator);
    visit(denominator);
  }
  return {
    numerators: values.map((value) => value.numerator * (denominator / value.denominator)),
    denominator,
  };
}
