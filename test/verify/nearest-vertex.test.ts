import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { countKnots, functionOfVertex, setSparsestWord } from '../../src/knots/family.js';
import { runsOf } from '../../src/knots/runs.js';
import { countFewestKnots, solveUnivariate } from '../../src/knots/solve.js';
import type { Knot } from '../../src/problem/piecewise-linear.js';
import { nearestSparsestVertex } from '../../src/verify/nearest-vertex.js';
import { randomProblem, SHAPES } from '../knots/random-problems.js';

const distance = (knots: readonly Knot[], given: readonly Knot[]): number => {
  let sum = 0;
  for (const { at, slopeChange } of knots) {
    const same = given.filter((knot) => knot.slopeChange.sign() === slopeChange.sign());
    if (same.length > 0) sum += Math.min(...same.map((knot) => Math.abs(at.subtract(knot.at).toNumber())));
  }
  return sum;
};

it('is sparsest, and no other sparsest word of any run is nearer', () => {
  let choices = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 30 }),
      fc.constantFrom(...SHAPES),
      fc.array(fc.tuple(fc.integer({ min: -40, max: 80 }), fc.constantFrom(1, -1)), { maxLength: 6 }),
      (seed, shape, places) => {
        const problem = randomProblem(seed, shape, 14);
        const given = places
          .sort(([a], [b]) => a - b)
          .map(([at, sign]) => ({ at: Rational.of(at, 4), slopeChange: Rational.of(sign) }));
        const exact = solveUnivariate(problem).exact!;
        const vertex = nearestSparsestVertex(problem, exact, given);
        const count = countFewestKnots(problem).knots;
        expect(countKnots(exact.curvature, vertex)).toBe(count);
        const own = distance(functionOfVertex(problem, exact.curvature, vertex).knots, given);
        const runs = runsOf(exact.curvature);
        for (let k = 0; k < runs.count; k++) {
          const points = runs.points[k]!;
          if (points < 3 || points % 2 === 0) continue;
          for (let t = 0; t < points; t += 2) {
            const other = vertex.slice();
            setSparsestWord(other, runs.first[k]!, points, t);
            const f = functionOfVertex(problem, exact.curvature, other);
            expect(f.knots.length).toBe(count);
            expect(distance(f.knots, given)).toBeGreaterThan(own - 1e-9);
            choices++;
          }
        }
      },
    ),
    { numRuns: 900, seed: 1 },
  );
  expect(choices).toBeGreaterThan(200);
});
