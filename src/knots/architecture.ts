import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { Network, Neuron, Skip } from '../problem/network.js';
import {
  type Line,
  leftFacing,
  type PiecewiseLinear,
  rightFacing,
  toNetwork,
  valueOfLine,
} from '../problem/piecewise-linear.js';

/** Up to this many knots every left/right assignment is tried; beyond it only those that switch once. */
export const ASSIGNMENT_LIMIT = 16;

/**
 * The network of a CPWL function on the interval [from, to] with as few extra neurons as a cheap search finds.
 *
 * A knot may be a neuron that is active on its right, g (x - t)+, or on its left, g (t - x)+ = g (x - t)+ - g (x - t). With
 * the set F of left-facing knots the affine remainder is (a + sum_F g) x + (c - sum_F g t). Skip "bias" needs the slope of
 * the remainder to vanish, skip "none" all of it; otherwise one extra neuron (skip bias always; skip none when the
 * remainder has one sign on the interval) or two take it over.
 *
 * @returns a network that equals f on [from, to], with K, K + 1 or K + 2 neurons for K knots
 */
export function networkForSkip(f: PiecewiseLinear, skip: Skip, from: Rational, to: Rational): Network {
  if (skip === 'affine') return toNetwork(f);
  let best: Assignment | null = null;
  for (const candidate of assignments(f)) {
    const extra = extraNeurons(candidate.remainder, skip, from, to);
    if (best === null || extra.length < best.extra.length) best = { ...candidate, extra };
    if (extra.length === 0) break;
  }
  const { isLeft, remainder } = best!;
  const bent = f.knots.map((knot, k) => (isLeft(k) ? leftFacing(knot) : rightFacing(knot)));
  return networkWithRemainder(bent, remainder, skip, from, to);
}

/**
 * The network of neurons that bend inside [from, to], in the order of their breakpoints, and of an affine remainder: as few more neurons as
 * take it over on the interval, up to a constant for skip bias.
 */
export function networkWithRemainder(
  bent: readonly Neuron[],
  remainder: Line,
  skip: 'bias' | 'none',
  from: Rational,
  to: Rational,
): Network {
  const extra = extraNeurons(remainder, skip, from, to);
  return {
    inputDimension: 1,
    skip: skip === 'bias' ? { weights: [Rational.zero], bias: remainingBias(remainder, extra, from) } : null,
    neurons: [
      ...extra.filter((neuron) => standsLeft(neuron, from)),
      ...bent,
      ...extra.filter((neuron) => !standsLeft(neuron, from)),
    ],
  };
}

interface Candidate {
  isLeft(knot: number): boolean;
  remainder: Line;
}

type Assignment = Candidate & { extra: Neuron[] };

/** Left/right assignments with their affine remainders: those that switch once (the remainder is a piece of f), then all. */
function* assignments(f: PiecewiseLinear): Generator<Candidate> {
  let remainder: Line = f;
  for (let j = 0; j <= f.knots.length; j++) {
    yield { isLeft: (k) => k < j, remainder };
    const knot = f.knots[j];
    if (knot !== undefined) {
      remainder = {
        slope: remainder.slope.add(knot.slopeChange),
        intercept: remainder.intercept.subtract(knot.slopeChange.multiply(knot.at)),
      };
    }
  }
  if (f.knots.length > ASSIGNMENT_LIMIT || f.knots.length < 2) return;
  // Gray code over all subsets, in integers over common denominators.
  const slopes = overCommonDenominator([f.slope, ...f.knots.map(({ slopeChange }) => slopeChange)]);
  const intercepts = overCommonDenominator([
    f.intercept,
    ...f.knots.map(({ at, slopeChange }) => slopeChange.multiply(at).negate()),
  ]);
  let slope = slopes.numerators[0]!;
  let intercept = intercepts.numerators[0]!;
  let set = 0;
  for (let step = 1; step < 1 << f.knots.length; step++) {
    const flipped = 31 - Math.clz32(step & -step);
    set ^= 1 << flipped;
    const joins = (set >> flipped) & 1;
    slope += joins ? slopes.numerators[flipped + 1]! : -slopes.numerators[flipped + 1]!;
    intercept += joins ? intercepts.numerators[flipped + 1]! : -intercepts.numerators[flipped + 1]!;
    const members = set;
    yield {
      isLeft: (k) => ((members >> k) & 1) === 1,
      remainder: {
        slope: Rational.of(slope, slopes.denominator),
        intercept: Rational.of(intercept, intercepts.denominator),
      },
    };
  }
}

/** Neurons that add up to the remainder on [from, to] (up to a constant for skip bias). */
function extraNeurons(remainder: Line, skip: 'bias' | 'none', from: Rational, to: Rational): Neuron[] {
  const { slope } = remainder;
  if (skip === 'bias') return slope.isZero() ? [] : [rightFacing({ at: from, slopeChange: slope })];
  const atFrom = valueOfLine(remainder, from);
  const atTo = valueOfLine(remainder, to);
  if (atFrom.isZero() && atTo.isZero()) return [];
  if (slope.isZero() || from.equals(to)) {
    return [{ inputWeights: [Rational.zero], bias: Rational.one, outputWeight: atFrom }];
  }
  const zero = remainder.intercept.divide(slope).negate();
  if (!from.lessThan(zero)) return [rightFacing({ at: zero, slopeChange: slope })];
  if (!zero.lessThan(to)) return [leftFacing({ at: zero, slopeChange: slope.negate() })];
  const length = to.subtract(from);
  return [
    rightFacing({ at: from, slopeChange: atTo.divide(length) }),
    leftFacing({ at: to, slopeChange: atFrom.divide(length) }),
  ];
}

/** Output bias for skip "bias": an extra neuron starts from 0 at `from`. */
function remainingBias(remainder: Line, extra: readonly Neuron[], from: Rational): Rational {
  return extra.length === 0 ? remainder.intercept : valueOfLine(remainder, from);
}

/** Extra neurons bend outside the data; those left of it come first, so that breakpoints stay in order. */
function standsLeft({ inputWeights, bias }: Neuron, from: Rational): boolean {
  const w = inputWeights[0]!;
  return w.isZero() || !from.lessThan(bias.divide(w).negate());
}
