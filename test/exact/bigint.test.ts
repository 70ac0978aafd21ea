import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitLength, floorDivide, gcd, lcm, sign } from '../../src/exact/bigint.js';

fc.configureGlobal({ seed: 20 });

const integer = fc.oneof(
  fc.bigInt({ min: -50n, max: 50n }),
  fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }),
  fc.bigInt({ min: -(2n ** 400n), max: 2n ** 400n }),
);

test('gcd divides both and is a combination of both', () => {
  fc.assert(
    fc.property(integer, integer, integer, (a, b, c) => {
      const g = gcd(a * c, b * c);
      if ((a === 0n && b === 0n) || c === 0n) {
        expect(g).toBe(0n);
        return;
      }
      expect((a * c) % g).toBe(0n);
      expect((b * c) % g).toBe(0n);
      // Extended Euclid on BigInts finds u, v with u a c + v b c = +-d; a common divisor that is a combination is greatest.
      let [r0, u0, v0, r1, u1, v1] = [a * c, 1n, 0n, b * c, 0n, 1n];
      while (r1 !== 0n) {
        const q = r0 / r1;
        [r0, u0, v0, r1, u1, v1] = [r1, u1, v1, r0 - q * r1, u0 - q * u1, v0 - q * v1];
      }
      expect(u0 * a * c + v0 * b * c).toBe(r0);
      expect(g).toBe(r0 < 0n ? -r0 : r0);
    }),
  );
});

test('gcd at the border between doubles and BigInt', () => {
  const border = 2n ** 53n;
  for (const a of [border - 1n, border, border + 1n, 2n * border, 3n * border]) {
    for (const b of [1n, 3n, border - 1n, border, border + 1n, 6n * border]) {
      const g = gcd(a, b);
      expect(a % g).toBe(0n);
      expect(b % g).toBe(0n);
      expect(gcd(a / g, b / g)).toBe(1n);
      expect(gcd(-a, b)).toBe(g);
      expect(gcd(b, -a)).toBe(g);
    }
  }
  expect(gcd(0n, -7n)).toBe(7n);
  expect(gcd(-7n, 0n)).toBe(7n);
});

test('lcm, sign, bit length and floor', () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      expect(sign(a)).toBe(a === 0n ? 0 : a > 0n ? 1 : -1);
      const magnitude = a < 0n ? -a : a;
      expect(bitLength(a)).toBe(magnitude === 0n ? 0 : magnitude.toString(2).length);
      if (b === 0n) return;
      const d = b < 0n ? -b : b;
      const quotient = floorDivide(a, d);
      expect(quotient * d <= a && a < (quotient + 1n) * d).toBe(true);
      if (magnitude === 0n) return;
      const multiple = lcm(magnitude, d);
      expect(multiple * gcd(magnitude, d)).toBe(magnitude * d);
    }),
  );
});

test('gcd of long numbers is that of plain Euclid, where quotients are small and where they are huge', () => {
  const euclid = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : euclid(b, a % b));
  const long = fc.bigInt({ min: 0n, max: 1n << 1400n });
  fc.assert(
    fc.property(long, long, long, (a, b, c) => {
      expect(gcd(a * c, b * c)).toBe(euclid(a * c, b * c));
      expect(gcd(a * c + 1n, c)).toBe(1n);
      expect(gcd(c << 700n, c)).toBe(c);
    }),
    { numRuns: 300 },
  );
  // Consecutive Fibonacci numbers: every quotient is 1.
  let [a, b] = [1n, 1n];
  for (let i = 0; i < 3000; i++) [a, b] = [a + b, a];
  expect(gcd(a * 12n, b * 12n)).toBe(12n);
  for (let i = 500n; i < 620n; i++) {
    expect(gcd((1n << (2n * i)) - 1n, (1n << (i + 36n)) - 1n)).toBe(
      euclid((1n << (2n * i)) - 1n, (1n << (i + 36n)) - 1n),
    );
  }
});
