import { expect } from 'vitest';
import type { Proof } from '../../src/certificate/certificate.js';
import { checkNetwork } from '../../src/checker/network.js';
import { checkWitnesses } from '../../src/checker/witnesses.js';
import { countNeurons, evaluate, type Network, type Skip } from '../../src/data/network.js';
import {
  evaluateAt,
  evaluateSorted,
  fromNetwork,
  type PiecewiseLinear,
} from '../../src/data/piecewise-linear.js';
import type { Problem } from '../../src/data/problem.js';
import { maximum, Rational } from '../../src/exact/rational.js';
import { leastLipschitz, leastPathNorm } from '../../src/univariate/slopes.js';
import { rationalsOf } from './problems.js';

/** What a solver of one-input problems returns, whichever it is. */
export interface OneInputAnswer {
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly function: PiecewiseLinear | null;
  readonly network: Network;
  readonly proof: Proof;
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

  // Its knots are real, in order, and between the outer points.
  let last = x[0]!;
  f.knots.forEach(({ at, slopeChange }, k) => {
    expect(slopeChange.isZero()).toBe(false);
    expect(last.compare(at)).toBeLessThan(k === 0 ? 1 : 0);
    expect(at.lessThan(x[n - 1]!)).toBe(true);
    last = at;
  });

  // The bounds are proved and attained.
  if (answer.proof.kind !== 'witnesses') throw new Error(`expected witnesses, found ${answer.proof.kind}`);
  expect(checkWitnesses(problem, answer.proof, skip)).toBe(answer.lowerBound);
  expect(checkNetwork(problem, answer.network, skip, 'neurons')).toBe(answer.upperBound);
  expect(countNeurons(answer.network)).toBe(answer.upperBound);
  const witnesses = answer.proof.witnesses.length / 4;
  expect(f.knots.length).toBe(witnesses);
  expect(answer.lowerBound).toBeLessThanOrEqual(answer.upperBound);
  if (skip === 'affine') expect(answer.upperBound).toBe(witnesses);
  else {
    expect(answer.lowerBound).toBeLessThanOrEqual(Math.max(1, witnesses));
    expect(answer.upperBound).toBeLessThanOrEqual(witnesses + (skip === 'bias' ? 1 : 2));
  }

  // The network is the function, at the points and between them.
  if (slow) {
    const half = Rational.of(1, 2);
    const places = [
      ...x,
      ...x.slice(1).map((right, i) => x[i]!.add(right).multiply(half)),
      ...f.knots.map((knot) => knot.at),
    ];
    for (const place of places)
      expect(evaluate(answer.network, [place]).equals(evaluateAt(f, place))).toBe(true);
    const inner = fromNetwork(answer.network).knots.filter(
      ({ at }) => x[0]!.lessThan(at) && at.lessThan(x[n - 1]!),
    );
    const own = f.knots.filter(({ at }) => x[0]!.lessThan(at));
    expect(inner.map(({ at, slopeChange }) => `${at}: ${slopeChange}`)).toEqual(
      own.map(({ at, slopeChange }) => `${at}: ${slopeChange}`),
    );
  }

  if (problem.exact) validateNorms(problem, f, x, lower);
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
