/** Integer helpers that BigInt itself does not offer. All exact. */

export function abs(a: bigint): bigint {
  return a < 0n ? -a : a;
}

/** Sign of an integer: -1, 0 or 1. */
export function sign(a: bigint): -1 | 0 | 1 {
  return a > 0n ? 1 : a < 0n ? -1 : 0;
}

/** Euclid on safe integers: doubles first, 32-bit integers (several times faster) as soon as both fit. */
function gcdOfNumbers(a: number, b: number): number {
  while (b > 0x7fffffff) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  if (b === 0) return a;
  let p = b | 0;
  let q = (a % b) | 0;
  while (q !== 0) {
    const rest = (p % q) | 0;
    p = q;
    q = rest;
  }
  return p;
}

const NUMBER_LIMIT = BigInt(Number.MAX_SAFE_INTEGER);

/** Above this many bits Lehmer's steps are faster than Euclid's. */
const LEHMER_FROM = 1n << 512n;

/** Leading bits that a step of Lehmer works with: all its numbers stay below 2^52, where doubles are exact and their quotients round to
 * the right floor. */
const LEADING_BITS = 50;

/**
 * Euclid's algorithm on two integers a >= b until b is below LEHMER_FROM, some 25 bits at a time (Lehmer 1938; Knuth, The Art of Computer
 * Programming 4.5.2, algorithm L): the quotients that the leading bits determine are applied to the long numbers all at once.
 */
function lehmer(a: bigint, b: bigint): [bigint, bigint] {
  let shift = bitLength(a) - LEADING_BITS;
  while (b >= LEHMER_FROM) {
    let x = Number(a >> BigInt(shift));
    if (x < 2 ** (LEADING_BITS - 10)) {
      shift = bitLength(a) - LEADING_BITS;
      x = Number(a >> BigInt(shift));
    }
    let y = Number(b >> BigInt(shift));
    // (a, b) becomes (A a + B b, C a + D b).
    let [A, B, C, D] = [1, 0, 0, 1];
    while (y + C !== 0 && y + D !== 0) {
      const q = Math.floor((x + A) / (y + C));
      if (q !== Math.floor((x + B) / (y + D))) break;
      [A, C] = [C, A - q * C];
      [B, D] = [D, B - q * D];
      [x, y] = [y, x - q * y];
    }
    if (B === 0) [a, b] = [b, a % b];
    else [a, b] = [BigInt(A) * a + BigInt(B) * b, BigInt(C) * a + BigInt(D) * b];
  }
  return [a, b];
}

/** Greatest common divisor, never negative; gcd(0, 0) = 0. Lehmer on long numbers, then Euclid, in doubles as soon as both fit. */
export function gcd(a: bigint, b: bigint): bigint {
  a = abs(a);
  b = abs(b);
  if (a === 1n || b === 1n) return 1n;
  // A power of two, the denominator of every double, and an odd number.
  if ((a & 1n) === 1n && (b & (b - 1n)) === 0n && b !== 0n) return 1n;
  if (a < b) [a, b] = [b, a];
  if (b >= LEHMER_FROM) [a, b] = lehmer(a, b);
  while (b > NUMBER_LIMIT) [a, b] = [b, a % b];
  if (b === 0n) return a;
  if (a > NUMBER_LIMIT) [a, b] = [b, a % b];
  return BigInt(gcdOfNumbers(Number(a), Number(b)));
}

/** Least common multiple of two positive integers. */
export function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}

const view = new DataView(new ArrayBuffer(8));

/** Number of binary digits of |a|; 0 for 0. */
export function bitLength(a: bigint): number {
  if (a === 0n) return 0;
  const double = Math.abs(Number(a));
  if (double === Infinity) {
    const hex = abs(a).toString(16);
    return 4 * (hex.length - 1) + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
  }
  // The exponent of the nearest double, which may have been rounded up to a power of two.
  view.setFloat64(0, double);
  const length = (view.getUint16(0) >> 4) - 1022;
  return double === 2 ** (length - 1) && abs(a) < 1n << BigInt(length - 1) ? length - 1 : length;
}

/** Floor of a / b for b > 0 (BigInt division truncates towards zero). */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
