import type { Certificate, Objective, Proof } from '../certificate/certificate.js';
import { problemHash } from '../data/canonical.js';
import { InputError } from '../data/input-error.js';
import type { Network, Skip } from '../data/network.js';
import type { PiecewiseLinear } from '../data/piecewise-linear.js';
import type { Problem } from '../data/problem.js';
import { type ExactDetails, solveUnivariate } from '../univariate/solve.js';

/** Which algorithm answers. `auto` takes the closed form where there is one and the search elsewhere. */
export type Engine = 'auto' | 'runs' | 'milp' | 'search';

export interface SolveOptions {
  readonly objective: Objective;
  /** Default: affine for one input, none for several. */
  readonly skip?: Skip;
  readonly engine: Engine;
}

export const SOLVE_DEFAULTS: SolveOptions = { objective: 'neurons', engine: 'auto' };

/** The answer to one problem: optimal, a bracket that is not closed, or the proof that nothing fits. */
export type Solution = BoundedSolution | InfeasibleSolution;

export interface BoundedSolution {
  readonly status: 'optimal' | 'bracket';
  readonly objective: Objective;
  readonly skip: Skip;
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Exact network with upperBound; written out when first read. */
  readonly network: Network;
  /** One input: the function of the network on the data; written out when first read. */
  readonly function: PiecewiseLinear | null;
  /** One input and exact labels: curvature, runs and the limit vertex. */
  readonly exact: ExactDetails | null;
  readonly proof: Proof;
  readonly provedBy: string;
}

export interface InfeasibleSolution {
  readonly status: 'infeasible';
  /** Two rows with equal inputs whose windows do not meet. */
  readonly rows: readonly [string, string];
  readonly proof: Proof;
  readonly provedBy: string;
}

/** The skip that is meant when none is given. */
export function defaultSkip(problem: Problem): Skip {
  return problem.dimension === 1 ? 'affine' : 'none';
}

/**
 * The sparsest network through all windows of a problem.
 * @throws InputError when the engine does not answer the question asked
 */
export async function solve(problem: Problem, options: Partial<SolveOptions> = {}): Promise<Solution> {
  const { objective, engine, skip = defaultSkip(problem) } = { ...SOLVE_DEFAULTS, ...options };
  if (problem.emptyWindow !== null) {
    return {
      status: 'infeasible',
      rows: problem.emptyWindow.rows,
      proof: { kind: 'empty-window', point: problem.emptyWindow.point },
      provedBy: 'two windows at one input that do not meet',
    };
  }
  if (problem.dimension > 1 || objective === 'parameters' || engine === 'search' || engine === 'milp') {
    throw new InputError(`no engine for ${objective} with ${problem.dimension} inputs`);
  }
  const solution = solveUnivariate(problem, skip);
  return {
    status: solution.lowerBound === solution.upperBound ? 'optimal' : 'bracket',
    objective,
    skip,
    lowerBound: solution.lowerBound,
    upperBound: solution.upperBound,
    exact: solution.exact,
    get proof() {
      return solution.proof;
    },
    provedBy: problem.exact ? 'runs' : 'windows',
    get network() {
      return solution.network;
    },
    get function() {
      return solution.function;
    },
  };
}

/**
 * The certificate of a solution: problem hash, claim, network and proof.
 * @param sha256 the hash of the problem, when it is known already
 */
export function certify(problem: Problem, solution: Solution, sha256 = problemHash(problem)): Certificate {
  const identity = { sha256, tolerance: problem.tolerance.toString() };
  if (solution.status === 'infeasible') {
    return { problem: identity, claim: { kind: 'infeasible' }, proof: solution.proof };
  }
  const { objective, skip, lowerBound, upperBound, network, proof } = solution;
  return {
    problem: identity,
    claim: { kind: 'minimum', objective, skip, lowerBound, upperBound },
    network,
    proof,
  };
}
