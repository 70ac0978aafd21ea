import { abs, bitLength, gcd, sign } from './bigint.js';
import { NumberRangeError } from './number-range-error.js';

/** Longest number text and largest decimal exponent that are read; beyond it a number is refused, not rounded. */
export const DECIMAL_LIMITS = { characters: 10_000, exponent: 5_000 } as const;

/** A decimal number as written: value = mantissa * 10^exponent. */
export interface Decimal {
  mantissa: bigint;
  exponent: number;
}

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a decimal number exactly as written ("-12", "0.1", ".5", "2e-04").
 * @returns null when the text is not a decimal number
 * @throws NumberRangeError when the text is longer or its exponent larger than DECIMAL_LIMITS
 */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > DECIMAL_LIMITS.characters) {
    throw new NumberRangeError(
      `a number of ${text.length} characters; at most ${DECIMAL_LIMITS.characters} are accepted`,
    );
  }
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? match[4] ?? '';
  const exponent = match[5] === undefined ? 0 : Number(match[5]);
  if (Math.abs(exponent) > DECIMAL_LIMITS.exponent) {
    throw new NumberRangeError(
      `the number ${text.slice(0, 40)} has exponent ${match[5]}; at most ${DECIMAL_LIMITS.exponent} is accepted`,
    );
  }
  const magnitude = BigInt((match[2] ?? '') + fraction);
  return { mantissa: match[1] === '-' ? -magnitude : magnitude, exponent: exponent - fraction.length };
}

const doubleView = new DataView(new ArrayBuffer(8));

/**
 * Splits a finite double: x = mantissa * 2^exponent with an integer mantissa that is odd (or 0).
 * @throws RangeError when x is NaN or infinite
 */
export function splitDouble(x: number): { mantissa: number; exponent: number } {
  if (!Number.isFinite(x)) throw new RangeError(`expected a finite number, found ${x}`);
  if (x === 0) return { mantissa: 0, exponent: 0 };
  doubleView.setFloat64(0, x);
  const high = doubleView.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  let mantissa = (high & 0xfffff) * 2 ** 32 + doubleView.getUint32(4);
  let exponent = -1074;
  if (biased > 0) {
    mantissa += 2 ** 52;
    exponent = biased - 1075;
  }
  while (mantissa % 2 ** 16 === 0) {
    mantissa /= 2 ** 16;
    exponent += 16;
  }
  while (mantissa % 2 === 0) {
    mantissa /= 2;
    exponent += 1;
  }
  return { mantissa: x < 0 ? -mantissa : mantissa, exponent };
}

/** Multiplies by 2^exponent in steps, so that the power itself never over- or underflows. Exact unless the result does. */
export function scaleByPowerOfTwo(x: number, exponent: number): number {
  while (exponent > 1000) {
    x *= 2 ** 1000;
    exponent -= 1000;
  }
  while (exponent < -1000) {
    x *= 2 ** -1000;
    exponent += 1000;
  }
  return x * 2 ** exponent;
}

const FRACTION = /^[+-]?\d+\/\d+$/;

/** An exact rational number, always in lowest terms with a positive denominator. Immutable. */
export class Rational {
  static readonly zero = new Rational(0n, 1n);
  static readonly one = new Rational(1n, 1n);

  /** Trusts its arguments: coprime, denominator > 0. Everyone else calls `Rational.of`. */
  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  /**
   * numerator / denominator, reduced.
   * @throws RangeError when the denominator is 0 or a number is not a safe integer
   */
  static of(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
    let n = toBigInt(numerator);
    let d = toBigInt(denominator);
    if (d === 0n) throw new RangeError('division by zero');
    if (d < 0n) {
      n = -n;
      d = -d;
    }
    if (d === 1n) return new Rational(n, d);
    const g = gcd(n, d);
    return g === 1n ? new Rational(n, d) : new Rational(n / g, d / g);
  }

  /**
   * The exact value of a double.
   * @throws RangeError when x is NaN or infinite
   */
  static fromDouble(x: number): Rational {
    const { mantissa, exponent } = splitDouble(x);
    if (exponent >= 0) return new Rational(BigInt(mantissa) << BigInt(exponent), 1n);
    return new Rational(BigInt(mantissa), 1n << BigInt(-exponent));
  }

  /**
   * Reads "p/q", or a decimal exactly as it is written.
   * @throws SyntaxError when the text is neither; NumberRangeError beyond DECIMAL_LIMITS or for a denominator of 0
   */
  static parse(text: string): Rational {
    const slash = text.indexOf('/');
    if (slash >= 0) {
      if (FRACTION.test(text) && text.length <= DECIMAL_LIMITS.characters) {
        const denominator = BigInt(text.slice(slash + 1));
        if (denominator === 0n) throw new NumberRangeError(`the denominator of ${text.slice(0, 40)} is 0`);
        return Rational.of(BigInt(text.slice(0, slash)), denominator);
      }
    } else {
      const decimal = parseDecimal(text);
      if (decimal !== null) return Rational.fromDecimal(decimal);
    }
    throw new SyntaxError(`expected a number such as 12, -0.5, 2e-4 or 1/3, found "${text.slice(0, 40)}"`);
  }

  static fromDecimal({ mantissa, exponent }: Decimal): Rational {
    if (exponent >= 0) return new Rational(mantissa * 10n ** BigInt(exponent), 1n);
    return Rational.of(mantissa, 10n ** BigInt(-exponent));
  }

  add(other: Rational): Rational {
    if (this.denominator === other.denominator) {
      return Rational.of(this.numerator + other.numerator, this.denominator);
    }
    return Rational.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  subtract(other: Rational): Rational {
    if (this.denominator === other.denominator) {
      return Rational.of(this.numerator - other.numerator, this.denominator);
    }
    return Rational.of(
      this.numerator * other.denominator - other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  multiply(other: Rational): Rational {
    return Rational.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** @throws RangeError when other is 0 */
  divide(other: Rational): Rational {
    return Rational.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negate(): Rational {
    return new Rational(-this.numerator, this.denominator);
  }

  abs(): Rational {
    return this.numerator < 0n ? this.negate() : this;
  }

  sign(): -1 | 0 | 1 {
    return sign(this.numerator);
  }

  isZero(): boolean {
    return this.numerator === 0n;
  }

  /** Negative, 0 or positive as this <, =, > other. */
  compare(other: Rational): -1 | 0 | 1 {
    if (this.denominator === other.denominator) return sign(this.numerator - other.numerator);
    return sign(this.numerator * other.denominator - other.numerator * this.denominator);
  }

  equals(other: Rational): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  lessThan(other: Rational): boolean {
    return this.compare(other) < 0;
  }

  /** "p/q" in lowest terms, "p" for an integer. */
  toString(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** The nearest double, ties to even; overflows to an infinity. For display and proposals, never for a decision. */
  toNumber(): number {
    return nearestDouble(this);
  }
}

/** A rational number with a positive denominator, in lowest terms or not. */
export interface Quotient {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The nearest double, ties to even; overflows to an infinity. */
export function nearestDouble({ numerator, denominator }: Quotient): number {
  const n = abs(numerator);
  if (n === 0n) return 0;
  const negative = numerator < 0n;
  if (n <= SAFE && denominator <= SAFE) {
    const quotient = Number(n) / Number(denominator);
    return negative ? -quotient : quotient;
  }
  // Keep 64 quotient bits and a sticky bit, but never bits below the smallest subnormal 2^-1074:
  // then the one rounding happens in Number().
  const shift = Math.min(64 - (bitLength(n) - bitLength(denominator)), 1074 + 12);
  const scaled = shift >= 0 ? n << BigInt(shift) : n;
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift);
  let quotient = scaled / divisor;
  if (scaled % divisor !== 0n) quotient |= 1n;
  if (shift === 1086) {
    // Subnormal range: round to a multiple of 2^-1074 here, half to even (12 extra bits).
    const low = quotient & 0xfffn;
    quotient >>= 12n;
    if (low > 0x800n || (low === 0x800n && (quotient & 1n) === 1n)) quotient += 1n;
    const tiny = Number(quotient) * Number.MIN_VALUE;
    return negative ? -tiny : tiny;
  }
  const result = scaleByPowerOfTwo(Number(quotient), -shift);
  return negative ? -result : result;
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function toBigInt(value: bigint | number): bigint {
  if (typeof value === 'bigint') return value;
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected a safe integer, found ${value}`);
  return BigInt(value);
}

export function minimum(a: Rational, b: Rational): Rational {
  return b.lessThan(a) ? b : a;
}

export function maximum(a: Rational, b: Rational): Rational {
  return a.lessThan(b) ? b : a;
}
