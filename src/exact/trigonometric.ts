import { bitLength, floorDivide } from './bigint.js';
import { type Enclosure, outward } from './enclosure.js';
import type { Quotient } from './rational.js';

/** Further digits of the computations here: their errors are below 2^12 units while the precision is below 2^9. */
const GUARD_BITS = 32;

const circleConstant = new Map<number, bigint>();

/** arctan(1 / x) 2^bits for x >= 5: every term is truncated, low by less than a unit, at most `bits` of them. */
function inverseTangent(x: bigint, bits: number): bigint {
  let power = (1n << BigInt(bits)) / x;
  const square = x * x;
  let sum = 0n;
  for (let k = 1n; power > 0n; k += 2n) {
    sum += k % 4n === 1n ? power / k : -(power / k);
    power /= square;
  }
  return sum;
}

/** pi 2^bits within one unit: 16 arctan(1/5) - 4 arctan(1/239), off by at most 20 bits units before the last digits are dropped (Machin). */
export function pi(bits: number): bigint {
  let value = circleConstant.get(bits);
  if (value === undefined) {
    const extra = 16 + bitLength(BigInt(bits));
    const w = bits + extra;
    value = (16n * inverseTangent(5n, w) - 4n * inverseTangent(239n, w)) >> BigInt(extra);
    circleConstant.set(bits, value);
  }
  return value;
}

/**
 * Encloses sin x and cos x for rational x.
 *
 * x 2^w = k (pi/2) 2^w + r with |r| <= pi/4 and a unit: r is off by at most |k| + 2 units. The Taylor series of sin r and cos r alternate
 * with falling terms; each of the T terms is off by at most 4 units (its own truncation, and that of r^2, divided by 6 or more), what is left out
 * by less than 2, and both functions move by at most as much as r.
 * @param bits absolute precision: an enclosure is at most three units of 2^-bits wide
 */
export function sineAndCosine(x: Quotient, bits: number): { sine: Enclosure; cosine: Enclosure } {
  const size = Math.max(0, bitLength(x.numerator) - bitLength(x.denominator) + 1);
  const w = bits + GUARD_BITS + size;
  const shift = BigInt(w);
  const scaled = floorDivide(x.numerator << shift, x.denominator);
  // Half a turn of doubled precision: k (pi / 2) in units of 2^-w.
  const circle = pi(w + 1);
  const k = floorDivide(4n * scaled + circle / 2n, circle);
  const r = scaled - ((k * circle) >> 2n);
  const square = (r * r) >> shift;
  const sums: [bigint, bigint] = [0n, 0n];
  let term = 1n << shift;
  let terms = 0n;
  for (let n = 0n; term !== 0n && term !== -1n; n++) {
    // term = r^(2n) / (2n)!, signed: of the cosine; times r / (2n + 1) of the sine.
    sums[0] += term;
    sums[1] += ((term * r) >> shift) / (2n * n + 1n);
    term = -((term * square) >> shift) / ((2n * n + 1n) * (2n * n + 2n));
    terms++;
  }
  const [cosine, sine] = sums;
  const error = 8n * terms + (k < 0n ? -k : k) + 16n;
  const turned = ((k % 4n) + 4n) % 4n;
  const [s, c] = [
    [sine, cosine],
    [cosine, -sine],
    [-sine, -cosine],
    [-cosine, sine],
  ][Number(turned)] as [bigint, bigint];
  return { sine: outward(s, error, w, bits), cosine: outward(c, error, w, bits) };
}
