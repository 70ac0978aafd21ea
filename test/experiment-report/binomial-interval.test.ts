import { describe, expect, test } from 'vitest';
import { wilson } from '../../src/experiment-report/binomial-interval.js';

const Z = 1.959963984540054;

describe('wilson', () => {
  test('its ends are the shares that are just not rejected', () => {
    for (let of = 1; of <= 40; of++) {
      for (let count = 0; count <= of; count++) {
        const { lower, upper } = wilson(count, of);
        for (const q of [lower, upper]) {
          if (q === 0 || q === 1) continue;
          expect(Math.abs(count / of - q)).toBeCloseTo(Z * Math.sqrt((q * (1 - q)) / of), 12);
        }
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(lower).toBeLessThan(upper);
        expect(lower === 0).toBe(count === 0);
        expect(upper === 1).toBe(count === of);
      }
    }
  });

  test('successes and failures are mirror images', () => {
    for (let count = 0; count <= 12; count++) {
      const [one, other] = [wilson(count, 12), wilson(12 - count, 12)];
      expect(one.lower).toBeCloseTo(1 - other.upper, 14);
    }
  });

  test('a textbook value: 4 of 10 gives 0.1682 to 0.6873', () => {
    const { lower, upper } = wilson(4, 10);
    expect(lower).toBeCloseTo(0.1682, 4);
    expect(upper).toBeCloseTo(0.6873, 4);
  });

  test('without runs nothing is known', () => {
    expect(wilson(0, 0)).toEqual({ count: 0, of: 0, lower: 0, upper: 1 });
  });
});
