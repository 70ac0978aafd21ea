import type { Certificate, MinimumClaim, Objective, Proof } from '../certificate/certificate.js';
import type { Sha256 } from '../problem/canonical.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { checkFunction } from './function.js';
import { checkLeastTolerance } from './least-tolerance.js';
import { checkLpMinimum } from './lp-minimum.js';
import { checkModel } from './model.js';
import { checkNetwork } from './network.js';
import { checkOneInput } from './one-input.js';
import { checkPatterns } from './patterns.js';
import { checkPieces } from './pieces.js';
import { checkProblem } from './problem.js';
import { checkRestricted } from './restricted.js';
import { checkSearch } from './search.js';
import { checkSeveral } from './several.js';
import { checkShape } from './shape.js';
import { checkSolutionSet } from './solution-set.js';
import { checkThresholdClaim } from './threshold-unique.js';
import { guard, Rejection, type Verdict, verdictOf } from './verdict.js';
import { checkVertex } from './vertex.js';
import { checkWitnesses } from './witnesses.js';

/**
 * Checks a certificate against a problem that was read from its own file. Nothing in the certificate is believed.
 *
 * problem, certificate -> verdict, by the rules of FORMAT.md; the name of the first broken rule is returned.
 *
 * @param createSha256 a faster implementation of the hash, where there is one
 */
export function check(problem: Problem, certificate: Certificate, createSha256?: () => Sha256): Verdict {
  return verdictOf(() => {
    checkProblem(problem, certificate.problem, createSha256);
    return checkClaim(problem, certificate);
  });
}

/** What a certificate holds beside the name of its problem. */
export type Statement = Pick<Certificate, 'claim' | 'network' | 'function' | 'pieces' | 'proof' | 'model'>;

/**
 * Checks a statement about this very problem, before it is printed: every rule but those of problem.ts, which say which data
 * a file is about. No rule relies on them.
 */
export function checkStatement(problem: Problem, statement: Statement): Verdict {
  return verdictOf(() => checkClaim(problem, statement));
}

function checkClaim(problem: Problem, { model, ...statement }: Statement): string {
  const { claim } = statement;
  guard(
    problem.open === undefined || ['infeasible', 'minimum', 'restricted'].includes(claim.kind),
    'claim-open',
    () => `a claim ${claim.kind} is about windows with both ends`,
  );
  if (claim.kind === 'vertex') return checkVertex(problem, { model, ...statement }, claim);
  if (claim.kind === 'model')
    return `${checkModel(problem, model, claim)}; ${checkClaim(problem, { ...statement, claim: claim.bound })}`;
  guard(model === undefined, 'model-network', () => 'only a claim about a model comes with one');
  if (claim.kind === 'least-tolerance') return checkLeastTolerance(problem, statement, claim);
  guard(problem.weights === undefined, 'least-tolerance-weights', () => 'weights are about least tolerances');
  switch (claim.kind) {
    case 'infeasible':
      return checkInfeasible(problem, statement);
    case 'minimum':
      return checkMinimum(problem, statement, claim);
    case 'threshold':
      return checkThresholdClaim(problem, statement, claim);
    case 'lp-minimum':
      return checkLpMinimum(problem, statement, claim);
    case 'patterns':
      return checkPatterns(problem, statement, claim);
    case 'solution-set':
      return checkSolutionSet(problem, statement, claim);
    case 'shape':
      return checkShape(problem, statement, claim);
    case 'restricted':
      return checkRestricted(problem, statement, claim);
    default:
      return checkSeveral(problem, statement, claim);
  }
}

/** empty-window -> no function passes through all windows. */
function checkInfeasible(problem: Problem, statement: Statement): string {
  const { proof } = statement;
  guard(formsOf(statement) === 0, 'claim-network', () => 'an infeasible problem has no network');
  guard(proof.kind === 'empty-window', 'claim-proof', () => `proof ${proof.kind} shows no empty window`);
  const { point } = proof;
  guard(
    point >= 0 && point < problem.size && problem.upper.value(point).lessThan(problem.lower.value(point)),
    'empty-window',
    () => `there is no point ${point}, or its window is not empty`,
  );
  return 'no function passes through all windows: two rows with equal input exclude each other';
}

/** proof -> lower bound, network -> upper bound, both equal to what is claimed. */
function checkMinimum(problem: Problem, statement: Statement, claim: MinimumClaim): string {
  const { proof } = statement;
  const { objective, skip, lowerBound, upperBound } = claim;
  guard(problem.emptyWindow === null, 'claim-proof', () => 'a window is empty, so no network fits');
  const proved = checkLowerBound(problem, proof, objective, skip);
  guard(
    lowerBound === proved,
    'claim-lower-bound',
    () => `the claim is at least ${lowerBound} ${objective}, the proof shows ${proved}`,
  );
  const size = `${lowerBound} ${objective}`;
  const fit = fitInWords(problem);
  const counted = checkUpperBound(problem, statement, objective, skip);
  guard(
    (counted === null) === (upperBound === undefined),
    'claim-network',
    () => 'an upper bound and a network, function or pieces must come together',
  );
  if (upperBound === undefined) return `every network with skip ${skip} ${fit} has at least ${size}`;
  guard(
    counted === upperBound,
    'claim-upper-bound',
    () => `the claim is a network with ${upperBound} ${objective}, the network has ${counted}`,
  );
  guard(
    lowerBound <= upperBound,
    'claim-lower-bound',
    () => `bounds ${lowerBound} > ${upperBound} contradict each other`,
  );
  return lowerBound === upperBound
    ? `the fewest ${objective} of a network with skip ${skip} ${fit} is ${upperBound}; the network attains it`
    : `the fewest ${objective} of a network with skip ${skip} ${fit} is between ${lowerBound} and ${upperBound}; the network attains ${upperBound}`;
}

/** What a network must do, for the statement: a tolerance is part of what was proved. */
function fitInWords({ exact, tolerance }: Problem): string {
  if (!tolerance.isZero()) return `within ${tolerance} of the data`;
  return exact ? 'through the data' : 'through all windows';
}

/** How many of the forms of a network a statement holds. */
function formsOf({ network, function: values, pieces }: Statement): number {
  return [network, values, pieces].filter((form) => form !== undefined).length;
}

/** network, function or pieces -> its size; null when there is none. */
function checkUpperBound(
  problem: Problem,
  statement: Statement,
  objective: Objective,
  skip: Skip,
): number | null {
  const { network, function: values, pieces } = statement;
  guard(formsOf(statement) <= 1, 'claim-network', () => 'a network, a function and pieces stand alone');
  if (network !== undefined) return checkNetwork(problem, network, skip, objective);
  if (values === undefined && pieces === undefined) return null;
  guard(
    objective === 'neurons' && skip === 'affine',
    'claim-network',
    () => 'a function stands for a network only where neurons with skip affine are counted',
  );
  return values !== undefined ? checkFunction(problem, values) : checkPieces(problem, pieces!);
}

/** witnesses, one-input or search -> lower bound. */
function checkLowerBound(problem: Problem, proof: Proof, objective: Objective, skip: Skip): number {
  switch (proof.kind) {
    case 'witnesses':
      guard(objective === 'neurons', 'claim-proof', () => `witnesses bound neurons, not ${objective}`);
      return checkWitnesses(problem, proof, skip);
    case 'one-input':
      guard(problem.open === undefined, 'claim-open', () => 'cuts are about windows with both ends');
      return checkOneInput(problem, proof, objective, skip);
    case 'search':
      return checkSearch(problem, proof, objective, skip);
    default:
      throw new Rejection('claim-proof', `proof ${proof.kind} does not bound ${objective}`);
  }
}
