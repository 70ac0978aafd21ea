import type { Fraction, KnotValue, KnotValues } from '../certificate/knot-values.js';
import { Rational } from '../exact/rational.js';
import { evaluateSorted, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { forEachKnot, type Vertex } from './family.js';

/** The values of a vertex of the family S at its knots and at the ends of the data; exact labels, one input. */
export function knotValuesOfVertex(problem: Problem, curvature: Int8Array, side: Vertex): KnotValues {
  if (problem.size === 1) {
    return [0, [problem.inputs[0]!.value(0).add(Rational.one), problem.lower.value(0)]];
  }
  const values: KnotValue[] = [0];
  forEachKnot(curvature, side, (left, right) => {
    values.push(right === left + 1 ? right : crossingOf(problem, left));
  });
  values.push(problem.size - 1);
  return values;
}

/**
 * Where the lines l_left and l_{left+2} meet (see `forEachKnot`). With the steps (A, a), (B, b), (C, c) of the segments left, left + 1
 * and left + 2 that is the point left + 1 plus t (A, a), t = (c B - b C) / (c A - a C).
 */
function crossingOf(problem: Problem, left: number): KnotValue {
  const x = problem.inputs[0]!;
  const y = problem.lower;
  const X = [0, 1, 2, 3].map((j) => x.integer(left + j)) as [bigint, bigint, bigint, bigint];
  const Y = [0, 1, 2, 3].map((j) => y.integer(left + j)) as [bigint, bigint, bigint, bigint];
  const [A, B, C] = [X[1] - X[0], X[2] - X[1], X[3] - X[2]];
  const [a, b, c] = [Y[1] - Y[0], Y[2] - Y[1], Y[3] - Y[2]];
  const turn = c * A - a * C;
  const step = c * B - b * C;
  const { numerator: xn, denominator: xd } = x.integerScale;
  const { numerator: yn, denominator: yd } = y.integerScale;
  return [
    fraction((X[1] * turn + A * step) * xn, turn * xd),
    fraction((Y[1] * turn + a * step) * yn, turn * yd),
  ];
}

/** A fraction without common powers of two: of doubles nearly the lowest terms, at a small part of the time. */
function fraction(numerator: bigint, denominator: bigint): Fraction {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
  const both = n | d;
  const power = both & -both;
  return power === 1n ? { numerator: n, denominator: d } : { numerator: n / power, denominator: d / power };
}

/** The values of any function of one input at its knots and at the ends of the data, or beyond them where a knot lies outside. */
export function knotValuesOf(f: PiecewiseLinear, { inputs, size }: Problem): KnotValues {
  const x = inputs[0]!;
  let first = x.value(0);
  let last = x.value(size - 1);
  const outermost = [f.knots[0], f.knots.at(-1)];
  if (outermost[0] !== undefined && outermost[0].at.compare(first) <= 0)
    first = outermost[0].at.subtract(Rational.one);
  if (outermost[1] !== undefined && outermost[1].at.compare(last) >= 0)
    last = outermost[1].at.add(Rational.one);
  if (first.equals(last)) last = first.add(Rational.one);
  const places = [first, ...f.knots.map(({ at }) => at), last];
  const values = evaluateSorted(f, places);
  return places.map((at, j) => [at, values[j]!] as const);
}
