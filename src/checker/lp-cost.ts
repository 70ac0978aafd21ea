import { bitLength } from '../exact/bigint.js';
import { power } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { guard } from './verdict.js';

/** Work that only a forger asks for: terms of an exact sum, binary digits of a cost. */
const MOST = { terms: 2 ** 14, bits: 512 } as const;

/**
 * bases, p, bracket -> lower <= sum of base^p <= upper, 0 < p <= 1 and bases > 0: exactly for p = 1, else in as many digits as the bracket
 * needs.
 */
export function isSumWithin(
  bases: readonly Rational[],
  p: Rational,
  lower: Rational,
  upper: Rational,
): boolean {
  const within = (low: Rational, high: Rational) => lower.compare(low) <= 0 && high.compare(upper) <= 0;
  const width = upper.subtract(lower);
  guard(width.sign() >= 0, 'lp-minimum-cost', () => `${lower} is above ${upper}`);
  const isNarrow = () => 'the bracket of the cost is too narrow';
  if (p.equals(Rational.one)) {
    guard(bases.length <= MOST.terms, 'lp-minimum-size', isNarrow);
    const exact = bases.reduce((total, base) => total.add(base), Rational.zero);
    return within(exact, exact);
  }
  const digits = width.isZero() ? 0 : bitLength(width.denominator) - bitLength(width.numerator);
  const least = Math.max(96, digits + 8) + bitLength(BigInt(bases.length));
  guard(least <= MOST.bits, 'lp-minimum-size', isNarrow);
  // The sum may lie very near an end that is rounded outward: then more digits are needed than the bracket has.
  const isWithin = (bits: number) => {
    let [low, high] = [0n, 0n];
    for (const base of bases) {
      const term = power(base, p, bits);
      low += term.lower;
      high += term.upper;
    }
    return within(Rational.of(low, 1n << BigInt(bits)), Rational.of(high, 1n << BigInt(bits)));
  };
  return isWithin(least) || isWithin(2 * least);
}

/** A number of a claim about l^p path norms: not longer than any honest one. */
export function lpNumber(text: string, name: string, digits = 400): Rational {
  guard(
    text.length <= 2 * digits && text.split('/').every((part) => part.length <= digits),
    'lp-minimum-number',
    () => `${name}: expected at most ${digits} digits above and below`,
  );
  return Rational.parse(text);
}
