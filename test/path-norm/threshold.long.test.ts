import { expect, it } from 'vitest';
import { agreesWithGrid, pStarVectors } from './cases.js';

it('agrees with the grid on all 31 vectors', () => {
  expect(pStarVectors().length).toBe(31);
  for (const row of pStarVectors()) agreesWithGrid(row);
});
