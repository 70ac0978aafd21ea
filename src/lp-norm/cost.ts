import { bitLength } from '../exact/bigint.js';
import { type DecimalEnclosure, decimalsAround, powerExponent, scaledPower } from '../exact/enclosure.js';
import { isWithinReach, quotientSum } from '../exact/quotient-sum.js';
import { type Quotient, Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { endsOfCost, type ScaledCost } from './tile-costs.js';

/** Powers between two steps. */
const POWERS_PER_STEP = 64;

/** sum c^p with enough bits that the digits are lost to nothing but rounding. */
export function* pathNormCost(
  changes: readonly Quotient[],
  p: Rational,
  digits: number,
): Steps<DecimalEnclosure> {
  if (changes.length === 0) return { lower: '0', upper: '0' };
  const size = changes.reduce((most, change) => Math.max(most, powerExponent(change, p)), -Infinity);
  if (p.equals(Rational.one) && isWithinReach(changes)) {
    const sum = yield* quotientSum(changes);
    return decimalsAround(sum, sum, significantDigits(size, digits));
  }
  const bits =
    Math.ceil(digits * Math.log2(10)) +
    Math.min(LARGEST_WITH_ALL_DIGITS, Math.max(0, size)) +
    8 +
    Math.ceil(Math.log2(changes.length + 1));
  let lower = 0n;
  let upper = 0n;
  for (let k = 0; k < changes.length; k++) {
    const term = scaledPower(changes[k]!, p, bits, size);
    lower += term.lower;
    upper += term.upper;
    if (k % POWERS_PER_STEP === 0) yield;
  }
  const end = (value: bigint) => shifted({ numerator: value, denominator: 1n }, size - bits);
  return decimalsAround(end(lower), end(upper), significantDigits(size, digits));
}

/** The sum of costs of many sizes, with its error. */
export class CostSum {
  private readonly sums = new Map<number, ScaledCost>();

  add({ value, error, scale }: ScaledCost): void {
    const sum = this.sums.get(scale) ?? { value: 0, error: 0, scale };
    sum.value += value;
    sum.error = (sum.error + error) * (1 + 2 ** -52) + 2 ** -52 * sum.value;
    this.sums.set(scale, sum);
  }

  /** The sum times unit^p, rounded outward. */
  decimals(unit: Rational, p: Rational, digits: number): DecimalEnclosure {
    let lower = Rational.zero;
    let upper = Rational.zero;
    for (const sum of this.sums.values()) {
      const ends = endsOfCost(sum);
      lower = lower.add(ends.lower.sign() < 0 ? Rational.zero : ends.lower);
      upper = upper.add(ends.upper);
    }
    const exponent = powerExponent(unit, p);
    const factor = scaledPower(unit, p, 64, exponent);
    const inUnits = (value: Rational, times: bigint): Quotient =>
      shifted({ numerator: value.numerator * times, denominator: value.denominator }, exponent - factor.bits);
    const ends = [inUnits(lower, factor.lower), inUnits(upper, factor.upper)] as const;
    const size = bitLength(ends[1].numerator) - bitLength(ends[1].denominator);
    return decimalsAround(...ends, significantDigits(size, digits));
  }
}

/** Size of a cost, in binary digits before the point, up to which it has all digits after the point. */
const LARGEST_WITH_ALL_DIGITS = 1000;

/** Digits after the point of a cost of about 2^size: as many significant ones below 1, fewer beyond 10^300; see `MinimizeOptions`. */
function significantDigits(size: number, digits: number): number {
  const decimals = (bits: number) => Math.floor(bits * Math.log10(2));
  return digits + decimals(Math.max(0, -size)) - decimals(Math.max(0, size - LARGEST_WITH_ALL_DIGITS));
}

/** value 2^shift. */
function shifted({ numerator, denominator }: Quotient, shift: number): Quotient {
  return shift >= 0
    ? { numerator: numerator << BigInt(shift), denominator }
    : { numerator, denominator: denominator << BigInt(-shift) };
}
