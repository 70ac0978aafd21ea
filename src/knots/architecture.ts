import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { Network, Neuron, Skip } from '../problem/network.js';
import {
  type Knot,
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
  for (const candidate of switchedOnce(f)) {
    const extra = extraNeurons(candidate.remainder, skip, from, to).length;
    if (best === null || extra < best.extra) best = { ...candidate, extra };
    if (extra === 0) break;
  }
  const { isLeft, remainder } = betterAssignment(f, skip, from, to, best!.extra) ?? best!;
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

type Assignment = Candidate & { extra: number };

/** The left/right assignments that switch once, with their affine remainders: the pieces of f. */
function* switchedOnce(f: PiecewiseLinear): Generator<Candidate> {
  let remainder: Line = f;
  for (let j = 0; j <= f.knots.length; j++) {
    yield { isLeft: (k) => k < j, remainder };
    const knot = f.knots[j];
    if (knot !== undefined) remainder = plusLine(remainder, knot);
  }
}

/** The remainder with one more knot that faces left. */
function plusLine({ slope, intercept }: Line, { at, slopeChange }: Knot): Line {
  return { slope: slope.add(slopeChange), intercept: intercept.subtract(slopeChange.multiply(at)) };
}

/** Of all left/right assignments of few knots the first with the fewest extra neurons, when these are fewer than `extra`. */
function betterAssignment(
  f: PiecewiseLinear,
  skip: 'bias' | 'none',
  from: Rational,
  to: Rational,
  extra: number,
): Candidate | null {
  const { knots } = f;
  if (extra === 0 || knots.length > ASSIGNMENT_LIMIT || knots.length < 2) return null;
  // Gray code over all subsets: the remainder at both ends, in integers over one denominator.
  const { numerators } = overCommonDenominator(
    [from, to].flatMap((end) => [
      valueOfLine(f, end),
      ...knots.map(({ at, slopeChange }) => slopeChange.multiply(end.subtract(at))),
    ]),
  );
  const changesAtFrom = numerators.slice(1, knots.length + 1);
  const changesAtTo = numerators.slice(knots.length + 2);
  let atFrom = numerators[0]!;
  let atTo = numerators[knots.length + 1]!;
  let fewest = extra;
  let best = 0;
  let set = 0;
  for (let step = 1; step < 1 << knots.length && fewest > 0; step++) {
    const flipped = 31 - Math.clz32(step & -step);
    set ^= 1 << flipped;
    const joins = (set >> flipped) & 1;
    atFrom += joins ? changesAtFrom[flipped]! : -changesAtFrom[flipped]!;
    atTo += joins ? changesAtTo[flipped]! : -changesAtTo[flipped]!;
    const count = extraCount(atFrom, atTo, skip);
    if (count >= fewest) continue;
    fewest = count;
    best = set;
  }
  if (fewest === extra) return null;
  const isLeft = (k: number): boolean => ((best >> k) & 1) === 1;
  return { isLeft, remainder: knots.filter((_, k) => isLeft(k)).reduce<Line>(plusLine, f) };
}

/** How many neurons `extraNeurons` gives for a remainder with these values at two different ends. */
function extraCount(atFrom: bigint, atTo: bigint, skip: 'bias' | 'none'): number {
  if (skip === 'bias') return atFrom === atTo ? 0 : 1;
  if (atFrom === 0n && atTo === 0n) return 0;
  return (atFrom < 0n && atTo > 0n) || (atFrom > 0n && atTo < 0n) ? 2 : 1;
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
