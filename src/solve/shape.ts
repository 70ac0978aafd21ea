import type { ShapeText } from '../certificate/shape.js';
import type { Statement } from '../checker/check.js';
import { knotValuesOf } from '../knots/knot-values.js';
import type { ShapedSolution } from '../knots/shapes.js';
import type { Problem } from '../problem/problem.js';
import type { Shape } from '../problem/shape.js';

/** The sparsest function of a shape, or why there is none. */
export interface ShapeAnswer {
  readonly kind: 'shape';
  readonly shape: Shape;
  readonly solution: ShapedSolution;
}

/** A shape in the form that certificates hold. */
export function shapeText({ minSlope, maxSlope, curvature }: Shape): ShapeText {
  return {
    ...(minSlope === null ? {} : { minSlope: minSlope.toString() }),
    ...(maxSlope === null ? {} : { maxSlope: maxSlope.toString() }),
    ...(curvature === null ? {} : { curvature }),
  };
}

/** What it claims. */
export function shapeStatement(problem: Problem, { shape, solution }: ShapeAnswer): Statement {
  const claim = { kind: 'shape', shape: shapeText(shape) } as const;
  if (solution.status === 'infeasible')
    return { claim, proof: { kind: 'shape-conflict', points: solution.points } };
  const { knots, witnesses } = solution;
  return {
    claim: { ...claim, lowerBound: knots, upperBound: knots },
    function: knotValuesOf(solution.function, problem),
    proof: { kind: 'witnesses', witnesses },
  };
}
