import { expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { checkShapeFloor } from './shape-floor-truth.js';

test('1,000 sets: the least tolerance of a shape by all pairs and triples of rows', () => {
  const random = createRandom(42);
  let set = 0;
  for (let n = 0; n < 1000; n++) if (checkShapeFloor(random, 10)) set++;
  expect(set).toBeGreaterThan(300);
});
