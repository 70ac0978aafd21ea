import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalMultisets, powerSumSign, signOfPowerSum } from '../../src/exact/power-sum.js';
import { Rational } from '../../src/exact/rational.js';

const q = (text: string) => Rational.parse(text);
const base = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }))
  .map(([n, d]) => Rational.of(n, d));
const exponent = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 12 }))
  .map(([u, v]) => Rational.of(u, v));

describe('signOfPowerSum', () => {
  it('agrees with doubles where they are clear', () => {
    fc.assert(
      fc.property(
        fc.array(base, { maxLength: 6 }),
        fc.array(base, { maxLength: 6 }),
        exponent,
        (plus, minus, p) => {
          const sum = (list: Rational[]) => list.reduce((s, c) => s + c.toNumber() ** p.toNumber(), 0);
          const difference = sum(plus) - sum(minus);
          fc.pre(Math.abs(difference) > 1e-9);
          expect(signOfPowerSum(plus, minus, p)).toBe(Math.sign(difference));
          expect(signOfPowerSum(minus, plus, p)).toBe(-Math.sign(difference));
        },
      ),
    );
  });

  it('equal multisets in any order are an exact tie for every exponent', () => {
    fc.assert(
      fc.property(fc.array(base), exponent, (list, p) => {
        const other = [...list].reverse();
        expect(equalMultisets(list, other)).toBe(true);
        expect(signOfPowerSum(list, other, p)).toBe(0);
      }),
    );
  });

  it('recognises zeros that are not equal multisets', () => {
    // sqrt 8 + sqrt 18 = sqrt 50, and 1 + 1 = 2 = sqrt 4.
    expect(signOfPowerSum([q('8'), q('18')], [q('50')], q('1/2'))).toBe(0);
    expect(signOfPowerSum([q('8'), q('18'), q('1'), q('1')], [q('50'), q('4')], q('1/2'))).toBe(0);
    expect(signOfPowerSum([q('8'), q('18')], [q('50')], q('0.5000001'))).toBe(-1);
    expect(signOfPowerSum([q('1/27'), q('8/27')], [q('1')], q('1/3'))).toBe(0);
  });

  it('separates sums that agree to 10^-300', () => {
    const tiny = Rational.of(1n, 10n ** 300n);
    expect(signOfPowerSum([q('8'), q('18').add(tiny)], [q('50')], q('1/2'))).toBe(1);
    expect(signOfPowerSum([q('8'), q('18').subtract(tiny)], [q('50')], q('1/2'))).toBe(-1);
  });

  it('says null when even the last precision cannot tell', () => {
    const tiny = Rational.of(1n, 10n ** 4900n);
    expect(signOfPowerSum([q('8'), q('18').add(tiny)], [q('50')], q('1/2'))).toBeNull();
    // Terms that nearly coincide are taken together: their difference is known relatively.
    expect(signOfPowerSum([q('2').add(tiny)], [q('2')], q('2/3'))).toBe(1);
  });

  it('sees small terms beside large ones that nearly cancel', () => {
    // t -> t^p - (B + t)^p increases, so the sign is that of t - u, however large B is.
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9000 }),
        fc.bigInt(1n, 10n ** 6n),
        fc.bigInt(1n, 10n ** 6n),
        fc.integer({ min: 1, max: 99 }),
        (size, a, b, percent) => {
          const [large, t, u, p] = [
            Rational.of(10n ** BigInt(size)),
            Rational.of(a),
            Rational.of(b),
            Rational.of(percent, 100),
          ];
          const sign = signOfPowerSum([t, large.add(u)], [u, large.add(t)], p);
          expect(sign).toBe(a === b ? 0 : a > b ? 1 : -1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('decides at once by a term that is far larger than the others', () => {
    const others = Array.from({ length: 20 }, (_, k) => q(`1e-${4000 + k}`));
    expect(signOfPowerSum([q('1e4000')], others, q('0.3'))).toBe(1);
    expect([...powerSumSign([q('1e4000')], others, q('0.3'))]).toHaveLength(1);
    expect(signOfPowerSum(others, [q('1e-3999')], q('0.9'))).toBe(-1);
  });
});
