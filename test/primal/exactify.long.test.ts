import { expect, it } from 'vitest';
import { PROPERTY_SEED } from '../support/property-seed.js';
import { nearMisses } from './near-misses.js';

it('10,000 near misses become exact or are refused', () => {
  const { mended, refused, lost } = nearMisses(10_000, PROPERTY_SEED);
  expect(mended + refused + lost).toBe(10_000);
  expect(mended).toBeGreaterThan(6_000);
  expect(refused).toBeGreaterThan(2_000);
  expect(lost).toBeLessThan(500);
});
