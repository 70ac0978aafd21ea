import type { Certificate } from '../certificate/certificate.js';
import type { Statement } from '../checker/check.js';
import { checkProblem } from '../checker/problem.js';
import { type Verdict, verdictOf } from '../checker/verdict.js';
import { canonicalText, type Sha256 } from '../problem/canonical.js';
import { InputError } from '../problem/input-error.js';
import type { Problem } from '../problem/problem.js';
import { statementText } from './statement-text.js';

/** A check of a statement about a problem, as `checkStatement` is one. */
export type StatementCheck = (problem: Problem, statement: Statement) => Verdict;

/**
 * The checker that is extracted from the proofs: what it accepts is true of the canonical text, by the theorem `verified` of
 * proofs/Main.v. It is loaded here and not before.
 *
 * The check that is returned throws InputError for a claim or a kind of proof that the proofs do not cover.
 */
export async function loadVerifiedCheck(): Promise<StatementCheck> {
  const { judge } = await import('../../proofs/verified.js');
  return (problem, statement) => {
    if (problem.open !== undefined)
      throw new InputError(
        'the proofs are about windows with two ends, some of these have one; leave --verified out',
      );
    const text = statementText(statement);
    if (text === null)
      throw new InputError(
        `the proofs cover minima by witnesses, by search and by points alone, infeasible windows, least tolerances and shapes; ` +
          `found a claim of kind ${statement.claim.kind} with a proof of kind ${statement.proof.kind}; leave --verified out`,
      );
    const verdict = judge([...canonicalText(problem)].join(''), text.join(''));
    if (verdict === 'accepted') return { accepted: true, statement: inWords(statement) };
    return {
      accepted: false,
      rule: 'verified',
      reason: `${verdict}; without --verified the broken rule is named`,
    };
  };
}

/**
 * The same for a certificate: that it is about this problem, by the hash, and then what it states.
 * @throws InputError when the proofs do not cover it
 */
export async function checkVerified(
  problem: Problem,
  certificate: Certificate,
  createSha256?: () => Sha256,
): Promise<Verdict> {
  const check = await loadVerifiedCheck();
  const named = verdictOf(() => {
    checkProblem(problem, certificate.problem, createSha256);
    return '';
  });
  return named.accepted ? check(problem, certificate) : named;
}

/** What is proved by an accepted statement. */
function inWords({ claim }: Statement): string {
  switch (claim.kind) {
    case 'minimum': {
      const { objective, skip, lowerBound, upperBound } = claim;
      const least = `every network with skip ${skip} through all windows has at least ${lowerBound} ${objective}`;
      return upperBound === undefined ? least : `${least}, and one has at most ${upperBound}`;
    }
    case 'least-tolerance':
      return claim.curve
        .map(({ knots, tolerance }) => `the least tolerance for ${knots} knots is ${tolerance}`)
        .join(', ');
    case 'shape':
      return claim.lowerBound === undefined
        ? 'no function of the shape passes through all windows'
        : `the fewest knots of a function of the shape through all windows is ${claim.lowerBound}`;
    default:
      return 'no function passes through all windows';
  }
}
