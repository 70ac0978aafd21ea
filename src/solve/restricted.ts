import type { KnotTreeNode } from '../certificate/restricted.js';
import { type Integer, writeInteger } from '../certificate/search-proof.js';
import type { Statement } from '../checker/check.js';
import { knotValuesOf } from '../knots/knot-values.js';
import { countFewestKnots, type KnotCount } from '../knots/solve.js';
import { InputError } from '../problem/input-error.js';
import { type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { isUnrestricted, type Question, type Restriction } from '../problem/question.js';
import { BACKEND_NAMES, milpBackend } from '../restricted/backends/backends.js';
import type { MilpBackend } from '../restricted/backends/milp.js';
import { type KnotQuestion, makeKnotQuestion } from '../restricted/question.js';
import type { KnotRefutation } from '../restricted/refutation.js';
import { type BoundsReached, type BreakpointResult, solveByBreakpoints } from '../restricted/solver.js';
import type { KnotProof } from '../restricted/support-search.js';
import { SOLVE_DEFAULTS } from './solve.js';

/** The answer of the breakpoint model, with the second opinion of a MILP solver. */
export interface RestrictedSolution {
  readonly kind: 'restricted';
  /** The question with its candidate knots filled in. */
  readonly asked: KnotQuestion;
  readonly result: BreakpointResult;
  /** A bracket: which limit ended the search. */
  readonly ended: 'time limit' | 'stopped' | null;
  /** The best function known; null when there is none. */
  readonly function: PiecewiseLinear | null;
  /** The bounds on the number of knots that the result proves; null when no function fits. */
  readonly bounds: { readonly lower: number; readonly upper: number | null } | null;
  /** The closed form, when nothing is forbidden. */
  readonly counted: KnotCount | null;
  /** What is claimed, with its evidence. */
  readonly statement: Statement;
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

/** Kept, so that a program that asks many questions starts one thread for each solver. */
const backends = new Map<string, MilpBackend>();

function backendOfName(name: string): MilpBackend {
  const backend = backends.get(name) ?? milpBackend(name);
  backends.set(name, backend);
  return backend;
}

/** What is spent on a question, and what watches. */
export interface RestrictedOptions {
  /** Name of the MILP solver; null for the usual one. */
  readonly backend: string | null;
  /** Seconds; then the bracket reached is returned. */
  readonly timeLimit: number;
  /**
   * Aborted: the bracket reached is returned at once. With a signal the whole search runs in a thread, which is ended when it is aborted or
   * time is up; without one it runs in the calling thread, and looks at the clock between linear programs.
   */
  readonly signal: AbortSignal;
  /** Called whenever a bound gets better. */
  readonly progress: (reached: BoundsReached) => void;
}

/**
 * The fewest knots under a restriction, by the breakpoint model; nothing depends on the MILP solver being right.
 * @throws InputError when the question is none for this model, or the optional package of the backend is missing
 */
export async function solveRestricted(
  problem: Problem,
  restriction: Restriction,
  options: Partial<RestrictedOptions> = {},
): Promise<RestrictedSolution> {
  const { backend = null, timeLimit = SOLVE_DEFAULTS.timeLimit, progress = () => {} } = options;
  if (problem.open !== undefined)
    throw new InputError(
      'the breakpoint model expects windows with both ends; with --knots-on leave out --engine milp and --max-slope-change',
    );
  const asked = makeKnotQuestion(problem, restriction);
  const name = backend ?? BACKEND_NAMES[0]!;
  const { signal } = options;
  let result: BreakpointResult;
  if (signal === undefined) {
    result = await solveByBreakpoints(asked, backendOfName(name), { timeLimitSeconds: timeLimit, progress });
  } else {
    const { solveInThread } = await import('../restricted/search-thread.js');
    result = await solveInThread(asked, name, { timeLimitSeconds: timeLimit, signal, progress });
  }
  const stopped = signal?.aborted === true;
  const f = result.status === 'infeasible' ? null : result.function;
  const counted = isUnrestricted(restriction) ? countFewestKnots(problem) : null;
  // A limit on the number of knots alone asks about all functions, and the closed form bounds those.
  const isFree = restriction.knotsOn === null && restriction.maxSlopeChange === null;
  return {
    kind: 'restricted',
    asked,
    result,
    ended: result.status !== 'bracket' ? null : stopped ? 'stopped' : 'time limit',
    function: f,
    bounds: boundsOf(result),
    counted,
    statement: isFree
      ? unrestrictedStatement(result, counted ?? countFewestKnots(problem), f)
      : restrictedStatement(asked, result, f),
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

/** What the breakpoint model says about a question without limits on positions and slopes, with the witnesses of the closed form as the proof. */
function unrestrictedStatement(
  result: BreakpointResult,
  { knots, witnesses }: KnotCount,
  f: PiecewiseLinear | null,
): Statement {
  const shown = result.status === 'infeasible' ? (result.limit ?? 0) + 1 : boundsOf(result)!.lower;
  const lowerBound = Math.max(knots, shown);
  const claim = { kind: 'minimum', objective: 'neurons', skip: 'affine', lowerBound } as const;
  const proof = { kind: 'witnesses', witnesses } as const;
  if (f === null) return { claim, proof };
  const network = toNetwork(f);
  return { claim: { ...claim, upperBound: network.neurons.length }, network, proof };
}

/** The same among functions with knots at the candidate positions. */
function restrictedStatement(
  { problem, candidates, maxSlopeChange }: KnotQuestion,
  result: BreakpointResult,
  f: PiecewiseLinear | null,
): Statement {
  const claim = {
    kind: 'restricted',
    positions: candidates.map(String),
    ...(maxSlopeChange === null ? {} : { maxSlopeChange: maxSlopeChange.toString() }),
  } as const;
  if (result.status === 'infeasible' && result.limit === null) {
    const nodes = [{ branch: null, refutations: [written(result.reason)] }];
    return { claim, proof: { kind: 'knot-tree', nodes } };
  }
  const lowerBound = result.status === 'infeasible' ? result.limit + 1 : boundsOf(result)!.lower;
  const proof = { kind: 'knot-tree', nodes: nodesOf(result.proof) } as const;
  if (f === null) return { claim: { ...claim, lowerBound }, proof };
  return {
    claim: { ...claim, lowerBound, upperBound: f.knots.length },
    function: knotValuesOf(f, problem),
    proof,
  };
}

/** The tree in preorder. */
function nodesOf(proof: KnotProof): KnotTreeNode[] {
  const nodes: KnotTreeNode[] = [];
  const visit = ({ refutations, branch }: KnotProof): void => {
    nodes.push({ branch: branch?.refutation ?? null, refutations: refutations.map(written) });
    for (const child of branch?.children ?? []) visit(child);
  };
  visit(proof);
  return nodes;
}

function written({ points, weights }: KnotRefutation): Integer[] {
  return points.flatMap((point, k) => [point, writeInteger(weights[k]!)]);
}
