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

/** Greatest common divisor, never negative; gcd(0, 0) = 0. Euclid, in doubles as soon as both fit. */
export function gcd(a: bigint, b: bigint): bigint {
  a = abs(a);
  b = abs(b);
  if (a === 1n || b === 1n) return 1n;
  // A power of two, the denominator of every double, and an odd number.
  if ((a & 1n) === 1n && (b & (b - 1n)) === 0n && b !== 0n) return 1n;
  while (b > NUMBER_LIMIT) [a, b] = [b, a % b];
  if (b === 0n) return a;
  if (a > NUMBER_LIMIT) [a, b] = [b, a % b];
  return BigInt(gcdOfNumbers(Number(a), Number(b)));
}

/** Least common multiple of two positive integers. */
export function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}

/** Number of binary digits of |a|; 0 for 0. */
export function bitLength(a: bigint): number {
  if (a === 0n) return 0;
  const hex = abs(a).toString(16);
  return 4 * (hex.length - 1) + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}

/** Floor of a / b for b > 0 (BigInt division truncates towards zero). */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
