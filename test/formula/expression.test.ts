import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import {
  type Expression,
  evaluateExactly,
  evaluateInDoubles,
  isRational,
  parseFormula,
} from '../../src/formula/expression.js';
import { generate } from '../../src/generate/generate.js';
import { InputError } from '../../src/problem/input-error.js';

async function at(formula: string, x: string): Promise<string> {
  const expression = await parseFormula(formula);
  expect(isRational(expression)).toBe(true);
  return evaluateExactly(expression, Rational.parse(x)).toString();
}

describe('exact evaluation', () => {
  // The first call loads mathjs.
  beforeAll(() => parseFormula('x').then(() => undefined));

  test.each([
    ['abs(x) - 0.5*max(0, x-1)', '3', '2'],
    ['abs(x) - 0.5*max(0, x-1)', '-1/3', '1/3'],
    ['0.1 + 0.2', '0', '3/10'],
    ['0.12345678901234567890123', '0', '12345678901234567890123/100000000000000000000000'],
    ['1e-40 * x', '3', `3/1${'0'.repeat(40)}`],
    ['x/3 + x/7', '1', '10/21'],
    ['-x^2', '3', '-9'],
    ['(-x)^2', '3', '9'],
    ['2^3^2', '0', '512'],
    ['x^-2', '2/3', '9/4'],
    ['x^(6/2)', '2', '8'],
    ['2x + 1', '1/2', '2'],
    ['relu(x) - relu(-x)', '-5/4', '-5/4'],
    ['min(x, 1/2, 3)', '2', '1/2'],
    ['max(x)', '2', '2'],
    ['sign(x) + sign(0)', '-7', '-1'],
    ['floor(x)', '-3/2', '-2'],
    ['ceil(x)', '-3/2', '-1'],
    ['fix(x)', '-3/2', '-1'],
    ['round(x)', '-3/2', '-2'],
    ['round(x)', '5/2', '3'],
    ['x mod 3', '-1', '2'],
    ['x % 2.5', '6', '1'],
    ['x > 0 ? 1/x : 0', '0', '0'],
    ['x > 0 ? 1/x : 0', '4', '1/4'],
    ['(x >= 1 and x < 2) * x', '3/2', '3/2'],
    ['not (x == 1) or x != 1', '1', '0'],
    ['square(x) + cube(x)', '-2', '-4'],
  ])('%s at %s is %s', async (formula, x, expected) => {
    expect(await at(formula, x)).toBe(expected);
  });

  test('agrees with floating point on integers, where both are exact', async () => {
    const expression = await parseFormula(
      'abs(x - 3) * (x + 2)^2 - max(x, min(5, -x)) + floor(x / 2) - x % 3',
    );
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), (x) => {
        expect(evaluateExactly(expression, Rational.of(x)).toNumber()).toBe(evaluateInDoubles(expression, x));
      }),
    );
  });

  test('x = y on both sides of an identity, for random rationals', async () => {
    const pairs = await Promise.all(
      [
        ['abs(x)', 'relu(x) + relu(-x)'],
        ['max(x, 1/3)', '-min(-x, -1/3)'],
        ['x', 'sign(x) * abs(x)'],
        ['x', 'floor(x) + x % 1'],
        ['(x + 1)^3', 'x^3 + 3x^2 + 3x + 1'],
        ['ceil(x)', '-floor(-x)'],
      ].map(async ([a, b]) => [await parseFormula(a!), await parseFormula(b!)] as [Expression, Expression]),
    );
    const rational = fc.tuple(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: 1, max: 997 }),
    );
    fc.assert(
      fc.property(rational, ([p, q]) => {
        const x = Rational.of(p, q);
        for (const [a, b] of pairs) expect(evaluateExactly(a, x).equals(evaluateExactly(b, x))).toBe(true);
      }),
    );
  });
});

describe('formulas that are not rational', () => {
  test.each(['sin(x)', 'x^0.5', '2^x', 'pi * x', 'x > 0 ? sqrt(x) : 0', 'x^(1/2)'])('%s', async (formula) => {
    expect(isRational(await parseFormula(formula))).toBe(false);
  });

  test('labels are the doubles themselves, and the source says so', async () => {
    const instance = await generate('formula', { formula: 'exp(x) / 3', points: 7, from: '0', to: '0.6' });
    for (let i = 0; i < 7; i++) {
      expect(instance.inputs[0]!.value(i).toString()).toBe(Rational.of(i, 10).toString());
      expect(instance.labels.value(i).equals(Rational.fromDouble(Math.exp(i / 10) / 3))).toBe(true);
    }
    expect(instance.source).toMatch(/formula "exp\(x\) \/ 3".*doubles, computed in floating point/);
    const exact = await generate('formula', { formula: 'x/3' });
    expect(exact.source).toMatch(/exact values of the formula/);
  });
});

describe('formula instances', () => {
  test('the formula of the manual has the knots 0 and 1', async () => {
    const formula = 'abs(x) - 0.5*max(0, x-1)';
    expect((await generate('formula', { formula })).known).toEqual({ knots: 2, provedBy: 'runs' });
    // A straight line has none, whatever its slope.
    expect((await generate('formula', { formula: 'x/7 - 22/7', to: '1e3' })).known!.knots).toBe(0);
  });

  test.each([
    ['x +', /formula: .*"x \+"/],
    ['y', /the name "y"/],
    ['random()', /"random"/],
    ['x.abs(x)', /found "a method"/],
    ['[1, 2]', /type ArrayNode/],
    ['a = 2; x', /type BlockNode/],
    ['f(x) = x', /type FunctionAssignmentNode/],
    ['"text"', /the constant text/],
    ['Infinity', /the constant Infinity/],
    ['10%', /a percentage/],
    ['x!', /"factorial"/],
    ['abs(x, 1)', /"abs" with 2 operands/],
    ['max()', /"max" with 0 operands/],
    ['sin(x, 2)', /"sin" with 2 operands/],
    ['constructor(x)', /"constructor"/],
    ['1e99999', /the constant 1e\+99999/],
    ['1/x', /no value at x = 0: division by zero/],
    ['sqrt(x)', /no value at x = -1: an operation gives NaN/],
    ['exp(1000 + x)', /an operation gives Infinity/],
    ['x^100000', /too large/],
    ['0 * x^-1', /no value at x = 0/],
  ])('%s is refused', async (formula, message) => {
    const attempt = generate('formula', { formula, points: 3, from: '-1', to: '1' });
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });
});
