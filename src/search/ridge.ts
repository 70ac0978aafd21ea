import { abs } from '../exact/bigint.js';
import { ExactColumn } from '../exact/column.js';
import { createRandom } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import { solveOneInput } from '../facing/solve.js';
import { InputError } from '../problem/input-error.js';
import type { Network, Skip } from '../problem/network.js';
import { evaluateSorted, fromNetwork } from '../problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import type { Points } from './points.js';

/** Random directions tried besides the features, the largest entry of a direction, and of one that should separate all points. */
const DIRECTIONS = { count: 12, largest: 5, generic: 2 ** 20 } as const;

/** Coordinates of the data times directions that are tried at most. */
const MOST_WORK = 2_000_000;

/**
 * The smallest ridge network f(x) = g(u . x): for every feature and for a few random integer directions u (on the integer scale of the
 * points) the function g with the fewest knots. An exact upper bound that always exists, because some direction separates the points,
 * and that needs no search.
 */
export function ridgeNetwork(problem: Problem, points: Points, skip: Skip, seed: number): Network {
  const most = Math.max(1, Math.floor(MOST_WORK / (points.size * points.width)));
  let best: Ridge | null = null;
  for (const direction of directions(problem.dimension, seed).slice(0, most)) {
    const ridge = alongDirection(problem, points, skip, direction);
    if (ridge !== null && (best === null || ridge.neurons < best.neurons)) best = ridge;
  }
  best ??= alongDirection(problem, points, skip, genericDirection(problem.dimension, seed));
  // The powers of a number larger than the spread of all features separate any two points.
  best ??= alongDirection(problem, points, skip, separatingDirection(points))!;
  return best.network();
}

/** A network along one direction, written out when asked for. */
interface Ridge {
  readonly neurons: number;
  readonly network: () => Network;
}

function directions(dimension: number, seed: number): bigint[][] {
  const unit = (i: number): bigint[] => Array.from({ length: dimension }, (_, j) => (i === j ? 1n : 0n));
  const list = Array.from({ length: dimension }, (_, i) => unit(i));
  if (dimension === 1) return list;
  const random = createRandom(seed);
  const { largest } = DIRECTIONS;
  for (let count = 0; count < DIRECTIONS.count; count++) {
    list.push(Array.from({ length: dimension }, () => BigInt(random.integer(-largest, largest))));
  }
  return list;
}

/** Short entries, so that numbers stay short; points that it does not separate are rare. */
function genericDirection(dimension: number, seed: number): bigint[] {
  const random = createRandom(seed);
  const { generic } = DIRECTIONS;
  return Array.from({ length: dimension }, () => BigInt(random.integer(1, generic)));
}

function separatingDirection({ exact, width }: Points): bigint[] {
  let base = 1n;
  for (let i = 0; i < width - 1; i++) {
    for (const point of exact) {
      const spread = abs(point[i]! - exact[0]![i]!);
      if (2n * spread >= base) base = 2n * spread + 1n;
    }
  }
  const direction: bigint[] = [1n];
  while (direction.length < width - 1) direction.push(direction.at(-1)! * base);
  return direction;
}

/** The network along u, or null when u maps points to one place whose windows do not meet. */
function alongDirection(
  problem: Problem,
  points: Points,
  skip: Skip,
  direction: readonly bigint[],
): Ridge | null {
  const projected = points.exact.map((point) => direction.reduce((sum, u, i) => sum + u * point[i]!, 0n));
  let line: Problem;
  try {
    line = makeProblem({
      name: 'projection',
      inputs: [ExactColumn.fromIntegers(projected, Rational.one)],
      labels: problem.exact ? problem.lower : null,
      lower: problem.exact ? null : problem.lower,
      upper: problem.exact ? null : problem.upper,
      describeRow: (n) => `point ${n}`,
    });
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
  if (line.emptyWindow !== null) return null;
  const solution = solveOneInput(line, skip, { quick: true });
  return {
    neurons: solution.upperBound,
    network: () => {
      requireFit(line, solution.network);
      return lifted(problem, points, direction, solution.network);
    },
  };
}

/** @throws Error when a network of one input misses a window: the windows of all points at one place u . x meet in its own. Exact. */
function requireFit(line: Problem, network: Network): void {
  const positions = Array.from({ length: line.size }, (_, n) => line.inputs[0]!.value(n));
  evaluateSorted(fromNetwork(network), positions).forEach((value, n) => {
    if (value.compare(line.lower.value(n)) < 0 || value.compare(line.upper.value(n)) > 0)
      throw new Error('a network along one direction does not fit');
  });
}

/** f(x) = g(u . x). On the problem's scale u . X is sum_i (u_i / featureScale_i) x_i. */
function lifted(
  problem: Problem,
  { featureScales }: Points,
  direction: readonly bigint[],
  network: Network,
): Network {
  const known = new Map<string, Rational[]>();
  const along = (weight: Rational): Rational[] => {
    const key = weight.toString();
    let weights = known.get(key);
    if (weights === undefined) {
      weights = direction.map((u, i) => Rational.of(u).divide(featureScales[i]!).multiply(weight));
      known.set(key, weights);
    }
    return weights;
  };
  return {
    inputDimension: problem.dimension,
    skip: network.skip && { weights: along(network.skip.weights[0]!), bias: network.skip.bias },
    neurons: network.neurons.map(({ inputWeights, bias, outputWeight }) => ({
      inputWeights: along(inputWeights[0]!),
      bias,
      outputWeight,
    })),
  };
}
