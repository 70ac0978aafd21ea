import type { Rational } from '../exact/rational.js';
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
  /** Slope changes that one has and the other has not, from left to right; what they share costs the same. */
  readonly sparsestOnly: readonly Rational[];
  readonly denserOnly: readonly Rational[];
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
  const sparsest = withTiling(crossing.sparsest);
  const denser = withTiling(crossing.denser);
  return {
    sparsest,
    denser,
    sparsestOnly: changesOnlyIn(sparsest, denser),
    denserOnly: changesOnlyIn(denser, sparsest),
  };
}

/** The slope changes of f without those of g, each as often as it is left over. */
function changesOnlyIn(f: PiecewiseLinear, g: PiecewiseLinear): Rational[] {
  const shared = new Map<string, number>();
  for (const { slopeChange } of g.knots) {
    const key = slopeChange.toString();
    shared.set(key, (shared.get(key) ?? 0) + 1);
  }
  return f.knots.flatMap(({ slopeChange }) => {
    const key = slopeChange.toString();
    const left = shared.get(key) ?? 0;
    if (left === 0) return [slopeChange];
    shared.set(key, left - 1);
    return [];
  });
}
