import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { parseCsv } from '../../src/files/csv.js';
import { LeastTolerances } from '../../src/knots/least-tolerance.js';
import { evaluateSorted } from '../../src/problem/piecewise-linear.js';
import { wideningProblem } from '../../src/problem/widening.js';
import { statementOf } from '../../src/solve/answer.js';
import { readable } from '../../src/text/format.js';
import {
  compareWithSlowMethod,
  criticalValues,
  leastTolerance,
  problemOfRows,
  randomRows,
} from './least-tolerance-truth.js';

describe('the least tolerance for K knots', () => {
  it('is that of exhaustive search on random instances with weights, windows and equal inputs', () => {
    const seen = compareWithSlowMethod(3, 100, 5);
    expect(seen.wrong).toBe(0);
    for (const kind of ['weighted', 'equalInputs', 'floors', 'negative'])
      expect(seen[kind]).toBeGreaterThan(5);
  });

  it('with no knot is that of the best line: the largest critical value of all triples and pairs', () => {
    const random = createRandom(5);
    for (let k = 0; k < 300; k++) {
      const { rows, weighted, windows } = randomRows(random, 8);
      const { tolerance } = leastTolerance(problemOfRows(rows, weighted, windows), 0);
      expect(tolerance.equals(criticalValues(rows).at(-1)!)).toBe(true);
    }
  });

  it('falls with K, is attained, and its certificate is accepted while no smaller tolerance is', () => {
    const random = createRandom(6);
    for (let k = 0; k < 60; k++) {
      const { rows, weighted, windows } = randomRows(random, 30);
      const problem = problemOfRows(rows, weighted, windows);
      const tolerances = new LeastTolerances(problem);
      const steps = Array.from({ length: tolerances.enough + 1 }, (_, K) => finish(tolerances.least(K)));
      steps.forEach(({ tolerance, function: f, knots }, K) => {
        expect(f.knots.length).toBeLessThanOrEqual(knots);
        if (K > 0) expect(steps[K - 1]!.tolerance.lessThan(tolerance)).toBe(false);
        const at = [...new Map(rows.map((row) => [String(row.x), row.x])).values()].sort((p, q) =>
          p.compare(q),
        );
        const values = new Map(evaluateSorted(f, at).map((value, i) => [String(at[i]), value]));
        for (const { x, lower, upper, w } of rows) {
          const value = values.get(String(x))!;
          expect(value.lessThan(lower.subtract(tolerance.multiply(w)))).toBe(false);
          expect(upper.add(tolerance.multiply(w)).lessThan(value)).toBe(false);
        }
      });
      const statement = statementOf(problem, { kind: 'least-tolerance', steps });
      expect(checkStatement(problem, statement)).toMatchObject({ accepted: true });
      const { claim } = statement;
      if (claim.kind !== 'least-tolerance') throw new Error(claim.kind);
      const i = random.integer(0, claim.curve.length - 1);
      const curve = claim.curve.map((entry, j) => {
        if (j !== i) return entry;
        const less = Rational.parse(entry.tolerance).subtract(Rational.of(1, 10n ** 12n));
        return { ...entry, tolerance: less.toString() };
      });
      expect(checkStatement(problem, { ...statement, claim: { ...claim, curve } }).accepted).toBe(false);
    }
  });

  it('follows when labels are scaled, and does not change when an affine function is added', () => {
    const random = createRandom(7);
    for (let k = 0; k < 100; k++) {
      const { rows, weighted, windows } = randomRows(random, 12);
      const knots = random.integer(0, 4);
      const e = leastTolerance(problemOfRows(rows, weighted, windows), knots).tolerance;
      const factor = Rational.of(random.integer(1, 9), 7);
      const [slope, intercept] = [
        Rational.of(random.integer(-9, 9), 4),
        Rational.of(random.integer(-9, 9), 5),
      ];
      const moved = (move: (y: Rational, x: Rational) => Rational) =>
        problemOfRows(
          rows.map(({ x, lower, upper, w }) => ({ x, w, lower: move(lower, x), upper: move(upper, x) })),
          weighted,
          windows,
        );
      expect(
        leastTolerance(
          moved((y) => y.multiply(factor)),
          knots,
        ).tolerance.equals(e.multiply(factor)),
      ).toBe(true);
      const added = moved((y, x) => y.add(slope.multiply(x)).add(intercept));
      expect(leastTolerance(added, knots).tolerance.equals(e)).toBe(true);
      const mirrored = rows.map((row) => ({ ...row, x: row.x.negate() }));
      expect(leastTolerance(problemOfRows(mirrored, weighted, windows), knots).tolerance.equals(e)).toBe(
        true,
      );
    }
  });

  it('is that of the table in the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [budgets] = /^\| data \|(( \d+ \|)+) knots to the end \|$/m.exec(readme)!.slice(1);
    for (const name of ['nile', 'lynx', 'co2', 'mcycle']) {
      const text = readFileSync(new URL(`../../instances/${name}.csv`, import.meta.url), 'utf8');
      const tolerances = new LeastTolerances(wideningProblem(parseCsv(text, name)));
      const least = (K: number) => finish(tolerances.least(K)).tolerance;
      // Without the fraction before it.
      const decimal = (value: Rational) => readable(value).replace(/^.* \((.*)\)$/, '$1');
      const cells = budgets!.match(/\d+/g)!.map((K) => decimal(least(Number(K))));
      const row = [name, ...cells, `${tolerances.enough}: ${least(tolerances.enough)}`].join(' | ');
      expect(readme).toContain(`| ${row} |`);
    }
  });
});
