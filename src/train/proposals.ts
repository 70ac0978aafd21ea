import type { Random } from '../exact/random.js';
import type { PlainNetwork } from './parameters.js';
import type { TrainingPoints } from './points.js';
import { type FloatRay, floatRays, networkOfRays } from './rays.js';

/** Random hinges of which the one that fits the residual best is taken. */
const HINGES = 30;

/** Pairs of neurons that are looked at for joining them. */
const PAIRS = 120;

/** Neurons count as lying on one knot when their knots differ by less than this share of the range of the data. */
const SAME_KNOT = 1e-3;

/** f(x_n) - y_n, in doubles. */
export function residualsOf(points: TrainingPoints, network: PlainNetwork): Float64Array {
  return residualsOfRays(points, floatRays(network), network);
}

/** The same of the network of these neurons with the skip of another one. */
function residualsOfRays(
  points: TrainingPoints,
  rays: readonly FloatRay[],
  like: PlainNetwork,
): Float64Array {
  const { count, columns, labels, inputDimension: d } = points;
  const values = new Float64Array(count);
  const { skipWeights, skipBias } = like;
  for (let n = 0; n < count; n++) {
    let f = (skipBias ?? 0) - labels[n]!;
    if (skipWeights !== null) for (let i = 0; i < d; i++) f += skipWeights[i]! * columns[i * count + n]!;
    values[n] = f;
  }
  for (const { sign, weights } of rays) {
    for (let n = 0; n < count; n++) {
      const z = preactivation(points, weights, n);
      if (z > 0) values[n]! += sign * z;
    }
  }
  return values;
}

function preactivation({ count, columns }: TrainingPoints, weights: readonly number[], n: number): number {
  let z = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] !== 0) z += weights[i]! * columns[i * count + n]!;
  }
  return z;
}

/**
 * Of some random hinges the one that fits what the network misses best, with the output weight that fits; null when none helps. One input:
 * the knot lies between two points. Several: a hinge of one input, or a constant.
 */
export function hingeOnResidual(
  points: TrainingPoints,
  network: PlainNetwork,
  random: Random,
): FloatRay | null {
  const { count, columns, inputDimension: d } = points;
  const residuals = residualsOf(points, network);
  let best: FloatRay | null = null;
  let most = 0;
  for (let t = 0; t < HINGES; t++) {
    const weights = new Array<number>(d + 1).fill(0);
    if (d === 1) {
      const from = columns[random.integer(0, count - 1)]!;
      const knot = from + (columns[random.integer(0, count - 1)]! - from) * random.uniform();
      weights[0] = random.uniform() < 0.5 ? 1 : -1;
      weights[1] = -weights[0] * knot;
    } else {
      const i = random.integer(0, d);
      weights[i] = i < d && random.uniform() < 0.5 ? -1 : 1;
    }
    let product = 0;
    let squares = 0;
    for (let n = 0; n < count; n++) {
      const z = preactivation(points, weights, n);
      if (z <= 0) continue;
      product += z * residuals[n]!;
      squares += z * z;
    }
    if (squares === 0 || product * product <= most * squares) continue;
    most = (product * product) / squares;
    const size = Math.abs(product) / squares;
    best = { sign: product > 0 ? -1 : 1, weights: weights.map((w) => w * size) };
  }
  return best;
}

/**
 * Networks to try in the place of a trained one, each one step away from it: a neuron more on the residual; the smaller ones, those first that
 * fit best as they are (two neurons joined, a neuron or, with several inputs, a weight left out; with one input neurons turned to face the
 * other way), at most `tries` of them; a neuron moved.
 */
export function proposals(
  points: TrainingPoints,
  network: PlainNetwork,
  { tries, swaps }: { readonly tries: number; readonly swaps: number },
  random: Random,
): PlainNetwork[] {
  const rays = floatRays(network);
  const width = rays.length + 1;
  const make = (list: readonly FloatRay[]) => networkOfRays(list, network, width);
  const without = (...out: number[]) => rays.filter((_, k) => !out.includes(k));
  const smaller: FloatRay[][] = [];
  for (const [k, l] of pairsOf(rays.length, random)) {
    for (const joined of joins(rays[k]!, rays[l]!)) smaller.push([...without(k, l), joined]);
  }
  if (points.inputDimension === 1) {
    for (let k = 0; k < rays.length; k++) smaller.push([...without(k), turned(rays[k]!)]);
    for (const way of [1, -1]) {
      smaller.push(rays.map((ray) => (Math.sign(ray.weights[0]!) === way ? ray : turned(ray))));
    }
  } else {
    rays.forEach((ray, k) => {
      ray.weights.forEach((weight, i) => {
        if (weight === 0) return;
        smaller.push([...without(k), { ...ray, weights: ray.weights.map((w, j) => (j === i ? 0 : w)) }]);
      });
    });
  }
  if (rays.length > 1) for (let k = 0; k < rays.length; k++) smaller.push(without(k));
  const swapped =
    points.inputDimension === 1
      ? []
      : Array.from({ length: swaps }, () => swap(points, rays, network, random));
  const misfit = (candidate: readonly FloatRay[]) => {
    let sum = 0;
    for (const value of residualsOfRays(points, candidate, network)) sum += value * value;
    return sum;
  };
  const list = smaller
    .map((candidate) => ({ candidate, error: misfit(candidate) }))
    .sort((a, b) => a.error - b.error)
    .slice(0, tries)
    .map(({ candidate }) => make(candidate));
  const added = hingeOnResidual(points, network, random);
  if (added !== null && rays.length < network.outputWeights.length) list.unshift(make([...rays, added]));
  if (rays.length > 1) {
    const rest = without(random.integer(0, rays.length - 1));
    const moved = hingeOnResidual(points, make(rest), random);
    if (moved !== null) list.push(make([...rest, moved]));
  }
  for (const other of swapped) if (other !== null) list.push(make(other));
  return list;
}

/** Several inputs: the network after so many swaps. */
export function kicked(
  points: TrainingPoints,
  network: PlainNetwork,
  swaps: number,
  random: Random,
): PlainNetwork {
  let rays = floatRays(network);
  for (let t = 0; t < swaps && rays.length > 0; t++) rays = swap(points, rays, network, random) ?? rays;
  return networkOfRays(rays, network, rays.length + 1);
}

/**
 * Several inputs: one weight less, and in its place one that lowers the error of the others, drawn from all weights that a neuron lacks and all
 * hinges of one input, by the share of the error that it takes away. Null when no other takes any.
 */
function swap(
  points: TrainingPoints,
  rays: readonly FloatRay[],
  network: PlainNetwork,
  random: Random,
): FloatRay[] | null {
  const { count, columns, inputDimension: d } = points;
  const weights = rays.flatMap((ray, k) => ray.weights.flatMap((w, i) => (w === 0 ? [] : [[k, i] as const])));
  const [out, at] = weights[random.integer(0, weights.length - 1)]!;
  const rest = rays
    .map((ray, k) => (k === out ? { ...ray, weights: ray.weights.map((w, i) => (i === at ? 0 : w)) } : ray))
    .filter((ray) => ray.weights.some((w) => w !== 0));
  const residuals = residualsOfRays(points, rest, network);
  const active = [
    ...rest.map((ray) =>
      Uint8Array.from({ length: count }, (_, n) => Number(preactivation(points, ray.weights, n) > 0)),
    ),
  ];
  const choices: { score: number; take: () => FloatRay[] }[] = [];
  const consider = (value: (n: number) => number, take: (size: number) => FloatRay[] | null) => {
    let product = 0;
    let squares = 0;
    for (let n = 0; n < count; n++) {
      const z = value(n);
      product += z * residuals[n]!;
      squares += z * z;
    }
    if (squares === 0 || product === 0) return;
    const size = -product / squares;
    choices.push({ score: (product * product) / squares, take: () => take(size)! });
  };
  rest.forEach((ray, k) => {
    for (let i = 0; i <= d; i++) {
      if (ray.weights[i] !== 0) continue;
      consider(
        (n) => (active[k]![n] === 1 ? columns[i * count + n]! : 0),
        (size) =>
          rest.map((other, l) =>
            l === k
              ? { ...other, weights: other.weights.map((w, j) => (j === i ? ray.sign * size : w)) }
              : other,
          ),
      );
    }
  });
  for (let i = 0; i <= d; i++) {
    for (const way of i < d ? [1, -1] : [1]) {
      consider(
        (n) => Math.max(0, way * columns[i * count + n]!),
        (size) => [
          ...rest,
          {
            sign: size > 0 ? 1 : -1,
            weights: Array.from({ length: d + 1 }, (_, j) => (j === i ? way * Math.abs(size) : 0)),
          },
        ],
      );
    }
  }
  const power = 0.5;
  const total = choices.reduce((sum, { score }) => sum + score ** power, 0);
  let left = random.uniform() * total;
  for (const { score, take } of choices) {
    left -= score ** power;
    if (left < 0) return take();
  }
  return null;
}

/** All pairs k > l of so many neurons, or `PAIRS` drawn ones where there are more. */
function* pairsOf(count: number, random: Random): Generator<readonly [number, number]> {
  if ((count * (count - 1)) / 2 > PAIRS) {
    for (let t = 0; t < PAIRS; t++) {
      const k = random.integer(1, count - 1);
      yield [k, random.integer(0, k - 1)];
    }
    return;
  }
  for (let k = 0; k < count; k++) for (let l = 0; l < k; l++) yield [k, l];
}

/** One neuron for two: their sum; of two with one input that face apart and bend alike, one at the mean of their knots, facing either way. */
function joins(a: FloatRay, b: FloatRay): FloatRay[] {
  const isUnivariate = a.weights.length === 2;
  if (isUnivariate && Math.sign(a.weights[0]!) !== Math.sign(b.weights[0]!)) {
    if (a.sign !== b.sign) return [];
    const [c, e] = [Math.abs(a.weights[0]!), Math.abs(b.weights[0]!)];
    if (c === 0 || e === 0) return [];
    const knot = (-(a.weights[1]! / a.weights[0]!) * c - (b.weights[1]! / b.weights[0]!) * e) / (c + e);
    return [1, -1].map((way) => ({ sign: a.sign, weights: [way * (c + e), -way * knot * (c + e)] }));
  }
  const sum = a.weights.map((weight, i) => a.sign * weight + b.sign * b.weights[i]!);
  const along = sum.reduce((product, weight, i) => product + weight * a.weights[i]!, 0);
  const sign = along < 0 ? -1 : 1;
  return [{ sign, weights: sum.map((weight) => sign * weight) }];
}

/** The neuron that bends at the same place and faces the other way. */
function turned({ sign, weights }: FloatRay): FloatRay {
  return { sign, weights: weights.map((weight) => -weight) };
}

/** The network with neurons on one knot, or with one direction, of one sign, as one; null when there are none. */
export function mergedOnKnots(points: TrainingPoints, network: PlainNetwork): PlainNetwork | null {
  const { count, columns, inputDimension: d } = points;
  const rays = floatRays(network);
  let [least, largest] = [Infinity, -Infinity];
  for (let n = 0; n < count; n++) {
    least = Math.min(least, columns[n]!);
    largest = Math.max(largest, columns[n]!);
  }
  const kept: FloatRay[] = [];
  for (const ray of rays) {
    const at = kept.findIndex(
      (other) => other.sign === ray.sign && isOneKnot(other, ray, d, largest - least),
    );
    if (at < 0) kept.push(ray);
    else {
      const weights = kept[at]!.weights.map((weight, i) => weight + ray.weights[i]!);
      kept[at] = { ...kept[at]!, weights };
    }
  }
  return kept.length === rays.length ? null : networkOfRays(kept, network, network.outputWeights.length);
}

function isOneKnot(a: FloatRay, b: FloatRay, d: number, range: number): boolean {
  if (d === 1) {
    const [w, u] = [a.weights[0]!, b.weights[0]!];
    if (w === 0 || u === 0) return w === u;
    return w * u > 0 && Math.abs(a.weights[1]! / w - b.weights[1]! / u) <= SAME_KNOT * range;
  }
  const dot = a.weights.reduce((sum, weight, i) => sum + weight * b.weights[i]!, 0);
  return dot >= (1 - SAME_KNOT ** 2) * Math.hypot(...a.weights) * Math.hypot(...b.weights);
}

/** The network with a dead neuron revived on the residual; null when none is dead or nothing helps. */
export function revived(points: TrainingPoints, network: PlainNetwork, random: Random): PlainNetwork | null {
  const rays = floatRays(network);
  const width = network.outputWeights.length;
  if (rays.length >= width) return null;
  const hinge = hingeOnResidual(points, network, random);
  return hinge === null ? null : networkOfRays([...rays, hinge], network, width);
}
