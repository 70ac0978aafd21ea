import type { Objective, Proof } from '../certificate/certificate.js';
import type { KnotValues } from '../certificate/knot-values.js';
import type { Pieces } from '../certificate/pieces.js';
import { solveOneInput } from '../facing/solve.js';
import { knotValuesOf } from '../knots/knot-values.js';
import type { ExactDetails } from '../knots/solve.js';
import { inOrderOfBreakpoints } from '../problem/breakpoints.js';
import { InputError } from '../problem/input-error.js';
import { countNeurons, countParameters, type Network, type Neuron, type Skip } from '../problem/network.js';
import { fromNetwork, type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { ProofStore } from '../search/proof-store.js';
import type { SearchObserver, SearchResult } from '../search/search.js';
import type { SearchCheckpoint } from '../search/search-state.js';
import { withKnown } from './architectures.js';

/** Which algorithm answers. `auto` takes the closed form where there is one and the exact search elsewhere. */
export type Engine = 'auto' | 'runs' | 'search';

export interface SolveOptions {
  readonly objective: Objective;
  /** Default: affine for one input, none for several. */
  readonly skip?: Skip;
  readonly engine: Engine;
  /** Seconds for the exact search; then the bracket reached is returned. */
  readonly timeLimit: number;
  /** Worker threads of the exact search (more than 1 only in Node). */
  readonly threads: number;
  /** Of the exact search; decides which of several networks is found, never a bound. */
  readonly seed: number;
  /** A network that the local search starts from, of any size and fit; null: none. */
  readonly start: Network | null;
  /** Asked every few milliseconds during the search; true ends it with the bracket reached. */
  readonly shouldStop: () => boolean;
  /** Where the proof of a search is put as it grows, while the answer is used; null: it stays in the heap. */
  readonly store: ProofStore | null;
  /** Keeps the state of a search, and where it goes on from; with its `store`. Null: nothing is kept. */
  readonly checkpoint: SearchCheckpoint | null;
  readonly observer: SearchObserver;
  /** Answers to the same question for other architectures: their bounds serve this one. */
  readonly known: readonly BoundedSolution[];
}

export const SOLVE_DEFAULTS: SolveOptions = {
  objective: 'neurons',
  engine: 'auto',
  timeLimit: 60,
  threads: 1,
  seed: 0,
  start: null,
  shouldStop: () => false,
  store: null,
  checkpoint: null,
  observer: {},
  known: [],
};

/** With one input and up to this many knots, `auto` lets the search close a bracket that the closed form leaves open. */
export const CLOSE_BY_SEARCH_UP_TO = 6;

/** The answer to one problem: optimal, a bracket that is not closed, or the proof that nothing fits. */
export type Solution = BoundedSolution | InfeasibleSolution;

export interface BoundedSolution {
  readonly kind: 'sparsest';
  readonly status: 'optimal' | 'bracket';
  readonly objective: Objective;
  readonly skip: Skip;
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Exact network with upperBound; written out when first read. */
  readonly network: Network;
  /** One input: the function of the network on the data; written out when first read. */
  readonly function: PiecewiseLinear | null;
  /** One input, skip affine, by the closed form: a function with upperBound knots, piece by piece; written out when first read. */
  readonly pieces: Pieces | null;
  /** One input, skip affine, neurons, by the search: the function by its values at the knots, as certificates hold it. */
  readonly values: KnotValues | null;
  /** One input and exact labels: curvature, runs and the limit vertex. */
  readonly exact: ExactDetails | null;
  readonly proof: Proof;
  readonly provedBy: string;
  /**
   * Objective parameters, exact labels: for almost every label vector on these inputs no network has fewer parameters. A
   * statement about almost all labels, not about these; null elsewhere.
   */
  readonly genericBound: number | null;
  /** A bracket with one input: why it is open, in words; null elsewhere. */
  readonly open: string | null;
  /** What the exact search did, when it was asked. */
  readonly search: Pick<SearchResult, 'ended' | 'nodes' | 'programs' | 'networkFrom'> | null;
}

export interface InfeasibleSolution {
  readonly kind: 'sparsest';
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
  const settings = { ...SOLVE_DEFAULTS, ...options };
  const { objective, engine } = settings;
  if (problem.emptyWindow !== null) {
    return {
      kind: 'sparsest',
      status: 'infeasible',
      rows: problem.emptyWindow.rows,
      proof: { kind: 'empty-window', point: problem.emptyWindow.point },
      provedBy: 'two windows at one input that do not meet',
    };
  }
  const skip = settings.skip ?? defaultSkip(problem);
  // Which neurons face left is decided for windows with both ends.
  const closedForm =
    problem.dimension === 1 && objective === 'neurons' && (skip === 'affine' || problem.open === undefined);
  if (engine === 'runs' && !closedForm) {
    throw new InputError(
      `the engine "runs" counts neurons of networks with one input, found ${objective} with ${problem.dimension} inputs; use the engine "search"`,
    );
  }
  return withKnown(problem, await answer(problem, skip, settings, closedForm), settings.known);
}

async function answer(
  problem: Problem,
  skip: Skip,
  settings: SolveOptions,
  closedForm: boolean,
): Promise<BoundedSolution> {
  const { engine } = settings;
  if (!closedForm) return bySearch(problem, skip, settings);
  if (engine === 'search') {
    // A second opinion that stands alone when it closes; what it leaves open the closed form narrows.
    const searched = await bySearch(problem, skip, settings);
    return searched.status === 'optimal' ? searched : tighter(byRuns(problem, skip, settings), searched);
  }
  const counted = byRuns(problem, skip, settings);
  if (counted.status === 'optimal' || engine === 'runs' || counted.lowerBound > CLOSE_BY_SEARCH_UP_TO)
    return counted;
  return tighter(counted, await bySearch(problem, skip, settings));
}

/** One input, neurons: the closed form. */
function byRuns(problem: Problem, skip: Skip, settings: SolveOptions): BoundedSolution {
  const { seed, timeLimit, shouldStop } = settings;
  const end = performance.now() + 1000 * timeLimit;
  const solution = solveOneInput(problem, skip, {
    seed,
    shouldStop: () => performance.now() >= end || shouldStop(),
  });
  return {
    kind: 'sparsest',
    status: solution.lowerBound === solution.upperBound ? 'optimal' : 'bracket',
    objective: 'neurons',
    skip,
    lowerBound: solution.lowerBound,
    upperBound: solution.upperBound,
    exact: solution.exact,
    get proof() {
      return solution.proof;
    },
    provedBy: solution.proof.kind === 'one-input' ? 'facings' : problem.exact ? 'runs' : 'windows',
    open: solution.open,
    get network() {
      return solution.network;
    },
    get function() {
      return solution.function;
    },
    get pieces() {
      return solution.pieces;
    },
    values: null,
    genericBound: null,
    search: null,
  };
}

async function bySearch(problem: Problem, skip: Skip, settings: SolveOptions): Promise<BoundedSolution> {
  const { objective, timeLimit, threads, seed, start, shouldStop, store, checkpoint, observer } = settings;
  // Most of the program, and nothing that one input with a free line needs.
  const { searchSparsest } = await import('../search/search.js');
  const result = await searchSparsest(problem, {
    objective,
    skip,
    timeLimit,
    threads,
    seed,
    start,
    shouldStop,
    store,
    checkpoint,
    observer,
  });
  const normal = withUnitWeights(result.network);
  // One input, neurons, skip affine: a neuron for every knot of the function. Else, of one input, in the order of breakpoints.
  const knots =
    problem.dimension === 1 && objective === 'neurons' && skip === 'affine' ? fromNetwork(normal) : null;
  const network = knots !== null ? toNetwork(knots) : inOrderOfBreakpoints(normal);
  const upperBound = objective === 'neurons' ? countNeurons(network) : countParameters(network);
  return {
    kind: 'sparsest',
    status: result.lowerBound === upperBound ? 'optimal' : 'bracket',
    objective,
    skip,
    lowerBound: result.lowerBound,
    upperBound,
    network,
    function: problem.dimension === 1 ? fromNetwork(network) : null,
    pieces: null,
    values: knots === null ? null : knotValuesOf(knots, problem),
    exact: null,
    proof: result.witnesses ?? result.proof,
    provedBy: result.witnesses === null ? 'search' : 'points on a line',
    open: null,
    genericBound: result.genericBound,
    search: {
      ended: result.ended,
      nodes: result.nodes,
      programs: result.programs,
      networkFrom: result.networkFrom,
    },
  };
}

/** The better lower bound with its proof, and the smaller network. */
function tighter(counted: BoundedSolution, searched: BoundedSolution): BoundedSolution {
  const lower = searched.lowerBound > counted.lowerBound ? searched : counted;
  const upper = searched.upperBound < counted.upperBound ? searched : counted;
  return {
    ...upper,
    status: lower.lowerBound === upper.upperBound ? 'optimal' : 'bracket',
    lowerBound: lower.lowerBound,
    proof: lower.proof,
    provedBy: lower.provedBy === upper.provedBy ? lower.provedBy : `${counted.provedBy} and search`,
    open: lower.lowerBound === upper.upperBound ? null : counted.open,
    exact: counted.exact,
    search: searched.search,
  };
}

/** The same function with the first nonzero input weight (or the bias) of every neuron +-1: (w, b, v) -> (w / t, b / t, v t). */
function withUnitWeights(network: Network): Network {
  const neurons = network.neurons.map(({ inputWeights, bias, outputWeight }): Neuron => {
    const first = inputWeights.find((weight) => !weight.isZero()) ?? bias;
    if (first.isZero()) return { inputWeights, bias, outputWeight };
    const t = first.abs();
    return {
      inputWeights: inputWeights.map((weight) => weight.divide(t)),
      bias: bias.divide(t),
      outputWeight: outputWeight.multiply(t),
    };
  });
  return { ...network, neurons };
}
