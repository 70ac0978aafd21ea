/**
 * Fractions of BigInts, never reduced, and doubles taken apart by their bits: a second arithmetic that shares no code with
 * `src/exact` and is used to judge it.
 */
export type Fraction = readonly [numerator: bigint, denominator: bigint];

const view = new DataView(new ArrayBuffer(8));

/** The 64 bits of a double, as a signed integer that grows with the double (two's complement of the magnitude below 0). */
function orderedBits(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

/** The double after x. */
export function nextUp(x: number): number {
  const bits = orderedBits(x) + 1n;
  view.setBigInt64(0, bits < 0n ? -bits | (1n << 63n) : bits);
  return view.getFloat64(0);
}

export function nextDown(x: number): number {
  return -nextUp(-x);
}

/** The exact value of a finite double, from its sign, exponent and fraction fields. */
export function fractionOfDouble(x: number): Fraction {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const field = (bits >> 52n) & 0x7ffn;
  const magnitude = (bits & 0xf_ffff_ffff_ffffn) + (field === 0n ? 0n : 1n << 52n);
  const exponent = (field === 0n ? 1n : field) - 1075n;
  const signed = bits >> 63n === 1n ? -magnitude : magnitude;
  return exponent >= 0n ? [signed << exponent, 1n] : [signed, 1n << -exponent];
}

export function compareFractions([a, b]: Fraction, [c, d]: Fraction): -1 | 0 | 1 {
  const difference = (a * d - c * b) * (b > 0n === d > 0n ? 1n : -1n);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

export function subtractFractions([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return [a * d - c * b, b * d];
}

export function multiplyFractions([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return [a * c, b * d];
}

function distance(a: Fraction, b: Fraction): Fraction {
  const [n, d] = subtractFractions(a, b);
  return [n < 0n ? -n : n, d < 0n ? -d : d];
}

const OVERFLOW: Fraction = [2n ** 1024n - 2n ** 970n, 1n];

/** True when `x` is the double nearest to the fraction, ties to even; infinities from 2^1024 - 2^970 on. */
export function isNearestDouble(x: number, value: Fraction): boolean {
  const magnitude = distance(value, [0n, 1n]);
  if (compareFractions(magnitude, OVERFLOW) >= 0) {
    return x === (compareFractions(value, [0n, 1n]) > 0 ? Infinity : -Infinity);
  }
  if (!Number.isFinite(x)) return false;
  const own = distance(value, fractionOfDouble(x));
  return [nextUp(x), nextDown(x)].every((other) => {
    if (!Number.isFinite(other)) return true;
    const order = compareFractions(own, distance(value, fractionOfDouble(other)));
    return order < 0 || (order === 0 && orderedBits(x) % 2n === 0n);
  });
}
