import type { Statement } from '../checker/check.js';
import type { LeastTolerance } from '../knots/least-tolerance.js';

/** The least tolerances of one or more budgets, which grow. */
export interface ToleranceAnswer {
  readonly kind: 'least-tolerance';
  readonly steps: readonly LeastTolerance[];
}

/** What they claim, with their functions and the witnesses against smaller ones. */
export function toleranceStatement({ steps }: ToleranceAnswer): Statement {
  return {
    claim: {
      kind: 'least-tolerance',
      curve: steps.map(({ knots, tolerance }) => ({ knots, tolerance: tolerance.toString() })),
    },
    proof: {
      kind: 'least-tolerance',
      steps: steps.map(({ bound, pieces }) => ({ bound, pieces })),
    },
  };
}
