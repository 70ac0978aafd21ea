import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { sparsestOfShape } from '../../src/knots/shapes.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluateSorted, type PiecewiseLinear } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import type { Shape } from '../../src/problem/shape.js';
import { fewestKnotsByLines } from '../support/fewest-knots.js';

/** Random windows or labels, near a line or scattered, and a shape. */
export function randomShaped(seed: number, most: number): { problem: Problem; shape: Shape } {
  const random = createRandom(seed);
  const size = random.integer(1, most);
  const x: Rational[] = [];
  const lower: Rational[] = [];
  const upper: Rational[] = [];
  const wide = random.integer(0, 3);
  const [slope, bend] = [random.integer(-1, 2), random.integer(-1, 1)];
  let position = 0;
  for (let i = 0; i < size; i++) {
    position += random.integer(1, 2);
    x.push(Rational.of(position, 2));
    const y = Rational.of(slope * position + bend * position * position, 2 + size).add(
      Rational.of(random.integer(-2, 2)),
    );
    lower.push(y.subtract(Rational.of(wide)));
    upper.push(y.add(Rational.of(random.integer(0, 2) * wide)));
  }
  const limits = random.integer(0, 3);
  const s = Rational.of(random.integer(-3, 1));
  return {
    problem: makeProblem(datasetFromArrays({ x, lower, upper })),
    shape: {
      minSlope: limits % 2 === 1 ? s : null,
      maxSlope: limits >= 2 ? s.add(Rational.of(random.integer(0, 5), 2)) : null,
      curvature:
        limits > 0 && random.integer(0, 2) > 0 ? null : random.integer(0, 1) === 0 ? 'convex' : 'concave',
    },
  };
}

/** Random windows around a function of a random shape. */
export function feasibleShaped(seed: number, size: number): { problem: Problem; shape: Shape } {
  const random = createRandom(seed);
  const kind = random.integer(1, 7);
  const [least, most] = [random.integer(-2, 0), random.integer(0, 2)];
  const curvature = (kind & 4) === 0 ? null : random.integer(0, 1) === 0 ? 'convex' : 'concave';
  const slopes = Array.from({ length: size }, () =>
    random.integer((kind & 1) === 0 ? -8 : 2 * least, (kind & 2) === 0 ? 8 : 2 * most),
  );
  if (curvature !== null) slopes.sort((a, b) => (curvature === 'convex' ? a - b : b - a));
  let [position, height] = [0, Rational.zero];
  const [x, lower, upper]: [Rational[], Rational[], Rational[]] = [[], [], []];
  for (const slope of slopes) {
    const step = random.integer(1, 3);
    position += step;
    height = height.add(Rational.of(slope * step, 2));
    x.push(Rational.of(position));
    lower.push(height.subtract(Rational.of(random.integer(0, 2))));
    upper.push(height.add(Rational.of(random.integer(0, 2))));
  }
  return {
    problem: makeProblem(datasetFromArrays({ x, lower, upper })),
    shape: {
      minSlope: (kind & 1) === 0 ? null : Rational.of(least),
      maxSlope: (kind & 2) === 0 ? null : Rational.of(most),
      curvature,
    },
  };
}

/** The fewest knots of a function of the shape, by exhaustive search with linear programs; null: there is none. */
export function fewestKnotsOfShape({ inputs, lower, upper, size }: Problem, shape: Shape): number | null {
  const all = (column: typeof lower) => Array.from({ length: size }, (_, i) => column.value(i));
  return fewestKnotsByLines(all(inputs[0]!), all(lower), all(upper), shape);
}

/** Fails to say yes where f leaves a window or the shape. */
export function isOfShape(
  { inputs, lower, upper, size }: Problem,
  shape: Shape,
  f: PiecewiseLinear,
): boolean {
  const x = Array.from({ length: size }, (_, i) => inputs[0]!.value(i));
  const inWindows = evaluateSorted(f, x).every(
    (value, i) => lower.value(i).compare(value) <= 0 && value.compare(upper.value(i)) <= 0,
  );
  let slope = f.slope;
  const slopes = [slope, ...f.knots.map(({ slopeChange }) => (slope = slope.add(slopeChange)))];
  return (
    inWindows &&
    slopes.every((s) => (shape.minSlope?.compare(s) ?? 0) <= 0 && s.compare(shape.maxSlope ?? s) <= 0) &&
    f.knots.every(
      ({ slopeChange }) =>
        shape.curvature === null || slopeChange.sign() === (shape.curvature === 'convex' ? 1 : -1),
    )
  );
}

/** Compares random instances with exhaustive search. */
export function compareShapes(
  seed: number,
  instances: number,
  most: number,
): { optimal: number; infeasible: number; wrong: number[] } {
  const seen = { optimal: 0, infeasible: 0, wrong: [] as number[] };
  for (let k = 0; k < instances; k++) {
    const { problem, shape } = randomShaped(100_000 * seed + k, most);
    const solution = sparsestOfShape(problem, shape);
    seen[solution.status]++;
    const fewest = fewestKnotsOfShape(problem, shape);
    if (fewest !== (solution.status === 'infeasible' ? null : solution.knots)) seen.wrong.push(k);
    else if (solution.status === 'optimal' && !isOfShape(problem, shape, solution.function))
      seen.wrong.push(k);
  }
  return seen;
}
