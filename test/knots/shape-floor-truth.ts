import type { Random } from '../../src/exact/random.js';
import { maximum, Rational } from '../../src/exact/rational.js';
import { leastOfShape, shapeFloor } from '../../src/knots/shape-floor.js';
import type { Shape } from '../../src/problem/shape.js';
import { accepted } from '../../src/solve/checked.js';
import { toleranceStatement } from '../../src/solve/least-tolerance.js';
import { leastTolerance, problemOfRows, type Row, randomRows } from './least-tolerance-truth.js';

/** The least e for which a shape exists, by all pairs and triples of rows. */
export function floorByRows(rows: readonly Row[], { minSlope, maxSlope, curvature }: Shape): Rational {
  let floor: Rational | null = null;
  const raise = (e: Rational) => {
    floor = floor === null ? e : maximum(floor, e);
  };
  for (const i of rows) {
    for (const j of rows) {
      const run = j.x.subtract(i.x);
      if (run.isZero()) raise(i.lower.subtract(j.upper).divide(i.w.add(j.w)));
      if (run.sign() <= 0) continue;
      if (minSlope !== null)
        raise(i.lower.add(minSlope.multiply(run)).subtract(j.upper).divide(i.w.add(j.w)));
      if (maxSlope !== null)
        raise(j.lower.subtract(i.upper).subtract(maxSlope.multiply(run)).divide(i.w.add(j.w)));
      if (curvature === null) continue;
      for (const b of rows) {
        if (!(i.x.lessThan(b.x) && b.x.lessThan(j.x))) continue;
        const t = b.x.subtract(i.x).divide(run);
        const mix = (p: Rational, q: Rational) => p.add(t.multiply(q.subtract(p)));
        const excess =
          curvature === 'concave'
            ? mix(i.lower, j.lower).subtract(b.upper)
            : b.lower.subtract(mix(i.upper, j.upper));
        raise(excess.divide(mix(i.w, j.w).add(b.w)));
      }
    }
  }
  return floor!;
}

function randomShape(random: Random): Shape {
  const kind = random.integer(0, 5);
  const s = Rational.of(random.integer(-3, 2), 2);
  return {
    minSlope: kind === 0 || kind === 2 || kind === 4 ? s : null,
    maxSlope: kind === 1 || kind === 2 ? s.add(Rational.of(random.integer(0, 4), 2)) : null,
    curvature: kind >= 3 ? (random.integer(0, 1) === 0 ? 'convex' : 'concave') : null,
  };
}

/** One random set: the floor by another way, and for several budgets the larger of it and of the least for any function. Says whether a shape set it. */
export function checkShapeFloor(random: Random, most: number): boolean {
  const { rows, weighted, windows } = randomRows(random, most);
  const shape = randomShape(random);
  const problem = problemOfRows(rows, weighted, windows);
  const floor = shapeFloor(problem, shape);
  const expected = floorByRows(rows, shape);
  if (!floor.e.equals(expected)) throw new Error(`floor ${floor.e}, expected ${expected}`);
  for (const knots of [0, 1, 3]) {
    const free = leastTolerance(problem, knots);
    const step = leastOfShape(problem, shape, floor, free);
    if (!step.tolerance.equals(maximum(free.tolerance, expected))) throw new Error(`${step.tolerance}`);
    accepted(problem, toleranceStatement({ kind: 'least-tolerance', shape, steps: [step] }));
  }
  return floor.points.length > 1;
}
