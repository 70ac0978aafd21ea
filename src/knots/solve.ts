import type { Proof } from '../certificate/certificate.js';
import type { Pieces } from '../certificate/pieces.js';
import type { Network } from '../problem/network.js';
import { fromLines, type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { curvature } from './curvature.js';
import { functionOfVertex, piecesOfVertex, someSparsestVertex } from './family.js';
import { type LimitVertex, limitVertex } from './limit.js';
import { fewestKnots, type Runs, runsOf } from './runs.js';
import { type ShapeKept, shapeKept } from './shape.js';
import { type SolutionSet, solutionSet } from './solution-set.js';
import { fewestKnotsThroughWindows, lineOfChain, piecesOfChain, type WindowChain } from './windows.js';

/** What is known about the sparsest network with one input. Bounds are on the number of neurons. */
export interface UnivariateSolution {
  readonly lowerBound: number;
  readonly upperBound: number;
  /**
   * A function with the fewest knots; for exact labels the limit of the l^p minimisers as p -> 0+. Written out in
   * rationals when first read: O(N), but far slower than the count.
   */
  readonly function: PiecewiseLinear;
  /** A network of the asked architecture with upperBound neurons. Written out when first read, too. */
  readonly network: Network;
  /** Skip affine: a function with upperBound knots piece by piece, without a rational. Written out when first read. */
  readonly pieces: Pieces | null;
  readonly proof: Proof;
  /** Exact labels only: the family S and its limit vertex. */
  readonly exact: ExactDetails | null;
}

/** What only exact labels have: the family S and its runs. */
export interface ExactDetails {
  readonly curvature: Int8Array;
  readonly runs: Runs;
  /** The limit of the l^p minimisers as p -> 0+; chosen when first read. */
  readonly limit: LimitVertex;
  /** All sparsest functions of S; described when first read. */
  readonly solutions: SolutionSet;
  /** What the function keeps of the shape of the data; O(N) rationals, compared when first read. */
  readonly shape: ShapeKept;
}

/** The count with its proof, before any network is written out: O(N) time, no rationals. */
export interface KnotCount {
  readonly knots: number;
  /** Four integers a witness: sign, a, b, c. Written out when first read. */
  readonly witnesses: Int32Array;
  readonly curvature: Int8Array | null;
  readonly runs: Runs | null;
  readonly chain: WindowChain | null;
}

/**
 * The fewest knots of a CPWL function through all windows, with witnesses. For exact labels the windows pass
 * degenerates to counting runs of curvature (two points span one line), which this does directly: the witnesses are every
 * other point of every run.
 * @param problem one input; emptyWindow must be null
 */
export function countFewestKnots(problem: Problem): KnotCount {
  if (!problem.exact) {
    const chain = fewestKnotsThroughWindows(problem);
    return { knots: chain.knots, witnesses: chain.witnesses, curvature: null, runs: null, chain };
  }
  const signs = curvature(problem);
  const runs = once(() => runsOf(signs));
  const witnesses = once(() => witnessesOfRuns(runs()));
  return {
    knots: fewestKnots(signs),
    curvature: signs,
    chain: null,
    get runs() {
      return runs();
    },
    get witnesses() {
      return witnesses();
    },
  };
}

/** (e_i, i-1, i, i+1) for every other point of every run. */
function witnessesOfRuns(runs: Runs): Int32Array {
  const witnesses = new Int32Array(4 * runs.knots);
  let w = 0;
  for (let r = 0; r < runs.count; r++) {
    const end = runs.first[r]! + runs.points[r]!;
    for (let i = runs.first[r]!; i < end; i += 2) {
      witnesses[w++] = runs.sign[r]!;
      witnesses[w++] = i - 1;
      witnesses[w++] = i;
      witnesses[w++] = i + 1;
    }
  }
  return witnesses;
}

/**
 * The sparsest network with one input and an affine skip: exact, with proof.
 * @param count the result of `countFewestKnots` for this problem
 */
export function solveUnivariate(
  problem: Problem,
  count: KnotCount = countFewestKnots(problem),
): UnivariateSolution {
  const exact = exactDetails(problem, count, () => f());
  const f = once(() => sparsestFunction(problem, count, exact));
  const network = once(() => toNetwork(f()));
  const pieces = once(() =>
    exact === null
      ? piecesOfChain(count.chain!, problem.size)
      : piecesOfVertex(exact.curvature, someSparsestVertex(problem, exact.runs)),
  );
  return {
    lowerBound: count.knots,
    upperBound: count.knots,
    get proof() {
      return { kind: 'witnesses' as const, witnesses: count.witnesses };
    },
    exact,
    get function() {
      return f();
    },
    get network() {
      return network();
    },
    get pieces() {
      return pieces();
    },
  };
}

function exactDetails(problem: Problem, count: KnotCount, f: () => PiecewiseLinear): ExactDetails | null {
  const { curvature } = count;
  if (curvature === null) return null;
  const limit = once(() => limitVertex(problem, count.runs!));
  const solutions = once(() => solutionSet(problem, count.runs!));
  const shape = once(() => shapeKept(problem, f()));
  return {
    curvature,
    get runs() {
      return count.runs!;
    },
    get limit() {
      return limit();
    },
    get solutions() {
      return solutions();
    },
    get shape() {
      return shape();
    },
  };
}

function sparsestFunction(
  problem: Problem,
  { chain }: KnotCount,
  exact: ExactDetails | null,
): PiecewiseLinear {
  if (exact !== null) return functionOfVertex(problem, exact.curvature, exact.limit.side);
  return fromLines(Array.from({ length: chain!.knots + 1 }, (_, j) => lineOfChain(problem, chain!, j)));
}

/** A function that computes its value when first called. */
function once<T>(compute: () => T): () => T {
  let value: { result: T } | null = null;
  return () => {
    value ??= { result: compute() };
    return value.result;
  };
}
