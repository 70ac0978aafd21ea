import { Rational } from '../exact/rational.js';
import type { Neuron } from '../problem/network.js';
import { COST_BITS, costOfNetwork, type ExactNetwork, withFreePart } from './exact-network.js';
import { dot } from './kernel.js';
import { type PathNormQuestion, weightsOf } from './question.js';

/**
 * A network through the lower ends of all windows with at most N neurons, where nothing better is known: along a direction in which no two
 * points coincide, each neuron begins at one point and sets the value at the next. Exact.
 */
export function interpolant(question: PathNormQuestion): ExactNetwork {
  const { points, width, lower, p } = question;
  const { along, order } = separating(points, width);
  const heights = order.map((n) => dot(along, points[n]!));
  const neurons: Neuron[] = [];
  const begins: { at: bigint; factor: Rational }[] = [];
  order.forEach((n, k) => {
    const at = k === 0 ? heights[0]! - 1n : heights[k - 1]!;
    const reached = begins.reduce(
      (sum, own) => sum.add(own.factor.multiply(Rational.of(heights[k]! - own.at))),
      Rational.zero,
    );
    const factor = lower[n]!.subtract(reached).divide(Rational.of(heights[k]! - at));
    if (factor.isZero()) return;
    begins.push({ at, factor });
    const vector = along.map((entry, i) => Rational.of(i === width - 1 ? -at : entry));
    const weights = weightsOf(question, vector);
    neurons.push({ inputWeights: weights.slice(0, -1), bias: weights.at(-1)!, outputWeight: factor });
  });
  const network = withFreePart(question, neurons);
  if (network === null) throw new Error('a network built point by point misses a point');
  return { network, cost: costOfNetwork(network, p, COST_BITS) };
}

/** A direction (bias 0) in which the points, which differ, have different heights, and their order along it. */
function separating(
  points: readonly (readonly bigint[])[],
  width: number,
): { along: bigint[]; order: number[] } {
  for (let base = 1n; ; base++) {
    const along = Array.from({ length: width }, (_, i) => (i === width - 1 ? 0n : base ** BigInt(i)));
    const heights = points.map((point) => dot(along, point));
    if (new Set(heights).size < points.length) continue;
    const order = points.map((_, n) => n).sort((a, b) => (heights[a]! < heights[b]! ? -1 : 1));
    return { along, order };
  }
}
