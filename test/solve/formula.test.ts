import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import {
  evaluateExactly,
  evaluateInDoubles,
  isRational,
  parseFormula,
} from '../../src/formula/expression.js';
import { countFewestKnots } from '../../src/knots/solve.js';
import { evaluateSorted } from '../../src/problem/piecewise-linear.js';
import { type FormulaAnswer, FormulaSearch } from '../../src/solve/formula.js';
import { runHere, sparsestHere } from '../support/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'sparsest-formula-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const q = Rational.parse;

async function answerTo(
  formula: string,
  from: string,
  to: string,
  tolerance: string,
): Promise<FormulaAnswer> {
  const expression = await parseFormula(formula);
  return finish(
    new FormulaSearch({ formula, expression, from: q(from), to: q(to), tolerance: q(tolerance) }).steps(),
  );
}

/** The function keeps within the tolerance on a fine grid: exactly where the formula is rational, else up to rounding of doubles. */
async function expectWithin(
  answer: FormulaAnswer,
  formula: string,
  from: string,
  to: string,
  tolerance: string,
) {
  const expression = await parseFormula(formula);
  const step = q(to).subtract(q(from)).divide(Rational.of(3001));
  const grid = Array.from({ length: 3002 }, (_, i) => q(from).add(step.multiply(Rational.of(i))));
  const values = evaluateSorted(answer.solution.function, grid);
  const exact = isRational(expression);
  grid.forEach((x, i) => {
    if (exact)
      expect(
        values[i]!.subtract(evaluateExactly(expression, x)).abs().compare(q(tolerance)),
      ).toBeLessThanOrEqual(0);
    else {
      const error = Math.abs(values[i]!.toNumber() - evaluateInDoubles(expression, x.toNumber()));
      expect(error).toBeLessThanOrEqual(q(tolerance).toNumber() * (1 + 1e-12));
    }
  });
}

/** Of a convex function: its chord from each break has an error of twice the tolerance, as far as it reaches. No shorter list of lines does. */
function convexPieces(f: (x: number) => number, from: number, to: number, tolerance: number): number {
  const error = (a: number, b: number) => {
    const slope = (f(b) - f(a)) / (b - a);
    let most = 0;
    for (let i = 1; i < 2000; i++) {
      const x = a + ((b - a) * i) / 2000;
      most = Math.max(most, f(a) + slope * (x - a) - f(x));
    }
    return most;
  };
  let count = 0;
  for (let a = from; a < to; count++) {
    let [low, high] = [a, to];
    if (error(a, to) <= 2 * tolerance) return count + 1;
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (error(a, middle) <= 2 * tolerance) low = middle;
      else high = middle;
    }
    a = low;
  }
  return count;
}

describe('fewest knots within a tolerance of a formula', () => {
  it('x^2 on [0, 1]: k pieces are enough exactly down to 1 / (8 k^2), there too', async () => {
    for (const k of [1, 3]) {
      const answer = await answerTo('x^2', '0', '1', `1/${8 * k * k}`);
      expect(answer.solution).toMatchObject({ status: 'optimal', lowerBound: k - 1, upperBound: k - 1 });
      expect(answer.between.method).toBe('Sturm sequences');
      const less = await answerTo('x^2', '0', '1', `99/${800 * k * k}`);
      expect(less.solution).toMatchObject({ status: 'optimal', lowerBound: k });
    }
  });

  it.each([
    ['exp(x)', Math.exp, '0', '2', '1/20'],
    ['x^4', (x: number) => x ** 4, '-1', '2', '1/10'],
    ['1/x', (x: number) => 1 / x, '1/2', '4', '1/50'],
    ['-log(x)', (x: number) => -Math.log(x), '1/4', '3', '1/30'],
    ['abs(x)^3', (x: number) => Math.abs(x) ** 3, '-1', '1', '1/40'],
  ] as const)(
    '%s is convex: as many as a greedy walk along its chords',
    async (formula, f, from, to, tolerance) => {
      const answer = await answerTo(formula, from, to, tolerance);
      const pieces = convexPieces(f, q(from).toNumber(), q(to).toNumber(), q(tolerance).toNumber());
      expect(answer.solution).toMatchObject({ status: 'optimal', upperBound: pieces - 1 });
      await expectWithin(answer, formula, from, to, tolerance);
    },
  );

  it.each([
    ['sin(x)', '0', '6.28', '0.01', 'interval bounds'],
    ['x^3 - x', '-2', '2', '0.1', 'Sturm sequences'],
    ['abs(x - 1/3)', '0', '1', '0.01', 'interval bounds'],
    ['sqrt(x)', '0', '1', '0.02', 'interval bounds'],
    ['max(x^2, 1 - x)', '-2', '2', '0.05', 'interval bounds'],
    ['5', '-1', '1', '0.01', 'Sturm sequences'],
    ['1e6*sin(x/1000)', '-1000', '2000', '1e4', 'interval bounds'],
  ] as const)(
    '%s: on a fine grid too, and the samples alone force as many',
    async (formula, from, to, tolerance, method) => {
      const answer = await answerTo(formula, from, to, tolerance);
      expect(answer.solution.status).toBe('optimal');
      expect(answer.between.method).toBe(method);
      await expectWithin(answer, formula, from, to, tolerance);
      expect(countFewestKnots(answer.problem).knots).toBe(answer.solution.lowerBound);
      if (answer.between.method === 'interval bounds') {
        const { largestError, curvature, Lipschitz, range } = answer.between;
        expect(largestError.compare(q(tolerance))).toBeLessThanOrEqual(0);
        expect(curvature + Lipschitz + range).toBeGreaterThan(0);
      }
    },
  );

  it('mirrored, and with x and y scaled, as many', async () => {
    const { solution } = await answerTo('x^3 - x', '-3/2', '2', '1/10');
    for (const [formula, from, to, tolerance] of [
      ['x - x^3', '-2', '3/2', '1/10'],
      ['7*((x/100)^3 - x/100)', '-150', '200', '7/10'],
    ] as const)
      expect((await answerTo(formula, from, to, tolerance)).solution.upperBound).toBe(solution.upperBound);
  });

  it('narrow spikes between samples are not missed', async () => {
    // On a uniform grid of 60 it is 0 up to 1e-6; its height is 1.
    const answer = await answerTo('exp(-1000000*(x - 1/119)^2)', '0', '1', '0.1');
    expect(answer.solution.lowerBound).toBe(3);
    expect(answer.solution.status).toBe('optimal');
  });
});

describe('sparsest solve --formula', () => {
  const ask = (formula: string, from: string, to: string, ...words: string[]) =>
    sparsestHere('solve', '--formula', formula, `--from=${from}`, `--to=${to}`, ...words);

  it('writes what the checker accepts, and says what is certified by what', async () => {
    const files = ['--certificate', at('p.json'), '--samples', at('s.json'), '--table', at('t.csv')];
    const { code, out } = await ask(
      'x^2',
      '-1',
      '1',
      '--tolerance',
      '0.01',
      ...files,
      '--network',
      at('n.json'),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^7 neurons are enough, and no fewer: proved\.$/m);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /samples, whose values are exact rationals; .* Sturm sequences in rationals/,
    );
    const checked = await runHere(['sparsest-check', at('s.json'), at('p.json')]);
    expect(checked).toMatchObject({ code: 0, out: expect.stringMatching(/^accepted: .* is 7;/) });
    expect(readFileSync(at('t.csv'), 'utf8').trim().split('\n')).toHaveLength(10);
    const { out: json } = await ask('cos(x)', '0', '3', '--tolerance', '1/50', '--json');
    expect(JSON.parse(json)).toMatchObject({
      formula: { text: 'cos(x)', samples: 'rounded outward' },
      between: { method: 'interval bounds', largestCurvature: '1' },
      checked: true,
    });
  });

  it('a limit of time leaves the bracket, or says that nothing is proved', async () => {
    const { code, err } = await ask('sin(x)', '0', '100', '--tolerance', '0.001', '--time-limit', '1e-9');
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--time-limit: it came before any function/),
    });
    const expression = await parseFormula('sin(x)');
    const search = new FormulaSearch({
      formula: 'sin(x)',
      expression,
      from: q('0'),
      to: q('7'),
      tolerance: q('1/100'),
    });
    for (const _ of search.steps()) if (search.found !== null) break;
    const { solution, open } = search.found!;
    expect(solution.lowerBound).toBeLessThan(solution.upperBound);
    expect(open).toMatch(/samples force \d+ knots, and no function with fewer than \d+/);
  });

  it('refuses what it cannot prove, and what does not go with it', async () => {
    for (const [words, message] of [
      [['floor(x)', '0', '2', '--tolerance', '0.1'], /floor may jump, and no continuous function/],
      [['tan(x)', '0', '2', '--tolerance', '0.1'], /cannot be bounded between samples near x = 1\.5707963/],
      [['1/x', '0', '2', '--tolerance', '0.1'], /has no value at x = 0: division by zero/],
      [['log(x - 1/7)', '0', '2', '--tolerance', '0.1'], /has no value at x = 0/],
      [['x', '1', '0', '--tolerance', '0.1'], /expected --from A --to B with A < B/],
      [['x^2', '0', '1'], /expected --tolerance EPS above 0/],
      [['y^2', '0', '1', '--tolerance', '1'], /found the name "y"/],
      [['x', '0', '1', '--tolerance', '1', '--skip', 'none', '--all'], /does not go with --skip, --all/],
      [['x', '0', '1', '--tolerance', '1', '--certificate', at('c.json')], /--samples FILE\.json/],
      [['x', '0', '1', '--tolerance', '1', '--predict', at('c.csv')], /a formula has none/],
    ] as const) {
      const { code, err } = await ask(words[0], words[1], words[2], ...words.slice(3));
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(message) });
    }
    expect((await sparsestHere('solve')).err).toMatch(/missing required argument 'data' \(or --formula/);
    expect((await sparsestHere('solve', 'instances/nile.csv', '--from', '1')).err).toMatch(
      /--from: about a formula/,
    );
  });
});
