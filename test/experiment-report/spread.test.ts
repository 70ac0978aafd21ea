import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spread } from '../../src/experiment-report/spread.js';

test('half of the values lie on either side of the median', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const { least, median, largest, count } = spread(values)!;
      expect(count).toBe(values.length);
      expect(values.filter((value) => value <= median).length * 2).toBeGreaterThanOrEqual(count);
      expect(values.filter((value) => value >= median).length * 2).toBeGreaterThanOrEqual(count);
      for (const value of values) expect(least <= value && value <= largest).toBe(true);
      expect(values).toContain(least);
      expect(values).toContain(largest);
      if (count % 2 === 1) expect(values).toContain(median);
    }),
  );
});

test('the order and the sign of the values', () => {
  expect(spread([3, 1, 2, 10])).toEqual({ least: 1, median: 2.5, largest: 10, count: 4 });
  expect(spread([-3, -1, -2, -10])).toEqual({ least: -10, median: -2.5, largest: -1, count: 4 });
  expect(spread([1e308, 1.5e308])!.median).toBe(1.25e308);
  expect(spread([])).toBeNull();
});
