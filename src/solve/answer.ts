import type { Certificate, InfeasibleClaim, MinimumClaim } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import type { Statement } from '../checker/check.js';
import type { LpMinimizer } from '../lp-norm/minimize.js';
import type { Threshold } from '../lp-norm/threshold.js';
import type { PathNormMinimum } from '../path-norm/minimum.js';
import type { ThresholdSeveral } from '../path-norm/threshold.js';
import { problemHash } from '../problem/canonical.js';
import type { Problem } from '../problem/problem.js';
import { type ToleranceAnswer, toleranceStatement } from './least-tolerance.js';
import { lpStatement } from './lp-minimum.js';
import { type ModelAnswer, modelClaim, type VertexAnswer, vertexStatement } from './model.js';
import { pathNormStatement, thresholdSeveralStatement } from './path-norm.js';
import type { PatternsAnswer } from './patterns.js';
import { type PositionsAnswer, positionsStatement } from './positions.js';
import type { RestrictedSolution } from './restricted.js';
import { type ShapeAnswer, shapeStatement } from './shape.js';
import { type SparsestSet, setStatement } from './solution-set.js';
import type { Solution } from './solve.js';

/**
 * What is known about one question: the closed union over all that can be asked. `kind` says what was asked; each answer carries its evidence.
 * Whoever prints, writes or checks an answer takes it through `statementOf` or `certify`.
 */
export type Answer =
  | Solution
  | SparsestSet
  | RestrictedSolution
  | PositionsAnswer
  | LpMinimizer
  | Threshold
  | PathNormMinimum
  | ThresholdSeveral
  | PatternsAnswer
  | ToleranceAnswer
  | ShapeAnswer
  | ModelAnswer
  | VertexAnswer;

/** Answers that claim something, whatever is in them: at least the bounds reached. */
export type ClaimingAnswer =
  | Solution
  | SparsestSet
  | RestrictedSolution
  | PositionsAnswer
  | Threshold
  | PathNormMinimum
  | ToleranceAnswer
  | ShapeAnswer;

/**
 * What an answer claims of its problem, with the evidence, in the form that certificates hold.
 * @returns null when it claims nothing: a minimiser that a tie leaves open, an incomplete list, a verdict that is undecided
 */
export function statementOf(problem: Problem, answer: ClaimingAnswer): Statement;
export function statementOf(problem: Problem, answer: Answer): Statement | null;
export function statementOf(problem: Problem, answer: Answer): Statement | null {
  switch (answer.kind) {
    case 'sparsest':
      return solutionStatement(answer);
    case 'sparsest-set':
      return setStatement(problem, answer);
    case 'restricted':
      return answer.statement;
    case 'positions':
      return positionsStatement(answer);
    case 'least-tolerance':
      return toleranceStatement(answer);
    case 'shape':
      return shapeStatement(problem, answer);
    case 'lp-minimum':
      return lpStatement(answer);
    case 'threshold':
      return { claim: answer.claim, proof: answer.proof };
    case 'path-norm':
      return pathNormStatement(answer);
    case 'threshold-several':
      return thresholdSeveralStatement(answer);
    case 'vertex':
      return vertexStatement(answer);
    case 'patterns': {
      const { found, nodes } = answer;
      if (!found.complete || nodes === null) return null;
      const claim = { kind: 'patterns', count: found.patterns.length } as const;
      return { claim, proof: { kind: 'pattern-tree', nodes } };
    }
    case 'model': {
      const bound = statementOf(problem, answer.bound);
      return bound === null
        ? null
        : { ...bound, claim: modelClaim(answer, bound.claim), model: answer.model };
    }
  }
}

/**
 * The certificate of an answer: the name of the problem, and what is claimed with its evidence.
 * @param sha256 the hash of the problem, when it is known already
 * @returns null when the answer claims nothing, see `statementOf`
 */
export function certify(problem: Problem, answer: ClaimingAnswer, sha256?: string): Certificate;
export function certify(problem: Problem, answer: Answer, sha256?: string): Certificate | null;
export function certify(problem: Problem, answer: Answer, sha256 = problemHash(problem)): Certificate | null {
  const statement = statementOf(problem, answer);
  return statement === null ? null : { problem: identityOf(problem, sha256), ...statement };
}

/** What a solution claims. */
export function claimOf(solution: Solution): MinimumClaim | InfeasibleClaim {
  if (solution.status === 'infeasible') return { kind: 'infeasible' };
  const { objective, skip, lowerBound, upperBound } = solution;
  return { kind: 'minimum', objective, skip, lowerBound, upperBound };
}

/** Lines through points of the data, or the values at the knots, say the same as the network in less room, and a checker is quicker with them. */
function solutionStatement(solution: Solution): Statement {
  const claim = claimOf(solution);
  const { proof } = solution;
  if (solution.status === 'infeasible') return { claim, proof };
  if (solution.pieces !== null) return { claim, pieces: solution.pieces, proof };
  if (solution.values !== null) return { claim, function: solution.values, proof };
  return { claim, network: solution.network, proof };
}
