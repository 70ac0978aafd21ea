import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactColumn } from '../../src/exact/column.js';
import { DecimalColumnBuilder } from '../../src/exact/decimal-column.js';
import { Rational } from '../../src/exact/rational.js';
import { AsciiWriter } from '../../src/problem/ascii-writer.js';
import { entryWriter } from '../../src/problem/column-text.js';

/** What the writer makes of a column, entry by entry. */
function written(column: ExactColumn): string[] {
  const out = new AsciiWriter(1);
  const write = entryWriter(column, out);
  return Array.from({ length: column.length }, (_, i) => {
    write(i);
    return new TextDecoder().decode(out.take());
  });
}

const exact = (column: ExactColumn) =>
  Array.from({ length: column.length }, (_, i) => column.value(i).toString());

function expectExact(column: ExactColumn): void {
  expect(written(column)).toEqual(exact(column));
}

describe('integers', () => {
  test('at every number of digits', () => {
    const values: number[] = [];
    for (let power = 1; power <= Number.MAX_SAFE_INTEGER; power *= 10) {
      for (const value of [power - 1, power, power + 1, 3 * power + 7]) values.push(value, -value);
    }
    values.push(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31, 2 ** 32, 99_999_999, 100_000_000);
    const safe = values.filter(Number.isSafeInteger);
    const out = new AsciiWriter(4);
    for (const value of safe) {
      out.writeInteger(value);
      expect(new TextDecoder().decode(out.take())).toBe(BigInt(value).toString());
    }
  });

  test('any safe integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const out = new AsciiWriter(4);
        out.writeInteger(value);
        expect(new TextDecoder().decode(out.take())).toBe(BigInt(value).toString());
      }),
      { numRuns: 2000 },
    );
  });
});

describe('every kind of column is written as Rational.toString writes it', () => {
  const column = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { minLength: 1, maxLength: 12 });
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  test('doubles of any magnitude', () => {
    fc.assert(
      fc.property(column(finite), (values) => {
        const doubles = ExactColumn.fromDoubles(Float64Array.from(values));
        expectExact(doubles);
        expect(written(doubles)).toEqual(values.map((value) => Rational.fromDouble(value).toString()));
      }),
      { numRuns: 1000 },
    );
  });

  test('doubles of ordinary, tiny and huge magnitude, each on its own scale', () => {
    const near = fc.constantFrom(2 ** -1040, 2 ** -600, 1e-5, 1, 1e15, 2 ** 60, 2 ** 900);
    let scaled = 0;
    fc.assert(
      fc.property(near, column(fc.double({ min: -8, max: 8, noNaN: true })), (scale, values) => {
        const doubles = ExactColumn.fromDoubles(Float64Array.from(values, (value) => value * scale));
        if (doubles.isDouble && !doubles.scale.equals(Rational.one)) scaled++;
        expectExact(doubles);
      }),
      { numRuns: 1000 },
    );
    expect(scaled).toBeGreaterThan(50);
  });

  test('decimals, short and long', () => {
    const decimal = fc
      .tuple(
        fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })),
        fc.integer({ min: -25, max: 25 }),
      )
      .map(([mantissa, exponent]) => `${mantissa}e${exponent}`);
    const short = fc.integer({ min: -100_000, max: 100_000 }).map((n) => `${n}e-4`);
    fc.assert(
      fc.property(fc.oneof(column(short), column(decimal)), (values) => {
        const builder = new DecimalColumnBuilder();
        for (const value of values) builder.push(value);
        const decimals = builder.finish();
        expectExact(decimals);
        expect(written(decimals)).toEqual(values.map((value) => Rational.parse(value).toString()));
      }),
      { numRuns: 1000 },
    );
  });

  test('fractions', () => {
    const fraction = fc.tuple(fc.bigInt(-(2n ** 80n), 2n ** 80n), fc.bigInt(1n, 2n ** 60n));
    const small = fc.tuple(fc.bigInt(-50n, 50n), fc.constantFrom(1n, 2n, 3n, 5n, 6n, 10n, 64n, 625n));
    fc.assert(
      fc.property(fc.oneof(column(fraction), column(small)), (pairs) => {
        const values = pairs.map(([p, q]) => Rational.of(p, q));
        expect(written(ExactColumn.fromRationals(values))).toEqual(values.map(String));
      }),
      { numRuns: 1000 },
    );
  });

  test('integers on any positive scale', () => {
    const scale = fc.tuple(
      fc.constantFrom(1n, 3n, 5n, 1000n, 2n ** 70n),
      fc.constantFrom(1n, 2n, 5n, 7n, 1000n, 2n ** 80n, 2n ** 52n * 5n),
    );
    const units = fc.array(fc.oneof(fc.integer(), fc.maxSafeInteger()), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(units, scale, (values, [p, q]) => {
        expectExact(ExactColumn.fromSafeIntegers(Float64Array.from(values), Rational.of(p, q)));
        const large = values.map((value) => BigInt(value) << 20n);
        expectExact(ExactColumn.fromIntegers(large, Rational.of(p, q)));
      }),
      { numRuns: 500 },
    );
  });
});
