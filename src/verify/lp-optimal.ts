import {
  type DecimalEnclosure,
  decimalsAround,
  type Enclosure,
  exactly,
  power,
  toDecimalEnclosure,
} from '../exact/enclosure.js';
import { signOfPowerSum } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';
import { flattestRemainder } from '../facing/flattest.js';
import { minimizeLp } from '../lp-norm/minimize.js';
import type { Network, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { shown } from './readable.js';

/** Digits after the point of a cost in a result, and the precisions (bits) at which two costs are compared. */
const COST = { digits: 30, precisions: [128, 512, 2048] } as const;

/** What `lp-optimal` found. */
export interface LpOptimality {
  readonly holds: boolean | 'undecided';
  /** sum |v_k w_k|^p over all neurons of the model. */
  readonly cost: DecimalEnclosure;
  /** The exact minimum over all interpolants with an affine skip: for the other architectures a lower bound of theirs. */
  readonly minimum: DecimalEnclosure;
  readonly message: string;
}

/**
 * Whether the l^p path norm of a network is within `gap` of the exact minimum, for one input: |cost - minimum| <= gap. A network
 * that is much cheaper than every interpolant does not interpolate, so it fails.
 *
 * The minimum is known for networks with an affine skip. Without one it can only be larger, by no more than a neuron for the line that the
 * facings of the minimiser's neurons leave over: a cost within the gap of the minimum holds, a cost above the gap over a network of
 * the same architecture fails, and between the two, where there is room, is undecided.
 *
 * @param problem exact labels
 */
export function lpOptimality(
  network: Network,
  skip: Skip,
  problem: Problem,
  p: Rational,
  gap: Rational,
): LpOptimality {
  const own = network.neurons.map(pathWeight).filter((weight) => !weight.isZero());
  const minimizer = minimizeLp(problem, p).function;
  const least = minimizer.knots.map(({ slopeChange }) => slopeChange.abs());
  const cost = sumOfPowers(own, p);
  const minimum = sumOfPowers(least, p);
  const found = (holds: LpOptimality['holds'], reason: string): LpOptimality => ({
    holds,
    cost,
    minimum,
    message: `sum |v w|^${shown(p)} is ${short(cost)}, the exact minimum${skip === 'affine' ? '' : ' with an affine skip'} is ${short(minimum)}: ${reason}`,
  });
  const allowed = `the allowed gap of ${shown(gap)}`;
  switch (compareCosts(own, least, p, gap)) {
    case 'within':
      return found(true, `within ${allowed}`);
    case 'below':
      return found(
        false,
        `less than any interpolant can have, by more than ${allowed}, so the network does not interpolate`,
      );
    case 'undecided':
      return found('undecided', `too close to ${allowed} to decide`);
    case 'above': {
      if (skip === 'affine') return found(false, `above by more than ${allowed}`);
      // A constant costs nothing, as output bias or as neuron; a line costs its slope, and none if left-facing neurons add up to it.
      const slope = flattestRemainder(minimizer);
      if (slope.isZero())
        return found(false, `above by more than ${allowed}, and skip ${skip} costs no more`);
      const peers = [...least, slope];
      if (compareCosts(own, peers, p, gap) === 'above') {
        return found(
          false,
          `a network with skip ${skip} costs ${short(sumOfPowers(peers, p))}, less by more than ${allowed}`,
        );
      }
      return found('undecided', `above ${allowed}, but the exact minimum with skip ${skip} is not known`);
    }
  }
}

/** |v w|. */
function pathWeight({ inputWeights, outputWeight }: Network['neurons'][number]): Rational {
  return outputWeight.multiply(inputWeights[0]!).abs();
}

/** Where sum a^p - sum b^p lies: in [-gap, gap], above or below it. Exact whenever it is not 'undecided'. */
function compareCosts(
  a: readonly Rational[],
  b: readonly Rational[],
  p: Rational,
  gap: Rational,
): 'within' | 'above' | 'below' | 'undecided' {
  if (p.equals(Rational.one)) {
    const difference = sum(a).subtract(sum(b));
    if (difference.abs().compare(gap) <= 0) return 'within';
    return difference.sign() > 0 ? 'above' : 'below';
  }
  if (gap.isZero()) {
    const order = signOfPowerSum(a, b, p);
    return order === null ? 'undecided' : order === 0 ? 'within' : order > 0 ? 'above' : 'below';
  }
  for (const bits of COST.precisions) {
    const [costA, costB, room] = [enclosure(a, p, bits), enclosure(b, p, bits), exactly(gap, bits)];
    const lower = costA.lower - costB.upper;
    const upper = costA.upper - costB.lower;
    if (lower >= -room.lower && upper <= room.lower) return 'within';
    if (lower > room.upper) return 'above';
    if (upper < -room.upper) return 'below';
  }
  return 'undecided';
}

function sum(values: readonly Rational[]): Rational {
  return values.reduce((total, value) => total.add(value), Rational.zero);
}

function enclosure(bases: readonly Rational[], p: Rational, bits: number): Enclosure {
  let lower = 0n;
  let upper = 0n;
  for (const base of bases) {
    const term = power(base, p, bits);
    lower += term.lower;
    upper += term.upper;
  }
  return { lower, upper, bits };
}

function sumOfPowers(bases: readonly Rational[], p: Rational): DecimalEnclosure {
  if (p.equals(Rational.one)) {
    const total = sum(bases);
    return decimalsAround(total, total, COST.digits);
  }
  const bits = COST.precisions[0] + Math.ceil(Math.log2(bases.length + 1));
  return toDecimalEnclosure(enclosure(bases, p, bits), COST.digits);
}

/** An enclosure in a message. */
function short({ lower }: DecimalEnclosure): string {
  return `~${Number(Number(lower).toPrecision(8))}`;
}
