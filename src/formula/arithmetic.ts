import { abs, bitLength, floorDivide } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';

/** Numbers in which a formula can be evaluated. Every operation throws RangeError where it has no finite value. */
export interface Arithmetic<T> {
  /** The number written as a decimal text. */
  constant(text: string): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  power(base: T, exponent: T): T;
  /** The largest integer <= a. */
  floor(a: T): T;
  /** Negative, 0 or positive as a <, =, > b. */
  compare(a: T, b: T): number;
}

/** Largest magnitude of an exponent, and most bits of a power, in exact arithmetic. */
const POWER_LIMITS = { exponent: 1000, bits: 100_000 } as const;

/** Rationals; powers with integer exponents only. */
export const exactArithmetic: Arithmetic<Rational> = {
  constant: (text) => Rational.parse(text),
  add: (a, b) => a.add(b),
  subtract: (a, b) => a.subtract(b),
  multiply: (a, b) => a.multiply(b),
  divide: (a, b) => a.divide(b),
  power: exactPower,
  floor: (a) => Rational.of(floorDivide(a.numerator, a.denominator)),
  compare: (a, b) => a.compare(b),
};

function exactPower(base: Rational, exponent: Rational): Rational {
  if (exponent.denominator !== 1n) {
    throw new RangeError(`the exponent ${exponent} is not an integer`);
  }
  const size = abs(exponent.numerator);
  const bits = Math.max(bitLength(base.numerator), bitLength(base.denominator));
  if (size > BigInt(POWER_LIMITS.exponent) || Number(size) * bits > POWER_LIMITS.bits) {
    throw new RangeError(`the power with exponent ${exponent} is too large`);
  }
  const power = Rational.of(base.numerator ** size, base.denominator ** size);
  return exponent.sign() < 0 ? Rational.one.divide(power) : power;
}

/** IEEE doubles; every result must be finite. */
export const doubleArithmetic: Arithmetic<number> = {
  constant: (text) => finite(Number(text)),
  add: (a, b) => finite(a + b),
  subtract: (a, b) => finite(a - b),
  multiply: (a, b) => finite(a * b),
  divide: (a, b) => {
    if (b === 0) throw new RangeError('division by zero');
    return finite(a / b);
  },
  power: (base, exponent) => finite(base ** exponent),
  floor: Math.floor,
  compare: (a, b) => a - b,
};

/** @throws RangeError when the value is NaN or infinite */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`an operation gives ${value}`);
  return value;
}
