import type { Fraction, KnotValue, KnotValues } from '../certificate/knot-values.js';
import { Rational } from '../exact/rational.js';
import { evaluateSorted, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { crossingOf, forEachKnot, type Vertex } from './family.js';

/** The values of a vertex of the family S at its knots and at the ends of the data; exact labels, one input. */
export function knotValuesOfVertex(problem: Problem, curvature: Int8Array, side: Vertex): KnotValues {
  if (problem.size === 1) {
    return [0, [problem.inputs[0]!.value(0).add(Rational.one), problem.lower.value(0)]];
  }
  const values: KnotValue[] = [0];
  forEachKnot(curvature, side, (left, right) => {
    values.push(right === left + 1 ? right : crossingValue(problem, left));
  });
  values.push(problem.size - 1);
  return values;
}

/** The crossing of l_left and l_{left+2} as a place and a value. */
function crossingValue(problem: Problem, left: number): KnotValue {
  const { X, Y, A, a, turn, step } = crossingOf(problem, left, left + 2);
  const { numerator: xn, denominator: xd } = problem.inputs[0]!.integerScale;
  const { numerator: yn, denominator: yd } = problem.lower.integerScale;
  return [fraction((X * turn + A * step) * xn, turn * xd), fraction((Y * turn + a * step) * yn, turn * yd)];
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
  const leftmost = f.knots[0]?.at;
  const rightmost = f.knots.at(-1)?.at;
  if (leftmost !== undefined && leftmost.compare(first) <= 0) first = leftmost.subtract(Rational.one);
  if (rightmost !== undefined && rightmost.compare(last) >= 0) last = rightmost.add(Rational.one);
  if (first.equals(last)) last = first.add(Rational.one);
  const places = [first, ...f.knots.map(({ at }) => at), last];
  const values = evaluateSorted(f, places);
  return places.map((at, j) => [at, values[j]!] as const);
}
