import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { LeastTolerances } from '../../src/knots/least-tolerance.js';
import { leastOfShape, shapeFloor } from '../../src/knots/shape-floor.js';
import { ANY_SHAPE } from '../../src/problem/shape.js';
import { accepted } from '../../src/solve/checked.js';
import { toleranceStatement } from '../../src/solve/least-tolerance.js';
import { leastTolerance, problemOfRows } from './least-tolerance-truth.js';
import { checkShapeFloor } from './shape-floor-truth.js';

describe('the least tolerance of a shape', () => {
  test('is the largest over all pairs and triples of rows, and no less than that of any function', () => {
    const random = createRandom(41);
    let set = 0;
    for (let n = 0; n < 150; n++) if (checkShapeFloor(random, 8)) set++;
    expect(set).toBeGreaterThan(50);
  });

  test('what is known before it is settled is a bracket around it, with its proof', () => {
    const rows = Array.from({ length: 30 }, (_, i) => {
      const y = Rational.of((i * i * 7) % 23);
      return { x: Rational.of(i), lower: y, upper: y, w: Rational.one };
    });
    const problem = problemOfRows(rows, false, false);
    const increasing = { ...ANY_SHAPE, minSlope: Rational.zero };
    let open = 0;
    for (const knots of [0, 2, 5, 9, 40]) {
      const known = new LeastTolerances(problem).known(knots);
      const { tolerance } = leastTolerance(problem, knots);
      expect(known.atLeast.compare(tolerance)).toBeLessThanOrEqual(0);
      expect(tolerance.compare(known.tolerance)).toBeLessThanOrEqual(0);
      if (known.atLeast.lessThan(known.tolerance)) open++;
      accepted(problem, toleranceStatement({ kind: 'least-tolerance', steps: [known] }));
      const shaped = leastOfShape(problem, increasing, shapeFloor(problem, increasing), known);
      accepted(problem, toleranceStatement({ kind: 'least-tolerance', shape: increasing, steps: [shaped] }));
    }
    expect(open).toBeGreaterThan(2);
  });
});
