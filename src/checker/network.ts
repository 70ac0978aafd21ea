import type { Objective } from '../certificate/certificate.js';
import {
  countNeurons,
  countParameters,
  evaluate,
  isDead,
  type Network,
  type Skip,
  skipOf,
} from '../data/network.js';
import type { Problem } from '../data/problem.js';
import { bitLength, gcd, sign } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import { guard } from './verdict.js';

/** network -> upper bound: it has the architecture, passes through every window, and its size is counted here. */
export function checkNetwork(problem: Problem, network: Network, skip: Skip, objective: Objective): number {
  checkArchitecture(problem, network, skip);
  if (problem.dimension === 1) checkFitByPieces(problem, network);
  else checkFitByPoints(problem, network);
  return objective === 'neurons' ? countNeurons(network) : countParameters(network);
}

function checkArchitecture(problem: Problem, network: Network, skip: Skip): void {
  guard(
    network.inputDimension === problem.dimension,
    'network-dimension',
    () => `the network has ${network.inputDimension} inputs, the problem ${problem.dimension}`,
  );
  const own = skipOf(network);
  guard(
    skip === 'affine' || own === 'none' || own === skip,
    'network-skip',
    () => `the claim is about skip ${skip}, the network has skip ${own}`,
  );
}

/** Several inputs: plain evaluation at every point, O(N K d). */
function checkFitByPoints(problem: Problem, network: Network): void {
  for (let i = 0; i < problem.size; i++) {
    const value = evaluate(
      network,
      problem.inputs.map((column) => column.value(i)),
    );
    const lower = problem.lower.value(i);
    const upper = problem.upper.value(i);
    guard(
      value.compare(lower) >= 0 && value.compare(upper) <= 0,
      'network-fit',
      () => `at point ${i} the network is ${value}, outside [${lower}, ${upper}]`,
    );
  }
}

/** Fractions whose integers grow past this many bits are reduced. */
const REDUCE_ABOVE_BITS = 1500;

/**
 * The line that holds on the current piece, in integer units of the columns (input X_i, value Y_i):
 * q Y = p X + r with q > 0.
 */
class RunningLine {
  p = 0n;
  r = 0n;
  q = 1n;

  /** Adds (or with sign -1 removes) slope * x + intercept, where both are rationals in these units. */
  add(slope: [bigint, bigint], intercept: [bigint, bigint], direction: bigint): void {
    const [sn, sd] = slope;
    const [cn, cd] = intercept;
    const d = sd === cd ? sd : sd * cd;
    const s = sd === cd ? sn : sn * cd;
    const c = sd === cd ? cn : cn * sd;
    if (d === this.q) {
      this.p += direction * s;
      this.r += direction * c;
    } else {
      this.p = this.p * d + direction * s * this.q;
      this.r = this.r * d + direction * c * this.q;
      this.q *= d;
    }
    if (bitLength(this.q) > REDUCE_ABOVE_BITS) {
      const common = gcd(gcd(this.p, this.r), this.q);
      this.p /= common;
      this.r /= common;
      this.q /= common;
    }
  }
}

/**
 * One input: a sweep over points and neurons, O(N + K). Neurons must be listed in the order of their breakpoints
 * -b / w (constant and dead ones, without a breakpoint, may stand anywhere). Left of all breakpoints the function is the
 * skip plus every left-facing neuron; each breakpoint adds a right-facing neuron or removes a left-facing one.
 *
 * After two exact hits on one piece its line is replaced by the line through the two data points: the same line with
 * short integers.
 */
function checkFitByPieces(problem: Problem, network: Network): void {
  const x = problem.inputs[0]!;
  const { lower, upper, size } = problem;
  const xScale = x.integerScale;
  const yScale = lower.integerScale;
  const slopeUnit = xScale.divide(yScale);
  const toUnits = (value: Rational, unit: Rational): [bigint, bigint] => [
    value.numerator * unit.numerator,
    value.denominator * unit.denominator,
  ];
  const interceptUnit = Rational.one.divide(yScale);
  const line = new RunningLine();

  // Phase 1: the leftmost line, summed from the last neuron to the first so that partial sums are lines of pieces.
  const bent = network.neurons.filter((neuron) => !isDead(neuron) && !neuron.inputWeights[0]!.isZero());
  const contribution = (k: number): [[bigint, bigint], [bigint, bigint]] => {
    const { inputWeights, bias, outputWeight: v } = bent[k]!;
    const w = inputWeights[0]!;
    return [
      [
        v.numerator * w.numerator * slopeUnit.numerator,
        v.denominator * w.denominator * slopeUnit.denominator,
      ],
      [
        v.numerator * bias.numerator * interceptUnit.numerator,
        v.denominator * bias.denominator * interceptUnit.denominator,
      ],
    ];
  };
  if (network.skip !== null) {
    line.add(toUnits(network.skip.weights[0]!, slopeUnit), toUnits(network.skip.bias, interceptUnit), 1n);
  }
  for (const neuron of network.neurons) {
    if (!isDead(neuron) && neuron.inputWeights[0]!.isZero()) {
      line.add([0n, 1n], toUnits(neuron.outputWeight.multiply(neuron.bias), interceptUnit), 1n);
    }
  }
  for (let k = bent.length - 1; k >= 0; k--) {
    if (bent[k]!.inputWeights[0]!.sign() < 0) line.add(...contribution(k), 1n);
  }

  // Phase 2: the sweep.
  let k = 0;
  let hits = 0;
  for (let i = 0; i < size; i++) {
    const X = x.integer(i);
    for (; k < bent.length && isRightOfBreakpoint(bent[k]!.inputWeights[0]!, bent[k]!.bias, X, xScale); k++) {
      if (k > 0)
        checkOrder(
          bent[k - 1]!.inputWeights[0]!,
          bent[k - 1]!.bias,
          bent[k]!.inputWeights[0]!,
          bent[k]!.bias,
          k,
        );
      line.add(...contribution(k), bent[k]!.inputWeights[0]!.sign() > 0 ? 1n : -1n);
      hits = 0;
    }
    const value = line.p * X + line.r;
    const low = lower.integer(i);
    const atLow = value === low * line.q;
    guard(
      atLow || (lower !== upper && value >= low * line.q && value <= upper.integer(i) * line.q),
      'network-fit',
      () =>
        `at point ${i} (x = ${x.value(i)}) the network leaves the window [${lower.value(i)}, ${upper.value(i)}]`,
    );
    hits = atLow ? hits + 1 : 0;
    if (hits === 2) {
      line.p = low - lower.integer(i - 1);
      line.q = X - x.integer(i - 1);
      line.r = low * line.q - line.p * X;
    }
  }
  for (; k < bent.length; k++) {
    if (k > 0)
      checkOrder(
        bent[k - 1]!.inputWeights[0]!,
        bent[k - 1]!.bias,
        bent[k]!.inputWeights[0]!,
        bent[k]!.bias,
        k,
      );
  }
}

/** x > -b / w, exactly. */
function isRightOfBreakpoint(w: Rational, b: Rational, X: bigint, xScale: Rational): boolean {
  const activation =
    w.numerator * X * xScale.numerator * b.denominator + b.numerator * w.denominator * xScale.denominator;
  return sign(activation) * w.sign() > 0;
}

/** -b1 / w1 <= -b2 / w2, exactly. */
function checkOrder(w1: Rational, b1: Rational, w2: Rational, b2: Rational, k: number): void {
  const left = -b1.numerator * w1.denominator * w2.numerator * b2.denominator;
  const right = -b2.numerator * w2.denominator * w1.numerator * b1.denominator;
  const order = sign(left - right) * w1.sign() * w2.sign();
  guard(order <= 0, 'network-order', () => `the breakpoint of neuron ${k} lies left of the one before it`);
}
