import type { KnotValues } from '../certificate/knot-values.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';

/** function -> (x, f(x)) at both ends of the data and at every knot. */
export function knotPlaces(
  { inputs, lower }: Problem,
  values: KnotValues,
): (readonly [x: Rational, y: Rational])[] {
  return values.map((place) =>
    typeof place === 'number'
      ? [inputs[0]!.value(place), lower.value(place)]
      : [
          Rational.of(place[0].numerator, place[0].denominator),
          Rational.of(place[1].numerator, place[1].denominator),
        ],
  );
}
