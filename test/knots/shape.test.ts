import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { blankVertex, functionOfVertex } from '../../src/knots/family.js';
import { runsOf } from '../../src/knots/runs.js';
import { shapeKept, shapeOfData, shapeOfFunction } from '../../src/knots/shape.js';
import { evaluateAt } from '../../src/problem/piecewise-linear.js';
import { problemOf, randomProblem, SHAPES } from './random-problems.js';

describe('least Lipschitz constant, monotone and convex cost no knot', () => {
  it('every vertex of S keeps the shape of its data', () => {
    const seen = { monotone: 0, curved: 0, neither: 0 };
    for (let seed = 0; seed < 200; seed++) {
      const problem = randomProblem(seed, SHAPES[seed % SHAPES.length]!, 10);
      const signs = curvature(problem);
      const runs = runsOf(signs);
      const random = createRandom(seed);
      const data = shapeOfData(problem);
      if (data.increasing || data.decreasing) seen.monotone++;
      if (data.convex || data.concave) seen.curved++;
      if (!(data.increasing || data.decreasing || data.convex || data.concave)) seen.neither++;
      for (let round = 0; round < 8; round++) {
        const side = blankVertex(problem, runs);
        for (let r = 0; r < runs.count; r++) {
          for (let j = 1; j < runs.points[r]! - 1; j++) side[runs.first[r]! + j] = random.integer(0, 1);
        }
        const f = functionOfVertex(problem, signs, side);
        expect(shapeKept(problem, f)).toMatchObject({ leastLipschitz: true, monotone: true, curved: true });
      }
    }
    expect(seen.monotone).toBeGreaterThan(20);
    expect(seen.curved).toBeGreaterThan(20);
    expect(seen.neither).toBeGreaterThan(20);
  });

  it('an interpolant outside S can lose all three', () => {
    // x on the data 0, 1, 2, with an excursion between 0 and 1.
    const problem = problemOf(['0', '1', '2'], ['0', '1', '2']);
    const knot = (at: string, slopeChange: string) => ({
      at: Rational.parse(at),
      slopeChange: Rational.parse(slopeChange),
    });
    const f = {
      slope: Rational.one,
      intercept: Rational.zero,
      knots: [knot('1/4', '4'), knot('1/2', '-8'), knot('3/4', '4')],
    };
    for (const x of [0, 1, 2]) expect(evaluateAt(f, Rational.of(x)).toString()).toBe(String(x));
    expect(shapeKept(problem, f)).toMatchObject({ leastLipschitz: false, monotone: false, curved: false });
  });

  it('names the shapes of simple functions', () => {
    const line = { slope: Rational.of(-2), intercept: Rational.zero, knots: [] };
    expect(shapeOfFunction(line)).toMatchObject({
      increasing: false,
      decreasing: true,
      convex: true,
      concave: true,
    });
    expect(shapeOfFunction(line).lipschitz.toString()).toBe('2');
    expect(shapeOfData(problemOf(['0'], ['7']))).toMatchObject({
      increasing: true,
      decreasing: true,
      convex: true,
    });
    expect(shapeOfData(problemOf(['0', '1', '2'], ['1', '0', '1']))).toMatchObject({
      increasing: false,
      decreasing: false,
      convex: true,
      concave: false,
    });
  });
});
