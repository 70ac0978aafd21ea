import { firstLine } from '../knots/family.js';
import { slope } from '../knots/slopes.js';
import { InputError } from '../problem/input-error.js';
import type { Knot, PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { MilpBackend, MilpClaim } from './backends/milp.js';
import { type BreakpointModel, breakpointModel, indicatorColumn } from './model.js';
import { faultOf, type KnotQuestion } from './question.js';
import { type KnotRefutation, SIGNS } from './refutation.js';
import { type KnotProof, SupportSearch } from './support-search.js';

/** What a float solver said about the breakpoint model, and what came of it. */
export interface BackendReport {
  readonly name: string;
  readonly claim: MilpClaim['status'];
  /** The claimed optimum; null unless the claim is "optimal" and its value a whole number but for rounding. */
  readonly claimedKnots: number | null;
  /** Knots of the claimed support after its exact solution; null when there is no support or nothing fits on it. */
  readonly verifiedKnots: number | null;
  /** "disagrees": the claim contradicts something proved. Such a claim is reported and never used. */
  readonly verdict: 'agrees' | 'disagrees' | 'not compared';
  /** One sentence. */
  readonly explanation: string;
  readonly seconds: number;
}

/**
 * The answer to a knot question. Functions have been verified by exact evaluation; every lower bound has a proof for the limit given here,
 * as the checker reads it. Nothing depends on the float solver being right.
 */
export type BreakpointResult = { readonly backend: BackendReport; readonly seconds: number } & (
  | {
      status: 'optimal';
      knots: number;
      function: PiecewiseLinear;
      /** No function of the question has at most knots - 1 knots. */
      proof: KnotProof;
    }
  /** Only with maxKnots: a function within it, not known to be the sparsest. */
  | {
      status: 'feasible';
      lowerBound: number;
      upperBound: number;
      function: PiecewiseLinear;
      proof: KnotProof;
    }
  /** Time was up: the least number of knots is in [lowerBound, upperBound]; no function is known when that is null. */
  | {
      status: 'bracket';
      lowerBound: number;
      upperBound: number | null;
      function: PiecewiseLinear | null;
      /** For the limit lowerBound - 1. */
      proof: KnotProof;
    }
  /**
   * No function, with any number of knots: `reason` refutes the set of all candidates (`knotsForcedBy` returns no knot).
   */
  | { status: 'infeasible'; limit: null; reason: KnotRefutation }
  /** No function with at most `limit` = maxKnots knots; the proof is for that limit. */
  | { status: 'infeasible'; limit: number; proof: KnotProof }
);

export interface BreakpointOptions {
  /** Wall-clock seconds for everything, > 0; the float solver gets at most half. */
  timeLimitSeconds: number;
  /** Called whenever a bound gets better. */
  progress: (reached: BoundsReached) => void;
}

export const BREAKPOINT_DEFAULTS: BreakpointOptions = { timeLimitSeconds: 60, progress: () => {} };

/** What the float solver gets twice of when time is up. */
const LEAST_SECONDS = 0.01;

/** What is known at some moment: a function and a proved lower bound. */
export interface BoundsReached {
  readonly lower: number;
  /** No function of the question has at most lower - 1 knots. */
  readonly proof: KnotProof;
  /** The best function known, verified; with maxKnots it is within it. */
  readonly best: PiecewiseLinear | null;
}

/** What is known of a question before it is looked at: the function that joins the dots, where it is allowed. */
export function boundsAtStart(question: KnotQuestion): BoundsReached {
  const dots = question.problem.exact ? joinTheDots(question.problem) : null;
  const fits = dots !== null && faultOf(question, dots) === null;
  const within = fits && dots.knots.length <= (question.maxKnots ?? Number.POSITIVE_INFINITY);
  return { lower: 0, proof: { refutations: [], branch: null }, best: within ? dots : null };
}

/** The answer of a search that was ended from outside: what it had reached. */
export function resultAtLimit(
  question: KnotQuestion,
  { best, lower, proof }: BoundsReached,
  backend: string,
  reason: string,
  seconds: number,
): BreakpointResult {
  return {
    ...undecided(best, lower, proof, question.maxKnots),
    backend: {
      name: backend,
      claim: 'undecided',
      claimedKnots: null,
      verifiedKnots: null,
      verdict: 'not compared',
      explanation: `it made no claim: ${reason}`,
      seconds,
    },
    seconds,
  };
}

function joinTheDots(problem: Problem): PiecewiseLinear {
  const knots: Knot[] = [];
  for (let i = 1; i < problem.size - 1; i++) {
    const slopeChange = slope(problem, i).subtract(slope(problem, i - 1));
    if (!slopeChange.isZero()) knots.push({ at: problem.inputs[0]!.value(i), slopeChange });
  }
  return { ...firstLine(problem), knots };
}

/**
 * Answers a knot question: a float solver proposes a support on the breakpoint model; the support is solved in rationals
 * and verified by exact evaluation; an exact branch and bound proves the lower bound, and finds the answer itself where the
 * solver erred.
 *
 * @throws InputError when the backend's optional package is missing
 */
export async function solveByBreakpoints(
  question: KnotQuestion,
  backend: MilpBackend,
  options: Partial<BreakpointOptions> = {},
): Promise<BreakpointResult> {
  const { timeLimitSeconds, progress } = { ...BREAKPOINT_DEFAULTS, ...options };
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const search = new SupportSearch(question, () => elapsed() > timeLimitSeconds);

  // The exact bound first: whatever the float solver does with the time, it is there.
  const start = boundsAtStart(question);
  progress(start);
  const root = search.rootBound();
  if (root !== null) progress({ lower: root.bound, proof: root.proof, best: start.best });

  const model = breakpointModel(question);
  const asked = elapsed();
  const claim = await claimOf(backend, model, Math.max(LEAST_SECONDS, timeLimitSeconds - asked) / 2);
  const backendSeconds = elapsed() - asked;
  const proposal = functionOfClaim(question, search, claim);
  const outcome = answer(question, search, proposal, start, root, progress);
  const report = judge(model, claim, proposal, outcome);
  return {
    ...outcome,
    backend: { name: backend.name, ...report, seconds: backendSeconds },
    seconds: elapsed(),
  };
}

/** A solver that breaks down has claimed nothing; only a missing package is the user's to mend. */
async function claimOf(
  backend: MilpBackend,
  model: BreakpointModel,
  timeLimitSeconds: number,
): Promise<MilpClaim> {
  try {
    return await backend.solve(model.milp, { timeLimitSeconds });
  } catch (error) {
    if (error instanceof InputError) throw error;
    return { status: 'undecided', reason: `it failed: ${(error as Error).message}`, values: null };
  }
}

type Outcome = BreakpointResult extends infer R
  ? R extends BreakpointResult
    ? Omit<R, 'backend' | 'seconds'>
    : never
  : never;

/** The function on the claimed support: exactly solved and evaluated, or null when there is none. */
function functionOfClaim(
  question: KnotQuestion,
  search: SupportSearch,
  claim: MilpClaim,
): PiecewiseLinear | null {
  if (claim.status !== 'optimal' && claim.status !== 'undecided') return null;
  const { values } = claim;
  if (values === null) return null;
  const support = Uint8Array.from(question.candidates, (_, t) =>
    values[indicatorColumn(question, t)]! > 0.5 ? SIGNS.either : SIGNS.none,
  );
  const fit = search.fit(support);
  return fit.status === 'fits' && faultOf(question, fit.function) === null ? fit.function : null;
}

function answer(
  question: KnotQuestion,
  search: SupportSearch,
  proposal: PiecewiseLinear | null,
  start: BoundsReached,
  root: { readonly bound: number; readonly proof: KnotProof } | null,
  progress: BreakpointOptions['progress'],
): Outcome {
  const limit = question.maxKnots;
  let { lower, proof } = root === null ? start : { lower: root.bound, proof: root.proof };
  let best = fewer(proposal, start.best);
  const report = (): void => progress({ lower, proof, best: isWithin(best, limit) ? best : null });
  report();
  if (best === null) {
    const everywhere = search.fit(new Uint8Array(question.candidates.length).fill(SIGNS.either));
    if (everywhere.status === 'refuted') {
      return { status: 'infeasible', limit: null, reason: everywhere.refutation };
    }
    best = checked(question, everywhere.function);
  }
  if (!isWithin(best, limit)) best = null;
  report();
  if (root === null) return undecided(best, lower, proof, limit);
  if (limit !== null) {
    // Feasibility only: one search, at the limit itself.
    if (lower > limit) return { status: 'infeasible', limit, proof };
    if (best === null) {
      const outcome = search.atMost(limit);
      if (outcome.status === 'none') {
        return { status: 'infeasible', limit, proof: outcome.proof };
      }
      if (outcome.status === 'stopped') return undecided(null, lower, proof, limit);
      best = checked(question, outcome.function);
    }
    return undecided(best, lower, proof, limit);
  }
  // From the lower bound upward: the first limit that is not refuted is the optimum.
  while (best === null || lower < best.knots.length) {
    const outcome = search.atMost(lower);
    if (outcome.status === 'stopped') return undecided(best, lower, proof, limit);
    if (outcome.status === 'found') best = checked(question, outcome.function);
    else {
      proof = outcome.proof;
      lower++;
    }
    report();
  }
  return { status: 'optimal', knots: best.knots.length, function: best, proof };
}

function isWithin(f: PiecewiseLinear | null, limit: number | null): boolean {
  return f !== null && f.knots.length <= (limit ?? Number.POSITIVE_INFINITY);
}

function fewer(a: PiecewiseLinear | null, b: PiecewiseLinear | null): PiecewiseLinear | null {
  return a === null || (b !== null && b.knots.length < a.knots.length) ? b : a;
}

/** What is known so far, as the strongest status it supports. */
function undecided(
  best: PiecewiseLinear | null,
  lower: number,
  proof: KnotProof,
  limit: number | null,
): Outcome {
  if (best !== null && best.knots.length === lower) {
    return { status: 'optimal', knots: lower, function: best, proof };
  }
  const upperBound = best?.knots.length ?? null;
  if (best !== null && limit !== null) {
    return { status: 'feasible', lowerBound: lower, upperBound: best.knots.length, function: best, proof };
  }
  return { status: 'bracket', lowerBound: lower, upperBound, function: best, proof };
}

/** A function of the exact search that fails evaluation is a defect of this program. */
function checked(question: KnotQuestion, f: PiecewiseLinear): PiecewiseLinear {
  const fault = faultOf(question, f);
  if (fault !== null)
    throw new Error(`the exact search returned a function that fails verification: ${fault}`);
  return f;
}

/** Holds the claim against what is proved. */
function judge(
  model: BreakpointModel,
  claim: MilpClaim,
  proposal: PiecewiseLinear | null,
  outcome: Outcome,
): Omit<BackendReport, 'name' | 'seconds'> {
  const claimedKnots = claim.status === 'optimal' ? wholeNumber(claim.objective) : null;
  const verifiedKnots = proposal?.knots.length ?? null;
  const report = (verdict: BackendReport['verdict'], explanation: string): ReturnType<typeof judge> => ({
    claim: claim.status,
    claimedKnots,
    verifiedKnots,
    verdict,
    explanation,
  });
  const guessed = model.boundFrom === 'guess';
  const box = guessed ? `, among slope changes of at most ${model.bound} (no valid bound is known),` : '';

  if (claim.status === 'undecided') return report('not compared', `it made no claim: ${claim.reason}`);
  if (claim.status === 'unbounded') {
    return report('disagrees', 'it calls the model unbounded, but a count of knots is at least 0');
  }
  if (claim.status === 'infeasible') {
    if (outcome.status === 'infeasible') return report('agrees', 'it finds no function either');
    if (!('function' in outcome) || outcome.function === null) {
      return report('not compared', `it finds no function${box} and none is known`);
    }
    const found = `it finds no function${box} but one with ${outcome.function.knots.length} knots is verified`;
    return report(guessed ? 'not compared' : 'disagrees', found);
  }
  if (claimedKnots === null) {
    return report('disagrees', `it claims the optimum ${claim.objective}, which is no number of knots`);
  }
  if (outcome.status === 'infeasible') {
    return report('disagrees', `it claims ${claimedKnots} knots, but that there is no function is proved`);
  }
  if (proposal === null) {
    return report(
      'disagrees',
      `it claims ${claimedKnots} knots, but no function fits exactly on the knots it names`,
    );
  }
  const lower = outcome.status === 'optimal' ? outcome.knots : outcome.lowerBound;
  const upper = outcome.status === 'optimal' ? outcome.knots : outcome.upperBound;
  if (claimedKnots < lower) {
    return report('disagrees', `it claims ${claimedKnots} knots${box} but at least ${lower} are needed`);
  }
  if (upper !== null && claimedKnots > upper) {
    const fewer = `it claims that ${claimedKnots} knots are the fewest${box} but a function with ${upper} is verified`;
    return report(guessed ? 'not compared' : 'disagrees', fewer);
  }
  if (outcome.status === 'optimal')
    return report('agrees', `it claims ${claimedKnots} knots, and that is proved`);
  return report(
    'not compared',
    `it claims ${claimedKnots} knots; proved is ${lower} to ${upper ?? 'unknown'}`,
  );
}

/** Solvers return integers with an error of this much at most, or they have not solved the model. */
const INTEGRALITY = 1e-5;

function wholeNumber(objective: number): number | null {
  const nearest = Math.round(objective);
  return Math.abs(objective - nearest) <= INTEGRALITY ? Math.max(0, nearest) : null;
}
