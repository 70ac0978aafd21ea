import { expect, it } from 'vitest';
import { PLATEAU } from './case-files.js';
import { mutateCases } from './mutate-cases.js';
import { acceptedShapes } from './shape-cases.js';
import { expectShape } from './shape-truth.js';

it('10,000 random changes of claims about shapes: no crash, and no claim that is not true', () => {
  const counts = mutateCases(acceptedShapes(PLATEAU), 10_000, 82, expectShape);
  expect(counts.rejected).toBeGreaterThan(2000);
  expect(counts.unreadable).toBeGreaterThan(1000);
});
