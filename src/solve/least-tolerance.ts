import type { Statement } from '../checker/check.js';
import { knotValuesOf } from '../knots/knot-values.js';
import type { LeastTolerance } from '../knots/least-tolerance.js';
import { ANY_SHAPE, isAnyShape, type Shape } from '../problem/shape.js';
import { shapeText } from './shape.js';

/** The least tolerances of one or more budgets, which grow; of functions of a shape where one is given. */
export interface ToleranceAnswer {
  readonly kind: 'least-tolerance';
  readonly shape?: Shape;
  readonly steps: readonly LeastTolerance[];
}

/** What they claim, with their functions and the evidence against smaller ones. */
export function toleranceStatement({ steps, shape = ANY_SHAPE }: ToleranceAnswer): Statement {
  return {
    claim: {
      kind: 'least-tolerance',
      curve: steps.map(({ knots, tolerance, atLeast }) => ({
        knots,
        tolerance: tolerance.toString(),
        ...(atLeast.equals(tolerance) ? {} : { atLeast: atLeast.toString() }),
      })),
      ...(isAnyShape(shape) ? {} : { shape: shapeText(shape) }),
    },
    proof: {
      kind: 'least-tolerance',
      steps: steps.map(({ bound, pieces, windows, function: f }) =>
        pieces === null ? { bound, function: knotValuesOf(f, windows) } : { bound, pieces },
      ),
    },
  };
}
