import { Rational } from '../../src/exact/rational.js';
import { decide } from '../../src/lp/exact-lp.js';
import { LinearRow, type Sense } from '../../src/lp/linear-system.js';
import { ANY_SHAPE, type Shape } from '../../src/problem/shape.js';

/**
 * The fewest knots of an interpolant, by dynamic programming over the slope with which it leaves each point. Knows nothing of
 * curvature or runs.
 *
 * Between points i and i + 1 (chord slope s) a function that leaves x_i with slope u can arrive with slope w
 * - without a knot when u = w = s;
 * - with one knot on x_i when w = s, or inside when u < s < w or u > s > w (some knot position gives each such w);
 * - with two knots always (one on x_i with a steep enough middle piece, one inside).
 * So the cost of arriving with slope w depends only on whether w is below, at or above s: three numbers a point.
 */
export function fewestKnotsBySlopes(x: readonly Rational[], y: readonly Rational[]): number {
  let chord: Rational | null = null;
  let below = 0;
  let equal = 0;
  let above = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const s: Rational = y[i + 1]!.subtract(y[i]!).divide(x[i + 1]!.subtract(x[i]!));
    const order = chord === null ? 0 : s.compare(chord);
    const least = Math.min(below, equal, above);
    // The cheapest slope in hand that is below s, at s, above s. (Below and above the old chord are open half lines.)
    const cheapestBelow = order > 0 ? least : below;
    const cheapestAbove = order < 0 ? least : above;
    const at = order === 0 ? equal : order > 0 ? above : below;
    below = Math.min(cheapestAbove + 1, least + 2);
    above = Math.min(cheapestBelow + 1, least + 2);
    equal = Math.min(at, least + 1);
    chord = s;
  }
  return Math.min(below, equal, above);
}

/**
 * The fewest knots through windows, by exhaustive search over the ways to cut the points into consecutive groups, one line a
 * group, with an exact linear program for each. Neighbouring lines either cross in the gap between their groups (one knot, bent up or
 * down: two linear rows) or are joined by two knots in that gap, which is always possible. Exact; for a handful of points.
 */
export function fewestKnotsByLines(
  x: readonly Rational[],
  lower: readonly Rational[],
  upper: readonly Rational[],
): number;
/** The same among functions of a shape; null when there is none. */
export function fewestKnotsByLines(
  x: readonly Rational[],
  lower: readonly Rational[],
  upper: readonly Rational[],
  shape: Shape,
): number | null;
export function fewestKnotsByLines(
  x: readonly Rational[],
  lower: readonly Rational[],
  upper: readonly Rational[],
  shape: Shape = ANY_SHAPE,
): number | null {
  const n = x.length;
  const unknowns = 2 * n;
  const minusOne = Rational.one.negate();

  /** sum over terms of factor * line_piece(x_i), compared with `right`; line j has slope 2j and intercept 2j + 1. */
  const row = (terms: readonly (readonly [Rational, number])[], i: number, sense: Sense, right: Rational) => {
    const coefficients = new Array<Rational>(unknowns).fill(Rational.zero);
    for (const [factor, piece] of terms) {
      coefficients[2 * piece] = coefficients[2 * piece]!.add(factor.multiply(x[i]!));
      coefficients[2 * piece + 1] = coefficients[2 * piece + 1]!.add(factor);
    }
    return LinearRow.fromRationals(coefficients, sense, right);
  };

  const { minSlope, maxSlope, curvature } = shape;
  /** The line of a piece, or of a middle piece between two lines at the ends of a gap, is as steep as the shape allows. */
  const limits = (rise: (sense: Sense, slope: Rational) => LinearRow): LinearRow[] => [
    ...(minSlope === null ? [] : [rise('>=', minSlope)]),
    ...(maxSlope === null ? [] : [rise('<=', maxSlope)]),
  ];
  const steepness = (piece: number): LinearRow[] =>
    limits((sense, slope) => {
      const coefficients = new Array<Rational>(unknowns).fill(Rational.zero);
      coefficients[2 * piece] = Rational.one;
      return LinearRow.fromRationals(coefficients, sense, slope);
    });
  /** Value of the next line at the first point of its group minus that of the line before at its last point. */
  const joint = (piece: number, end: number, sense: Sense, slope: Rational): LinearRow => {
    const coefficients = new Array<Rational>(unknowns).fill(Rational.zero);
    coefficients[2 * piece] = x[end]!.negate();
    coefficients[2 * piece + 1] = minusOne;
    coefficients[2 * piece + 2] = x[end + 1]!;
    coefficients[2 * piece + 3] = Rational.one;
    return LinearRow.fromRationals(coefficients, sense, slope.multiply(x[end + 1]!.subtract(x[end]!)));
  };

  const reachable = (start: number, piece: number, rows: readonly LinearRow[], budget: number): boolean => {
    const own = [...rows, ...steepness(piece)];
    for (let end = start; end < n; end++) {
      own.push(
        row([[Rational.one, piece]], end, '>=', lower[end]!),
        row([[Rational.one, piece]], end, '<=', upper[end]!),
      );
      if (decide({ unknowns, rows: own }).status === 'infeasible') return false;
      if (end === n - 1) return true;
      // A bend the other way lies in every such gap, or one knot would be enough: no curvature needs two.
      const middle = limits((sense, slope) => joint(piece, end, sense, slope));
      if (budget >= 2 && curvature === null && reachable(end + 1, piece + 1, [...own, ...middle], budget - 2))
        return true;
      if (budget < 1) continue;
      for (const [before, after] of [
        ['<=', '>='],
        ['>=', '<='],
      ] as const) {
        if (curvature === (before === '<=' ? 'concave' : 'convex')) continue;
        const jump = [
          [Rational.one, piece + 1],
          [minusOne, piece],
        ] as const;
        const cross = [row(jump, end, before, Rational.zero), row(jump, end + 1, after, Rational.zero)];
        if (reachable(end + 1, piece + 1, [...own, ...cross], budget - 1)) return true;
      }
    }
    return false;
  };

  for (let knots = 0; knots <= 2 * n; knots++) if (reachable(0, 0, [], knots)) return knots;
  return null;
}
