import { abs } from '../exact/bigint.js';
import { ExactColumn } from '../exact/column.js';
import { createRandom } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import { solveOneInput } from '../facing/solve.js';
import { InputError } from '../problem/input-error.js';
import type { Network, Skip } from '../problem/network.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import { fitsAllWindows } from './assemble.js';
import type { Points } from './points.js';

/** Random directions tried besides the features, and the largest entry of a direction. */
const DIRECTIONS = { count: 12, largest: 5 } as const;

/**
 * Ridge networks f(x) = g(u . x): for every feature and for a few random integer directions u (on the integer scale of the
 * points) the function g with the fewest knots. An exact upper bound that always exists, because some direction separates
 * the points, and that needs no search.
 */
export function ridgeNetworks(problem: Problem, points: Points, skip: Skip, seed: number): Network[] {
  const networks: Network[] = [];
  for (const direction of directions(problem.dimension, seed)) {
    const network = alongDirection(problem, points, skip, direction);
    if (network !== null) networks.push(network);
  }
  // The powers of a number larger than the spread of all features separate any two points.
  if (networks.length === 0) {
    networks.push(alongDirection(problem, points, skip, separatingDirection(points))!);
  }
  return networks;
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

/** The network along u, or null when u maps points with different windows to one place. */
function alongDirection(
  problem: Problem,
  points: Points,
  skip: Skip,
  direction: readonly bigint[],
): Network | null {
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
  const { network } = solveOneInput(line, skip, { quick: true });
  // u . X on the integer scale is sum_i (u_i / featureScale_i) x_i on the problem's.
  const weights = direction.map((u, i) => Rational.of(u).divide(points.featureScales[i]!));
  const lifted: Network = {
    inputDimension: problem.dimension,
    skip: network.skip && {
      weights: weights.map((weight) => weight.multiply(network.skip!.weights[0]!)),
      bias: network.skip.bias,
    },
    neurons: network.neurons.map((neuron) => ({
      inputWeights: weights.map((weight) => weight.multiply(neuron.inputWeights[0]!)),
      bias: neuron.bias,
      outputWeight: neuron.outputWeight,
    })),
  };
  return fitsAllWindows(problem, lifted) ? lifted : null;
}
