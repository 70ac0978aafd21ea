import { expect, test } from 'vitest';
import { CUSTOMS, storeAndRead } from './stored-network.js';

test('a network stored in any way is never read as another one: 200,000 files', () => {
  const { refused, read } = storeAndRead(200_000, 12);
  expect(refused).toBeGreaterThan(30_000);
  for (const { names } of CUSTOMS) expect(read.get(names.w), names.w).toBeGreaterThan(1000);
});
