import { bitLength } from './bigint.js';

/**
 * Floor of the degree-th root of n, by Newton's iteration from above.
 *
 * With f(r) = ((degree - 1) r + floor(n / r^(degree - 1))) / degree, rounded down, the sequence falls strictly until it
 * reaches floor(n^(1 / degree)) (Brent and Zimmermann, Modern Computer Arithmetic, algorithm 1.14).
 * @throws RangeError when n < 0 or degree < 1
 */
export function integerRoot(n: bigint, degree: number): bigint {
  if (n < 0n || degree < 1) {
    throw new RangeError(`expected a root of degree >= 1 of an integer >= 0, found degree ${degree} of ${n}`);
  }
  if (n < 2n || degree === 1) return n;
  if (bitLength(n) <= degree) return 1n;
  const d = BigInt(degree);
  let root = 1n << BigInt(Math.ceil(bitLength(n) / degree));
  for (;;) {
    const next = ((d - 1n) * root + n / root ** (d - 1n)) / d;
    if (next >= root) return root;
    root = next;
  }
}

/** The exact degree-th root of n >= 0, or null when n is not a perfect power of that degree. */
export function exactRoot(n: bigint, degree: number): bigint | null {
  const root = integerRoot(n, degree);
  // Below 2^degree only 0 and 1 are perfect powers; this also keeps root^degree small for a huge degree.
  if (root < 2n) return n < 2n ? n : null;
  return root ** BigInt(degree) === n ? root : null;
}
