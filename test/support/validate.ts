import { expect } from 'vitest';
import type { Proof } from '../../src/certificate/certificate.js';
import { checkNetwork } from '../../src/checker/network.js';
import { checkOneInput } from '../../src/checker/one-input.js';
import { checkSearch } from '../../src/checker/search.js';
import { checkWitnesses } from '../../src/checker/witnesses.js';
import { maximum, Rational } from '../../src/exact/rational.js';
import { leastLipschitz, leastPathNorm } from '../../src/knots/slopes.js';
import { countNeurons, evaluate, type Network, type Skip } from '../../src/problem/network.js';
import {
  evaluateAt,
  evaluateSorted,
  fromNetwork,
  type Knot,
  type PiecewiseLinear,
} from '../../src/problem/piecewise-linear.js';
import type { Problem } from '../../src/problem/problem.js';
import { rationalsOf } from './problems.js';

/** What a solver of one-input problems returns, whichever it is. */
export interface OneInputAnswer {
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly function: PiecewiseLinear | null;
  readonly network: Network;
  readonly proof: Proof;
  /** "runs" and "windows" (or nothing, from the solver itself) promise a function with the fewest knots, others only the network. */
  readonly provedBy?: string;
}

/** Up to this many points times knots every value is computed from scratch too. */
const SLOW_LIMIT = 3000;

/**
 * Asserts the mathematics of an answer: the function keeps every window, its knots are real and in order, the proof shows the lower
 * bound, the network has the asked architecture, equals the function between the outer points and has upperBound neurons. For skip affine the bounds meet.
 */
export function validate(problem: Problem, answer: OneInputAnswer, skip: Skip): void {
  const f = answer.function!;
  const { x, lower, upper } = rationalsOf(problem);
  const n = problem.size;

  // The function keeps its windows.
  const values = evaluateSorted(f, x);
  values.forEach((value, i) => {
    expect(value.compare(lower[i]!)).toBeGreaterThanOrEqual(0);
    expect(value.compare(upper[i]!)).toBeLessThanOrEqual(0);
  });
  const slow = n * (f.knots.length + 1) <= SLOW_LIMIT;
  if (slow) for (let i = 0; i < n; i++) expect(evaluateAt(f, x[i]!).equals(values[i]!)).toBe(true);

  // The bounds are proved and attained.
  expect(provedBound(problem, answer.proof, skip)).toBe(answer.lowerBound);
  expect(checkNetwork(problem, answer.network, skip, 'neurons')).toBe(answer.upperBound);
  expect(countNeurons(answer.network)).toBe(answer.upperBound);
  expect(answer.lowerBound).toBeLessThanOrEqual(answer.upperBound);

  // The network is the function, at the points and between them.
  if (slow) {
    const half = Rational.of(1, 2);
    const places = [
      ...x,
      ...x.slice(1).map((right, i) => x[i]!.add(right).multiply(half)),
      ...f.knots.map(({ at }) => at),
    ];
    for (const place of places) {
      const inside = x[0]!.compare(place) <= 0 && place.compare(x[n - 1]!) <= 0;
      if (inside) expect(evaluate(answer.network, [place]).equals(evaluateAt(f, place))).toBe(true);
    }
  }
  if (skip === 'affine') {
    if (['runs', 'windows', undefined].includes(answer.provedBy)) validateFewestKnots(problem, answer);
  } else if (['runs', 'windows', 'facings', undefined].includes(answer.provedBy))
    validateWithoutLine(problem, answer, skip);
}

/** The lower bound that the checker reads from a proof. */
function provedBound(problem: Problem, proof: Proof, skip: Skip): number {
  switch (proof.kind) {
    case 'witnesses':
      return checkWitnesses(problem, proof, skip);
    case 'one-input':
      return checkOneInput(problem, proof, 'neurons', skip);
    case 'search':
      return checkSearch(problem, proof, 'neurons', skip);
    default:
      throw new Error(`${proof.kind} proves no lower bound`);
  }
}

/** The function has as many knots as there are witnesses, in order and between the outer points; exact data: it is in S. */
function validateFewestKnots(problem: Problem, answer: OneInputAnswer): void {
  const f = answer.function!;
  const { x, lower } = rationalsOf(problem);
  if (answer.proof.kind !== 'witnesses') throw new Error(`expected witnesses, found ${answer.proof.kind}`);
  const witnesses = answer.proof.witnesses.length / 4;
  expect(f.knots.length).toBe(witnesses);
  validateKnots(problem, answer);
  expect([answer.lowerBound, answer.upperBound]).toEqual([witnesses, witnesses]);
  if (problem.exact) validateNorms(problem, f, x, lower);
}

/** Without a free line: the bounds lie between the witnesses and what an affine function costs besides. */
function validateWithoutLine(problem: Problem, answer: OneInputAnswer, skip: 'bias' | 'none'): void {
  const { proof, lowerBound, upperBound } = answer;
  if (proof.kind !== 'witnesses' && proof.kind !== 'one-input')
    throw new Error(`expected witnesses, found ${proof.kind}`);
  const witnesses = proof.witnesses.length / 4;
  const { length } = answer.function!.knots;
  expect(length).toBeGreaterThanOrEqual(witnesses);
  expect(length).toBeLessThanOrEqual(Math.max(witnesses, upperBound));
  expect(lowerBound).toBeGreaterThanOrEqual(witnesses);
  expect(upperBound).toBeLessThanOrEqual(witnesses + (skip === 'bias' ? 1 : 2));
  validateKnots(problem, answer);
}

/** The knots are real, in order and between the outer points, and the neurons of the network stand on them. */
function validateKnots(problem: Problem, answer: OneInputAnswer): void {
  const f = answer.function!;
  const { x } = rationalsOf(problem);
  const n = problem.size;
  let last = x[0]!;
  f.knots.forEach(({ at, slopeChange }, k) => {
    expect(slopeChange.isZero()).toBe(false);
    expect(last.compare(at)).toBeLessThan(k === 0 ? 1 : 0);
    expect(at.lessThan(x[n - 1]!)).toBe(true);
    last = at;
  });
  if (n * (f.knots.length + 1) > SLOW_LIMIT) return;
  const inner = fromNetwork(answer.network).knots.filter(
    ({ at }) => x[0]!.lessThan(at) && at.lessThan(x[n - 1]!),
  );
  const own = f.knots.filter(({ at }) => x[0]!.lessThan(at));
  const texts = (knots: readonly Knot[]) => knots.map(({ at, slopeChange }) => `${at}: ${slopeChange}`);
  expect(texts(inner)).toEqual(texts(own));
}

/** Exact data: every function of S has the least l^1 path norm and the least Lipschitz constant of all interpolants. */
function validateNorms(
  problem: Problem,
  f: PiecewiseLinear,
  x: readonly Rational[],
  y: readonly Rational[],
): void {
  const slopes = x.slice(1).map((right, i) => y[i + 1]!.subtract(y[i]!).divide(right.subtract(x[i]!)));
  const total = slopes.slice(1).reduce((sum, s, i) => sum.add(s.subtract(slopes[i]!).abs()), Rational.zero);
  const steepest = slopes.reduce((largest, s) => maximum(largest, s.abs()), Rational.zero);
  expect(leastPathNorm(problem).equals(total)).toBe(true);
  expect(leastLipschitz(problem).equals(steepest)).toBe(true);
  let norm = Rational.zero;
  let slope = f.slope;
  let largest = slope.abs();
  for (const { slopeChange } of f.knots) {
    norm = norm.add(slopeChange.abs());
    slope = slope.add(slopeChange);
    largest = maximum(largest, slope.abs());
  }
  expect(norm.equals(total)).toBe(true);
  expect(largest.equals(steepest)).toBe(true);
}
