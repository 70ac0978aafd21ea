import { Rational } from '../exact/rational.js';
import { networkWithRemainder } from '../knots/architecture.js';
import { slopeScale } from '../knots/slopes.js';
import type { Network } from '../problem/network.js';
import {
  crossing,
  type Knot,
  type Line,
  leftFacing,
  type PiecewiseLinear,
  rightFacing,
} from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

/** A network, and its function between the outer points. */
export interface Found {
  readonly network: Network;
  readonly function: PiecewiseLinear;
}

/**
 * The network of lines and facings: one neuron for each knot, and those that the affine remainder needs besides.
 * @param lines of the pieces, in the integer units of the columns
 * @param left facing of each cut, by level (the first entry is that of the start)
 */
export function foundNetwork(
  problem: Problem,
  lines: readonly Line[],
  left: ArrayLike<number>,
  skip: 'bias' | 'none',
): Found {
  const faced = facedFunction(problem, lines, left);
  return { function: functionOfHinges(faced), network: networkOfHinges(problem, faced, skip) };
}

/** A function with the facing of its knots: what a network without an affine part needs. */
interface FacedFunction {
  readonly first: Line;
  /** In increasing order; two may stand on one place. */
  readonly hinges: readonly (Knot & { readonly left: boolean })[];
}

/**
 * The function whose pieces are the given lines. Equal neighbours are one piece. Two cuts in one gap may cross the other way round: then
 * their order is exchanged, and the values at the data stay.
 */
function facedFunction(problem: Problem, lines: readonly Line[], left: ArrayLike<number>): FacedFunction {
  const steepness = slopeScale(problem);
  const height = problem.lower.integerScale;
  const isOne = steepness.equals(Rational.one) && height.equals(Rational.one);
  const real = isOne
    ? lines
    : lines.map(
        ({ slope, intercept }): Line => ({
          slope: slope.multiply(steepness),
          intercept: intercept.multiply(height),
        }),
      );
  const hinges: (Knot & { left: boolean })[] = [];
  for (let j = 1; j < real.length; j++) {
    if (real[j]!.slope.equals(real[j - 1]!.slope)) continue;
    hinges.push({ ...crossing(real[j - 1]!, real[j]!), left: left[j] === 1 });
  }
  hinges.sort((a, b) => a.at.compare(b.at));
  return { first: real[0]!, hinges };
}

/** The function itself. */
function functionOfHinges({ first, hinges }: FacedFunction): PiecewiseLinear {
  const knots: Knot[] = [];
  for (const { at, slopeChange } of hinges) {
    const last = knots.at(-1);
    if (last?.at.equals(at)) knots[knots.length - 1] = { at, slopeChange: last.slopeChange.add(slopeChange) };
    else knots.push({ at, slopeChange });
  }
  return { ...first, knots: knots.filter(({ slopeChange }) => !slopeChange.isZero()) };
}

function networkOfHinges(problem: Problem, { first, hinges }: FacedFunction, skip: 'bias' | 'none'): Network {
  let remainder = first;
  for (const { at, slopeChange, left } of hinges) {
    if (!left) continue;
    remainder = {
      slope: remainder.slope.add(slopeChange),
      intercept: remainder.intercept.subtract(slopeChange.multiply(at)),
    };
  }
  const x = problem.inputs[0]!;
  return networkWithRemainder(
    hinges.map((hinge) => (hinge.left ? leftFacing(hinge) : rightFacing(hinge))),
    remainder,
    skip,
    x.value(0),
    x.value(problem.size - 1),
  );
}
