import { Rational } from '../exact/rational.js';
import type { Network, Neuron } from './network.js';

/** A line y = slope * x + intercept. */
export interface Line {
  readonly slope: Rational;
  readonly intercept: Rational;
}

/** A place where the slope changes by `slopeChange` != 0. */
export interface Knot {
  readonly at: Rational;
  readonly slopeChange: Rational;
}

/**
 * A continuous piecewise-linear (CPWL) function of one variable,
 *
 *   f(x) = slope * x + intercept + sum_k slopeChange_k (x - at_k)+,
 *
 * with knots in strictly increasing order. `slope` and `intercept` belong to the leftmost piece. All exact.
 */
export interface PiecewiseLinear extends Line {
  readonly knots: readonly Knot[];
}

/** The exact value at x. */
export function evaluateAt(f: PiecewiseLinear, x: Rational): Rational {
  let value = f.slope.multiply(x).add(f.intercept);
  for (const { at, slopeChange } of f.knots) {
    const distance = x.subtract(at);
    if (distance.sign() <= 0) break;
    value = value.add(slopeChange.multiply(distance));
  }
  return value;
}

/** The exact values at increasing positions, in one pass over points and knots. */
export function evaluateSorted(f: PiecewiseLinear, positions: readonly Rational[]): Rational[] {
  let { slope, intercept } = f;
  let k = 0;
  return positions.map((x) => {
    for (; k < f.knots.length && f.knots[k]!.at.lessThan(x); k++) {
      const { at, slopeChange } = f.knots[k]!;
      slope = slope.add(slopeChange);
      intercept = intercept.subtract(slopeChange.multiply(at));
    }
    return slope.multiply(x).add(intercept);
  });
}

export function valueOfLine(line: Line, x: Rational): Rational {
  return line.slope.multiply(x).add(line.intercept);
}

/** The knot where line `left` hands over to line `right`; their slopes must differ. */
export function crossing(left: Line, right: Line): Knot {
  const slopeChange = right.slope.subtract(left.slope);
  return { at: left.intercept.subtract(right.intercept).divide(slopeChange), slopeChange };
}

/** The function whose pieces are the given lines, left to right; equal neighbours are one piece. */
export function fromLines(lines: readonly Line[]): PiecewiseLinear {
  const knots: Knot[] = [];
  for (let j = 1; j < lines.length; j++) {
    if (!lines[j]!.slope.equals(lines[j - 1]!.slope)) knots.push(crossing(lines[j - 1]!, lines[j]!));
  }
  return { slope: lines[0]!.slope, intercept: lines[0]!.intercept, knots };
}

/** The function that joins places, from left to right, and goes on straight beyond them; one place: a constant. */
export function throughPlaces(places: readonly (readonly [x: Rational, y: Rational])[]): PiecewiseLinear {
  const lines = places.slice(1).map(([x, y], j): Line => {
    const [before, value] = places[j]!;
    const slope = y.subtract(value).divide(x.subtract(before));
    return { slope, intercept: y.subtract(slope.multiply(x)) };
  });
  return fromLines(lines.length === 0 ? [{ slope: Rational.zero, intercept: places[0]![1] }] : lines);
}

/** slopeChange (x - at)+ as a neuron that is active to the right of its knot. */
export function rightFacing({ at, slopeChange }: Knot): Neuron {
  return { inputWeights: [Rational.one], bias: at.negate(), outputWeight: slopeChange };
}

/** slopeChange (at - x)+ as a neuron that is active to the left of its knot. */
export function leftFacing({ at, slopeChange }: Knot): Neuron {
  return { inputWeights: [Rational.one.negate()], bias: at, outputWeight: slopeChange };
}

/** The network with one neuron for every knot and a free affine part: skip "affine". */
export function toNetwork(f: PiecewiseLinear): Network {
  return {
    inputDimension: 1,
    skip: { weights: [f.slope], bias: f.intercept },
    neurons: f.knots.map(rightFacing),
  };
}

/**
 * The function of a network with one input. Neurons on one knot are merged, constant neurons go into the intercept.
 * @throws RangeError when the network has more than one input
 */
export function fromNetwork(network: Network): PiecewiseLinear {
  if (network.inputDimension !== 1)
    throw new RangeError(`expected one input, found ${network.inputDimension}`);
  let slope = network.skip?.weights[0] ?? Rational.zero;
  let intercept = network.skip?.bias ?? Rational.zero;
  const changes: Knot[] = [];
  for (const { inputWeights, bias, outputWeight } of network.neurons) {
    const weight = inputWeights[0]!;
    const product = outputWeight.multiply(weight);
    if (weight.isZero()) {
      if (bias.sign() > 0) intercept = intercept.add(outputWeight.multiply(bias));
    } else {
      if (weight.sign() < 0) {
        // Active on the left: its line belongs to the leftmost piece and is taken away at the knot.
        slope = slope.add(product);
        intercept = intercept.add(outputWeight.multiply(bias));
      }
      changes.push({
        at: bias.divide(weight).negate(),
        slopeChange: product.multiply(Rational.of(weight.sign())),
      });
    }
  }
  changes.sort((a, b) => a.at.compare(b.at));
  const knots: Knot[] = [];
  for (const change of changes) {
    const last = knots.at(-1);
    if (last?.at.equals(change.at)) {
      knots[knots.length - 1] = { at: last.at, slopeChange: last.slopeChange.add(change.slopeChange) };
    } else knots.push(change);
  }
  return { slope, intercept, knots: knots.filter(({ slopeChange }) => !slopeChange.isZero()) };
}
