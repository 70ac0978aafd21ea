import { bitLength, floorDivide } from '../exact/bigint.js';
import { exactly, exponential, logarithm } from '../exact/enclosure.js';
import { larger, smaller } from '../exact/extremes.js';
import type { Rational } from '../exact/rational.js';
import { integerRoot } from '../exact/root.js';
import { pi, sineAndCosine } from '../exact/trigonometric.js';

/** All reals between two numbers in units of 2^-bits of the arithmetic; a real number that is known that well. */
export interface Interval {
  readonly lower: bigint;
  readonly upper: bigint;
}

/** Binary digits before the point of the largest number that is computed with. */
const MOST_DIGITS = 4096;

/** Digits that arctan is computed with beside those that are kept. */
const GUARD_BITS = 24;

const ceilingDivide = (a: bigint, b: bigint): bigint => -floorDivide(-a, b);

/** The smallest interval that holds both. */
export const hull = (a: Interval, b: Interval): Interval => ({
  lower: smaller(a.lower, b.lower),
  upper: larger(a.upper, b.upper),
});

/**
 * Interval arithmetic in fixed point, rounded outward: the value of an operation at any numbers of its operands lies in its result. Operations
 * throw RangeError where one of these numbers has no value, or may have none, or a result is beyond 2^4096.
 */
export class IntervalArithmetic {
  readonly one: bigint;
  private readonly shift: bigint;

  /** @param bits binary digits after the point */
  constructor(readonly bits: number) {
    this.shift = BigInt(bits);
    this.one = 1n << this.shift;
  }

  constant(value: Rational): Interval {
    return exactly(value, this.bits);
  }

  integer(value: number): Interval {
    return this.point(BigInt(value) << this.shift);
  }

  get pi(): Interval {
    const value = pi(this.bits);
    return { lower: value - 1n, upper: value + 1n };
  }

  add(a: Interval, b: Interval): Interval {
    return { lower: a.lower + b.lower, upper: a.upper + b.upper };
  }

  subtract(a: Interval, b: Interval): Interval {
    return { lower: a.lower - b.upper, upper: a.upper - b.lower };
  }

  negate({ lower, upper }: Interval): Interval {
    return { lower: -upper, upper: -lower };
  }

  multiply(a: Interval, b: Interval): Interval {
    const products = [a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper];
    return this.within({
      lower: products.reduce(smaller) >> this.shift,
      upper: -(-products.reduce(larger) >> this.shift),
    });
  }

  square(a: Interval): Interval {
    const { lower, upper } = this.abs(a);
    return this.within({ lower: (lower * lower) >> this.shift, upper: -(-(upper * upper) >> this.shift) });
  }

  /** a^n for an integer n >= 0. */
  power(a: Interval, n: number): Interval {
    if (n === 0) return this.integer(1);
    if (n % 2 === 1) return n === 1 ? a : this.multiply(this.power(a, n - 1), a);
    return this.square(this.power(a, n / 2));
  }

  inverse({ lower, upper }: Interval): Interval {
    if (lower <= 0n && upper >= 0n) throw new RangeError('division by zero');
    const one = this.one << this.shift;
    return this.within({ lower: floorDivide(one, upper), upper: ceilingDivide(one, lower) });
  }

  abs({ lower, upper }: Interval): Interval {
    if (lower >= 0n) return { lower, upper };
    if (upper <= 0n) return { lower: -upper, upper: -lower };
    return { lower: 0n, upper: larger(-lower, upper) };
  }

  maximum(a: Interval, b: Interval): Interval {
    return { lower: larger(a.lower, b.lower), upper: larger(a.upper, b.upper) };
  }

  sqrt(a: Interval): Interval {
    if (a.lower < 0n) throw new RangeError('the square root of a negative number');
    return this.root(a, 2);
  }

  /** Cube roots are odd. */
  cbrt({ lower, upper }: Interval): Interval {
    const at = (value: bigint): Interval =>
      value < 0n ? this.negate(this.root(this.point(-value), 3)) : this.root(this.point(value), 3);
    return { lower: at(lower).lower, upper: at(upper).upper };
  }

  exp(a: Interval): Interval {
    if (a.upper >> this.shift > BigInt(MOST_DIGITS / 2)) throw new RangeError('the exponential is too large');
    return this.increasing(a, (value) =>
      // e^-x vanishes where x is far larger than the digits that are kept.
      -value >> this.shift > BigInt(2 * this.bits)
        ? { lower: 0n, upper: 1n }
        : exponential(this.quotient(value), this.bits),
    );
  }

  ln(a: Interval): Interval {
    if (a.lower <= 0n) throw new RangeError('the logarithm of a number that is not positive');
    return this.increasing(a, (value) => logarithm(this.quotient(value), this.bits));
  }

  sin(a: Interval): Interval {
    return this.wave(a, (value) => sineAndCosine(this.quotient(value), this.bits).sine, 1n);
  }

  cos(a: Interval): Interval {
    return this.wave(a, (value) => sineAndCosine(this.quotient(value), this.bits).cosine, 0n);
  }

  /** arctan x: halved three times, arctan x = 2 arctan(x / (1 + sqrt(1 + x^2))), then its series, which alternates. */
  atan(a: Interval): Interval {
    const fine = new IntervalArithmetic(this.bits + GUARD_BITS);
    return this.increasing(a, (value) => {
      const { lower, upper } = fine.arctangent(value << BigInt(GUARD_BITS));
      return { lower: lower >> BigInt(GUARD_BITS), upper: -(-upper >> BigInt(GUARD_BITS)) };
    });
  }

  private arctangent(value: bigint): Interval {
    if (value < 0n) return this.negate(this.arctangent(-value));
    const one = this.integer(1);
    if (value > this.one) {
      const rest = this.inverse(this.point(value));
      const { lower, upper } = this.pi;
      const half = { lower: lower >> 1n, upper: (upper + 1n) >> 1n };
      return this.subtract(half, hull(this.arctangent(rest.lower), this.arctangent(rest.upper)));
    }
    let z = this.point(value);
    for (let i = 0; i < 3; i++)
      z = this.multiply(z, this.inverse(this.add(one, this.sqrt(this.add(one, this.square(z))))));
    const square = this.square(z);
    let sum = this.integer(0);
    let power = z;
    for (let k = 1n; ; k += 2n) {
      const term = { lower: power.lower / k, upper: ceilingDivide(power.upper, k) };
      sum = k % 4n === 1n ? this.add(sum, term) : this.subtract(sum, term);
      power = this.multiply(power, square);
      // What is left out is at most the next term.
      if (power.upper <= 2n) break;
    }
    return { lower: 8n * (sum.lower - 2n), upper: 8n * (sum.upper + 2n) };
  }

  private point(value: bigint): Interval {
    return { lower: value, upper: value };
  }

  private quotient(value: bigint): { numerator: bigint; denominator: bigint } {
    return { numerator: value, denominator: this.one };
  }

  /** An increasing function on an interval, from enclosures at its ends. */
  private increasing(a: Interval, at: (value: bigint) => Interval): Interval {
    const lower = at(a.lower);
    return this.within({ lower: lower.lower, upper: a.lower === a.upper ? lower.upper : at(a.upper).upper });
  }

  private root({ lower, upper }: Interval, degree: number): Interval {
    const scale = BigInt(this.bits * (degree - 1));
    return { lower: integerRoot(lower << scale, degree), upper: integerRoot(upper << scale, degree) + 1n };
  }

  /** A sine or a cosine; its maxima are at (4 m + phase) pi / 2, its minima at (4 m + phase + 2) pi / 2. */
  private wave(a: Interval, at: (value: bigint) => Interval, phase: bigint): Interval {
    if (bitLength(larger(a.upper, -a.lower)) > 2 * this.bits + 64)
      throw new RangeError('the sine of a number that is too large');
    const ends = a.lower === a.upper ? at(a.lower) : hull(at(a.lower), at(a.upper));
    const one = this.one;
    return {
      lower: this.mayHold(a, phase + 2n) ? -one : larger(ends.lower, -one),
      upper: this.mayHold(a, phase) ? one : smaller(ends.upper, one),
    };
  }

  /** False only when no (4 m + phase) pi / 2 with an integer m lies in the interval. */
  private mayHold({ lower, upper }: Interval, phase: bigint): boolean {
    // 2 x / pi - phase = 4 m; both ends with the digits that numbers of this size need.
    const extra = BigInt(bitLength(larger(upper, -lower)) + 8);
    const circle = pi(this.bits + Number(extra));
    const turns = (value: bigint, slack: bigint) => 2n * ((value + slack) << extra) - phase * circle;
    const m = ceilingDivide(turns(lower, -1n), 4n * circle);
    return 4n * circle * m <= turns(upper, 1n);
  }

  private within(a: Interval): Interval {
    if (Math.max(bitLength(a.lower), bitLength(a.upper)) > this.bits + MOST_DIGITS)
      throw new RangeError('a number that is too large');
    return a;
  }
}
