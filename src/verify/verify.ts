import type { Certificate } from '../certificate/certificate.js';
import type { DecimalEnclosure } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { finish, type Steps } from '../exact/steps.js';
import { networkForSkip } from '../knots/architecture.js';
import { functionOfVertex } from '../knots/family.js';
import type { LpMinimizer } from '../lp-norm/minimize.js';
import { type Dataset, type DatasetArrays, datasetFromArrays, hasWindows } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { countNeurons, type Network, type Skip, skipOf } from '../problem/network.js';
import { fromNetwork } from '../problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import type { SearchObserver } from '../search/search.js';
import { checked, checkedCertificate, checkedMinimizer } from '../solve/checked.js';
import type { ModelAnswer } from '../solve/model.js';
import { type BoundedSolution, type Solution, type SolveOptions, solve } from '../solve/solve.js';
import { plural, shown } from '../text/format.js';
import { type CanonicalForm, canonicalForm, surplusNeurons } from './canonical-form.js';
import { type ClauseResult, familyClauses } from './family-membership.js';
import { LpOptimalQuestion } from './lp-optimal.js';
import { nearestSparsestVertex } from './nearest-vertex.js';
import { type ClaimName, type ExactOptions, type VerifyOptions, verifyOptions } from './options.js';
import { distanceFrom, largestResidual, type Residual } from './residuals.js';
import { type Minimum, sparsity } from './sparsest.js';
import { type NetworkInput, restrictTo, trainedNetwork } from './trained-network.js';
import { decidedVertex, type VertexDecision } from './vertex-claim.js';

/** Whether a claim holds. 'undecided' only where a proved bracket, or the digits of an enclosure, do not decide it. */
export type Holds = boolean | 'undecided';

interface ClaimBase {
  readonly holds: Holds;
  /** One sentence for a person: what was found, and why that fails. */
  readonly message: string;
}

/** The largest residual is at most the tolerance. */
export interface InterpolatesClaim extends ClaimBase {
  readonly claim: 'interpolates';
  readonly holds: boolean;
  /** The largest residual. */
  readonly measured: Rational;
  /** The tolerance; 0 for windows that came with the data, from which residuals are measured. */
  readonly required: Rational;
  readonly worst: Residual;
}

/** The active neurons are as few as a network of the architecture can have. */
export interface SparsestClaim extends ClaimBase {
  readonly claim: 'sparsest';
  /** Active neurons. */
  readonly measured: number;
  /** Proved bounds of the minimum; null when no network fits at all. */
  readonly required: Minimum | null;
}

/** The l^p path norm is within the gap of the exact minimum. */
export interface LpOptimalClaim extends ClaimBase {
  readonly claim: 'lp-optimal';
  readonly p: Rational;
  readonly gap: Rational;
  /** The cost of the model. */
  readonly measured: DecimalEnclosure;
  /** The exact minimum (with an affine skip). */
  readonly required: DecimalEnclosure;
}

/** The function lies, up to the tolerance, in the family S. */
export interface TheoremClaim extends ClaimBase {
  readonly claim: 'theorem-3.1';
  readonly holds: boolean;
  /** How many clauses hold. */
  readonly measured: number;
  /** How many there are. */
  readonly required: number;
  readonly clauses: readonly ClauseResult[];
}

/** No direction keeps the outputs on the data while weights change: what every l^p minimiser, 0 < p < 1, fulfils. */
export interface VertexClaimResult extends ClaimBase {
  readonly claim: 'vertex';
  /** Nonzero products v w_i that cost. */
  readonly measured: number;
  /** How many can at most be independent on the data: a vertex has no more. */
  readonly required: number;
  /** How it was decided; null when it was not. */
  readonly by: 'counting' | 'direction' | 'full-rank' | null;
}

export type Claim = InterpolatesClaim | SparsestClaim | LpOptimalClaim | TheoremClaim | VertexClaimResult;

/** An exact network to put in the place of the model. */
export interface Repair {
  readonly network: Network;
  /** `nearest-vertex`: the sparsest function of S whose knots are nearest to the model's; `solver`: the solver's own network. */
  readonly kind: 'nearest-vertex' | 'solver';
  /** Neurons of the network. */
  readonly neurons: number;
  /** True when no network of the architecture can have fewer, false when only a bracket is proved. */
  readonly sparsest: boolean;
}

/** What was found about a trained network. What the solver proved for it has passed its check. */
export interface Verification {
  /** True when every claim holds, false when one fails, else 'undecided'. */
  readonly holds: Holds;
  readonly claims: readonly Claim[];
  /** The question the model was measured against. */
  readonly problem: Problem;
  readonly skip: Skip;
  readonly activeThreshold: Rational;
  /** The model, exactly. */
  readonly network: Network;
  /** Neurons that count, and neurons that can go. */
  readonly form: CanonicalForm;
  /**
   * The model, what was measured and the proof of the minimum it was held to, for the independent checker: behind `sparsest`, or, when that
   * was not claimed, behind `lp-optimal`, or else about `vertex`. Null when none was, or when nothing is proved.
   * @param sha256 the hash of `problem`, when it is known already
   */
  certificate(sha256?: string): Certificate | null;
  /**
   * Finds the exact sparsest network nearest in structure; null when no network fits at all. Asks the solver when `sparsest` was not
   * claimed.
   */
  repair(): Promise<Repair | null>;
}

/** What may end the searches of `verify` before they are done, and what follows them. */
export interface VerifyLimits {
  /** Asked every few milliseconds of a search; true ends it with the bracket reached. */
  readonly shouldStop: () => boolean;
  readonly observer: SearchObserver;
  /** Takes the steps of another computation; null when it was ended before it was done. */
  take<T>(steps: Steps<T>): Promise<{ readonly value: T } | null>;
}

const NO_LIMITS: VerifyLimits = {
  shouldStop: () => false,
  observer: {},
  take: async (steps) => ({ value: finish(steps) }),
};

/** The exit code of `sparsest verify`: 0 all claims hold, 1 some fails, 3 some is undecided and none fails. */
export function exitCode({ holds }: Pick<Verification, 'holds'>): 0 | 1 | 3 {
  return holds === 'undecided' ? 3 : holds ? 0 : 1;
}

/**
 * Holds a trained network against the truth.
 *
 * Everything is exact: weights given as doubles mean their exact values, residuals and products are rationals, minima are proved. What
 * "fits" means is the same for all claims: within `tolerance` of every label, or inside every window that came with the data.
 *
 * @param limits what may end the searches early, and what follows them
 * @param network the model; its architecture (affine skip, output bias, none) is the one among which it is to be sparsest
 * @throws InputError when model and data do not fit together, an option is out of range, or a claim does not apply
 * @throws CheckFailure when the checker rejects what the solver proved
 */
export async function verify(
  network: NetworkInput,
  data: Dataset | DatasetArrays,
  options: Partial<VerifyOptions> = {},
  limits: VerifyLimits = NO_LIMITS,
): Promise<Verification> {
  const exact = verifyOptions(options);
  const dataset = 'describeRow' in data ? data : datasetFromArrays(data);
  const trained = trainedNetwork(network);
  const model = trained.network;
  const skip = architecture(trained.network, trained.skip, exact.skip);
  if (model.inputDimension !== dataset.inputs.length) {
    throw new InputError(
      `${dataset.name}: expected ${plural(model.inputDimension, 'input')} as the model has, found ${dataset.inputs.length}; ` +
        'give the data the model was trained on',
    );
  }
  requireApplicable(exact.claims, dataset);
  const problem = makeProblem(dataset, exact.tolerance);
  const exactProblem = problem.exact || hasWindows(dataset) ? problem : null;
  const interpolation = () => exactProblem ?? makeProblem(dataset);
  const allowed = hasWindows(dataset) ? Rational.zero : exact.tolerance;
  let form = canonicalForm(model, skip, problem, exact.activeThreshold);
  let proved: Solution | null = null;
  let vertex: VertexDecision | null = null;
  let held: { bound: LpMinimizer; cost: DecimalEnclosure } | null = null;

  const claims: Claim[] = [];
  for (const claim of exact.claims) {
    switch (claim) {
      case 'interpolates': {
        claims.push(interpolates(largestResidual(model, dataset), allowed));
        break;
      }
      case 'sparsest': {
        const found = await solve(problem, solveOptions(skip, exact, limits));
        const residual = largestResidual(restrictTo(model, form.active), dataset);
        const result = sparsity(skip, form, residual, allowed, problem, found);
        proved = result.solution;
        checked(problem, proved, 'bounds');
        form = withSurplus(skip, problem, form, proved);
        claims.push({
          claim,
          holds: result.holds,
          measured: result.active,
          required: result.minimum,
          message: result.message,
        });
        break;
      }
      case 'lp-optimal': {
        const asked = new LpOptimalQuestion(model, skip, interpolation(), exact.p!, exact.lpGap);
        const taken = await limits.take(asked.steps());
        const result = taken === null ? asked.atLimit() : taken.value;
        if (result.minimizer !== null && checkedMinimizer(interpolation(), result.minimizer))
          held = { bound: result.minimizer, cost: result.cost };
        claims.push({
          claim,
          holds: result.holds,
          p: exact.p!,
          gap: exact.lpGap,
          measured: result.cost,
          required: result.minimum,
          message: result.message,
        });
        break;
      }
      case 'vertex': {
        vertex = decidedVertex(problem, model, skip);
        const { verdict, products, message } = vertex;
        claims.push({
          claim,
          holds: verdict.holds,
          measured: products,
          required: verdict.independent,
          by: verdict.holds === 'undecided' ? null : verdict.proof.kind,
          message,
        });
        break;
      }
      case 'theorem-3.1': {
        const clauses = familyClauses(
          interpolation(),
          fromNetwork(model),
          exact.tolerance,
          skip,
          exact.activeThreshold,
        );
        claims.push(theorem(clauses, exact.tolerance));
        break;
      }
    }
  }
  const some = (holds: Holds) => claims.some((claim) => claim.holds === holds);
  return {
    holds: some(false) ? false : some('undecided') ? 'undecided' : true,
    claims,
    problem,
    skip,
    activeThreshold: exact.activeThreshold,
    network: model,
    form,
    certificate(sha256) {
      const bound = proved === null ? held : { bound: proved, cost: null };
      if (bound === null) return vertex?.certificate(sha256) ?? null;
      const asked = proved === null ? interpolation() : problem;
      const answer: ModelAnswer = {
        kind: 'model',
        model,
        distance: distanceFrom(asked, model),
        active: form.active.length,
        activeThreshold: exact.activeThreshold,
        ...bound,
      };
      return checkedCertificate(asked, answer, asked === problem ? sha256 : undefined);
    },
    async repair() {
      const solution = proved ?? (await solve(problem, solveOptions(skip, exact, limits)));
      if (solution.status === 'infeasible') {
        checked(problem, solution);
        return null;
      }
      const repair = repaired(model, form, problem, skip, solution);
      checked(problem, { ...solution, network: repair.network });
      return repair;
    },
  };
}

function solveOptions(
  skip: Skip,
  { timeLimit }: ExactOptions,
  { shouldStop, observer }: VerifyLimits,
): Partial<SolveOptions> {
  const limit = timeLimit === null ? {} : { timeLimit };
  return { objective: 'neurons', skip, shouldStop, observer, ...limit };
}

/** The architecture that is asked about must contain the model. */
function architecture(network: Network, built: Skip, asked: Skip | null): Skip {
  const own = skipOf(network);
  if (asked === null) return built;
  if (asked !== 'affine' && own !== 'none' && own !== asked) {
    throw new InputError(
      `skip: the model has ${own === 'affine' ? 'an affine skip' : 'an output bias'}, so it is not a network with skip ${asked}; ` +
        `leave the option out or give ${own}`,
    );
  }
  return asked;
}

/** lp-optimal and theorem-3.1 speak of labels and one input. */
function requireApplicable(claims: readonly ClaimName[], dataset: Dataset): void {
  for (const claim of claims) {
    if (claim !== 'lp-optimal' && claim !== 'theorem-3.1') continue;
    if (dataset.inputs.length !== 1) {
      throw new InputError(
        `${dataset.name}: the claim ${claim} is about one input, found ${dataset.inputs.length}; leave it out`,
      );
    }
    if (hasWindows(dataset)) {
      throw new InputError(
        `${dataset.name}: the claim ${claim} is about labels, and these data bring windows (lower, upper); leave it out`,
      );
    }
  }
}

function interpolates(worst: Residual, allowed: Rational): InterpolatesClaim {
  const { residual, where, value, label, window } = worst;
  const holds = residual.compare(allowed) <= 0;
  const x = worst.x.length === 1 ? ` (x = ${shown(worst.x[0]!)})` : '';
  const aim =
    label !== null
      ? `the label is ${shown(label)}`
      : `the window is [${shown(window![0])}, ${shown(window![1])}]`;
  let message: string;
  if (residual.isZero()) {
    message = label !== null ? 'every label is met exactly' : 'every window is met';
  } else if (holds) {
    message = `the largest residual is ${shown(residual)}, at ${where}${x}; ${shown(allowed)} is allowed`;
  } else {
    const over = allowed.isZero()
      ? ''
      : `, ${shown(residual.subtract(allowed))} more than the allowed ${shown(allowed)}`;
    message = `${where}${x}: the network gives ${shown(value)}, ${aim}: it is off by ${shown(residual)}${over}`;
  }
  return { claim: 'interpolates', holds, measured: residual, required: allowed, worst, message };
}

function theorem(clauses: readonly ClauseResult[], tolerance: Rational): TheoremClaim {
  const broken = clauses.filter(({ holds }) => holds === false);
  const upTo = tolerance.isZero() ? '' : `, up to ${shown(tolerance)}`;
  return {
    claim: 'theorem-3.1',
    holds: broken.length === 0,
    measured: clauses.filter(({ holds }) => holds === true).length,
    required: clauses.length,
    clauses,
    message:
      broken.length === 0
        ? `the function lies in the family S of Theorem 3.1${upTo}`
        : broken.map(({ clause, message }) => `${clause}: ${message}`).join('; '),
  };
}

/** Adds the bends that the proof leaves over, where there is one for every needed bend. */
function withSurplus(skip: Skip, problem: Problem, form: CanonicalForm, solution: Solution): CanonicalForm {
  if (problem.dimension !== 1 || skip !== 'affine' || solution.status === 'infeasible') return form;
  if (solution.proof.kind !== 'witnesses' || form.reduced <= solution.upperBound) return form;
  const surplus = surplusNeurons(problem, solution.proof.witnesses, form);
  return surplus === null ? form : { ...form, redundant: [...form.redundant, surplus] };
}

/** The nearest sparsest vertex where there is a choice of vertices (one input, exact labels), else the solver's own network. */
function repaired(
  model: Network,
  form: CanonicalForm,
  problem: Problem,
  skip: Skip,
  solution: BoundedSolution,
): Repair {
  const sparsest = solution.status === 'optimal';
  if (problem.dimension === 1 && solution.exact !== null) {
    const knots = fromNetwork(restrictTo(model, form.active)).knots;
    const vertex = nearestSparsestVertex(problem, solution.exact, knots);
    const f = functionOfVertex(problem, solution.exact.curvature, vertex);
    const x = problem.inputs[0]!;
    const network = networkForSkip(f, skip, x.value(0), x.value(problem.size - 1));
    if (countNeurons(network) === solution.upperBound) {
      return { network, kind: 'nearest-vertex', neurons: solution.upperBound, sparsest };
    }
  }
  const { network, upperBound } = solution;
  return { network, kind: 'solver', neurons: upperBound, sparsest };
}
