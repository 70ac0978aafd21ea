import { expect, it } from 'vitest';
import { compareShapes } from './shape-truth.js';

it('the fewest knots of a shape are those of exhaustive search on 1,000 random instances', () => {
  expect(compareShapes(2, 1000, 8).wrong).toEqual([]);
});
