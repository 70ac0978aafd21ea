import type { LpMinimumSeveralClaim } from '../certificate/lp-minimum-several.js';
import type { ThresholdSeveralClaim } from '../certificate/threshold-several.js';
import { finish } from '../exact/steps.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { checkLpMinimumSeveral } from './lp-minimum-several.js';
import { checkThresholdSeveral } from './threshold-several.js';

/** The claims about path norms of several inputs, and of one without a free line. */
export function checkSeveral(
  problem: Problem,
  statement: Statement,
  claim: LpMinimumSeveralClaim | ThresholdSeveralClaim,
): string {
  return claim.kind === 'lp-minimum-several'
    ? checkLpMinimumSeveral(problem, statement, claim)
    : finish(checkThresholdSeveral(problem, statement, claim));
}
