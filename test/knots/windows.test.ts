import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkWitnesses } from '../../src/checker/witnesses.js';
import { Rational } from '../../src/exact/rational.js';
import { solveOneInput } from '../../src/facing/solve.js';
import { solveUnivariate } from '../../src/knots/solve.js';
import { fewestKnotsThroughWindows, lineOfChain } from '../../src/knots/windows.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { crossing, valueOfLine } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { fewestKnotsByLines } from '../support/fewest-knots.js';
import { doubleDataset, rationalsOf, windowData, windowsProblem } from '../support/problems.js';
import { validate } from '../support/validate.js';

fc.configureGlobal({ seed: 32 });

interface Vector {
  name: string;
  x: string[];
  lower: string[];
  upper: string[];
  knots: number;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../vectors/windows.json', import.meta.url), 'utf8'),
);

/** The chain itself: as many lines as knots + 1, each crossing inside the gap its witness names. */
function validateChain(problem: Problem): number {
  const chain = fewestKnotsThroughWindows(problem);
  expect(chain.witnesses.length).toBe(4 * chain.knots);
  expect(chain.lines.length).toBe(4 * (chain.knots + 1));
  expect(checkWitnesses(problem, { kind: 'witnesses', witnesses: chain.witnesses }, 'affine')).toBe(
    chain.knots,
  );
  const { x } = rationalsOf(problem);
  for (let k = 0; k < chain.knots; k++) {
    const [sign, , b, c] = chain.witnesses.subarray(4 * k, 4 * k + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const left = lineOfChain(problem, chain, k);
    const right = lineOfChain(problem, chain, k + 1);
    const knot = crossing(left, right);
    expect(knot.slopeChange.sign()).toBe(sign);
    expect(knot.at.compare(x[b]!)).toBeGreaterThanOrEqual(0);
    expect(knot.at.lessThan(x[c]!)).toBe(true);
    expect(valueOfLine(left, knot.at).equals(valueOfLine(right, knot.at))).toBe(true);
  }
  return chain.knots;
}

describe('vectors', () => {
  test.each(vectors)('$name', (vector) => {
    const problem = makeProblem(datasetFromArrays(vector));
    expect(validateChain(problem)).toBe(vector.knots);
    for (const skip of ['affine', 'bias', 'none'] as const) {
      validate(problem, solveOneInput(problem, skip), skip);
    }
  });
});

describe('chains', () => {
  test('random windows: every knot lies in the gap that its witness names', () => {
    const signs = new Set<number>();
    let knots = 0;
    fc.assert(
      fc.property(windowData(1, 25), ({ x, lower, upper }) => {
        const problem = windowsProblem(x, lower, upper);
        knots += validateChain(problem);
        const { witnesses } = fewestKnotsThroughWindows(problem);
        for (let w = 0; w < witnesses.length; w += 4) signs.add(witnesses[w]!);
      }),
      { numRuns: 300 },
    );
    expect(knots).toBeGreaterThan(1000);
    expect([...signs].sort()).toEqual([-1, 1]);
  });

  test('windows that only touch one line: no slack anywhere', () => {
    // All windows end on y = x / 3, alternately from above and below: one line, of no freedom.
    const x = Array.from({ length: 9 }, (_, i) => Rational.of(i * i, 2));
    const on = x.map((value) => value.divide(Rational.of(3)));
    const lower = on.map((value, i) => (i % 2 ? value : value.subtract(Rational.one)));
    const upper = on.map((value, i) => (i % 2 ? value.add(Rational.one) : value));
    const problem = windowsProblem(x, lower, upper);
    expect(validateChain(problem)).toBe(0);
    // The smallest step off the line at point 3 bends the function up, down and up again.
    const hair = Rational.of(1n, 10n ** 40n);
    const raised = windowsProblem(
      x,
      lower.map((value, i) => (i === 3 ? value.add(hair) : value)),
      upper,
    );
    expect(validateChain(raised)).toBe(3);
    expect(fewestKnotsByLines(x.slice(0, 6), rationalsOf(raised).lower.slice(0, 6), upper.slice(0, 6))).toBe(
      3,
    );
  });

  test('a parabola with tolerance: every window stays in the hull', () => {
    const n = 4000;
    const x = Array.from({ length: n }, (_, i) => i);
    const y = x.map((value) => value * value);
    const problem = makeProblem(
      doubleDataset(x, { lower: y.map((v) => v - 0.5), upper: y.map((v) => v + 0.5) }),
    );
    const solution = solveUnivariate(problem);
    validate(problem, solution, 'affine');
    // Chords of x^2 over h points bulge by h^2 / 4 in the middle: with half-width 1/2 no line stabs more than three windows,
    // and two lines meet between windows, so a knot serves at most three.
    expect(solution.upperBound).toBeGreaterThan(n / 4);
    expect(solution.upperBound).toBeLessThan(n / 2);
  });

  test('half-open starts: a wide window next to a jump', () => {
    const cases = [
      { x: [0, 1, 2, 3], lower: [0, 0, 10, 10], upper: [0, 0, 10, 10], knots: 2 },
      { x: [0, 1, 2, 3], lower: [0, 0, 10, 20], upper: [0, 0, 10, 20], knots: 1 },
      { x: [0, 1, 2, 3, 4], lower: [0, -99, 5, -99, 0], upper: [0, 99, 5, 99, 0], knots: 1 },
      { x: [0, 1, 2, 3, 4, 5], lower: [0, 0, 5, 5, 0, 0], upper: [0, 0, 5, 5, 0, 0], knots: 3 },
      { x: [0, 1, 2, 3, 4, 5], lower: [0, -9, 5, 5, -9, 0], upper: [0, 9, 5, 5, 9, 0], knots: 1 },
    ];
    for (const { x, lower, upper, knots } of cases) {
      const problem = makeProblem(datasetFromArrays({ x, lower, upper }));
      const { x: px, lower: pl, upper: pu } = rationalsOf(problem);
      expect(fewestKnotsByLines(px, pl, pu)).toBe(knots);
      expect(validateChain(problem)).toBe(knots);
    }
  });
});
