import type { Certificate } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import type { LpMinimumClaim, PricesProof } from '../certificate/lp-minimum.js';
import { checkLpTiling } from '../checker/lp-minimum.js';
import { verdictOf } from '../checker/verdict.js';
import type { LpMinimizer } from '../lp-norm/minimize.js';
import type { Problem } from '../problem/problem.js';
import { accepted, statementOrFailure } from './checked.js';

/** What `minimizeLp` found, as a claim with its proof; the function itself is in the minimiser. */
export interface LpStatement {
  readonly claim: LpMinimumClaim;
  readonly proof: PricesProof;
}

/** null when a tie could not be told from a difference: then the function may not be a minimiser by a hair. */
export function lpStatement(minimizer: LpMinimizer): LpStatement | null {
  const { p, unique, sparsest, prices, costBracket } = minimizer;
  if (prices === null || unique === 'undecided') return null;
  return {
    claim: {
      kind: 'lp-minimum',
      p: p.toString(),
      lower: costBracket.lower.toString(),
      upper: costBracket.upper.toString(),
      sparsest,
      unique,
    },
    proof: {
      kind: 'prices',
      shares: prices.shares,
      ...(prices.other === null ? {} : { other: prices.other }),
    },
  };
}

/**
 * Hands the statement to the independent checker, in this process and before anyone reads it, with the places of the knots in place of the
 * function: that takes less time than writing out the function.
 * @throws CheckFailure when the checker rejects it
 */
export function checkedLp(problem: Problem, minimizer: LpMinimizer, { claim, proof }: LpStatement): string {
  return statementOrFailure(verdictOf(() => checkLpTiling(problem, claim, proof, minimizer.places)));
}

/**
 * The certificate, which the checker has accepted as it stands: with the function.
 * @param sha256 the hash of the problem, when it is known already
 * @throws CheckFailure when the checker rejects it
 */
export function lpCertificate(
  problem: Problem,
  minimizer: LpMinimizer,
  { claim, proof }: LpStatement,
  sha256?: string,
): Certificate {
  const certificate = { problem: identityOf(problem, sha256), claim, function: minimizer.values, proof };
  accepted(problem, certificate);
  return certificate;
}
