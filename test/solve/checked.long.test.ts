import { expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { everyAnswerIsAccepted } from './near-degenerate.js';

test('2,500 questions whose points nearly coincide: every answer is accepted', async () => {
  const seen = await everyAnswerIsAccepted(createRandom(312), 2500);
  expect(seen.questions).toBe(2500);
  expect(seen.closed).toBeGreaterThan(1500);
  expect(seen.searched).toBeGreaterThan(1200);
  expect(seen.infeasible).toBeGreaterThan(50);
  expect(seen.open).toBeGreaterThan(10);
});
