import { type Quotient, Rational } from '../exact/rational.js';
import type { Line } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

const slopeScales = new WeakMap<Problem, Rational>();

/** The factor between a slope in integer units of the columns and the real slope; positive. Kept per problem. */
export function slopeScale(problem: Problem): Rational {
  let scale = slopeScales.get(problem);
  if (scale === undefined) {
    scale = problem.lower.integerScale.divide(problem.inputs[0]!.integerScale);
    slopeScales.set(problem, scale);
  }
  return scale;
}

/** The exact slope s_i of the segment from point i to point i + 1 (0 <= i < N - 1). */
export function slope(problem: Problem, i: number): Rational {
  const x = problem.inputs[0]!;
  const y = problem.lower;
  const { numerator, denominator } = slopeScale(problem);
  return Rational.of(
    (y.integer(i + 1) - y.integer(i)) * numerator,
    (x.integer(i + 1) - x.integer(i)) * denominator,
  );
}

/** The line l_i through points i and i + 1. */
export function lineThrough(problem: Problem, i: number): Line {
  const s = slope(problem, i);
  return { slope: s, intercept: problem.lower.value(i).subtract(s.multiply(problem.inputs[0]!.value(i))) };
}

/** The absolute change of slope |s_i - s_{i-1}| at an inner point i. */
export function slopeDifference(problem: Problem, i: number): Rational {
  const { numerator, denominator } = slopeScale(problem);
  const change = slopeChangeOver(problem, i, 1);
  return Rational.of(change.numerator * numerator, change.denominator * denominator);
}

/**
 * |s_{i+length-1} - s_{i-1}| in units of `slopeScale`, not in lowest terms, which takes a fraction of the time: over one point the slope
 * change at point i, over two of a run the sum of those at i and i + 1.
 */
export function slopeChangeOver(problem: Problem, i: number, length: 1 | 2): Quotient {
  const x = problem.inputs[0]!;
  const y = problem.lower;
  const run = x.integer(i) - x.integer(i - 1);
  const rise = y.integer(i) - y.integer(i - 1);
  const nextRun = x.integer(i + length) - x.integer(i + length - 1);
  const nextRise = y.integer(i + length) - y.integer(i + length - 1);
  const turn = nextRise * run - rise * nextRun;
  return { numerator: turn < 0n ? -turn : turn, denominator: run * nextRun };
}

/** Least l^1 path norm of any interpolant: the sum of |s_{i+1} - s_i| (eq. (4) of the paper and Corollary 3.1.2). */
export function leastPathNorm(problem: Problem): Rational {
  let sum = Rational.zero;
  for (let i = 1; i < problem.size - 1; i++) sum = sum.add(slopeDifference(problem, i));
  return sum;
}

/** Least Lipschitz constant of any interpolant: max |s_i|; 0 for a single point. */
export function leastLipschitz(problem: Problem): Rational {
  let largest = Rational.zero;
  for (let i = 0; i < problem.size - 1; i++) {
    const size = slope(problem, i).abs();
    if (largest.lessThan(size)) largest = size;
  }
  return largest;
}
