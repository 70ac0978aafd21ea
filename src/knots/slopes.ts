import { quotientSum } from '../exact/quotient-sum.js';
import { type Quotient, Rational } from '../exact/rational.js';
import { finish } from '../exact/steps.js';
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
  return inSlopeUnits(problem, slopeChangeOver(problem, i, 1));
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
  const changes = Array.from({ length: Math.max(0, problem.size - 2) }, (_, i) =>
    slopeChangeOver(problem, i + 1, 1),
  );
  return inSlopeUnits(problem, finish(quotientSum(changes)));
}

/** A number in units of `slopeScale` as it is. */
export function inSlopeUnits(problem: Problem, { numerator, denominator }: Quotient): Rational {
  const scale = slopeScale(problem);
  return Rational.of(numerator * scale.numerator, denominator * scale.denominator);
}

/** |s_i| in units of `slopeScale`, not in lowest terms. */
export function segmentSlope(problem: Problem, i: number): Quotient {
  const rise = problem.lower.integer(i + 1) - problem.lower.integer(i);
  const numerator = rise < 0n ? -rise : rise;
  return { numerator, denominator: problem.inputs[0]!.integer(i + 1) - problem.inputs[0]!.integer(i) };
}

/** Least Lipschitz constant of any interpolant: max |s_i|; 0 for a single point. */
export function leastLipschitz(problem: Problem): Rational {
  let largest: Quotient = { numerator: 0n, denominator: 1n };
  for (let i = 0; i < problem.size - 1; i++) {
    const size = segmentSlope(problem, i);
    if (largest.numerator * size.denominator < size.numerator * largest.denominator) largest = size;
  }
  return inSlopeUnits(problem, largest);
}
