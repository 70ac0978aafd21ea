import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { evaluateExactly, evaluateInDoubles, parseFormula } from '../../src/formula/expression.js';
import { type Interval, IntervalArithmetic } from '../../src/formula/interval.js';
import { JetEvaluator, NotContinuous } from '../../src/formula/jet.js';

const BITS = 80;
const arithmetic = new IntervalArithmetic(BITS);
const jets = new JetEvaluator(arithmetic);
const random = createRandom(5);
const number = (value: bigint) => Rational.of(value, arithmetic.one).toNumber();
const holds = ({ lower, upper }: Interval, value: number, slack: number) =>
  number(lower) - slack <= value && value <= number(upper) + slack;

/** Formulas with an interval in which they are smooth. */
const FORMULAS: readonly (readonly [formula: string, from: number, to: number])[] = [
  ['sin(x)', -20, 20],
  ['cos(3*x) + x', -5, 5],
  ['tan(x)', -1.5, 1.5],
  ['exp(-x^2)', -3, 3],
  ['exp(x)', -60, 3],
  ['log(x)', 0.01, 50],
  ['log2(x) - log10(x)', 0.5, 9],
  ['log1p(x) * expm1(x)', -0.9, 2],
  ['sqrt(x)', 0.001, 100],
  ['cbrt(x)', 0.001, 100],
  ['cbrt(x)', -9, -0.5],
  ['atan(x)', -40, 40],
  ['asin(x) + acos(x)^2', -0.999, 0.999],
  ['sinh(x) - cosh(x/2)', -4, 4],
  ['tanh(x)', -6, 6],
  ['asinh(x)', -50, 50],
  ['acosh(x)', 1.01, 40],
  ['atanh(x)', -0.99, 0.99],
  ['1/(1+25*x^2)', -1, 1],
  ['x^-3', 0.1, 4],
  ['x^2.5', 0.01, 4],
  ['2^x', -4, 4],
  ['x^x', 0.1, 3],
  ['pi*x + e - tau', -2, 2],
  ['abs(x) * max(x, 1 - x) + min(x, 2)', 1.1, 1.9],
  ['relu(x - 3) + square(x) - cube(x)', -2, 2],
];

describe('interval arithmetic', () => {
  it.each(FORMULAS)(
    '%s: values, and differences of them, lie in what encloses them',
    async (formula, from, to) => {
      const expression = await parseFormula(formula);
      const f = (x: number) => evaluateInDoubles(expression, x);
      let [tight, bounded] = [0, 0];
      for (let trial = 0; trial < 60; trial++) {
        const low = from + (to - from) * (random.integer(0, 1000) / 1000) * 0.98;
        const width = trial % 2 === 0 ? 0.01 * (to - from) : 1e-6 * (to - from);
        const ends = [low, low + width].map((x) => arithmetic.constant(Rational.fromDouble(x)));
        const jet = jets.evaluate(expression, { lower: ends[0]!.lower, upper: ends[1]!.upper });
        const [u, v] = [f(low), f(low + width)];
        const size = 1 + Math.abs(u) + Math.abs(v);
        const middle = f(low + width / 2);
        for (const value of [u, v, middle]) expect(holds(jet.value, value, 1e-13 * size)).toBe(true);
        // A point is enclosed tightly: no rounding is hidden in wide intervals.
        const at = jets.evaluate(expression, ends[0]!).value;
        expect(holds(at, u, 1e-12 * size)).toBe(true);
        if (number(at.upper - at.lower) < 1e-15 * size) tight++;
        if (jet.first === null || jet.second === null) continue;
        bounded++;
        expect(holds(jet.first, (v - u) / width, (1e-12 * size) / width)).toBe(true);
        expect(holds(jet.second, (4 * (u - 2 * middle + v)) / width ** 2, (1e-12 * size) / width ** 2)).toBe(
          true,
        );
      }
      expect(tight).toBeGreaterThan(50);
      expect(bounded).toBeGreaterThan(40);
    },
  );

  it('rational formulas: the exact value lies inside', async () => {
    const expression = await parseFormula('(x^3 - 2*x/7) / (1 + x^2) - abs(x - 1/3)');
    for (let trial = 0; trial < 100; trial++) {
      const x = Rational.of(random.integer(-900, 900), random.integer(1, 97));
      const { lower, upper } = jets.evaluate(expression, arithmetic.constant(x)).value;
      const value = evaluateExactly(expression, x);
      expect(Rational.of(lower, arithmetic.one).compare(value)).toBeLessThanOrEqual(0);
      expect(value.compare(Rational.of(upper, arithmetic.one))).toBeLessThanOrEqual(0);
    }
  });

  it('extrema inside are seen; kinks have slopes and no curvature', async () => {
    const on = async (formula: string, from: number, to: number) => {
      const [a, b] = [from, to].map((x) => arithmetic.constant(Rational.fromDouble(x)));
      return jets.evaluate(await parseFormula(formula), { lower: a!.lower, upper: b!.upper });
    };
    const wave = await on('sin(x)', 1, 5);
    expect([number(wave.value.lower), number(wave.value.upper)]).toEqual([-1, 1]);
    expect(number((await on('cos(x)', -1, 1)).value.upper)).toBe(1);
    expect(number((await on('cos(x)', 3, 3.2)).value.lower)).toBe(-1);
    const kink = await on('abs(x)', -1, 2);
    expect([kink.value, kink.first].map((i) => [number(i!.lower), number(i!.upper)])).toEqual([
      [0, 2],
      [-1, 1],
    ]);
    expect(kink.second).toBeNull();
    expect(await on('sqrt(x)', 0, 1)).toMatchObject({ first: null, second: null });
  });

  it('has no value where the formula may have none, and refuses jumps', async () => {
    const one = { lower: -arithmetic.one, upper: arithmetic.one };
    for (const formula of ['1/x', 'log(x)', 'sqrt(x)', 'acosh(x)', 'tan(2*x)', 'x^0.5'])
      expect(jets.evaluate.bind(jets, await parseFormula(formula), one)).toThrow(RangeError);
    for (const formula of ['floor(x)', 'x > 0 ? 1 : 2', 'sign(x)', 'mod(x, 2)', 'x > 0'])
      expect(jets.evaluate.bind(jets, await parseFormula(formula), one)).toThrow(NotContinuous);
  });
});
