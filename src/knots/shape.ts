import { Rational } from '../exact/rational.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { slope } from './slopes.js';

/** Three properties of a piecewise-linear function or of data, exact. A constant is all of increasing, decreasing, and so on. */
export interface Shape {
  /** Largest absolute slope. */
  readonly lipschitz: Rational;
  /** Nondecreasing. */
  readonly increasing: boolean;
  /** Nonincreasing. */
  readonly decreasing: boolean;
  readonly convex: boolean;
  readonly concave: boolean;
}

/** The shape of a function on the whole line. */
export function shapeOfFunction(f: PiecewiseLinear): Shape {
  const slopes = [f.slope];
  for (const { slopeChange } of f.knots) slopes.push(slopes.at(-1)!.add(slopeChange));
  return shapeOfSlopes(slopes);
}

/** The shape of exact data: that of the function that joins the dots. */
export function shapeOfData(problem: Problem): Shape {
  if (problem.size < 2) return shapeOfSlopes([Rational.zero]);
  return shapeOfSlopes(Array.from({ length: problem.size - 1 }, (_, i) => slope(problem, i)));
}

function shapeOfSlopes(slopes: readonly Rational[]): Shape {
  let lipschitz = Rational.zero;
  let [increasing, decreasing, convex, concave] = [true, true, true, true];
  slopes.forEach((s, i) => {
    if (lipschitz.lessThan(s.abs())) lipschitz = s.abs();
    if (s.sign() < 0) increasing = false;
    if (s.sign() > 0) decreasing = false;
    const order = i === 0 ? 0 : s.compare(slopes[i - 1]!);
    if (order < 0) convex = false;
    if (order > 0) concave = false;
  });
  return { lipschitz, increasing, decreasing, convex, concave };
}

/** Which of the three properties of the data a function keeps; see `shapeKept`. */
export interface ShapeKept {
  /** The shape of the data. */
  readonly data: Shape;
  /** Its Lipschitz constant is the least that any interpolant can have. */
  readonly leastLipschitz: boolean;
  /** Monotone where the data are; true when the data are not monotone. */
  readonly monotone: boolean;
  /** Convex or concave where the data are; true when the data are neither. */
  readonly curved: boolean;
}

/**
 * Compares a function with its exact data. All three hold for every function of the family S of Theorem 3.1, so the
 * sparsest interpolant needs no extra knot to have them: between two points its slopes lie between neighbouring slopes
 * s_i of the data, while any interpolant has mean slope s_i on gap i and so a Lipschitz constant of at least max |s_i|.
 */
export function shapeKept(problem: Problem, f: PiecewiseLinear): ShapeKept {
  const data = shapeOfData(problem);
  const own = shapeOfFunction(f);
  return {
    data,
    leastLipschitz: own.lipschitz.equals(data.lipschitz),
    monotone: (!data.increasing || own.increasing) && (!data.decreasing || own.decreasing),
    curved: (!data.convex || own.convex) && (!data.concave || own.concave),
  };
}
