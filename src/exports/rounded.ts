import { maximum, Rational } from '../exact/rational.js';
import { evaluate, type Network, type Neuron } from '../problem/network.js';
import { evaluateSorted, fromNetwork, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

/** What is lost when the numbers of an answer are rounded to doubles; all exact. */
export interface Loss {
  /** Largest |g - f|: of one input anywhere between the ends of the data, of several inputs at the points of the data. */
  readonly largestError: Rational;
  /** Largest distance of g from a window of the data; 0 when the tolerance still holds. */
  readonly beyondWindows: Rational;
}

/** A function of one input as doubles: linear between its breakpoints, and beyond them as in the first and the last stretch. */
export interface RoundedFunction extends Loss {
  /** Breakpoints, increasing: both ends of the data and every knot. At least two. */
  readonly x: readonly number[];
  /** The values there. */
  readonly y: readonly number[];
}

/**
 * A function with every number rounded to the nearest double.
 * @throws RangeError when two breakpoints are one double, or a number is beyond the doubles
 */
export function roundFunction(problem: Problem, f: PiecewiseLinear): RoundedFunction {
  const { inputs, size, lower, upper } = problem;
  const places = extended(breakpoints(problem, f), f);
  const x = places.map((place) => place.toNumber());
  const y = evaluateSorted(f, places).map((value) => value.toNumber());
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i]))
      throw new RangeError(`a breakpoint or a value is beyond the largest double, near x = ${x[i]}`);
    if (i > 0 && !(x[i - 1]! < x[i]!))
      throw new RangeError(
        `two breakpoints near x = ${x[i]} are one double; export exact numbers (--network, --json)`,
      );
  }
  const g = through(x, y);
  const data = Array.from({ length: size }, (_, n) => inputs[0]!.value(n));
  const beyondWindows = evaluateSorted(g, data).reduce(
    (most, value, n) =>
      maximum(most, maximum(lower.value(n).subtract(value), value.subtract(upper.value(n)))),
    Rational.zero,
  );
  return { x, y, largestError: largestDistance(problem, f, g), beyondWindows };
}

/** The largest |g - f| between the ends of the data: both are linear between the knots of either. */
function largestDistance({ inputs, size }: Problem, f: PiecewiseLinear, g: PiecewiseLinear): Rational {
  const [first, last] = [inputs[0]!.value(0), inputs[0]!.value(size - 1)];
  const places = [first, last, ...[...f.knots, ...g.knots].map(({ at }) => at)]
    .filter((at) => !at.lessThan(first) && !last.lessThan(at))
    .sort((at, other) => at.compare(other));
  const [ofF, ofG] = [evaluateSorted(f, places), evaluateSorted(g, places)];
  return ofF.reduce((most, value, i) => maximum(most, value.subtract(ofG[i]!).abs()), Rational.zero);
}

/** Both ends of the data and every knot, increasing. */
export function breakpoints({ inputs, size }: Problem, f: PiecewiseLinear): Rational[] {
  const [first, last] = [inputs[0]!.value(0), inputs[0]!.value(size - 1)];
  const places = [...f.knots.map(({ at }) => at), first, last].sort((a, b) => a.compare(b));
  const distinct = places.filter((place, i) => i === 0 || !place.equals(places[i - 1]!));
  // One point and no knot: any second place tells the slope.
  return distinct.length > 1 ? distinct : [first, first.add(Rational.one)];
}

/** With a place beyond the first and the last knot where these are the ends: the slopes beyond are those of f. */
function extended(places: readonly Rational[], { knots }: PiecewiseLinear): Rational[] {
  const [first, last] = [places[0]!, places.at(-1)!];
  return [
    ...(knots[0]?.at.equals(first) ? [first.subtract(Rational.one)] : []),
    ...places,
    ...(knots.at(-1)?.at.equals(last) ? [last.add(Rational.one)] : []),
  ];
}

/** The exact function through points given as doubles, linear beyond them. */
export function through(x: readonly number[], y: readonly number[]): PiecewiseLinear {
  const [at, value] = [x.map(Rational.fromDouble), y.map(Rational.fromDouble)];
  const slopes = at
    .slice(1)
    .map((place, i) => value[i + 1]!.subtract(value[i]!).divide(place.subtract(at[i]!)));
  return {
    slope: slopes[0]!,
    intercept: value[0]!.subtract(slopes[0]!.multiply(at[0]!)),
    knots: slopes
      .slice(1)
      .map((slope, i) => ({ at: at[i + 1]!, slopeChange: slope.subtract(slopes[i]!) }))
      .filter(({ slopeChange }) => !slopeChange.isZero()),
  };
}

/** A network as doubles. */
export interface RoundedNetwork extends Loss {
  readonly neurons: readonly {
    readonly weights: readonly number[];
    readonly bias: number;
    readonly output: number;
  }[];
  readonly skip: { readonly weights: readonly number[]; readonly bias: number } | null;
}

/** @throws RangeError when a number is beyond the doubles */
export function roundNetwork(problem: Problem, network: Network): RoundedNetwork {
  const double = (value: Rational): number => {
    const rounded = value.toNumber();
    if (!Number.isFinite(rounded)) throw new RangeError(`a weight is beyond the largest double: ${value}`);
    return rounded;
  };
  const neurons = network.neurons.map(({ inputWeights, bias, outputWeight }) => ({
    weights: inputWeights.map(double),
    bias: double(bias),
    output: double(outputWeight),
  }));
  const skip =
    network.skip === null
      ? null
      : { weights: network.skip.weights.map(double), bias: double(network.skip.bias) };
  const exact: Network = {
    inputDimension: network.inputDimension,
    neurons: neurons.map(
      ({ weights, bias, output }): Neuron => ({
        inputWeights: weights.map(Rational.fromDouble),
        bias: Rational.fromDouble(bias),
        outputWeight: Rational.fromDouble(output),
      }),
    ),
    skip:
      skip === null
        ? null
        : { weights: skip.weights.map(Rational.fromDouble), bias: Rational.fromDouble(skip.bias) },
  };
  let largestError = Rational.zero;
  let beyondWindows = Rational.zero;
  for (let n = 0; n < problem.size; n++) {
    const x = problem.inputs.map((column) => column.value(n));
    const [own, rounded] = [evaluate(network, x), evaluate(exact, x)];
    largestError = maximum(largestError, own.subtract(rounded).abs());
    beyondWindows = maximum(
      beyondWindows,
      maximum(problem.lower.value(n).subtract(rounded), rounded.subtract(problem.upper.value(n))),
    );
  }
  if (problem.dimension === 1)
    largestError = largestDistance(problem, fromNetwork(network), fromNetwork(exact));
  return { neurons, skip, largestError, beyondWindows };
}
