import { bitLength } from '../exact/bigint.js';
import { doublePair, exponentialOfProduct, logarithms, POWER_ERROR } from '../exact/double-power.js';
import { type Quotient, Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import type { SlopeChanges } from './slope-changes.js';

/** Binary digits between two scales of `TileCosts`. */
export const SCALE_BITS = 1024;

/**
 * The costs c^p of all tiles, in doubles with absolute error bounds, same layout as `SlopeChanges`. Where `scales` is not null a cost is
 * value * 2^(SCALE_BITS scale), its error likewise, and the value within 2^-515 and 2^515; else all scales are 0.
 */
export interface TileCosts {
  readonly single: Float64Array;
  readonly singleError: Float64Array;
  readonly double: Float64Array;
  readonly doubleError: Float64Array;
  readonly scales: { readonly single: Int16Array; readonly double: Int16Array } | null;
}

/** Costs outside the range of doubles between two steps. */
const WIDE_PER_STEP = 64;

/** The costs of all tiles for 0 < p <= 1. Linear in N; those outside the range of the double kernels one by one, from the exact slope changes. */
export function* tileCosts(changes: SlopeChanges, p: Rational): Steps<TileCosts> {
  const single = powers(changes.single, changes.singleError, p);
  const double = powers(changes.double, changes.doubleError, p);
  const scales = {
    single: new Int16Array(single.values.length),
    double: new Int16Array(single.values.length),
  };
  let wide = 0;
  for (const [kind, { values, errors }, scale] of [
    [1, single, scales.single],
    [2, double, scales.double],
  ] as const) {
    for (let i = 0; i < values.length; i++) {
      if (errors[i]! < Number.POSITIVE_INFINITY) continue;
      const cost = widePower(changes.quotient(i, kind), p);
      values[i] = cost.value;
      errors[i] = cost.value * WIDE_ERROR;
      scale[i] = cost.scale;
      if (wide++ % WIDE_PER_STEP === 0) yield;
    }
  }
  return {
    single: single.values,
    singleError: single.errors,
    double: double.values,
    doubleError: double.errors,
    scales: wide === 0 ? null : scales,
  };
}

/**
 * c^p in doubles for c known with relative error q <= 2^-30: (1 +- q)^p is within 1 +- 1.01 p q, and the kernel adds
 * POWER_ERROR; rounded up. Infinite where q is.
 */
function powers(
  bases: Float64Array,
  relativeErrors: Float64Array,
  p: Rational,
): { values: Float64Array; errors: Float64Array } {
  const { high, low } = logarithms(bases);
  const pair = doublePair(p);
  const values = high;
  const errors = low;
  for (let i = 0; i < bases.length; i++) {
    const value = exponentialOfProduct(high[i]!, low[i]!, pair.high, pair.low);
    values[i] = value;
    errors[i] = value * (1.02 * pair.high * relativeErrors[i]! + 1.01 * POWER_ERROR);
  }
  return { values, errors };
}

/** Bits of numerator and denominator that a power of any size looks at. */
const LEADING_BITS = 64;

/** Relative error of `widePower`. */
const WIDE_ERROR = 2 ** -48;

/**
 * c^p for c = n / d of any size: c = m 2^k with m between 1/2 and 2, so c^p = m^p 2^f 2^e, where p k = e + f with an integer e and
 * 0 <= f < 1. The leading bits of n and d give m within a relative 2^-50; both powers are within POWER_ERROR, and three roundings of the
 * product and of f follow: less than WIDE_ERROR.
 */
function widePower({ numerator, denominator }: Quotient, p: Rational): { value: number; scale: number } {
  const shiftN = Math.max(0, bitLength(numerator) - LEADING_BITS);
  const shiftD = Math.max(0, bitLength(denominator) - LEADING_BITS);
  let m = Number(numerator >> BigInt(shiftN)) / Number(denominator >> BigInt(shiftD));
  const k = Math.floor(Math.log2(m));
  m *= 2 ** -k;
  const product = p.numerator * BigInt(k + shiftN - shiftD);
  const e = product / p.denominator - (product % p.denominator < 0n ? 1n : 0n);
  const f = doublePair(Rational.of(product - e * p.denominator, p.denominator));
  const exponent = doublePair(p);
  const { high, low } = logarithms(Float64Array.of(m, 2));
  const value =
    exponentialOfProduct(high[0]!, low[0]!, exponent.high, exponent.low) *
    exponentialOfProduct(high[1]!, low[1]!, f.high, f.low);
  const scale = Math.round(Number(e) / SCALE_BITS);
  return { value: value * 2 ** (Number(e) - SCALE_BITS * scale), scale };
}

/** A cost with its error, in units of 2^(SCALE_BITS scale). */
export interface ScaledCost {
  value: number;
  error: number;
  scale: number;
}

/** What is lost of a value or an error below 2^560 that moves up by one scale or more, in the new units. */
const LOST = 2 ** -900;

/** The factor of a move up by that many scales; what falls out of the doubles is covered by LOST. */
export function scaleFactor(up: number): number {
  return up === 0 ? 1 : up === 1 ? 2 ** -SCALE_BITS : 0;
}

/** Error to be added after a move up. */
export function scaleLoss(up: number): number {
  return up === 0 ? 0 : LOST;
}

/** The value range of a scaled cost as rationals. */
export function endsOfCost({ value, error, scale }: ScaledCost): { lower: Rational; upper: Rational } {
  const ends = [value - error, value + error].map((end) => {
    const { numerator, denominator } = Rational.fromDouble(end);
    const shift = BigInt(SCALE_BITS * Math.abs(scale));
    return scale >= 0
      ? Rational.of(numerator << shift, denominator)
      : Rational.of(numerator, denominator << shift);
  });
  return { lower: ends[0]!, upper: ends[1]! };
}
