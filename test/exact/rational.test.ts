import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DECIMAL_LIMITS,
  maximum,
  minimum,
  parseDecimal,
  Rational,
  scaleByPowerOfTwo,
  splitDouble,
} from '../../src/exact/rational.js';
import {
  compareFractions,
  fractionOfDouble,
  isNearestDouble,
  nextDown,
  nextUp,
} from '../support/fractions.js';

fc.configureGlobal({ seed: 21 });

const numerator = fc.oneof(
  fc.bigInt({ min: -9n, max: 9n }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
);
const denominator = numerator.filter((d) => d !== 0n);
const rational = fc.tuple(numerator, denominator).map(([n, d]) => Rational.of(n, d));
const double = fc.double({ noNaN: true, noDefaultInfinity: true });

function expectLowestTerms(q: Rational): void {
  let [a, b] = [q.numerator < 0n ? -q.numerator : q.numerator, q.denominator];
  expect(b > 0n).toBe(true);
  while (b !== 0n) [a, b] = [b, a % b];
  expect(a).toBe(1n);
}

describe('arithmetic', () => {
  test('every operation is the cross-multiplied fraction, in lowest terms', () => {
    fc.assert(
      fc.property(numerator, denominator, numerator, denominator, (a, b, c, d) => {
        const p = Rational.of(a, b);
        const q = Rational.of(c, d);
        const equalsFraction = (r: Rational, n: bigint, m: bigint) => {
          expectLowestTerms(r);
          expect(r.numerator * m).toBe(n * r.denominator);
        };
        equalsFraction(p, a, b);
        equalsFraction(p.add(q), a * d + c * b, b * d);
        equalsFraction(p.subtract(q), a * d - c * b, b * d);
        equalsFraction(p.multiply(q), a * c, b * d);
        equalsFraction(p.negate(), -a, b);
        equalsFraction(p.abs(), a < 0n !== b < 0n ? -a : a, b);
        if (c !== 0n) equalsFraction(p.divide(q), a * d, b * c);
        const order = compareFractions([a, b], [c, d]);
        expect(p.compare(q)).toBe(order);
        expect(p.lessThan(q)).toBe(order < 0);
        expect(p.equals(q)).toBe(order === 0);
        expect(p.sign()).toBe(compareFractions([a, b], [0n, 1n]));
        expect(p.isZero()).toBe(a === 0n);
        expect(minimum(p, q)).toEqual(order <= 0 ? p : q);
        expect(maximum(p, q)).toEqual(order >= 0 ? p : q);
      }),
      { numRuns: 300 },
    );
  });

  test('zero denominators and unsafe numbers are refused', () => {
    expect(() => Rational.of(1n, 0n)).toThrow(RangeError);
    expect(() => Rational.one.divide(Rational.zero)).toThrow(RangeError);
    for (const bad of [2 ** 53, 0.5, Number.NaN, Infinity])
      expect(() => Rational.of(bad)).toThrow(RangeError);
  });
});

describe('doubles', () => {
  test('fromDouble is the value of the bits', () => {
    fc.assert(
      fc.property(double, (x) => {
        const q = Rational.fromDouble(x);
        expectLowestTerms(q);
        expect(compareFractions([q.numerator, q.denominator], fractionOfDouble(x))).toBe(0);
        expect(q.toNumber()).toBe(x === 0 ? 0 : x);
      }),
      { numRuns: 300 },
    );
    for (const bad of [Number.NaN, Infinity, -Infinity])
      expect(() => Rational.fromDouble(bad)).toThrow(RangeError);
  });

  test('splitDouble: an odd mantissa times a power of two', () => {
    fc.assert(
      fc.property(double, (x) => {
        const { mantissa, exponent } = splitDouble(x);
        expect(Number.isSafeInteger(mantissa)).toBe(true);
        if (x === 0) {
          expect([mantissa, exponent]).toEqual([0, 0]);
          return;
        }
        expect(Math.abs(mantissa % 2)).toBe(1);
        const [n, d] = fractionOfDouble(x);
        const power = 2n ** BigInt(Math.abs(exponent));
        expect(exponent >= 0 ? BigInt(mantissa) * power * d : BigInt(mantissa) * d).toBe(
          exponent >= 0 ? n : n * power,
        );
      }),
      { numRuns: 300 },
    );
    expect(splitDouble(5e-324)).toEqual({ mantissa: 1, exponent: -1074 });
    expect(splitDouble(-Number.MAX_VALUE)).toEqual({ mantissa: -(2 ** 53 - 1), exponent: 971 });
    for (const bad of [Number.NaN, Infinity, -Infinity]) expect(() => splitDouble(bad)).toThrow(RangeError);
  });

  test('toNumber is the nearest double everywhere', () => {
    let subnormal = 0;
    let infinite = 0;
    const exponent = fc.integer({ min: -1200, max: 1100 });
    fc.assert(
      fc.property(rational, exponent, (q, e) => {
        const power = 2n ** BigInt(Math.abs(e));
        const value = e >= 0 ? q.multiply(Rational.of(power)) : q.divide(Rational.of(power));
        const x = value.toNumber();
        if (x !== 0 && Math.abs(x) < 2 ** -1022) subnormal++;
        if (!Number.isFinite(x)) infinite++;
        expect(isNearestDouble(x, [value.numerator, value.denominator])).toBe(true);
      }),
      { numRuns: 2000, seed: 7 },
    );
    expect(subnormal).toBeGreaterThan(20);
    expect(infinite).toBeGreaterThan(20);
  });

  test('toNumber halfway between two doubles, and a hair beside it', () => {
    const hair = Rational.of(1n, 10n ** 400n);
    const starts = fc.oneof(
      double,
      fc.constantFrom(0, 5e-324, 2 ** -1022, nextDown(2 ** -1022), 1, nextDown(1), 2 ** 53, Number.MAX_VALUE),
      fc.integer({ min: 0, max: 2 ** 30 }).map((k) => k * 5e-324),
    );
    fc.assert(
      fc.property(starts, (x) => {
        const next = nextUp(x);
        if (next === Infinity) return;
        const middle = Rational.fromDouble(x).add(Rational.fromDouble(next)).multiply(Rational.of(1, 2));
        for (const value of [middle, middle.add(hair), middle.subtract(hair)]) {
          expect(isNearestDouble(value.toNumber(), [value.numerator, value.denominator])).toBe(true);
          expect(isNearestDouble(value.negate().toNumber(), [-value.numerator, value.denominator])).toBe(
            true,
          );
        }
      }),
      { numRuns: 500 },
    );
    const overflow = Rational.of(2n ** 1024n - 2n ** 970n);
    expect(overflow.toNumber()).toBe(Infinity);
    expect(overflow.subtract(hair).toNumber()).toBe(Number.MAX_VALUE);
    expect(Rational.of(1n, 2n ** 1075n).toNumber()).toBe(0);
    expect(
      Rational.of(1n, 2n ** 1075n)
        .add(hair)
        .toNumber(),
    ).toBe(5e-324);
  });

  test('scaleByPowerOfTwo passes through extremes', () => {
    expect(scaleByPowerOfTwo(5e-324, 2097)).toBe(2 ** 1023);
    expect(scaleByPowerOfTwo(2 ** 1023, -2097)).toBe(5e-324);
    expect(scaleByPowerOfTwo(3, 5000)).toBe(Infinity);
    expect(scaleByPowerOfTwo(-3, -5000)).toBe(-0);
  });
});

describe('text', () => {
  const digits = fc.stringMatching(/^[0-9]{1,25}$/);
  const decimalText = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      fc.oneof(
        digits.map((whole) => [whole, '', whole] as const),
        fc.tuple(digits, digits).map(([whole, part]) => [whole, part, `${whole}.${part}`] as const),
        digits.map((whole) => [whole, '', `${whole}.`] as const),
        digits.map((part) => ['', part, `.${part}`] as const),
      ),
      fc.option(
        fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 400 })),
      ),
    )
    .map(([sign, [whole, part, body], power]) => {
      const exponent = power === null ? 0 : (power[1] === '-' ? -1 : 1) * power[2];
      return {
        text: sign + body + (power === null ? '' : power.join('')),
        // Value as a fraction from the pieces: digits / 10^places * 10^exponent.
        numerator:
          BigInt(`${whole}${part}`) * (sign === '-' ? -1n : 1n) * 10n ** BigInt(Math.max(0, exponent)),
        denominator: 10n ** BigInt(part.length) * 10n ** BigInt(Math.max(0, -exponent)),
      };
    });

  test('decimals mean what is written', () => {
    fc.assert(
      fc.property(decimalText, ({ text, numerator: n, denominator: d }) => {
        const q = Rational.parse(text);
        expectLowestTerms(q);
        expect(q.numerator * d).toBe(n * q.denominator);
        const { mantissa, exponent } = parseDecimal(text)!;
        expect(Rational.fromDecimal({ mantissa, exponent })).toEqual(q);
        // The platform's own reading of decimals is correctly rounded: so must ours be.
        expect(q.toNumber() + 0).toBe(Number(text) + 0);
      }),
      { numRuns: 500 },
    );
  });

  test('p/q round trip', () => {
    fc.assert(
      fc.property(rational, (q) => {
        expect(Rational.parse(q.toString())).toEqual(q);
        expect(JSON.stringify(q)).toBe(`"${q}"`);
      }),
    );
    expect(Rational.parse('+6/4').toString()).toBe('3/2');
    expect(Rational.parse('-0/5').toString()).toBe('0');
    expect(() => Rational.parse('1/0')).toThrow(RangeError);
  });

  test('everything else is refused', () => {
    const words = [
      '',
      ' ',
      '1 ',
      ' 1',
      '.',
      '-',
      '+',
      '1..2',
      '1.2.3',
      '1e',
      '1e+',
      'e5',
      '.e5',
      '0x10',
      '1_000',
      '1,5',
    ];
    words.push(
      'NaN',
      'Infinity',
      '-inf',
      '1/',
      '/2',
      '1/-2',
      '1/+2',
      '1.5/2',
      '1/2/3',
      '1e3/2',
      '--1',
      '+-1',
      '１',
      '1n',
      '1\n',
    );
    for (const word of words) expect(() => Rational.parse(word), word).toThrow(SyntaxError);
  });

  test('beyond the limits a number is refused, not rounded', () => {
    const { characters, exponent } = DECIMAL_LIMITS;
    expect(Rational.parse(`1e${exponent}`)).toEqual(Rational.of(10n ** BigInt(exponent)));
    expect(Rational.parse('9'.repeat(characters)).numerator).toBe(10n ** BigInt(characters) - 1n);
    for (const text of [
      `1e${exponent + 1}`,
      `1e-${exponent + 1}`,
      '1e999999999999999999999',
      '9'.repeat(characters + 1),
    ]) {
      expect(() => Rational.parse(text)).toThrow(RangeError);
    }
    expect(() => Rational.parse(`1/${'9'.repeat(characters)}`)).toThrow(SyntaxError);
  });
});
