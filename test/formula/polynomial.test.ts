import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { evaluateExactly, parseFormula } from '../../src/formula/expression.js';
import {
  isNonNegativeOn,
  type Polynomial,
  polynomialOf,
  subtract,
  valueAt,
} from '../../src/formula/polynomial.js';

const random = createRandom(8);
const q = (numerator: number, denominator = 1) => Rational.of(numerator, denominator);

const times = (a: Polynomial, b: Polynomial): Polynomial => {
  const result = new Array<Rational>(a.length + b.length - 1).fill(Rational.zero);
  a.forEach((p, i) => {
    b.forEach((r, j) => {
      result[i + j] = result[i + j]!.add(p.multiply(r));
    });
  });
  return result;
};

describe('polynomials', () => {
  it('are what formulas expand to, or the formula is none', async () => {
    for (const formula of [
      '(x-1)^3*x/4 - 2*square(x) + cube(-x)',
      '3',
      '0*x',
      '((x+1/3)^2)^2',
      '(2)^10 * x',
      '+x - (x - 1)',
    ]) {
      const expression = await parseFormula(formula);
      const polynomial = polynomialOf(expression)!;
      for (const x of [q(0), q(5, 3), q(-7, 2)])
        expect(valueAt(polynomial, x).toString()).toBe(evaluateExactly(expression, x).toString());
      expect(polynomial.at(-1)?.isZero() ?? false).toBe(false);
    }
    for (const formula of ['1/x', 'sin(x)', 'abs(x)', 'x^0.5', 'x^-1', 'x^x', 'pi*x', 'x^101'])
      expect(polynomialOf(await parseFormula(formula))).toBeNull();
  });

  it('a product of known factors is >= 0 on an interval exactly when no root of odd multiplicity is inside', () => {
    const seen = { yes: 0, no: 0 };
    for (let trial = 0; trial < 300; trial++) {
      // Roots on a coarse grid, so that they meet each other and the ends.
      const roots = Array.from({ length: random.integer(1, 5) }, () => ({
        at: q(random.integer(-4, 4), random.integer(1, 2)),
        times: random.integer(1, 3),
      }));
      const lead = q(random.integer(0, 1) === 0 ? -1 : 1, random.integer(1, 9));
      let polynomial: Polynomial = [lead];
      for (const { at, times: count } of roots)
        for (let i = 0; i < count; i++) polynomial = times(polynomial, [at.negate(), Rational.one]);
      // And a factor without real roots.
      polynomial = times(polynomial, [q(1), q(1), q(1)]);
      const from = q(random.integer(-8, 6), 2);
      const to = from.add(q(random.integer(0, 8), 2));
      const places = [
        from,
        ...roots.map(({ at }) => at).filter((at) => from.lessThan(at) && at.lessThan(to)),
        to,
      ];
      places.sort((a, b) => a.compare(b));
      // The sign is constant between neighbouring places.
      const expected = places.every((place, i) => {
        const next = places[i + 1] ?? place;
        return valueAt(polynomial, place.add(next).divide(q(2))).sign() >= 0;
      });
      expect(isNonNegativeOn(polynomial, from, to)).toBe(expected);
      seen[expected ? 'yes' : 'no']++;
    }
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(60);
  });

  it('a double root is no change of sign, however little lower is', () => {
    const square = times([q(-1, 3), q(1)], [q(-1, 3), q(1)]);
    expect(isNonNegativeOn(square, q(0), q(1))).toBe(true);
    const lower = subtract(square, [Rational.of(1n, 10n ** 60n)]);
    expect(isNonNegativeOn(lower, q(0), q(1))).toBe(false);
    expect(isNonNegativeOn(lower, q(1, 2), q(1))).toBe(true);
    expect(isNonNegativeOn([], q(0), q(1))).toBe(true);
    expect(isNonNegativeOn([q(-1)], q(0), q(1))).toBe(false);
  });
});
