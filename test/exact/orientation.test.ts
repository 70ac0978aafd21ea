import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactColumn, withCommonScale } from '../../src/exact/column.js';
import { ORIENT_BOUND, orientation, roundedOrientation } from '../../src/exact/orientation.js';
import type { Rational } from '../../src/exact/rational.js';
import { anyColumn, anyDouble } from '../support/columns.js';
import {
  compareFractions,
  type Fraction,
  fractionOfDouble,
  multiplyFractions,
  nextDown,
  nextUp,
  subtractFractions,
} from '../support/fractions.js';

fc.configureGlobal({ seed: 23 });

type Point = readonly [Fraction, Fraction];

/** Sign of (b - a) x (c - a) in BigInt fractions. */
function turn(a: Point, b: Point, c: Point): number {
  return compareFractions(
    multiplyFractions(subtractFractions(b[0], a[0]), subtractFractions(c[1], a[1])),
    multiplyFractions(subtractFractions(b[1], a[1]), subtractFractions(c[0], a[0])),
  );
}

const fraction = (q: Rational): Fraction => [q.numerator, q.denominator];

describe('orientation', () => {
  test('equals the BigInt determinant in every mixture of layouts', () => {
    const layouts = { double: 0, mixed: 0, rounded: 0 };
    const signs = [0, 0, 0];
    fc.assert(
      fc.property(anyColumn(3), anyColumn(3), fc.nat(4), (xs, other, choice) => {
        // Some of the time all three points lie on the diagonal.
        const ys = choice === 0 ? xs : other;
        const expected = turn(
          [fraction(xs.values[0]!), fraction(ys.values[0]!)],
          [fraction(xs.values[1]!), fraction(ys.values[1]!)],
          [fraction(xs.values[2]!), fraction(ys.values[2]!)],
        );
        const { column: x } = xs;
        const { column: y } = ys;
        layouts[x.isDouble && y.isDouble ? 'double' : x.isDouble || y.isDouble ? 'mixed' : 'rounded']++;
        signs[expected + 1]!++;
        expect(orientation(x, 0, y, 1, y, 2, y)).toBe(expected);
        expect(orientation(x, 1, y, 0, y, 2, y)).toBe(expected === 0 ? 0 : -expected);
        expect(orientation(x, 1, y, 2, y, 0, y)).toBe(expected);
      }),
      { numRuns: 1500 },
    );
    for (const count of Object.values(layouts)) expect(count).toBeGreaterThan(100);
    for (const count of signs) expect(count).toBeGreaterThan(50);
  });

  test('windows: three columns on one scale', () => {
    fc.assert(
      fc.property(anyColumn(3), anyColumn(3), anyColumn(3), (xs, lows, highs) => {
        const [lower, upper] = withCommonScale([lows.column, highs.column]) as [ExactColumn, ExactColumn];
        const expected = turn(
          [fraction(xs.values[0]!), fraction(lows.values[0]!)],
          [fraction(xs.values[1]!), fraction(highs.values[1]!)],
          [fraction(xs.values[2]!), fraction(lows.values[2]!)],
        );
        expect(orientation(xs.column, 0, lower, 1, upper, 2, lower)).toBe(expected);
      }),
      { numRuns: 800 },
    );
  });

  test('points on a line in doubles, moved by one ulp or not at all', () => {
    let collinear = 0;
    let turned = 0;
    const nearLine = fc.tuple(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.double({ min: 0.01, max: 10, noNaN: true }),
      fc.double({ min: -10, max: 10, noNaN: true }),
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -900, max: 900 }),
    );
    fc.assert(
      fc.property(nearLine, ([start, step, slope, ulps, exponent]) => {
        const xs = [start, start + step, start + 2 * step];
        let last = slope * xs[2]!;
        for (let k = 0; k < Math.abs(ulps); k++) last = ulps > 0 ? nextUp(last) : nextDown(last);
        const ys = [slope * xs[0]!, slope * xs[1]!, last].map((y) => y * 2 ** exponent);
        const points = xs.map((x, i): Point => [fractionOfDouble(x), fractionOfDouble(ys[i]!)]) as [
          Point,
          Point,
          Point,
        ];
        const expected = turn(...points);
        if (expected === 0) collinear++;
        else turned++;
        const x = ExactColumn.fromDoubles(Float64Array.from(xs));
        const y = ExactColumn.fromDoubles(Float64Array.from(ys));
        expect(orientation(x, 0, y, 1, y, 2, y)).toBe(expected);
        // The same points in the integer layout, with rounded coordinates: a huge fourth value forces it.
        const wide = ExactColumn.fromDoubles(Float64Array.from([...ys, 1e308, 5e-324]));
        expect(wide.isDouble).toBe(false);
        expect(orientation(x, 0, wide, 1, wide, 2, wide)).toBe(expected);
      }),
      { numRuns: 800 },
    );
    expect(turned).toBeGreaterThan(100);
    expect(collinear).toBeGreaterThan(20);
  });
});

describe('filters', () => {
  test('the rounded filter is silent or right, for all coordinates within half an ulp', () => {
    let certain = 0;
    const small = fc.integer({ min: -40, max: 40 });
    // Integers of 60 bits; the doubles see them rounded.
    const long = fc.tuple(small, small).map(([a, b]) => (BigInt(a) << 55n) + BigInt(b));
    fc.assert(
      fc.property(fc.array(long, { minLength: 6, maxLength: 6 }), (list) => {
        const [xa, ya, xb, yb, xc, yc] = list as [bigint, bigint, bigint, bigint, bigint, bigint];
        const exact = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa);
        const sign = roundedOrientation(
          ...(list.map((value) => Number(value) * 2 ** -62) as [
            number,
            number,
            number,
            number,
            number,
            number,
          ]),
        );
        if (sign === 0) return;
        certain++;
        expect(sign).toBe(exact > 0n ? 1 : exact < 0n ? -1 : 0);
      }),
      { numRuns: 2000 },
    );
    expect(certain).toBeGreaterThan(500);
  });

  test("Shewchuk's first bound is right wherever it decides", () => {
    let certain = 0;
    let open = 0;
    const coordinate = fc.oneof(
      fc.double({ min: 1, max: 2, noNaN: true }),
      anyDouble.filter((x) => x === 0 || (Math.abs(x) > 2 ** -480 && Math.abs(x) < 2 ** 480)),
    );
    fc.assert(
      fc.property(
        fc.array(coordinate, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: -3, max: 3 }),
        (list, ulps) => {
          const [xa, ya, xb, yb, xc] = list as [number, number, number, number, number];
          let yc = xb === xa ? yb : ya + ((yb - ya) / (xb - xa)) * (xc - xa);
          for (let k = 0; k < Math.abs(ulps); k++) yc = ulps > 0 ? nextUp(yc) : nextDown(yc);
          if (!(Math.abs(yc) < 2 ** 480) || (yc !== 0 && Math.abs(yc) < 2 ** -480)) return;
          const left = (yc - ya) * (xb - xa);
          const right = (yb - ya) * (xc - xa);
          const determinant = left - right;
          if (Math.abs(determinant) <= ORIENT_BOUND * (Math.abs(left) + Math.abs(right))) {
            open++;
            return;
          }
          certain++;
          const [a, b, c] = [
            [xa, ya],
            [xb, yb],
            [xc, yc],
          ].map(([x, y]): Point => [fractionOfDouble(x!), fractionOfDouble(y!)]) as [Point, Point, Point];
          expect(Math.sign(determinant)).toBe(turn(a, b, c));
        },
      ),
      { numRuns: 2000 },
    );
    expect(certain).toBeGreaterThan(100);
    expect(open).toBeGreaterThan(100);
  });
});
