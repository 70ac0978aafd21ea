import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { Network, Neuron } from '../problem/network.js';
import { isDead } from '../problem/network.js';
import { type Cloud, integerAt, skipWidth } from './cloud.js';
import type { Hinges } from './hinges.js';

/**
 * A network in integers over one denominator, on the exact coordinates u of a cloud:
 * f(u) = (sum_k signs[k] (w_k . u)+ + linear part) / denominator. Unknowns as in `Hinges`.
 */
export interface ExactHinges {
  readonly signs: Int8Array;
  readonly unknowns: readonly bigint[];
  /** > 0. */
  readonly denominator: bigint;
}

/** Unit roundoff, with room for the few roundings of every product. */
const ERROR = 8 * 2 ** -53;

/** Neither zero's neighbours nor huge: products with coordinates do not under- or overflow. */
function isInRange(value: number): boolean {
  const magnitude = Math.abs(value);
  return value === 0 || (magnitude > 2 ** -400 && magnitude < 2 ** 400);
}

/** Neurons up to which a set of active ones is one number. */
const MASK = 30;

/**
 * The first point (in canonical order, from `from` on) whose window the network misses, or -1 when it fits all of them. Exact: doubles
 * with an error bound settle the signs and windows they can, integers the rest.
 *
 * For every set of active neurons their weights are added once, so that a point costs d + 1 long products.
 */
export function firstMiss(cloud: Cloud, hinges: ExactHinges, from = 0): number {
  const { size, width, x, lower, upper, low, high, open } = cloud;
  const { signs, unknowns, denominator } = hinges;
  const neurons = signs.length;
  const doubles = toDoubles(cloud, hinges);
  const isSafe = cloud.inRange && doubles.every(isInRange);
  const linear = skipWidth(cloud);
  const firstLinear = neurons * width;
  const sums = new Map<number | string, bigint[]>();
  const active = new Uint8Array(neurons);
  for (let n = from; n < size; n++) {
    let key = 0;
    let value = 0;
    let scale = 0;
    for (let k = 0; k < neurons; k++) {
      let z = 0;
      let magnitude = 0;
      for (let i = 0; i < width; i++) {
        const term = doubles[k * width + i]! * x[n * width + i]!;
        z += term;
        magnitude += Math.abs(term);
      }
      let isActive = z > 0;
      if (!isSafe || Math.abs(z) <= magnitude * width * ERROR)
        isActive = productAt(cloud, unknowns, k * width, n) > 0n;
      active[k] = isActive ? 1 : 0;
      if (!isActive) continue;
      if (k < MASK) key += 2 ** k;
      value += signs[k]! * z;
      scale += magnitude;
    }
    if (isSafe && low !== high) {
      for (let j = 0; j < linear; j++) {
        const term = doubles[firstLinear + j]! * (linear === 1 ? 1 : x[n * width + j]!);
        value += term;
        scale += Math.abs(term);
      }
      const error = (scale + 1) * (neurons + 2) * width * ERROR;
      if (value - error >= lower[n]! && value + error <= upper[n]!) continue;
      if (open === undefined && (value - error > upper[n]! || value + error < lower[n]!)) return n;
    }
    const name = neurons <= MASK ? key : active.join('');
    let sum = sums.get(name);
    if (sum === undefined) {
      sum = sumOf(cloud, hinges, active);
      sums.set(name, sum);
    }
    const f = productAt(cloud, sum, 0, n);
    if (f < integerAt(low, n) * denominator && open?.below[n] !== 1) return n;
    if (f > integerAt(high, n) * denominator && open?.above[n] !== 1) return n;
  }
  return -1;
}

/** w . u_n for the weights at `at`. */
export function productAt(cloud: Cloud, weights: readonly bigint[], at: number, n: number): bigint {
  const { width, features } = cloud;
  let sum = weights[at + width - 1]!;
  for (let i = 0; i < width - 1; i++) {
    const weight = weights[at + i]!;
    if (weight !== 0n) sum += weight * integerAt(features[i]!, n);
  }
  return sum;
}

/** The affine function of the points at which exactly these neurons are active. */
function sumOf(cloud: Cloud, { signs, unknowns }: ExactHinges, active: Uint8Array): bigint[] {
  const { width } = cloud;
  const sum = new Array<bigint>(width).fill(0n);
  for (let k = 0; k < signs.length; k++) {
    if (active[k] === 0) continue;
    for (let i = 0; i < width; i++) {
      const weight = unknowns[k * width + i]!;
      sum[i]! += signs[k]! > 0 ? weight : -weight;
    }
  }
  const first = signs.length * width;
  if (cloud.skip === 'bias') sum[width - 1]! += unknowns[first]!;
  if (cloud.skip === 'affine') for (let i = 0; i < width; i++) sum[i]! += unknowns[first + i]!;
  return sum;
}

/** The unknowns on the scale of `Hinges`, relative error about 2^-51. */
export function toDoubles(cloud: Cloud, { signs, unknowns, denominator }: ExactHinges): Float64Array {
  const { width, ranges, height } = cloud;
  return Float64Array.from(unknowns, (value, j) => {
    if (value === 0n) return 0;
    const i = featureOf(cloud, signs.length, j);
    const range = i < width - 1 ? ranges[i]! : 1n;
    return Rational.of(value * range, denominator * height).toNumber();
  });
}

/** The network in the units of the problem; dead neurons are left out. */
export function networkOf(cloud: Cloud, { signs, unknowns, denominator }: ExactHinges): Network {
  const { width, featureScales, labelScale, offsets } = cloud;
  const dimension = width - 1;
  const factors = featureScales.map((scale) =>
    labelScale.multiply(Rational.of(offsets === null ? 1n : 2n, denominator)).divide(scale),
  );
  const biasFactor = labelScale.multiply(Rational.of(1n, denominator));
  const affine = (at: number): { inputWeights: Rational[]; bias: Rational } => {
    let bias = unknowns[at + dimension]!;
    for (let i = 0; i < dimension; i++) if (offsets !== null) bias -= unknowns[at + i]! * offsets[i]!;
    return {
      inputWeights: factors.map((factor, i) => factor.multiply(Rational.of(unknowns[at + i]!))),
      bias: biasFactor.multiply(Rational.of(bias)),
    };
  };
  const neurons = Array.from(
    signs,
    (sign, k): Neuron => ({ ...affine(k * width), outputWeight: Rational.of(sign) }),
  ).filter((neuron) => !isDead(neuron));
  const first = signs.length * width;
  if (cloud.skip === 'none') return { inputDimension: dimension, skip: null, neurons };
  const skip =
    cloud.skip === 'bias'
      ? {
          weights: factors.map(() => Rational.zero),
          bias: biasFactor.multiply(Rational.of(unknowns[first]!)),
        }
      : (({ inputWeights, bias }) => ({ weights: inputWeights, bias }))(affine(first));
  return { inputDimension: dimension, skip, neurons };
}

/** A network in the exact coordinates of a cloud: the inverse of `networkOf`, with output weights moved into the input weights. */
export function exactHingesOf(cloud: Cloud, network: Network): ExactHinges {
  const { numerators, denominator } = overCommonDenominator(unknownsOf(cloud, network));
  return { signs: signsOf(network), unknowns: numerators, denominator };
}

/** The same in doubles, for proposals. */
export function hingesOf(cloud: Cloud, network: Network): Hinges {
  const { ranges, height } = cloud;
  const signs = signsOf(network);
  const unit = Rational.of(1n, height);
  const factors = [...ranges.map((range) => Rational.of(range, height)), unit];
  return {
    signs,
    unknowns: Float64Array.from(unknownsOf(cloud, network), (value, j) =>
      value.multiply(factors[featureOf(cloud, signs.length, j)]!).toNumber(),
    ),
  };
}

/** The coordinate of a point that unknown j is multiplied with. */
export function featureOf({ width, skip }: Cloud, neurons: number, j: number): number {
  if (j < neurons * width) return j % width;
  return skip === 'bias' ? width - 1 : j - neurons * width;
}

function signsOf({ neurons }: Network): Int8Array {
  const alive = neurons.filter((neuron) => !isDead(neuron));
  return Int8Array.from(alive, ({ outputWeight }) => outputWeight.sign());
}

/** The unknowns on u, in integer label units. */
function unknownsOf(cloud: Cloud, network: Network): Rational[] {
  const { width, featureScales, labelScale, offsets } = cloud;
  const unknowns: Rational[] = [];
  const put = (weights: readonly Rational[], bias: Rational, factor: Rational): void => {
    const scale = factor.divide(labelScale);
    let moved = bias.multiply(scale);
    weights.forEach((weight, i) => {
      const onIntegers = weight.multiply(scale).multiply(featureScales[i]!);
      const own = offsets === null ? onIntegers : onIntegers.multiply(HALF);
      if (offsets !== null) moved = moved.add(own.multiply(Rational.of(offsets[i]!)));
      unknowns.push(own);
    });
    unknowns.push(moved);
  };
  for (const neuron of network.neurons) {
    if (!isDead(neuron)) put(neuron.inputWeights, neuron.bias, neuron.outputWeight.abs());
  }
  const { skip } = network;
  if (cloud.skip === 'affine') {
    if (skip === null) for (let i = 0; i < width; i++) unknowns.push(Rational.zero);
    else put(skip.weights, skip.bias, Rational.one);
  } else if (cloud.skip === 'bias')
    unknowns.push(skip === null ? Rational.zero : skip.bias.divide(labelScale));
  return unknowns;
}

const HALF = Rational.of(1, 2);
