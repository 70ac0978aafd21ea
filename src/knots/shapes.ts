import type { Rational } from '../exact/rational.js';
import { fromLines, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { Shape } from '../problem/shape.js';
import { withoutFalls } from './flatten.js';
import { type Tightened, tightened } from './tightened.js';
import { fewestKnotsThroughWindows, lineOfChain } from './windows.js';

/** The sparsest function of a shape, with the witnesses of its knots; or the points that no function of the shape serves. */
export type ShapedSolution =
  | {
      readonly status: 'optimal';
      readonly knots: number;
      readonly witnesses: Int32Array;
      readonly function: PiecewiseLinear;
    }
  | { readonly status: 'infeasible'; readonly points: readonly number[] };

/**
 * The fewest knots of a function of a shape through all windows. A shape costs no knots: where it is possible at all, as many are enough as
 * without it. The pass runs over windows that the limits on slopes have tightened; stretches that are too steep are then flattened.
 *
 * @param problem one input, no window empty
 */
export function sparsestOfShape(problem: Problem, shape: Shape): ShapedSolution {
  const tight = tightened(problem, shape);
  const { emptyWindow } = tight.problem;
  if (emptyWindow !== null) {
    const { point } = emptyWindow;
    const ends = [tight.lowerFrom.earliest[point]!, tight.upperFrom.earliest[point]!];
    return { status: 'infeasible', points: ends.sort((i, j) => i - j) };
  }
  const chain = fewestKnotsThroughWindows(tight.problem);
  const witnesses = onGivenWindows(chain.witnesses, tight);
  const wrong = shape.curvature === 'convex' ? -1 : shape.curvature === 'concave' ? 1 : 0;
  for (let w = 0; w < chain.knots; w++) {
    if (witnesses[4 * w] === wrong)
      return { status: 'infeasible', points: [...witnesses.subarray(4 * w + 1, 4 * w + 4)] };
  }
  const data = Array.from({ length: problem.size }, (_, i) => problem.inputs[0]!.value(i));
  let f = fromLines(Array.from({ length: chain.knots + 1 }, (_, j) => lineOfChain(tight.problem, chain, j)));
  const { minSlope, maxSlope } = shape;
  if (minSlope !== null) f = sheared(withoutFalls(sheared(f, minSlope, 1), data), minSlope.negate(), 1);
  if (maxSlope !== null) f = sheared(withoutFalls(sheared(f, maxSlope, -1), data), maxSlope, -1);
  return { status: 'optimal', knots: chain.knots, witnesses, function: f };
}

/** Side 1: f(x) - s x. Side -1: s x - f(x), which undoes itself. */
function sheared({ slope, intercept, knots }: PiecewiseLinear, s: Rational, side: 1 | -1): PiecewiseLinear {
  if (side === 1) return { slope: slope.subtract(s), intercept, knots };
  return {
    slope: s.subtract(slope),
    intercept: intercept.negate(),
    knots: knots.map(({ at, slopeChange }) => ({ at, slopeChange: slopeChange.negate() })),
  };
}

/** Witnesses on tightened windows with each end replaced by the one it comes from: the latest for a, the earliest for c. */
function onGivenWindows(witnesses: Int32Array, { lowerFrom, upperFrom }: Tightened): Int32Array {
  const moved = witnesses.slice();
  for (let w = 0; w < witnesses.length; w += 4) {
    const [outer, inner] = witnesses[w] === 1 ? [lowerFrom, upperFrom] : [upperFrom, lowerFrom];
    moved[w + 1] = outer.latest[witnesses[w + 1]!]!;
    moved[w + 2] = inner.latest[witnesses[w + 2]!]!;
    moved[w + 3] = outer.earliest[witnesses[w + 3]!]!;
  }
  return moved;
}
