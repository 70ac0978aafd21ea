import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import {
  compact,
  decimalAbove,
  exactText,
  nextSection,
  readable,
  readableSigned,
  shown,
} from '../../src/text/format.js';

const size = fc.oneof(
  fc.bigInt(1n, 10n ** 20n),
  fc.nat(400).map((power) => 10n ** BigInt(power)),
);
const positive = fc.tuple(size, size).map(([a, b]) => Rational.of(a, b));

describe('exactText', () => {
  it('means the number it was made from, however large or small', () => {
    fc.assert(
      fc.property(positive, (value) => {
        expect(Rational.parse(exactText(value)).equals(value)).toBe(true);
        expect(Rational.parse(exactText(value.negate())).equals(value.negate())).toBe(true);
      }),
      { seed: 1 },
    );
    expect(['2/5', '1/3', '1/100', '1', '0'].map((text) => exactText(Rational.parse(text)))).toEqual([
      '0.4',
      '1/3',
      '0.01',
      '1',
      '0',
    ]);
  });
});

describe('numbers for people', () => {
  it.each([
    ['3', '3'],
    ['461/2', '230.5'],
    ['-1/8', '-0.125'],
    ['1/3', '1/3 (0.333333)'],
    ['-5251/57', '-5251/57 (-92.1228)'],
    ['1/1024', '1/1024 (0.000976563)'],
    ['123456789/987654', '~125'],
    ['12345678912', '~12345700000'],
  ])('%s is %s', (value, expected) => {
    expect(readable(Rational.parse(value))).toBe(expected);
  });

  it('are exact without "~": what stands before the brackets is the number', () => {
    fc.assert(
      fc.property(positive, (value) => {
        for (const text of [readable(value), compact(value), shown(value)]) {
          if (text.startsWith('~')) continue;
          const [exact, rounded] = text.split(' (');
          expect(Rational.parse(exact!).equals(value)).toBe(true);
          if (rounded !== undefined)
            expect(Number(rounded.slice(0, -1)) / value.toNumber()).toBeCloseTo(1, 5);
        }
        expect(readableSigned(value.negate())).toMatch(/^~?-[0-9]/);
      }),
      { seed: 3 },
    );
  });
});

describe('decimalAbove', () => {
  it('is the least decimal of so many digits that is not below the value', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: 1, max: 4 }), (value, digits) => {
        const above = decimalAbove(value, digits);
        expect(above.lessThan(value)).toBe(false);
        // above = m 10^e with m of so many digits (or 10^digits), and m - 1 would be below.
        let unit = Rational.one;
        const [ten, most] = [Rational.of(10), Rational.of(10n ** BigInt(digits))];
        while (most.lessThan(above.divide(unit))) unit = unit.multiply(ten);
        while (!most.lessThan(above.divide(unit).multiply(ten))) unit = unit.divide(ten);
        expect(above.divide(unit).denominator).toBe(1n);
        expect(above.subtract(unit).lessThan(value)).toBe(true);
      }),
      { seed: 2 },
    );
  });

  it.each([
    ['0.00009061', 1, '0.0001'],
    ['0.0043', 1, '0.005'],
    ['1.23', 2, '1.3'],
    ['0.0086', 2, '0.0086'],
    ['99.01', 2, '100'],
    ['1', 1, '1'],
  ])('of %s with %i digits is %s', (value, digits, expected) => {
    expect(exactText(decimalAbove(Rational.parse(value), digits))).toBe(expected);
  });
});

describe('nextSection', () => {
  it('puts every command alone on its line, and is empty without steps', () => {
    const long = `sparsest solve ${'x'.repeat(300)}.csv`;
    expect(nextSection([['do it', long]])).toEqual(['Next', '  do it:', `    ${long}`]);
    expect(nextSection([])).toEqual([]);
  });
});
