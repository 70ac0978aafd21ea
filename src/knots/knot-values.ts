import type { KnotValues } from '../certificate/knot-values.js';
import { Rational } from '../exact/rational.js';
import { evaluateSorted, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

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
