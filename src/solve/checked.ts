import type { Certificate } from '../certificate/certificate.js';
import type { ThresholdClaim, ThresholdProof } from '../certificate/threshold.js';
import { checkStatement, type Statement } from '../checker/check.js';
import { checkingStatement, checkingUniqueness } from '../checker/in-steps.js';
import type { Verdict } from '../checker/verdict.js';
import type { LpMinimizer } from '../lp-norm/minimize.js';
import { InternalError } from '../problem/internal-error.js';
import type { Problem } from '../problem/problem.js';
import type { StatementCheck } from '../verified/verified-check.js';
import { type Answer, type ClaimingAnswer, certify, claimOf } from './answer.js';
import { lpStatement } from './lp-minimum.js';
import type { Solution } from './solve.js';

/** The checker rejects what this program was about to claim: a fault of the program, not of the data. */
export class CheckFailure extends InternalError {
  constructor(
    /** Name of the broken rule, as in FORMAT.md. */
    readonly rule: string,
    readonly reason: string,
  ) {
    super(
      `the answer did not pass its own check, rule ${rule}: ${reason}. Nothing is claimed; please report this with the data`,
    );
  }
}

/**
 * Hands a solution to the independent checker, in this process and before anyone reads it. The commands call it on whatever they print
 * as proved; a program that calls `solve` itself decides.
 *
 * @param read what will be read of the solution: its network, which is then checked as it stands, or only the bounds. For one input and
 * skip affine these are checked by pieces, without writing the network out: a million points take a fraction of a second.
 * @returns what is proved, in words
 * @throws CheckFailure when the checker rejects the solution
 */
export function checked(
  problem: Problem,
  solution: Solution,
  read: 'network' | 'bounds' = 'network',
  by: StatementCheck = checkStatement,
): string {
  const claim = claimOf(solution);
  const { proof } = solution;
  if (solution.status === 'infeasible') return accepted(problem, { claim, proof }, by);
  const { pieces } = solution;
  return accepted(
    problem,
    read === 'network' || pieces === null
      ? { claim, network: solution.network, proof }
      : { claim, pieces, proof },
    by,
  );
}

/**
 * The same for a minimiser of the l^p path norm.
 * @returns false when nothing is claimed of it
 * @throws CheckFailure when the checker rejects it
 */
export function checkedMinimizer(problem: Problem, minimizer: LpMinimizer): boolean {
  const statement = lpStatement(minimizer);
  if (statement !== null) accepted(problem, statement);
  return statement !== null;
}

/**
 * The certificate of an answer, which the checker has accepted as it stands: in the form in which it will be written.
 * @param sha256 the hash of the problem, when it is known already
 * @returns null when the answer claims nothing
 * @throws CheckFailure when the checker rejects it
 */
export function checkedCertificate(
  problem: Problem,
  answer: ClaimingAnswer,
  sha256?: string,
  by?: StatementCheck,
): Certificate;
export function checkedCertificate(problem: Problem, answer: Answer, sha256?: string): Certificate | null;
export function checkedCertificate(
  problem: Problem,
  answer: Answer,
  sha256?: string,
  by?: StatementCheck,
): Certificate | null {
  const certificate = certify(problem, answer, sha256);
  if (certificate !== null) accepted(problem, certificate, by);
  return certificate;
}

/**
 * The same for any statement with its proof.
 * @param by the check: that of src/checker, or the one that is extracted from the proofs
 * @throws CheckFailure when the checker rejects it
 */
export function accepted(
  problem: Problem,
  statement: Statement,
  by: StatementCheck = checkStatement,
): string {
  return statementOrFailure(by(problem, statement));
}

/**
 * The same in steps, for a check that may be left: then nothing is known about the statement.
 * @yields the share of the check that is done
 * @throws CheckFailure when the checker rejects the statement
 */
export function* acceptedInSteps(problem: Problem, statement: Statement): Generator<number, string, void> {
  return statementOrFailure(yield* checkingStatement(problem, statement));
}

/**
 * The same for what a claim about p* says of uniqueness, when all else in it has been accepted.
 * @throws CheckFailure when the checker rejects it
 */
export function* uniquenessAcceptedInSteps(
  problem: Problem,
  claim: ThresholdClaim,
  proof: ThresholdProof,
): Generator<number, string, void> {
  return statementOrFailure(yield* checkingUniqueness(problem, claim, proof));
}

/** @throws CheckFailure when the checker rejects */
export function statementOrFailure(verdict: Verdict): string {
  if (!verdict.accepted) throw new CheckFailure(verdict.rule, verdict.reason);
  return verdict.statement;
}
