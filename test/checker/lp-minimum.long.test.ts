import { expect, test } from 'vitest';
import { mutateLpMinimum } from './lp-minimum-mutations.js';

test('10,000 random changes of certificates of l^p minima', () => {
  const counts = mutateLpMinimum(10_000, 32);
  expect(counts.rejected + counts.unreadable + counts.accepted).toBe(10_000);
  expect(counts.rejected).toBeGreaterThan(2000);
  expect(counts.accepted).toBeLessThan(2000);
});
