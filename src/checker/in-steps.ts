import type { ThresholdClaim, ThresholdProof } from '../certificate/threshold.js';
import type { Problem } from '../problem/problem.js';
import { checkStatement, type Statement } from './check.js';
import { checkThresholdSeveral } from './threshold-several.js';
import { checkingThresholdClaim, checkUniqueClaim } from './threshold-unique.js';
import { rejected, type Verdict } from './verdict.js';

/**
 * `checkStatement` in steps, for checks that last (claims about p*).
 * @yields the share of the work that is done: there the check may be left, and nothing is known
 */
export function* checkingStatement(problem: Problem, statement: Statement): Generator<number, Verdict, void> {
  const { claim } = statement;
  if (claim.kind === 'threshold-several')
    return yield* judged(checkThresholdSeveral(problem, statement, claim));
  if (claim.kind !== 'threshold') return checkStatement(problem, statement);
  return yield* judged(checkingThresholdClaim(problem, statement, claim));
}

/** The same for what a claim about p* says of uniqueness, when all else in it has been accepted. */
export function checkingUniqueness(
  problem: Problem,
  claim: ThresholdClaim,
  proof: ThresholdProof,
): Generator<number, Verdict, void> {
  return judged(checkUniqueClaim(problem, claim, proof));
}

function* judged(steps: Generator<number, string, void>): Generator<number, Verdict, void> {
  try {
    return { accepted: true, statement: yield* steps };
  } catch (error) {
    return rejected(error);
  }
}
