import { Rational } from '../exact/rational.js';
import type { KnotQuestion } from './question.js';

/**
 * Which slope changes a candidate may have, as bits: one entry per candidate. A function has a knot of at most one sign at
 * each candidate, so knots of different signs at one place are different things to prove necessary.
 */
export const SIGNS = { none: 0, up: 1, down: 2, either: 3 } as const;

/** A candidate together with the sign of its slope change: SIGNS.up or SIGNS.down. */
export interface SignedKnot {
  readonly candidate: number;
  readonly sign: 1 | 2;
}

/**
 * Why a set S of allowed signed knots does not suffice: integer weights lambda_i on some points with
 *
 *   sum lambda_i = 0,   sum lambda_i x_i = 0,   demand > maxSlopeChange * sum_t |phi_t|  over t in S,
 *
 *   demand = sum_{lambda_i > 0} lambda_i lower_i + sum_{lambda_i < 0} lambda_i upper_i,   phi_t = sum lambda_i (x_i - t)+
 *
 * where "t in S" means that S allows a slope change of the sign of phi_t at t (without a limit on slope changes: demand > 0
 * and no such t). For f = a x + c + sum g_t (x - t)+ through the windows, demand <= sum lambda_i f(x_i) = sum g_t phi_t, so
 * f has a knot outside S with g_t phi_t > 0. For S = {} and three neighbouring points this says that f must turn there.
 */
export interface KnotRefutation {
  /** Indices of the points with nonzero weight, ascending. */
  readonly points: readonly number[];
  /** Their weights; primitive. */
  readonly weights: readonly bigint[];
}

/**
 * Checks a refutation of S and returns the signed knots, outside S and not `excluded`, of which the function must have one.
 * Rational arithmetic on the problem itself.
 * @param allowed S, as SIGNS per candidate
 * @param excluded signed knots known not to occur, as SIGNS per candidate
 * @returns by ascending candidate (none: no function at all), or null when the refutation does not hold
 */
export function knotsForcedBy(
  question: KnotQuestion,
  refutation: KnotRefutation,
  allowed: Uint8Array,
  excluded: Uint8Array,
): SignedKnot[] | null {
  const { problem, candidates, maxSlopeChange } = question;
  const { points, weights } = refutation;
  const x = problem.inputs[0]!;
  if (points.length !== weights.length || points.some((i) => !(i >= 0 && i < problem.size))) return null;
  let sum = 0n;
  let moment = Rational.zero;
  let demand = Rational.zero;
  points.forEach((i, k) => {
    const weight = Rational.of(weights[k]!);
    sum += weights[k]!;
    moment = moment.add(weight.multiply(x.value(i)));
    demand = demand.add(weight.multiply(weight.sign() > 0 ? problem.lower.value(i) : problem.upper.value(i)));
  });
  if (sum !== 0n || !moment.isZero()) return null;
  const forced: SignedKnot[] = [];
  let supply = Rational.zero;
  for (let t = 0; t < candidates.length; t++) {
    const phi = contribution(question, refutation, candidates[t]!);
    if (phi.isZero()) continue;
    const sign = phi.sign() > 0 ? SIGNS.up : SIGNS.down;
    if ((excluded[t]! & sign) !== 0) continue;
    if ((allowed[t]! & sign) === 0) forced.push({ candidate: t, sign });
    else if (maxSlopeChange === null) return null;
    else supply = supply.add(maxSlopeChange.multiply(phi.abs()));
  }
  return supply.lessThan(demand) ? forced : null;
}

/** phi_t: what a slope change of 1 at t adds to the weighted sum. */
function contribution({ problem }: KnotQuestion, { points, weights }: KnotRefutation, t: Rational): Rational {
  let phi = Rational.zero;
  points.forEach((i, k) => {
    const distance = problem.inputs[0]!.value(i).subtract(t);
    if (distance.sign() > 0) phi = phi.add(distance.multiply(Rational.of(weights[k]!)));
  });
  return phi;
}

/**
 * A refutation of all candidates as a sentence that can be checked by hand, for example
 * "-f(0) + 2 f(1) - f(2) is at least 2 for every function through the data, but knots at the allowed positions with slope
 * changes of at most 1 contribute at most 1/2 to it".
 */
export function describeRefutation(question: KnotQuestion, { points, weights }: KnotRefutation): string {
  const { problem, candidates, maxSlopeChange } = question;
  const x = problem.inputs[0]!;
  let demand = Rational.zero;
  let sum = '';
  points.forEach((i, k) => {
    const weight = Rational.of(weights[k]!);
    demand = demand.add(weight.multiply(weight.sign() > 0 ? problem.lower.value(i) : problem.upper.value(i)));
    const size = weight.abs().equals(Rational.one) ? '' : `${weight.abs()} `;
    const sign = weight.sign() < 0 ? (k === 0 ? '-' : ' - ') : k === 0 ? '' : ' + ';
    sum += `${sign}${size}f(${x.value(i)})`;
  });
  const through = problem.exact ? 'the data' : 'the windows';
  const needed = `${sum} is at least ${demand} for every function through ${through}`;
  if (maxSlopeChange === null)
    return `${needed}, but knots at the allowed positions contribute nothing to it`;
  let supply = Rational.zero;
  for (const t of candidates) {
    supply = supply.add(contribution(question, { points, weights }, t).abs().multiply(maxSlopeChange));
  }
  return (
    `${needed}, but knots at the allowed positions with slope changes of at most ${maxSlopeChange} ` +
    `contribute at most ${supply} to it`
  );
}
