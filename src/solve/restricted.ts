import type { Statement } from '../checker/check.js';
import { countFewestKnots, type KnotCount } from '../knots/solve.js';
import { InputError } from '../problem/input-error.js';
import { type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { isUnrestricted, type Question, type Restriction } from '../problem/question.js';
import { BACKEND_NAMES, milpBackend } from '../restricted/backends/backends.js';
import { type KnotQuestion, makeKnotQuestion } from '../restricted/question.js';
import { type BreakpointResult, solveByBreakpoints } from '../restricted/solver.js';
import { SOLVE_DEFAULTS } from './solve.js';

/** The answer of the breakpoint model, with the second opinion of a MILP solver. */
export interface RestrictedSolution {
  /** The question with its candidate knots filled in. */
  readonly asked: KnotQuestion;
  readonly result: BreakpointResult;
  /** The best function known; null when there is none. */
  readonly function: PiecewiseLinear | null;
  /** The bounds on the number of knots that the result proves; null when no function fits. */
  readonly bounds: { readonly lower: number; readonly upper: number | null } | null;
  /** The closed form, when nothing is forbidden. */
  readonly counted: KnotCount | null;
  /** What is claimed, with its evidence, when nothing is forbidden; the format has no claims about restricted questions. */
  readonly statement: Statement | null;
}

/** Does the breakpoint model answer this question? */
export function isForBreakpoints({ engine, restriction }: Question): boolean {
  return engine === 'milp' || !isUnrestricted(restriction);
}

/** @throws InputError when the breakpoint model does not answer the question */
export function requireBreakpoints({ objective, skip, engine }: Question): void {
  if (objective === 'neurons' && (skip ?? 'affine') === 'affine' && (engine === 'milp' || engine === 'auto'))
    return;
  throw new InputError(
    'the breakpoint model (--engine milp, --knots-on, --max-slope-change, --max-knots) counts neurons with skip affine; ' +
      'leave out --objective parameters, --skip and other engines',
  );
}

/**
 * The fewest knots under a restriction, by the breakpoint model; nothing depends on the MILP solver being right.
 * @param backend name of the MILP solver; null for the usual one
 * @throws InputError when the question is none for this model, or the optional package of the backend is missing
 */
export async function solveRestricted(
  problem: Problem,
  restriction: Restriction,
  backend: string | null = null,
  timeLimit: number = SOLVE_DEFAULTS.timeLimit,
): Promise<RestrictedSolution> {
  const asked = makeKnotQuestion(problem, restriction);
  const milp = milpBackend(backend ?? BACKEND_NAMES[0]!);
  let result: BreakpointResult;
  try {
    result = await solveByBreakpoints(asked, milp, { timeLimitSeconds: timeLimit });
  } finally {
    await milp.close();
  }
  const f = result.status === 'infeasible' ? null : result.function;
  const counted = isUnrestricted(restriction) ? countFewestKnots(problem) : null;
  return {
    asked,
    result,
    function: f,
    bounds: boundsOf(result),
    counted,
    statement: counted === null ? null : unrestrictedStatement(result, counted, f),
  };
}

function boundsOf(result: BreakpointResult): RestrictedSolution['bounds'] {
  switch (result.status) {
    case 'optimal':
      return { lower: result.knots, upper: result.knots };
    case 'feasible':
    case 'bracket':
      return { lower: result.lowerBound, upper: result.upperBound };
    case 'infeasible':
      return null;
  }
}

/** What the breakpoint model says about an unrestricted question, with the witnesses of the closed form as the proof. */
function unrestrictedStatement(
  result: BreakpointResult,
  { knots, witnesses }: KnotCount,
  f: PiecewiseLinear | null,
): Statement {
  const lowerBound = Math.max(knots, boundsOf(result)?.lower ?? 0);
  const claim = { kind: 'minimum', objective: 'neurons', skip: 'affine', lowerBound } as const;
  const proof = { kind: 'witnesses', witnesses } as const;
  if (result.status === 'infeasible') return { claim: { kind: 'infeasible' }, proof };
  if (f === null) return { claim, proof };
  const network = toNetwork(f);
  return { claim: { ...claim, upperBound: network.neurons.length }, network, proof };
}

/** @throws InputError for a restricted question, about which the format of certificates has no claims */
export function requireCertifiable(isFree: boolean): void {
  if (isFree) return;
  throw new InputError(
    '--certificate: the format has no claims about restricted problems; the reason is printed, leave it out',
  );
}
