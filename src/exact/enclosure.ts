import { bitLength, floorDivide } from './bigint.js';
import { type Quotient, Rational, scaleByPowerOfTwo } from './rational.js';
import { integerRoot } from './root.js';

/**
 * A real number between two fixed-point numbers:
 *
 *   lower * 2^-bits <= number <= upper * 2^-bits
 *
 * All enclosures of one computation share `bits`, so they are added and compared as integers.
 */
export interface Enclosure {
  readonly lower: bigint;
  readonly upper: bigint;
  readonly bits: number;
}

/** The ends of an enclosure as decimals, rounded outward. */
export interface DecimalEnclosure {
  readonly lower: string;
  readonly upper: string;
}

/** Limits of the exact arithmetic in this file. */
export const ENCLOSURE_LIMITS = {
  /** c^(u/v) is an integer root up to this v and while c^u 2^(v bits) stays below `rootBits` bits; else exp(p ln c). */
  rootDegree: 8,
  rootBits: 4096,
  /** Guard digits of exp and ln: the errors below are at most 2^24 units, so results are good to 2^-bits. */
  guardBits: 32,
} as const;

/** Halvings of the argument of exp before its Taylor series, undone by as many squarings. */
const HALVINGS = 12;

const logarithmOfTwo = new Map<number, bigint>();

/** atanh(1 / x) 2^bits, truncated term by term: each of the at most `bits` terms is low by less than one unit. */
function inverseTangent(x: bigint, bits: number): bigint {
  let power = (1n << BigInt(bits)) / x;
  const square = x * x;
  let sum = 0n;
  for (let k = 1n; power > 0n; k += 2n) {
    sum += power / k;
    power /= square;
  }
  return sum;
}

/**
 * ln 2 * 2^bits within one unit, from 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749).
 * The three series run with 16 + log2(bits) further digits and are off by less than 28 * bits units there.
 */
function lnTwo(bits: number): bigint {
  let value = logarithmOfTwo.get(bits);
  if (value === undefined) {
    const extra = 16 + bitLength(BigInt(bits));
    const w = bits + extra;
    value =
      (18n * inverseTangent(26n, w) - 2n * inverseTangent(4801n, w) + 8n * inverseTangent(8749n, w)) >>
      BigInt(extra);
    logarithmOfTwo.set(bits, value);
  }
  return value;
}

/**
 * e^(r 2^-w) * 2^w for 0 <= r < 2^w, within 2^20 units while w <= 2^14.
 *
 * Taylor at t = r 2^-HALVINGS < 2^(w - 12): every term is truncated once, the next one inherits it divided by k, so T
 * terms are low by less than 2T units and the tail is less than one more; T <= w/12 + 2. Rounding t down costs a relative 2^-w.
 * Each of the 12 squarings doubles the relative error and adds a unit: altogether less than
 * 2^12 (2T + 4) e units, which for w <= 2^10 is below 2^21 and in general below 2^14 T + 2^16.
 */
function expFixed(r: bigint, w: number): bigint {
  const shift = BigInt(w);
  const t = r >> BigInt(HALVINGS);
  let term = 1n << shift;
  let sum = term;
  for (let k = 1n; term > 0n; k++) {
    term = ((term * t) >> shift) / k;
    sum += term;
  }
  for (let i = 0; i < HALVINGS; i++) sum = (sum * sum) >> shift;
  return sum;
}

/** Error of expFixed in units: 2^14 T + 2^16 with T <= w/12 + 2 terms (see there). */
function expError(w: number): bigint {
  return (1n << 14n) * BigInt(Math.ceil(w / 12) + 2) + (1n << 16n);
}

/** x 2^-w = k ln 2 + r 2^-w with 0 <= r < 2^w; r is off by at most |k| + 1 units. */
function reduce(x: bigint, w: number): { k: number; r: bigint } {
  const ln2 = lnTwo(w);
  const k = floorDivide(x, ln2);
  return { k: Number(k), r: x - k * ln2 };
}

/** The enclosure of value * 2^-w, known within `error` units, in units of 2^-bits (bits <= w). */
export function outward(value: bigint, error: bigint, w: number, bits: number): Enclosure {
  const shift = BigInt(w - bits);
  return { lower: (value - error) >> shift, upper: -((-value - error) >> shift), bits };
}

/**
 * Logarithms of one rational number, at any precision.
 *
 * c = 2^k m with m in [1/2, 2). A double y near ln m (only a proposal: nothing is assumed about Math.log) gives
 * m e^-y = 1 + z, and ln c = k ln 2 + y + ln(1 + z).
 * Errors in units of 2^-w: m truncated 1; e^-y = e^r 2^j within expError + |j| + 2 (relative to a value in [1, 2)), times m < 2; the
 * series of ln(1 + z), |z| < 1/2, has at most w terms, each truncated twice; k ln 2 within |k|.
 */
function logarithmFixed(c: Quotient, w: number): { value: bigint; error: bigint } {
  const n = c.numerator;
  const d = c.denominator;
  const k = bitLength(n) - bitLength(d);
  const shift = w - k;
  const m = shift >= 0 ? (n << BigInt(shift)) / d : n / (d << BigInt(-shift));
  if (m === 1n << BigInt(w) && n === (k >= 0 ? d << BigInt(k) : d >> BigInt(-k))) {
    return { value: BigInt(k) * lnTwo(w), error: BigInt(Math.abs(k)) };
  }
  const mantissa = Number(m >> BigInt(Math.max(0, w - 60))) / 2 ** Math.min(60, w);
  const proposal = BigInt(Math.round(Math.log(mantissa) * 2 ** 48));
  const y = w >= 48 ? proposal << BigInt(w - 48) : proposal >> BigInt(48 - w);
  const { k: j, r } = reduce(-y, w);
  const exponential = expFixed(r, w);
  const product = (m * exponential) >> BigInt(w);
  const z = (j >= 0 ? product << BigInt(j) : product >> BigInt(-j)) - (1n << BigInt(w));
  let sum = 0n;
  let power = z;
  let terms = 0n;
  for (let i = 1n; power !== 0n && power !== -1n; i++) {
    sum += i % 2n === 1n ? power / i : -(power / i);
    power = (power * z) >> BigInt(w);
    terms++;
  }
  const error = 8n * (expError(w) + 8n) + 4n * terms + BigInt(Math.abs(k));
  return { value: BigInt(k) * lnTwo(w) + y + sum, error };
}

/**
 * Encloses ln c for rational c > 0.
 * @param bits absolute precision: the enclosure is at most two units of 2^-bits wide
 * @throws RangeError when c <= 0
 */
export function logarithm(c: Quotient, bits: number): Enclosure {
  requirePositive(c);
  const w = bits + ENCLOSURE_LIMITS.guardBits;
  const { value, error } = logarithmFixed(c, w);
  return outward(value, error, w, bits);
}

/**
 * Encloses c^p for rational c > 0 and 0 <= p <= 1 (a double p is a rational: `Rational.fromDouble`).
 * For p = u/v with small v it is an integer root, exact when c is a perfect power; otherwise exp(p ln c).
 *
 * exp: x = p ln c is known within (error of ln c) + 1 units of 2^-w, the reduction x = k ln 2 + r adds |k| + 1, and e^r < 2.1
 * turns both into less than 3 (...) units beside those of exp; the factor 2^k is exact. w carries max(0, k) further digits for it.
 * @param bits absolute precision: the enclosure is at most three units of 2^-bits wide
 * @throws RangeError when c <= 0 or p is outside [0, 1]
 */
export function power(c: Quotient, p: Rational, bits: number): Enclosure {
  return scaledPower(c, p, bits, 0);
}

/**
 * Encloses c^p 2^-exponent likewise. A factor 2^-exponent that brings the largest of several powers near 1 makes all of them cheap, whatever
 * their size: the digits of one that is far smaller are not computed.
 */
export function scaledPower(c: Quotient, p: Rational, bits: number, exponent: number): Enclosure {
  requirePositive(c);
  requireExponent(p);
  if (c.numerator === c.denominator || p.isZero()) return exactly(scaled(Rational.one, exponent), bits);
  if (p.equals(Rational.one)) return exactly(scaled(c, exponent), bits);
  const size = Math.max(bitLength(c.numerator), bitLength(c.denominator));
  const degree = Number(p.denominator);
  const shift = bits - exponent;
  if (
    degree <= ENCLOSURE_LIMITS.rootDegree &&
    degree * (Math.abs(shift) + size) <= ENCLOSURE_LIMITS.rootBits
  ) {
    return powerByRoot(c, Number(p.numerator), degree, bits, shift);
  }
  const magnitude = Math.max(0, powerExponent(c, p) - exponent);
  const w = bits + magnitude + ENCLOSURE_LIMITS.guardBits + bitLength(BigInt(size));
  const ln = logarithmFixed(c, w);
  const x = floorDivide(p.numerator * ln.value, p.denominator);
  const { k, r } = reduce(x, w);
  const error = expError(w) + 3n * (ln.error + BigInt(Math.abs(k)) + 3n);
  const value = expFixed(r, w);
  const left = k - exponent;
  if (left >= 0) return outward(value << BigInt(left), error << BigInt(left), w, bits);
  return outward(value, error, w - left, bits);
}

/**
 * Encloses e^x for rational x.
 * @param bits absolute precision: the enclosure is at most three units of 2^-bits wide
 */
export function exponential(x: Quotient, bits: number): Enclosure {
  // 2^(1.4427 x) <= e^x, so that many further digits before the point.
  const magnitude = Math.max(0, Number((x.numerator * 3n) / (x.denominator * 2n)) + 2);
  const w = bits + magnitude + ENCLOSURE_LIMITS.guardBits + bitLength(BigInt(bits + magnitude));
  const { k, r } = reduce(floorDivide(x.numerator << BigInt(w), x.denominator), w);
  const error = expError(w) + 3n * (BigInt(Math.abs(k)) + 4n);
  const value = expFixed(r, w);
  if (k >= 0) return outward(value << BigInt(k), error << BigInt(k), w, bits);
  return outward(value, error, w - k, bits);
}

/** The least integer E, or one more than it, with c^p <= 2^E. */
export function powerExponent(c: Quotient, p: Rational): number {
  const length = BigInt(bitLength(c.numerator) - bitLength(c.denominator) + 1);
  return -Number(floorDivide(-p.numerator * length, p.denominator));
}

/** c 2^-exponent. */
function scaled({ numerator, denominator }: Quotient, exponent: number): Quotient {
  return exponent >= 0
    ? { numerator, denominator: denominator << BigInt(exponent) }
    : { numerator: numerator << BigInt(-exponent), denominator };
}

/** floor((c^u 2^(v shift))^(1/v)): the root of an integer floor differs from that of the real number by less than one. */
function powerByRoot(c: Quotient, u: number, v: number, bits: number, shift: number): Enclosure {
  const up = BigInt(v * Math.max(0, shift));
  const down = BigInt(v * Math.max(0, -shift));
  const numerator = (c.numerator ** BigInt(u)) << up;
  const denominator = (c.denominator ** BigInt(u)) << down;
  const radicand = numerator / denominator;
  const lower = integerRoot(radicand, v);
  const exact = numerator % denominator === 0n && lower ** BigInt(v) === radicand;
  return { lower, upper: exact ? lower : lower + 1n, bits };
}

/**
 * Encloses the slope of the secant of t -> c^t between p and q, the mean of c^t ln c over [p, q]; for p = q the derivative c^p ln c.
 * With q = 1 it is h_c(p) = (c - c^p) / (1 - p), h_c(1) = c ln c; with p = 0 it is (c^q - 1) / q.
 * Increasing in both ends for every c > 0.
 *
 * The difference of the two powers carries log2(1 / (q - p)) further digits, so nothing is lost when they are close.
 * @param bits absolute precision: the enclosure is at most three units of 2^-bits wide
 * @throws RangeError when c <= 0 or not 0 <= p <= q <= 1
 */
export function powerSecant(c: Quotient, p: Rational, q: Rational, bits: number): Enclosure {
  requirePositive(c);
  requireExponent(p);
  requireExponent(q);
  const length = q.subtract(p);
  if (length.sign() < 0) throw new RangeError(`expected p <= q, found p = ${p} and q = ${q}`);
  if (length.isZero()) return powerDerivative(c, p, bits);
  const extra = 4 + Math.max(0, bitLength(length.denominator) - bitLength(length.numerator) + 1);
  const from = power(c, p, bits + extra);
  const to = power(c, q, bits + extra);
  const shift = BigInt(extra);
  const n = length.numerator << shift;
  const d = length.denominator;
  return {
    lower: floorDivide((to.lower - from.upper) * d, n),
    upper: -floorDivide((from.lower - to.upper) * d, n),
    bits,
  };
}

/** c^p ln c: both factors with as many further digits as the other one has before the point. */
function powerDerivative(c: Quotient, p: Rational, bits: number): Enclosure {
  const size = Math.abs(bitLength(c.numerator) - bitLength(c.denominator)) + 1;
  const w = bits + size + bitLength(BigInt(size)) + 4;
  const value = power(c, p, w);
  const ln = logarithm(c, w);
  // c^p >= 0, so the sign of ln c decides which end of c^p makes the product small.
  const low = ln.lower * (ln.lower < 0n ? value.upper : value.lower);
  const high = ln.upper * (ln.upper < 0n ? value.lower : value.upper);
  const shift = BigInt(2 * w - bits);
  return { lower: low >> shift, upper: -(-high >> shift), bits };
}

/** The enclosure of a rational number: the two neighbouring units, or one when it is a unit itself. */
export function exactly(value: Quotient, bits: number): Enclosure {
  const scaled = value.numerator << BigInt(bits);
  return {
    lower: floorDivide(scaled, value.denominator),
    upper: -floorDivide(-scaled, value.denominator),
    bits,
  };
}

/**
 * The middle of an enclosure as the unevaluated sum of two doubles: the number lies within `error` of high + low, which is half the width
 * of the enclosure and the roundings (relative 2^-105). For numbers inside the range of doubles.
 */
export function nearestPair({ lower, upper, bits }: Enclosure): { high: number; low: number; error: number } {
  // In half units, so that the middle is an integer.
  const middle = lower + upper;
  const high = Number(middle);
  const low = Number(middle - BigInt(high));
  const error = (Number(upper - lower) + Math.abs(low) * 2 ** -52) * (1 + 2 ** -50);
  return {
    high: scaleByPowerOfTwo(high, -bits - 1),
    low: scaleByPowerOfTwo(low, -bits - 1),
    error: scaleByPowerOfTwo(error, -bits - 1),
  };
}

/** The two decimals with that many digits after the point that enclose [lower, upper]; multiples of 10^-digits when it is negative. */
export function decimalsAround(lower: Quotient, upper: Quotient, digits: number): DecimalEnclosure {
  const scale = 10n ** BigInt(Math.abs(digits));
  const [times, over] = digits >= 0 ? [scale, 1n] : [1n, scale];
  return {
    lower: decimal(floorDivide(lower.numerator * times, lower.denominator * over), digits),
    upper: decimal(-floorDivide(-upper.numerator * times, upper.denominator * over), digits),
  };
}

/** units * 10^-digits, without trailing zeros behind a point. */
function decimal(units: bigint, digits: number): string {
  if (digits <= 0) return units === 0n ? '0' : `${units}${'0'.repeat(-digits)}`;
  const negative = units < 0n;
  const text = (negative ? -units : units).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function requirePositive(c: Quotient): void {
  if (c.numerator <= 0n)
    throw new RangeError(`expected a positive base, found ${c.numerator}/${c.denominator}`);
}

function requireExponent(p: Rational): void {
  if (p.sign() < 0 || Rational.one.lessThan(p)) {
    throw new RangeError(`expected an exponent between 0 and 1, found ${p}`);
  }
}
