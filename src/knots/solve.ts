import type { Proof } from '../certificate/certificate.js';
import type { KnotValues } from '../certificate/knot-values.js';
import type { Pieces } from '../certificate/pieces.js';
import { Rational } from '../exact/rational.js';
import { countNeurons, type Network, type Skip } from '../problem/network.js';
import { fromLines, type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import { compareAcross, type Problem } from '../problem/problem.js';
import { networkForSkip } from './architecture.js';
import { curvature } from './curvature.js';
import { functionOfVertex, piecesOfVertex, someSparsestVertex } from './family.js';
import { functionWithFlatRemainder } from './flat-remainder.js';
import { knotValuesOf, knotValuesOfVertex } from './knot-values.js';
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
  /** Skip affine: the function by its values at the knots; written out when first read. */
  readonly values: KnotValues | null;
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
 * The sparsest network with one input and the given skip: exact, with proof. For skip affine the bounds meet; without it
 * they are at most two apart (an affine function is two ReLUs).
 * @param count the result of `countFewestKnots` for this problem
 */
export function solveUnivariate(
  problem: Problem,
  skip: Skip,
  count: KnotCount = countFewestKnots(problem),
): UnivariateSolution {
  if (skip !== 'affine') return solveWithoutAffineSkip(problem, skip, count);
  const exact = exactDetails(problem, count, () => f());
  const f = once(() => sparsestFunction(problem, count, exact));
  const network = once(() => toNetwork(f()));
  const values = once(() =>
    exact === null
      ? knotValuesOf(f(), problem)
      : knotValuesOfVertex(problem, exact.curvature, exact.limit.side),
  );
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
    get values() {
      return values();
    },
  };
}

function solveWithoutAffineSkip(
  problem: Problem,
  skip: 'bias' | 'none',
  count: KnotCount,
): UnivariateSolution {
  let f: PiecewiseLinear;
  const exact = exactDetails(problem, count, () => f);
  const { witnesses } = count;
  const flat = count.knots === 0 ? zeroNeuronFunction(problem, skip) : null;
  if (flat !== null && 'constant' in flat) {
    f = { slope: Rational.zero, intercept: flat.constant, knots: [] };
    const network: Network = {
      inputDimension: 1,
      skip: skip === 'none' ? null : { weights: [Rational.zero], bias: flat.constant },
      neurons: [],
    };
    return {
      lowerBound: 0,
      upperBound: 0,
      function: f,
      network,
      pieces: null,
      values: null,
      proof: { kind: 'witnesses', witnesses },
      exact,
    };
  }
  const x = problem.inputs[0]!;
  const toNetworkOfSkip = (g: PiecewiseLinear) =>
    networkForSkip(g, skip, x.value(0), x.value(problem.size - 1));
  f = sparsestFunction(problem, count, exact);
  let network = toNetworkOfSkip(f);
  if (skip === 'bias' && exact !== null && network.neurons.length > count.knots) {
    const flatter = functionWithFlatRemainder(problem, exact.curvature, exact.runs, exact.limit.side);
    if (flatter !== null) {
      f = flatter;
      network = toNetworkOfSkip(f);
    }
  }
  return {
    lowerBound: flat === null ? count.knots : 1,
    upperBound: countNeurons(network),
    function: f,
    network,
    pieces: null,
    values: null,
    proof: { kind: 'witnesses', witnesses, ...(flat === null ? {} : { zeroNeurons: flat.points }) },
    exact,
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

/** The constant that fits every window (0 for skip none), or the points that exclude it. */
function zeroNeuronFunction(
  problem: Problem,
  skip: 'bias' | 'none',
): { constant: Rational } | { points: number[] } {
  const { lower, upper, size } = problem;
  if (skip === 'none') {
    for (let i = 0; i < size; i++) {
      if (lower.value(i).sign() > 0 || upper.value(i).sign() < 0) return { points: [i] };
    }
    return { constant: Rational.zero };
  }
  let highest = 0;
  let lowest = 0;
  for (let i = 1; i < size; i++) {
    if (lower.compare(i, highest) > 0) highest = i;
    if (upper.compare(i, lowest) < 0) lowest = i;
  }
  if (compareAcross(upper, lowest, lower, highest) < 0) return { points: [lowest, highest] };
  return { constant: lower.value(highest) };
}
