import { logarithm, power } from './enclosure.js';
import { Rational, scaleByPowerOfTwo } from './rational.js';

/**
 * Logarithms and powers in doubles with proved error bounds. Only IEEE additions, multiplications and divisions are used (no
 * Math.log, Math.exp or Math.pow, whose errors are nobody's promise); tables come from BigInt enclosures. U = 2^-53.
 */

/** Arguments and results must stay inside: everything is then a normal double and scaling is exact. */
export const DOUBLE_POWER_RANGE = { smallest: 2 ** -400, largest: 2 ** 400 } as const;

/** |powerOf(L, p) - c^p| <= POWER_ERROR c^p: see `exponentialOfProduct`. */
export const POWER_ERROR = 2 ** -51;

/** Error of `secantRatio(y)` relative to (e^y - 1) / y. */
const RATIO_ERROR = 2 ** -48;

const LOG_CELLS = 128;
const EXP_CELLS = 64;
/** Splits a double into 26 + 27 bits (Dekker 1971). */
const SPLITTER = 2 ** 27 + 1;

/** c^p in range means exponents of two between -SCALE_OFFSET and SCALE_OFFSET. */
const SCALE_OFFSET = 450;
/** Adding and subtracting 1.5 * 2^52 rounds to the nearest integer. */
const ROUNDER = 6755399441055744;
/** 64 / ln 2, rounded: only chooses the cell. */
const CELLS_PER_UNIT = 92.33248261893274;

/** A value as the unevaluated sum of two doubles. */
interface Pair {
  readonly high: number;
  readonly low: number;
}

interface Tables {
  /** About 1 / m for m in the cell, a multiple of 2^-9. */
  readonly inverse: Float64Array;
  /** -ln inverse, in two doubles. */
  readonly logHigh: Float64Array;
  readonly logLow: Float64Array;
  /** 2^(j / 64), in two doubles. */
  readonly expHigh: Float64Array;
  readonly expLow: Float64Array;
  /** ln 2 with 36 bits in `high`, so that k * high is exact for |k| < 2^17; and ln 2 / 64 likewise. */
  readonly lnTwo: Pair;
  readonly lnTwoCell: Pair;
  /** 2^(j - SCALE_OFFSET). */
  readonly scales: Float64Array;
}

/** The pair nearest to value * 2^-bits; `kept` < 53 leaves the last bits of `high` zero. Error below 2^-100 for values near 1. */
function pairOf(value: bigint, bits: number, kept = 53): Pair {
  let high = scaleByPowerOfTwo(Number(value), -bits);
  if (kept < 53) {
    const unit = 2 ** (Math.floor(Math.log2(high)) - kept);
    high = Math.round(high / unit) * unit;
  }
  const rest = value - BigInt(Math.round(high * 2 ** 60)) * (1n << BigInt(bits - 60));
  // `high` is a multiple of 2^-60 only when it is not tiny; the caller's values are 0 or above 2^-8.
  return { high, low: scaleByPowerOfTwo(Number(rest), -bits) };
}

let tables: Tables | null = null;

function makeTables(): Tables {
  const bits = 160;
  const inverse = new Float64Array(LOG_CELLS);
  const logHigh = new Float64Array(LOG_CELLS);
  const logLow = new Float64Array(LOG_CELLS);
  for (let j = 0; j < LOG_CELLS; j++) {
    const units = Math.round(512 / (1 + (j + 0.5) / LOG_CELLS));
    inverse[j] = units / 512;
    const ln = pairOf(logarithm(Rational.of(512, units), bits).lower, bits);
    logHigh[j] = ln.high;
    logLow[j] = ln.low;
  }
  const expHigh = new Float64Array(EXP_CELLS);
  const expLow = new Float64Array(EXP_CELLS);
  for (let j = 0; j < EXP_CELLS; j++) {
    const value = pairOf(power(Rational.of(2), Rational.of(j, EXP_CELLS), bits).lower, bits);
    expHigh[j] = value.high;
    expLow[j] = value.low;
  }
  const ln2 = logarithm(Rational.of(2), bits).lower;
  const lnTwo = pairOf(ln2, bits, 36);
  const lnTwoCell = { high: lnTwo.high / EXP_CELLS, low: lnTwo.low / EXP_CELLS };
  const scales = Float64Array.from({ length: 2 * SCALE_OFFSET + 1 }, (_, j) =>
    scaleByPowerOfTwo(1, j - SCALE_OFFSET),
  );
  return { inverse, logHigh, logLow, expHigh, expLow, lnTwo, lnTwoCell, scales };
}

function getTables(): Tables {
  tables ??= makeTables();
  return tables;
}

const view = new Float64Array(1);
const words = new Int32Array(view.buffer);
/** Index of the high word of a double on this machine. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

/**
 * ln of many doubles, each as high + low with
 *
 *   |high + low - ln c| <= 2^-58 + 2^-100 |ln c|
 *
 * c = 2^k m, m in [1, 2); r = m * inverse - 1, |r| < 2^-7: with m split after 21 bits both products are exact, so r has one
 * rounding, U 2^-7 = 2^-60. ln c = k ln 2 - ln inverse + ln(1 + r): the leading sums are TwoSums without error, the series beyond r
 * is at most 2^-15 and is evaluated with relative error 4U, its tail is r^9 / 9 < 2^-66; the rest < 2^-14 adds roundings below 2^-65.
 *
 * @param values finite doubles inside DOUBLE_POWER_RANGE
 */
export function logarithms(
  values: Float64Array,
  high = new Float64Array(values.length),
  low = new Float64Array(values.length),
): { high: Float64Array; low: Float64Array } {
  const { inverse, logHigh, logLow, lnTwo } = getTables();
  const twoHigh = lnTwo.high;
  const twoLow = lnTwo.low;
  for (let i = 0; i < values.length; i++) {
    view[0] = values[i]!;
    const top = words[HIGH]!;
    const k = (top >> 20) - 1023;
    const cell = (top >> 13) & (LOG_CELLS - 1);
    words[HIGH] = (top & 0xfffff) | 0x3ff00000;
    const m = view[0];
    words[LOW] = 0;
    const mTop = view[0];
    const inv = inverse[cell]!;
    const r = mTop * inv - 1 + (m - mTop) * inv;
    // a + b + r with the errors of both sums.
    const a = k * twoHigh;
    const b = logHigh[cell]!;
    const sum = a + b;
    const bb = sum - a;
    const sumError = a - (sum - bb) + (b - bb);
    const total = sum + r;
    const rr = total - sum;
    const totalError = sum - (total - rr) + (r - rr);
    const series =
      r * r * (-1 / 2 + r * (1 / 3 + r * (-1 / 4 + r * (1 / 5 + r * (-1 / 6 + r * (1 / 7 - r / 8))))));
    const rest = totalError + (sumError + (k * twoLow + logLow[cell]! + series));
    // |rest| < 2^-14 may exceed |total|: an exact TwoSum makes `high` the rounded logarithm.
    const rounded = total + rest;
    const share = rounded - total;
    high[i] = rounded;
    low[i] = total - (rounded - share) + (rest - share);
  }
  return { high, low };
}

/**
 * e^(p L) for L = high + low = ln c (see `logarithms`) and a pair p, |p| <= 1, |p L| < 300, with relative error at most 2^-52
 * plus the relative error of c itself; stated as POWER_ERROR = 2^-51.
 *
 * y = p L as a pair: Dekker's product of the high parts is exact, the cross terms add errors below 2^-100 |y|; with the error
 * of L, y is off by less than 2^-57. y = k ln2/64 + r, |r| < 0.0055, k * high exact and the subtraction too (both are multiples of 2^-42 or of
 * ulp(y), and the difference is small); r has errors below 2^-60. e^r - 1 by Taylor: tail r^7 / 7! < 2^-64, roundings < 2^-59.
 * The table value times 1 + (e^r - 1), added last: one rounding U plus U 2^-6. Sum: 2^-57 + 2^-59 + 2^-60 + 1.02 U < 2^-52.8.
 */
export function exponentialOfProduct(high: number, low: number, pHigh: number, pLow: number): number {
  const { expHigh, expLow, lnTwoCell, scales } = tables ?? getTables();
  const y = pHigh * high;
  let t = SPLITTER * pHigh;
  const p1 = t - (t - pHigh);
  const p2 = pHigh - p1;
  t = SPLITTER * high;
  const l1 = t - (t - high);
  const l2 = high - l1;
  const yLow = p2 * l2 - (y - p1 * l1 - p2 * l1 - p1 * l2) + (pHigh * low + pLow * high);
  const k = y * CELLS_PER_UNIT + ROUNDER - ROUNDER;
  const r = y - k * lnTwoCell.high + (yLow - k * lnTwoCell.low);
  const q = r + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720))));
  const cell = k & (EXP_CELLS - 1);
  const T = expHigh[cell]!;
  return (T + (expLow[cell]! + T * q)) * scales[(k >> 6) + SCALE_OFFSET]!;
}

/**
 * G(y) = (e^y - 1) / y for y = p L (a product as in `exponentialOfProduct`), G(0) = 1; relative error at most 2^-48.
 *
 * |y| < 1/4: Taylor to y^13 / 14!, tail below 2^-60, y itself has relative error 2U + 2^-57 / |y|, which moves G by less than
 * 2^-57 + U; Horner adds less than 4U. Otherwise e^y - 1 loses at most a factor 1 / (1 - e^-1/4) < 4.6 of the relative error
 * 2^-51 of e^y, plus y's own 2^-57 / |y| < 2^-55 and two roundings: below 2^-48.
 */
export function secantRatio(high: number, low: number, p: number): number {
  const y = p * high;
  if (y < 0.25 && y > -0.25) {
    const z = y + p * low;
    let sum = 1 / 87178291200;
    for (let k = INVERSE_FACTORIALS.length - 1; k >= 0; k--) sum = INVERSE_FACTORIALS[k]! + z * sum;
    return sum;
  }
  return (exponentialOfProduct(high, low, p, 0) - 1) / y;
}

/** 1 / (k + 1)! for k = 0 .. 12. */
const INVERSE_FACTORIALS = [
  1,
  1 / 2,
  1 / 6,
  1 / 24,
  1 / 120,
  1 / 720,
  1 / 5040,
  1 / 40320,
  1 / 362880,
  1 / 3628800,
  1 / 39916800,
  1 / 479001600,
  1 / 6227020800,
];

/** Relative error of `zeroSecant` and `unitSecant` beside an absolute one of 2^-56 (times c for the latter). */
export const SECANT_ERROR = 4 * RATIO_ERROR;

/**
 * (c^p - 1) / p, at p = 0 ln c: L G(p L). Error at most SECANT_ERROR |value| + 2^-56 max(1, c^p): the error 2^-58 of L
 * is multiplied by G <= max(1, c^p).
 */
export function zeroSecant(high: number, low: number, p: number): number {
  return (high + low) * secantRatio(high, low, p);
}

/**
 * h_c(p) = (c - c^p) / (1 - p), at p = 1 c ln c: c L G(-(1 - p) L). Error at most SECANT_ERROR |value| + 2^-56 max(c, 1)
 * for an exact double c; 1 - p must be exact (p a multiple of 2^-53).
 */
export function unitSecant(c: number, high: number, low: number, p: number): number {
  return c * (high + low) * secantRatio(high, low, p - 1);
}

/** p as a pair: |high + low - p| <= 2^-104. */
export function doublePair(p: Rational): Pair {
  const high = p.toNumber();
  return { high, low: p.subtract(Rational.fromDouble(high)).toNumber() };
}
