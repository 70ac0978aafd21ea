import { curvature } from '../knots/curvature.js';
import { functionOfVertex } from '../knots/family.js';
import { limitVertex } from '../knots/limit.js';
import { runsOf } from '../knots/runs.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { Threshold } from './threshold.js';
import { setTiling, type Tiling } from './tiling.js';

/** The two functions whose costs meet at p*. They differ in the run that decides. */
export interface Crossing {
  readonly sparsest: PiecewiseLinear;
  /** Becomes cheaper than every sparsest function at p*. */
  readonly denser: PiecewiseLinear;
}

/** The functions whose costs meet at p*; null when p* = 1. */
export function functionsThatCross(problem: Problem, { crossing }: Threshold): Crossing | null {
  if (crossing === undefined) return null;
  const signs = curvature(problem);
  const runs = runsOf(signs);
  const { side } = limitVertex(problem, runs);
  const withTiling = (tiling: Tiling) => {
    const vertex = side.slice();
    setTiling(vertex, crossing.point, runs.points[crossing.run]!, tiling);
    return functionOfVertex(problem, signs, vertex);
  };
  return { sparsest: withTiling(crossing.sparsest), denser: withTiling(crossing.denser) };
}
