import { lcm } from '../exact/bigint.js';
import { solveLinearSystem } from '../exact/elimination.js';
import { type Enclosure, power } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { decide, minimiseLinear } from '../lp/exact-lp.js';
import { LinearRow } from '../lp/linear-system.js';
import { evaluate, type Network, type Neuron, type SkipConnection } from '../problem/network.js';
import type { Share } from './branch.js';
import type { Directions } from './directions.js';
import { dot } from './kernel.js';
import type { PatternProposal } from './pattern-descent.js';
import { type PathNormQuestion, weightsOf } from './question.js';

/** A network through all windows, exact, with its cost. */
export interface ExactNetwork {
  readonly network: Network;
  /** phi of its neurons, within 2^-COST_BITS and a little. */
  readonly cost: Enclosure;
}

/** Binary digits after the point of the cost of a network. */
export const COST_BITS = 128;

/**
 * The network that doubles propose, in rationals: the directions of every group with nonnegative factors that solve the equations of
 * exact labels, each group added up to one neuron; with windows, or when there are none, the factors of least linearised cost within
 * all windows, by an exact linear program.
 * @returns null when the directions admit no such network
 */
export function exactNetwork(
  directions: Directions,
  groups: readonly (readonly Share[])[],
): ExactNetwork | null {
  const { question } = directions;
  const shares = groups.flat();
  const columns = [
    ...shares.map(({ direction, sign }) => {
      const vector = directions.vectors[direction]!;
      return question.points.map((point) => {
        const value = dot(point, vector);
        return value > 0n ? BigInt(sign) * value : 0n;
      });
    }),
    ...independent(question.free, question.size),
  ];
  const factors =
    solveEquations(question, columns, shares.length) ?? solveProgram(directions, groups, columns);
  if (factors === null) return null;
  const neurons: Neuron[] = [];
  let at = 0;
  for (const group of groups) {
    const sum: Rational[] = new Array(question.width).fill(Rational.zero);
    for (const { direction } of group) {
      const factor = factors[at++]!;
      if (factor.isZero()) continue;
      directions.vectors[direction]!.forEach((entry, i) => {
        if (entry !== 0n) sum[i] = sum[i]!.add(factor.multiply(Rational.of(entry)));
      });
    }
    if (sum.every((entry) => entry.isZero())) continue;
    const weights = weightsOf(question, sum);
    neurons.push({
      inputWeights: weights.slice(0, -1),
      bias: weights.at(-1)!,
      outputWeight: Rational.of(group[0]!.sign),
    });
  }
  const network = withFreePart(question, neurons);
  return network === null ? null : { network, cost: costOfNetwork(network, question.p, COST_BITS) };
}

/** Exact labels: the one solution with nonnegative factors, or null. */
function solveEquations(
  question: PathNormQuestion,
  columns: readonly (readonly bigint[])[],
  shares: number,
): Rational[] | null {
  if (!question.problem.exact) return null;
  const scale = question.lower.reduce((m, value) => lcm(m, value.denominator), 1n);
  const solution = solveLinearSystem(
    question.points.map((_, n) => columns.map((column) => column[n]!)),
    question.lower.map((value) => value.numerator * (scale / value.denominator)),
  );
  if (solution === null || solution.slice(0, shares).some((value) => value.sign() < 0)) return null;
  return solution.map((value) => value.divide(Rational.of(scale)));
}

/** Nonnegative factors of least linearised cost whose outputs lie in all windows, or null. */
function solveProgram(
  directions: Directions,
  groups: readonly (readonly Share[])[],
  columns: readonly (readonly bigint[])[],
): Rational[] | null {
  const { question } = directions;
  const prices = groups.flatMap((group) => pricesOf(directions, group));
  const top = prices.reduce((a, b) => (a.lessThan(b) ? b : a), Rational.one);
  const unit = Rational.of(2 ** 40).divide(top);
  const objective = columns.map((_, c) => {
    const price = prices[c]?.multiply(unit) ?? Rational.zero;
    return price.numerator / price.denominator;
  });
  const rows = windowRows(question.lower, question.upper, columns);
  for (let k = 0; k < prices.length; k++) {
    rows.push(
      new LinearRow(
        columns.map((_, c) => (c === k ? 1n : 0n)),
        '>=',
        0n,
      ),
    );
  }
  const outcome = minimiseLinear({ unknowns: columns.length, rows, objective });
  return outcome.status === 'infeasible' ? null : outcome.point;
}

/** What a unit of each integer direction of a group adds to the cost of their sum, to first order. */
function pricesOf({ question, values, vectors }: Directions, group: readonly Share[]): Rational[] {
  const { size, penalised, exponent, units } = question;
  const slopes = Array.from({ length: penalised }, (_, i) => {
    const z = group.reduce((sum, { direction, mass }) => sum + mass * values[direction]![size + i]!, 0);
    return z === 0 ? Rational.zero : Rational.fromDouble(Math.abs(z) ** (exponent - 1));
  });
  return group.map(({ direction }) =>
    slopes.reduce((sum, slope, i) => {
      const entry = Rational.of(vectors[direction]![i]!).divide(units[i]!).abs();
      return sum.add(slope.multiply(entry));
    }, Rational.zero),
  );
}

/** low_n <= sum of unknown c times column c at n <= high_n. */
function windowRows(
  low: readonly Rational[],
  high: readonly Rational[],
  columns: readonly (readonly bigint[])[],
): LinearRow[] {
  return low.flatMap((least, n) => {
    const coefficients = columns.map((column) => Rational.of(column[n]!));
    if (least.equals(high[n]!)) return [LinearRow.fromRationals(coefficients, '=', least)];
    return [
      LinearRow.fromRationals(coefficients, '>=', least),
      LinearRow.fromRationals(coefficients, '<=', high[n]!),
    ];
  });
}

/** Those columns that are independent of the ones before them. */
function independent(columns: readonly (readonly bigint[])[], size: number): (readonly bigint[])[] {
  const chosen: (readonly bigint[])[] = [];
  for (const column of columns) {
    const matrix = Array.from({ length: size }, (_, n) => chosen.map((own) => own[n]!));
    if (
      chosen.length === 0 ? column.some((value) => value !== 0n) : solveLinearSystem(matrix, column) === null
    ) {
      chosen.push(column);
    }
  }
  return chosen;
}

/**
 * The neurons with the part that costs nothing: a skip, and for one input without a skip a constant neuron. It is what is left of the
 * labels; with windows any that fits.
 */
export function withFreePart(question: PathNormQuestion, neurons: readonly Neuron[]): Network | null {
  const { problem, skip, size } = question;
  const inputDimension = problem.dimension;
  const plain: Network = { inputDimension, skip: null, neurons };
  const at = (n: number) => problem.inputs.map((column) => column.value(n));
  const low: Rational[] = [];
  const high: Rational[] = [];
  for (let n = 0; n < size; n++) {
    const value = evaluate(plain, at(n));
    low.push(question.lower[n]!.subtract(value));
    high.push(question.upper[n]!.subtract(value));
  }
  const free = question.free.length;
  if (free === 0)
    return low.every((value) => value.sign() <= 0) && high.every((value) => value.sign() >= 0) ? plain : null;
  // Unknowns: the weights of the affine part in the order of its columns.
  const rows = windowRows(low, high, question.free);
  const outcome = decide({ unknowns: free, rows });
  if (outcome.status === 'infeasible') return null;
  const bias = outcome.point.at(-1)!;
  const zeros: Rational[] = new Array(inputDimension).fill(Rational.zero);
  if (skip === 'none') {
    if (bias.isZero()) return plain;
    const constant: Neuron = {
      inputWeights: zeros,
      bias: bias.abs(),
      outputWeight: Rational.of(bias.sign()),
    };
    return { ...plain, neurons: [...neurons, constant] };
  }
  const weights =
    skip === 'bias' ? zeros : outcome.point.slice(0, -1).map((value, i) => value.divide(question.units[i]!));
  const connection: SkipConnection = { weights, bias };
  return { ...plain, skip: connection };
}

/** The cost of equation (8), or (2) with one input, enclosed. */
export function costOfNetwork(network: Network, p: Rational, bits: number): Enclosure {
  const guard = 8 + Math.ceil(Math.log2(1 + network.neurons.length * (network.inputDimension + 1)));
  let lower = 0n;
  let upper = 0n;
  for (const { inputWeights, bias, outputWeight } of network.neurons) {
    const entries = network.inputDimension === 1 ? inputWeights : [...inputWeights, bias];
    for (const entry of entries) {
      const size = entry.multiply(outputWeight).abs();
      if (size.isZero()) continue;
      const term = power(size, p, bits + guard);
      lower += term.lower;
      upper += term.upper;
    }
  }
  return { lower: lower >> BigInt(guard), upper: -(-upper >> BigInt(guard)), bits };
}

/**
 * The exact network with given patterns, signs and zeros that doubles propose: the entries that are not 0 solve the equations of the exact
 * labels and of the points where a neuron is 0 (with windows: at the ends that the proposal touches).
 * @param labelUnit the weights are those of the problem divided by it
 * @returns null when the equations have no solution inside all windows
 */
export function exactPatternNetwork(
  question: PathNormQuestion,
  { neurons, weights }: PatternProposal,
  labelUnit: number,
): ExactNetwork | null {
  const { points, size, width, units } = question;
  const entries = weights.flatMap((z, k) =>
    Array.from({ length: width }, (_, i) => ({ k, i })).filter(({ i }) => Math.abs(z[i]!) > PATTERN_ZERO),
  );
  const free = independent(question.free, size);
  const doubles = question.problem.inputs.map((column) => points.map((_, n) => column.value(n).toNumber()));
  const term = (k: number, i: number, n: number) => weights[k]![i]! * (i === width - 1 ? 1 : doubles[i]![n]!);
  const matrix: bigint[][] = [];
  const right: Rational[] = [];
  for (let n = 0; n < size; n++) {
    const target = labelAt(question, n, free.length > 0, () =>
      neurons.reduce((sum, { sign, active }, k) => {
        if (!active[n]) return sum;
        let value = 0;
        for (let i = 0; i < width; i++) value += term(k, i, n);
        return sum + sign * Math.max(0, value) * labelUnit;
      }, 0),
    );
    if (target !== null) {
      matrix.push([
        ...entries.map(({ k, i }) =>
          neurons[k]!.active[n] ? BigInt(neurons[k]!.sign) * points[n]![i]! : 0n,
        ),
        ...free.map((column) => column[n]!),
      ]);
      right.push(target);
    }
    neurons.forEach((_, k) => {
      let value = 0;
      let reach = 0;
      for (let i = 0; i < width; i++) {
        value += term(k, i, n);
        reach += Math.abs(term(k, i, n));
      }
      if (reach === 0 || Math.abs(value) > 1e-9 * reach) return;
      matrix.push([...entries.map((own) => (own.k === k ? points[n]![own.i]! : 0n)), ...free.map(() => 0n)]);
      right.push(Rational.zero);
    });
  }
  const scale = right.reduce((m, value) => lcm(m, value.denominator), 1n);
  const solution = solveLinearSystem(
    matrix,
    right.map((value) => value.numerator * (scale / value.denominator)),
  );
  if (solution === null) return null;
  const sums = neurons.map((): Rational[] => new Array(width).fill(Rational.zero));
  entries.forEach(({ k, i }, c) => {
    sums[k]![i] = solution[c]!.divide(Rational.of(scale)).divide(units[i]!);
  });
  const exact = neurons
    .map(
      ({ sign }, k): Neuron => ({
        inputWeights: sums[k]!.slice(0, -1),
        bias: sums[k]!.at(-1)!,
        outputWeight: Rational.of(sign),
      }),
    )
    .filter((_, k) => sums[k]!.some((value) => !value.isZero()));
  const network = withFreePart(question, exact);
  return network === null ? null : { network, cost: costOfNetwork(network, question.p, COST_BITS) };
}

/** Entries of proposals below this are zero. */
const PATTERN_ZERO = 1e-9;

/** The label at a point, or the end of its window that an output touches; null when it lies between. */
function labelAt(
  { lower, upper }: PathNormQuestion,
  n: number,
  moved: boolean,
  output: () => number,
): Rational | null {
  const [low, high] = [lower[n]!, upper[n]!];
  if (low.equals(high)) return low;
  // With a free part the outputs are known only up to it.
  if (moved) return null;
  const value = output();
  const near = 1e-7 * high.subtract(low).toNumber();
  if (Math.abs(value - low.toNumber()) <= near) return low;
  return Math.abs(value - high.toNumber()) <= near ? high : null;
}
