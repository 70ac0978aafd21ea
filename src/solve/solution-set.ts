import type { Statement } from '../checker/check.js';
import { piecesOfVertex, someSparsestVertex } from '../knots/family.js';
import type { ExactDetails } from '../knots/solve.js';
import type { Problem } from '../problem/problem.js';

/** All sparsest functions of S: of one input, exact labels and skip affine. */
export interface SparsestSet {
  readonly kind: 'sparsest-set';
  readonly exact: ExactDetails;
}

/** The set, and one of its functions. It bounds the knots as well, so it says all that is claimed of the minimum. */
export function setStatement(problem: Problem, { exact }: SparsestSet): Statement {
  const { curvature, runs, solutions } = exact;
  const { functions, vertices, free } = solutions;
  return {
    claim: {
      kind: 'solution-set',
      knots: runs.knots,
      functions: functions.toString(),
      vertices: vertices.toString(),
    },
    pieces: piecesOfVertex(curvature, someSparsestVertex(problem, runs)),
    proof: { kind: 'free-runs', runs: free.map(({ points: [first, last], sign }) => [first, last, sign]) },
  };
}
