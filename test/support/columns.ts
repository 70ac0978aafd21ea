import fc from 'fast-check';
import { ExactColumn } from '../../src/exact/column.js';
import { Rational } from '../../src/exact/rational.js';

/** Finite doubles of every magnitude, with the extremes and zeros frequent. */
export const anyDouble: fc.Arbitrary<number> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** -1022, 1e-308, 1e308, -1e308, Number.MAX_VALUE, 1, -1),
  fc.integer({ min: -1000, max: 1000 }),
);

/** One magnitude per column: small integers, decimals, near 1e308, near 5e-324, inside the guarded range, everything mixed. */
const kinds: fc.Arbitrary<fc.Arbitrary<number>> = fc.constantFrom(
  fc.integer({ min: -9, max: 9 }),
  fc.integer({ min: -99, max: 99 }).map((k) => k / 8),
  fc.double({ min: 1, max: 2, noNaN: true }),
  fc.double({ min: -1e308, max: 1e308, noNaN: true }).map((x) => x || 1e307),
  fc.integer({ min: -1000, max: 1000 }).map((k) => k * 5e-324),
  fc.double({ min: -(2 ** 400), max: 2 ** 400, noNaN: true }),
  fc.double({ min: 2 ** -490, max: 2 ** -470, noNaN: true }),
  anyDouble,
);

/** Lists of doubles of one kind. */
export function doubleList(length: { minLength: number; maxLength: number }): fc.Arbitrary<number[]> {
  return kinds.chain((kind) => fc.array(kind, length));
}

const smallRational = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 12 }))
  .map(([n, d]) => Rational.of(n, d));

/** A column in any layout beside the values it must hold. */
export interface LabelledColumn {
  layout: string;
  column: ExactColumn;
  values: Rational[];
}

/** Columns of `length` entries in every layout the class has. */
export function anyColumn(length: number): fc.Arbitrary<LabelledColumn> {
  const size = { minLength: length, maxLength: length };
  const large = fc.bigInt({ min: -(2n ** 1400n), max: 2n ** 1400n });
  const safe = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
  const scale = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
    .map(([n, d]) => Rational.of(n, d));
  return fc.oneof(
    doubleList(size).map((list) => ({
      layout: 'doubles',
      column: ExactColumn.fromDoubles(Float64Array.from(list)),
      values: list.map((x) => Rational.fromDouble(x)),
    })),
    fc.array(smallRational, size).map((values) => ({
      layout: 'rationals',
      column: ExactColumn.fromRationals(values),
      values,
    })),
    fc.tuple(fc.array(safe, size), scale).map(([list, unit]) => ({
      layout: 'safe integers',
      column: ExactColumn.fromSafeIntegers(Float64Array.from(list), unit),
      values: list.map((k) => Rational.of(k).multiply(unit)),
    })),
    fc.tuple(fc.array(fc.oneof(large, safe.map(BigInt)), size), scale).map(([list, unit]) => ({
      layout: 'integers',
      column: ExactColumn.fromIntegers(list, unit),
      values: list.map((k) => Rational.of(k).multiply(unit)),
    })),
  );
}
