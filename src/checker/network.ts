import type { Objective } from '../certificate/certificate.js';
import { bitLength, gcd, lcm } from '../exact/bigint.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import {
  countNeurons,
  countParameters,
  isDead,
  type Network,
  type Neuron,
  type Skip,
  skipOf,
} from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { hasLower, hasUpper } from '../problem/windows.js';
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

/**
 * Most binary digits of a common denominator, and of all numbers of a network over their common denominators. Without such limits a
 * forger's small file would keep the checker busy for days.
 */
const MOST_BITS = { denominator: 2 ** 21, network: 2 ** 32 } as const;

const LONGEST_DENOMINATOR = 1n << BigInt(MOST_BITS.denominator);

function guardLength(denominator: bigint): bigint {
  guard(
    denominator < LONGEST_DENOMINATOR,
    'network-fit',
    () => `the sums of the network have denominators of more than ${MOST_BITS.denominator} binary digits`,
  );
  return denominator;
}

/** (weights . X + bias) / denominator in integers, X in the integer units of the inputs. The bias is the last weight. */
interface IntegerForm {
  readonly weights: readonly bigint[];
  readonly denominator: bigint;
}

function integerForm(weights: readonly Rational[], bias: Rational, units: readonly Rational[]): IntegerForm {
  const all = [...weights.map((weight, i) => weight.multiply(units[i]!)), bias];
  const { numerators, denominator } = overCommonDenominator(all, guardLength);
  return { denominator, weights: numerators };
}

function formAt({ weights }: IntegerForm, X: readonly bigint[]): bigint {
  return weights.reduce((sum, weight, i) => (weight === 0n ? sum : sum + weight * X[i]!), 0n);
}

/** The values of a network at the points, at(i) / common. O(K d) integers each. */
export function networkValues(
  { inputs }: Problem,
  network: Network,
): { readonly common: bigint; at(i: number): bigint } {
  const units = inputs.map((column) => column.integerScale);
  let bits = 0;
  let common = 1n;
  const terms: { form: IntegerForm; output: Rational; bent: boolean }[] = [];
  const add = (weights: readonly Rational[], bias: Rational, output: Rational, bent: boolean): void => {
    const form = integerForm(weights, bias, units);
    common = guardLength(lcm(common, form.denominator * output.denominator));
    bits += (weights.length + 1) * bitLength(form.denominator) + bitLength(common);
    guard(
      bits <= MOST_BITS.network,
      'network-fit',
      () =>
        `over common denominators the weights of the network have more than ${MOST_BITS.network} binary digits`,
    );
    terms.push({ form, output, bent });
  };
  if (network.skip !== null) add(network.skip.weights, network.skip.bias, Rational.one, false);
  for (const neuron of network.neurons) {
    if (!isDead(neuron)) add(neuron.inputWeights, neuron.bias, neuron.outputWeight, true);
  }
  const factors = terms.map(
    ({ form, output }) => output.numerator * (common / (form.denominator * output.denominator)),
  );
  const at = (i: number): bigint => {
    const X = [...inputs.map((column) => column.integer(i)), 1n];
    return terms.reduce((total, { form, bent }, k) => {
      const value = formAt(form, X);
      return bent && value <= 0n ? total : total + factors[k]! * value;
    }, 0n);
  };
  return { common, at };
}

/** Several inputs: evaluation at every point, O(N K d), in integers over one denominator. */
function checkFitByPoints(problem: Problem, network: Network): void {
  const { lower, upper, size } = problem;
  const { common, at } = networkValues(problem, network);
  // Y = y yd / yn as in the sweep below: sum / common against Y yn / yd.
  const { numerator: yn, denominator: yd } = lower.integerScale;
  for (let i = 0; i < size; i++) {
    const scaled = at(i) * yd;
    const unit = yn * common;
    guard(
      (scaled >= lower.integer(i) * unit || !hasLower(problem, i)) &&
        (scaled <= upper.integer(i) * unit || !hasUpper(problem, i)),
      'network-fit',
      () => `at point ${i} the network leaves the window [${lower.value(i)}, ${upper.value(i)}]`,
    );
  }
}

/**
 * A running line whose denominator reaches the first size is reduced to lowest terms. From the second size on it no longer is: a greatest
 * common divisor of numbers that long takes far more time than sums with them, and only a forger brings many.
 */
const REDUCE = { from: 1n << 1500n, until: 1n << 40_000n } as const;

/** a b; factors of 1 are common, and comparing is cheaper than multiplying. */
function times(a: bigint, b: bigint): bigint {
  return b === 1n ? a : a === 1n ? b : a * b;
}

/** The line that holds on the current piece, in integer units of the columns: q Y = p X + r with q > 0. */
class RunningLine {
  p = 0n;
  r = 0n;
  q = 1n;
  /** Reduced when q gets here; twice as long as after the last reduction, so that long lines are not reduced in vain. */
  private limit: bigint = REDUCE.from;

  /** Adds (sn / sd) X + cn / cd. */
  add(sn: bigint, sd: bigint, cn: bigint, cd: bigint): void {
    const d = times(sd, cd);
    const s = times(sn, cd);
    const c = times(cn, sd);
    this.p = this.p * d + times(s, this.q);
    this.r = this.r * d + times(c, this.q);
    this.q = guardLength(times(d, this.q));
    if (this.q < this.limit || this.q >= REDUCE.until) return;
    const common = gcd(gcd(this.p, this.r), this.q);
    this.p /= common;
    this.r /= common;
    this.q /= common;
    this.limit = this.q * this.q;
    if (this.limit < REDUCE.from) this.limit = REDUCE.from;
  }

  /** Becomes the line through (X, Y) and the earlier point (X0, Y0). */
  through(X0: bigint, Y0: bigint, X: bigint, Y: bigint): void {
    this.p = Y - Y0;
    this.q = X - X0;
    this.r = Y * this.q - this.p * X;
    this.limit = REDUCE.from;
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
  const { numerator: xn, denominator: xd } = x.integerScale;
  const { numerator: yn, denominator: yd } = lower.integerScale;
  const line = new RunningLine();
  // v (w x + b) and a x + c in units: x = X xn / xd, Y = y yd / yn.
  const addAffine = (a: Rational, c: Rational, v: Rational, remove = false): void => {
    const n = times(remove ? -v.numerator : v.numerator, yd);
    const d = times(v.denominator, yn);
    line.add(
      times(times(n, a.numerator), xn),
      times(times(d, a.denominator), xd),
      n * c.numerator,
      times(d, c.denominator),
    );
  };

  // Phase 1: the leftmost line, summed from the last neuron to the first so that partial sums are lines of pieces.
  if (network.skip !== null) addAffine(network.skip.weights[0]!, network.skip.bias, Rational.one);
  const bent: Neuron[] = [];
  for (const neuron of network.neurons) {
    if (isDead(neuron)) continue;
    if (!neuron.inputWeights[0]!.isZero()) bent.push(neuron);
    else addAffine(Rational.zero, neuron.bias, neuron.outputWeight);
  }
  for (let k = bent.length - 1; k >= 0; k--) {
    const { inputWeights, bias, outputWeight } = bent[k]!;
    if (inputWeights[0]!.sign() < 0) addAffine(inputWeights[0]!, bias, outputWeight);
  }

  // Phase 2: the sweep. The next breakpoint is X = tn / td, td > 0.
  let k = 0;
  let hits = 0;
  let tn = 0n;
  let td = 0n;
  const moveTo = (next: number): void => {
    if (next === bent.length) return;
    const { inputWeights, bias: b } = bent[next]!;
    const w = inputWeights[0]!;
    let n = -times(times(b.numerator, w.denominator), xd);
    let d = times(times(b.denominator, w.numerator), xn);
    if (d < 0n) {
      n = -n;
      d = -d;
    }
    guard(
      next === 0 || tn * d <= n * td,
      'network-order',
      () => `the breakpoint of neuron ${next} (of those with one) lies left of the one before it`,
    );
    tn = n;
    td = d;
  };
  moveTo(0);
  let previousX = 0n;
  let previousLow = 0n;
  for (let i = 0; i < size; i++) {
    const X = x.integer(i);
    while (k < bent.length && tn < X * td) {
      const { inputWeights, bias, outputWeight } = bent[k]!;
      addAffine(inputWeights[0]!, bias, outputWeight, inputWeights[0]!.sign() < 0);
      moveTo(++k);
      hits = 0;
    }
    const value = line.p * X + line.r;
    const low = lower.integer(i);
    const atLow = value === low * line.q;
    const fits =
      (atLow && hasLower(problem, i)) ||
      (lower !== upper &&
        (value >= low * line.q || !hasLower(problem, i)) &&
        (value <= upper.integer(i) * line.q || !hasUpper(problem, i)));
    // Out of order the sweep means nothing: that is the reason to name, if it is one.
    if (!fits) while (k < bent.length) moveTo(++k);
    guard(
      fits,
      'network-fit',
      () =>
        `at point ${i} (x = ${x.value(i)}) the network leaves the window [${lower.value(i)}, ${upper.value(i)}]`,
    );
    hits = atLow ? hits + 1 : 0;
    if (hits === 2) line.through(previousX, previousLow, X, low);
    previousX = X;
    previousLow = low;
  }
  while (k < bent.length) moveTo(++k);
}
