import { expect, it } from 'vitest';
import { compareWithSlowMethod } from './least-tolerance-truth.js';

it('the least tolerance is that of exhaustive search on 1,000 random instances', () => {
  const seen = compareWithSlowMethod(11, 1000, 6);
  expect(seen.wrong).toBe(0);
  expect(seen.instances).toBe(1000);
});
