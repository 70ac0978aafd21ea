import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { functionsThatCross } from '../../src/lp-norm/crossing.js';
import { costOf } from '../../src/lp-norm/minimize.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';

const DIGITS = 12;

it('gives two functions that cost the same at p*, and the slope changes that tell them apart', () => {
  let crossed = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2, 3, 40, 150), { minLength: 5, maxLength: 9 }), (steps) => {
      // Convex data: one run, so that a denser function can become cheaper.
      let [slope, label] = [0, 0];
      const y = [0, ...steps.map((step) => (label += slope += step))];
      const problem = makeProblem(datasetFromArrays({ x: y.map((_, i) => i), y }));
      const found = threshold(problem);
      const crossing = functionsThatCross(problem, found);
      expect(crossing === null).toBe(found.lower.equals(Rational.one));
      if (crossing === null) return;
      crossed++;
      const { sparsest, denser, sparsestOnly, denserOnly } = crossing;
      expect(sparsest.knots.length).toBeLessThan(denser.knots.length);
      expect(sparsest.knots.length - sparsestOnly.length).toBe(denser.knots.length - denserOnly.length);
      const own = new Set(sparsestOnly.map(String));
      expect(denserOnly.some((change) => own.has(String(change)))).toBe(false);
      // Up to the width of the enclosure of p* the costs are equal; a little below and above they are not.
      const gap = (p: Rational) =>
        Number(costOf(denser, p, DIGITS).lower) - Number(costOf(sparsest, p, DIGITS).lower);
      const part = Rational.of(1, 100);
      expect(Math.abs(gap(found.lower))).toBeLessThan(1e-8);
      expect(gap(found.lower.multiply(Rational.one.subtract(part)))).toBeGreaterThan(0);
    }),
    { seed: 3, numRuns: 60 },
  );
  expect(crossed).toBeGreaterThan(10);
});
