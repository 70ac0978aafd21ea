import { expect, it } from 'vitest';
import { WINDOWS } from './case-files.js';
import { acceptedLeastTolerance } from './least-tolerance-cases.js';
import { expectLeastTolerance } from './least-tolerance-truth.js';
import { mutateCases } from './mutate-cases.js';

it('10,000 random changes of least tolerances: no crash, and no claim that is not true', () => {
  const counts = mutateCases(acceptedLeastTolerance(WINDOWS), 10_000, 72, expectLeastTolerance);
  expect(counts.rejected).toBeGreaterThan(2000);
  expect(counts.accepted).toBeGreaterThan(100);
});
