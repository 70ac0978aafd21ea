import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { exactPattern } from '../../src/path-norm/trained-pattern.js';
import { evaluate } from '../../src/problem/network.js';
import { problemOf } from '../search/problems.js';

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');

describe('the study of how often Algorithm 1 ends at the global minimum', () => {
  const [header, ...lines] = read('reproduction/equivalence.csv').trim().split('\n');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(header!.split(',').map((name, i) => [name, cells[i]!]));
  });

  it('has rows of at least 200 sets, and no exact network below the minimum', () => {
    expect(new Set(rows.map(({ data }) => data)).size).toBeGreaterThanOrEqual(200);
    for (const { cost, least, outcome } of rows) {
      expect(outcome === 'no exact fit').toBe(cost === '');
      if (cost !== '') expect(Number(cost)).toBeGreaterThanOrEqual(Number(least) * (1 - 1e-8));
      if (outcome === 'reached') expect(Number(cost) / Number(least)).toBeCloseTo(1, 5);
    }
  });

  it('is what its page says', () => {
    const words: Record<string, string> = { below: 'p < p*', above: 'p* < p < 1', one: 'p = 1' };
    const page = read('equivalence.md');
    for (const where of Object.keys(words)) {
      for (const inputs of ['1', '2', '3']) {
        const own = rows.filter((row) => row.where === where && row.inputs === inputs);
        const reached = own.filter(({ outcome }) => outcome === 'reached').length;
        const interpolate = own.filter(({ residual }) => Number(residual) <= 0.05).length;
        expect(page).toContain(
          `| ${words[where]} | ${inputs} | ${own.length} | ${interpolate} | **${reached}** |`,
        );
      }
    }
  });
});

describe('a trained network made exact on its pattern', () => {
  const problem = problemOf([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]); // biome-ignore format: a table
  const near = { inputWeights: [[-1, 1.001], [0.999, -1], [1e-9, 0]], biases: [0.0001, -0.0002, 0], outputWeights: [1, 1, 5] }; // biome-ignore format: a table

  it('passes through the data and costs no less than the minimum', () => {
    const exact = exactPattern(problem, 'none', Rational.of(1, 2), near, 1e-6)!;
    for (let n = 0; n < problem.size; n++) {
      const x = problem.inputs.map((column) => column.value(n));
      expect(evaluate(exact.network, x).equals(problem.lower.value(n))).toBe(true);
    }
    const cost = Rational.of(exact.cost.lower, 1n << BigInt(exact.cost.bits)).toNumber();
    expect(cost).toBeGreaterThanOrEqual(4 - 1e-12);
  });

  it('is null where no network has the pattern', () => {
    const one = { inputWeights: [[1, 1]], biases: [0.5], outputWeights: [1] };
    expect(exactPattern(problem, 'none', Rational.of(1, 2), one)).toBeNull();
  });
});
