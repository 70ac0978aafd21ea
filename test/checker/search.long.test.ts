import { expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { PROPERTY_SEED } from '../support/property-seed.js';
import { judgeMutants, makeBases } from './search-mutants.js';

it('accepts none of 50,000 mutants of trees for a bound that is not true', async () => {
  const seen = judgeMutants(await makeBases(), 50_000, createRandom(PROPERTY_SEED + 15));
  expect(seen.accepted + seen.rejected).toBe(50_000);
  expect(seen.rejected).toBeGreaterThan(25_000);
});
