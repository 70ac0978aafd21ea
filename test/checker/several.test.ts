import { expect, it } from 'vitest';
import { mutateCases } from './mutate-cases.js';
import { acceptedSeveral } from './several-cases.js';
import { severalTruth } from './several-truth.js';

it('500 random changes of certificates of several inputs: no crash, and no claim that is not true', async () => {
  const cases = await acceptedSeveral();
  const counts = mutateCases(cases, 500, 5, await severalTruth(cases));
  expect(counts.rejected).toBeGreaterThan(100);
  expect(counts.unreadable).toBeGreaterThan(50);
});
