import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ends, negative, plus, reaches, union } from '../../src/facing/ends.js';

fc.configureGlobal({ seed: 52 });

/** Numbers -40 .. 40 stand for all: ends lie between -9 and 9, so that rays are told apart by what lies beyond. */
const RANGE = Array.from({ length: 81 }, (_, i) => BigInt(i - 40));

const end = fc.integer({ min: -9, max: 9 });
const interval = fc.tuple(fc.option(end), fc.option(end)).map(([a, b]) => {
  const [low, high] = a !== null && b !== null && a > b ? [b, a] : [a, b];
  return [low === null ? null : BigInt(low), high === null ? null : BigInt(high)] as const;
});
const set = fc
  .array(interval, { maxLength: 5 })
  .map((list) => list.map(([a, b]): Ends => [a, b]).reduce(union, []));

const contains = (ends: Ends, value: bigint): boolean => {
  for (let i = 0; i < ends.length; i += 2) {
    const [low, high] = [ends[i]!, ends[i + 1]!];
    if ((low === null || low <= value) && (high === null || value <= high)) return true;
  }
  return false;
};

function expectOrderly(ends: Ends): void {
  expect(ends.length % 2).toBe(0);
  ends.forEach((value, i) => {
    if (value === null) expect(i === 0 || i === ends.length - 1).toBe(true);
    else if (i > 0 && ends[i - 1] !== null) expect(ends[i - 1]! <= value).toBe(true);
  });
}

describe('unions of intervals', () => {
  test('union', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const both = union(a, b);
        expectOrderly(both);
        for (const value of RANGE)
          expect(contains(both, value)).toBe(contains(a, value) || contains(b, value));
      }),
      { numRuns: 500 },
    );
  });

  test('sums with an interval', () => {
    fc.assert(
      fc.property(set, interval, (a, piece) => {
        const sums = plus(a, piece);
        expectOrderly(sums);
        // Half of the range is enough to find a summand for any sum within 20.
        for (const value of RANGE.filter((number) => number >= -15n && number <= 15n)) {
          const found = RANGE.some((x) => contains(a, x) && contains(piece, value - x));
          expect(contains(sums, value)).toBe(found);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('two sets that reach a target', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const pairs = RANGE.filter((x) => contains(a, x)).flatMap((x) =>
          RANGE.filter((y) => contains(b, y)).map((y) => x + y),
        );
        expect(reaches(a, b, 'zero')).toBe(pairs.some((sum) => sum === 0n));
        expect(reaches(a, b, 'not negative')).toBe(pairs.some((sum) => sum >= 0n));
        expect(reaches(a, b, 'not positive')).toBe(pairs.some((sum) => sum <= 0n));
        expect(reaches(b, a, 'zero')).toBe(reaches(a, b, 'zero'));
      }),
      { numRuns: 300 },
    );
  });

  test('the negative of an interval', () => {
    fc.assert(
      fc.property(interval, (piece) => {
        for (const value of RANGE) expect(contains(negative(piece), value)).toBe(contains(piece, -value));
      }),
      { numRuns: 100 },
    );
  });
});
