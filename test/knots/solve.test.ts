import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { solutionSet } from '../../src/knots/solution-set.js';
import { countFewestKnots, solveUnivariate, type UnivariateSolution } from '../../src/knots/solve.js';
import { fewestKnotsThroughWindows } from '../../src/knots/windows.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { PiecewiseLinear } from '../../src/problem/piecewise-linear.js';
import { evaluateAt } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { doubleList } from '../support/columns.js';
import { fewestKnotsByLines, fewestKnotsBySlopes } from '../support/fewest-knots.js';
import {
  doubleDataset,
  type ExactData,
  exactData,
  exactProblem,
  extremeDoubles,
  integrate,
  longRational,
  nearCollinear,
  rationalsOf,
  windowData,
  windowsProblem,
} from '../support/problems.js';
import { validate } from '../support/validate.js';

fc.configureGlobal({ seed: 31 });

/** Solves with skip affine, validates, and counts with the windows pass too. */
function solved(problem: Problem): UnivariateSolution {
  const solution = solveUnivariate(problem);
  validate(problem, solution, 'affine');
  expect(fewestKnotsThroughWindows(problem).knots).toBe(solution.upperBound);
  return solution;
}

function product(f: PiecewiseLinear): Rational {
  return f.knots.reduce((total, { slopeChange }) => total.multiply(slopeChange.abs()), Rational.one);
}

const knotTexts = (f: PiecewiseLinear) => f.knots.map(({ at, slopeChange }) => [`${at}`, `${slopeChange}`]);

interface Vector {
  name: string;
  x: string[];
  y: string[];
  expected: {
    knots: number;
    sparsestVertices: number;
    limit: [string, string][];
    limitProduct: string;
    pathNormP1: string;
    lipschitz: string;
  };
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../vectors/univariate.json', import.meta.url), 'utf8'),
);

describe('vectors', () => {
  test.each(vectors)('$name', ({ x, y, expected }) => {
    const problem = makeProblem(datasetFromArrays({ x, y }));
    const solution = solved(problem);
    const { runs, limit } = solution.exact!;
    expect(solution.lowerBound).toBe(expected.knots);
    expect(solutionSet(problem, runs).vertices).toBe(BigInt(expected.sparsestVertices));
    expect(product(solution.function).toString()).toBe(expected.limitProduct);
    const norm = solution.function.knots.reduce((sum, k) => sum.add(k.slopeChange.abs()), Rational.zero);
    expect(norm.toString()).toBe(expected.pathNormP1);
    // `validate` has shown that the steepest slope of the function is the largest chord slope.
    const slopes = [solution.function.slope];
    for (const { slopeChange } of solution.function.knots) slopes.push(slopes.at(-1)!.add(slopeChange));
    expect(
      slopes
        .map((s) => s.abs())
        .reduce((a, b) => (a.lessThan(b) ? b : a))
        .toString(),
    ).toBe(expected.lipschitz);
    if (limit.tiedRuns.length === 0) expect(knotTexts(solution.function)).toEqual(expected.limit);
  });

  test('their limits are mostly unique, so that the knots above were compared', () => {
    const unique = vectors.filter(({ x, y }) => {
      const solution = solveUnivariate(makeProblem(datasetFromArrays({ x, y })));
      return solution.exact!.limit.tiedRuns.length === 0;
    });
    expect(unique.length).toBeGreaterThan(vectors.length / 2);
  });
});

describe('known answers', () => {
  test('the collinear trap: a collinear point belongs to no run', () => {
    const problem = makeProblem(datasetFromArrays({ x: [0, 1, 2, 3, 4, 5, 6], y: [0, 0, 1, 2, 3, 5, 8] }));
    expect(solved(problem).upperBound).toBe(2);
  });

  test('one point, two points, a straight line', () => {
    for (const [x, y] of [
      [[3], [5]],
      [
        [0, 1],
        [2, -2],
      ],
      [
        [0, 1, 3, 7],
        [1, 3, 7, 15],
      ],
    ] as const) {
      const solution = solved(makeProblem(datasetFromArrays({ x, y })));
      expect(solution.upperBound).toBe(0);
      expect(solution.function.knots).toEqual([]);
    }
  });
});

/** Every sequence of n signs. */
function* signPatterns(n: number): Generator<(-1 | 0 | 1)[]> {
  for (let code = 0; code < 3 ** n; code++) {
    yield Array.from({ length: n }, (_, i) => ((Math.floor(code / 3 ** i) % 3) - 1) as -1 | 0 | 1);
  }
}

/** Data with the given curvature signs; the amounts vary with the position, and are all equal every other time. */
function dataWithCurvature(signs: readonly number[], even: boolean): ExactData {
  const n = signs.length + 2;
  const x = Array.from({ length: n }, (_, i) => Rational.of(even ? i : i * i + 3 * i, 2));
  const slopes = [Rational.of(1, 3)];
  signs.forEach((sign, i) => {
    slopes.push(slopes[i]!.add(Rational.of(sign * (even ? 1 : 1 + ((5 * i) % 7)), 3)));
  });
  return { x, y: integrate(x, slopes) };
}

describe('all sign patterns of curvature', () => {
  test.each([2, 3, 4, 5, 6, 7, 8, 9])('N = %i against dynamic programming over slopes', (n) => {
    let patterns = 0;
    for (const signs of signPatterns(n - 2)) {
      const { x, y } = dataWithCurvature(signs, patterns % 2 === 0);
      patterns++;
      const problem = exactProblem(x, y);
      expect([...curvature(problem)].slice(1, -1)).toEqual(signs);
      expect(solved(problem).upperBound).toBe(fewestKnotsBySlopes(x, y));
    }
    expect(patterns).toBe(3 ** (n - 2));
  });

  test.each([2, 3, 4, 5, 6])('N = %i against exact linear programs over all groups of points', (n) => {
    for (const signs of signPatterns(n - 2)) {
      const { x, y } = dataWithCurvature(signs, false);
      expect(countFewestKnots(exactProblem(x, y)).knots).toBe(fewestKnotsByLines(x, y, y));
    }
  });
});

/** How often each count came up; a property that only ever saw straight lines shows nothing. */
class Tally {
  private readonly counts = new Map<number, number>();

  add(knots: number): void {
    this.counts.set(knots, (this.counts.get(knots) ?? 0) + 1);
  }

  expectVariety(values: number, times: number): void {
    const frequent = [...this.counts.values()].filter((count) => count >= times);
    expect(frequent.length).toBeGreaterThanOrEqual(values);
  }
}

describe('random exact data', () => {
  test('rationals', () => {
    const tally = new Tally();
    fc.assert(
      fc.property(exactData(1, 14), ({ x, y }) => {
        const knots = solved(exactProblem(x, y)).upperBound;
        expect(knots).toBe(fewestKnotsBySlopes(x, y));
        tally.add(knots);
      }),
      { numRuns: 250 },
    );
    tally.expectVariety(6, 10);
  });

  const againstSlopes = (
    arbitrary: fc.Arbitrary<{ x: number[]; y: number[] }>,
    numRuns: number,
  ): { tally: Tally; layouts: Set<string> } => {
    const tally = new Tally();
    const layouts = new Set<string>();
    fc.assert(
      fc.property(arbitrary, (data) => {
        const problem = makeProblem(doubleDataset(data.x, data));
        const { x, lower } = rationalsOf(problem);
        layouts.add(`${problem.inputs[0]!.isDouble} ${problem.lower.isDouble}`);
        const knots = solved(problem).upperBound;
        expect(knots).toBe(fewestKnotsBySlopes(x, lower));
        tally.add(knots);
      }),
      { numRuns },
    );
    return { tally, layouts };
  };

  test('near-collinear doubles', () => {
    const { tally } = againstSlopes(nearCollinear, 200);
    tally.expectVariety(5, 10);
  });

  test('doubles of every magnitude, from 5e-324 to 1e308', () => {
    const { tally, layouts } = againstSlopes(extremeDoubles(doubleList), 160);
    tally.expectVariety(4, 10);
    expect(layouts.size).toBe(4);
  });
});

describe('random windows', () => {
  test('rationals, against exact linear programs', () => {
    const tally = new Tally();
    fc.assert(
      fc.property(windowData(1, 6), ({ x, lower, upper }) => {
        const knots = solved(windowsProblem(x, lower, upper)).upperBound;
        expect(knots).toBe(fewestKnotsByLines(x, lower, upper));
        tally.add(knots);
      }),
      { numRuns: 120 },
    );
    tally.expectVariety(3, 10);
  });

  test('doubles in rows of any order, every magnitude: valid, and never more knots than their lower ends need', () => {
    const tally = new Tally();
    let merged = 0;
    let crossed = 0;
    const data = extremeDoubles(doubleList).chain(({ x, y }) =>
      fc.array(fc.constantFrom(...y), { minLength: y.length, maxLength: y.length }).map((other) => ({
        x,
        lower: y.map((v, i) => Math.min(v, other[i]!)),
        upper: y.map((v, i) => Math.max(v, other[i]!)),
      })),
    );
    fc.assert(
      fc.property(data, ({ x, lower, upper }) => {
        const problem = makeProblem(doubleDataset(x, { lower, upper }));
        if (problem.lower.isDouble !== problem.inputs[0]!.isDouble) crossed++;
        if (problem.size > 2) merged++;
        const knots = solved(problem).upperBound;
        const rationals = rationalsOf(problem);
        expect(knots).toBeLessThanOrEqual(fewestKnotsBySlopes(rationals.x, rationals.lower));
        expect(knots).toBeLessThanOrEqual(fewestKnotsBySlopes(rationals.x, rationals.upper));
        tally.add(knots);
      }),
      { numRuns: 150 },
    );
    tally.expectVariety(3, 10);
    expect(merged).toBeGreaterThan(50);
    expect(crossed).toBeGreaterThan(10);
  });

  test('tolerance: the windows [y - eps, y + eps], and more tolerance never needs more knots', () => {
    fc.assert(
      fc.property(exactData(2, 12), fc.integer({ min: 1, max: 30 }), ({ x, y }, k) => {
        const epsilon = Rational.of(k, 6);
        const data = datasetFromArrays({ x, y });
        const problem = makeProblem(data, epsilon);
        const knots = solved(problem).upperBound;
        const same = windowsProblem(
          x,
          y.map((v) => v.subtract(epsilon)),
          y.map((v) => v.add(epsilon)),
        );
        expect(solved(same).upperBound).toBe(knots);
        expect(knots).toBeLessThanOrEqual(countFewestKnots(makeProblem(data)).knots);
        expect(countFewestKnots(makeProblem(data, epsilon.add(epsilon))).knots).toBeLessThanOrEqual(knots);
      }),
      { numRuns: 150 },
    );
  });
});

describe('metamorphic relations', () => {
  const positive = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 12n }))
    .map(([n, d]) => Rational.of(n, d));
  interface Motion {
    name: string;
    x: (x: Rational) => Rational;
    y: (y: Rational, x: Rational) => Rational;
    /** Factor by which every slope change is multiplied. */
    factor: Rational;
  }
  const motion: fc.Arbitrary<Motion> = fc.tuple(positive, longRational, fc.nat(5)).map(([a, b, kind]) => {
    const one = Rational.one;
    const same = (value: Rational) => value;
    switch (kind) {
      case 0:
        return { name: 'reverse x', x: (x) => x.negate(), y: same, factor: one };
      case 1:
        return { name: 'negate y', x: same, y: (y) => y.negate(), factor: one.negate() };
      case 2:
        return { name: 'scale x', x: (x) => x.multiply(a), y: same, factor: one.divide(a) };
      case 3:
        return { name: 'scale y', x: same, y: (y) => y.multiply(a), factor: a };
      case 4:
        return { name: 'translate', x: (x) => x.add(b), y: (y) => y.subtract(b), factor: one };
      default:
        return { name: 'add a line', x: same, y: (y, x) => y.add(x.multiply(b)), factor: one };
    }
  });

  test('exact data: count, number of sparsest vertices and the limit function follow', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(exactData(2, 12), motion, ({ x, y }, { name, x: moveX, y: moveY, factor }) => {
        seen.set(name, (seen.get(name) ?? 0) + 1);
        const problem = exactProblem(x, y);
        const before = solved(problem);
        const moved = exactProblem(
          x.map(moveX),
          y.map((value, i) => moveY(value, x[i]!)),
        );
        const after = solved(moved);
        expect(after.upperBound).toBe(before.upperBound);
        expect(solutionSet(moved, after.exact!.runs).vertices).toBe(
          solutionSet(problem, before.exact!.runs).vertices,
        );
        expect(after.exact!.limit.tiedRuns.length).toBe(before.exact!.limit.tiedRuns.length);
        if (before.exact!.limit.tiedRuns.length > 0) return;
        const expected = before.function.knots.map(({ at, slopeChange }) => [
          `${moveX(at)}`,
          `${slopeChange.multiply(factor)}`,
        ]);
        expect(knotTexts(after.function)).toEqual(name === 'reverse x' ? expected.reverse() : expected);
      }),
      { numRuns: 150 },
    );
    expect(seen.size).toBe(6);
  });

  test('windows: the count follows', () => {
    fc.assert(
      fc.property(windowData(2, 12), motion, ({ x, lower, upper }, { name, x: moveX, y: moveY }) => {
        const before = solved(windowsProblem(x, lower, upper));
        const ends = [lower, upper].map((list) => list.map((value, i) => moveY(value, x[i]!)));
        if (name === 'negate y') ends.reverse();
        expect(solved(windowsProblem(x.map(moveX), ends[0]!, ends[1]!)).upperBound).toBe(before.upperBound);
      }),
      { numRuns: 150 },
    );
  });

  test('permuted and repeated rows are the same problem', () => {
    const rows = windowData(2, 9).chain(({ x, lower, upper }) => {
      const indices = x.map((_, i) => i);
      return fc
        .tuple(fc.shuffledSubarray(indices, { minLength: indices.length }), fc.shuffledSubarray(indices))
        .map(([order, again]) => ({ x, lower, upper, order: [...order, ...again] }));
    });
    fc.assert(
      fc.property(rows, fc.boolean(), ({ x, lower, upper, order }, exact) => {
        const pick = (list: readonly Rational[]) => order.map((i) => list[i]!);
        const before = exact ? exactProblem(x, lower) : windowsProblem(x, lower, upper);
        const after = exact
          ? exactProblem(pick(x), pick(lower))
          : windowsProblem(pick(x), pick(lower), pick(upper));
        expect(after.size).toBe(before.size);
        expect(JSON.stringify(rationalsOf(after))).toBe(JSON.stringify(rationalsOf(before)));
        const [a, b] = [solved(before), solved(after)];
        expect(knotTexts(b.function)).toEqual(knotTexts(a.function));
        expect(b.function.slope.equals(a.function.slope)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('a point added on the solution changes no count', () => {
    let added = 0;
    fc.assert(
      fc.property(
        windowData(2, 9),
        fc.integer({ min: -80, max: 80 }),
        fc.boolean(),
        ({ x, lower, upper }, k, exact) => {
          const at = Rational.of(k, 11);
          if (x.some((value) => value.equals(at))) return;
          added++;
          const high = exact ? lower : upper;
          const before = solved(windowsProblem(x, lower, high));
          const value = evaluateAt(before.function, at);
          const after = solved(windowsProblem([...x, at], [...lower, value], [...high, value]));
          expect(after.upperBound).toBe(before.upperBound);
        },
      ),
      { numRuns: 200 },
    );
    expect(added).toBeGreaterThan(100);
  });

  test('scaling doubles by powers of two changes nothing', () => {
    fc.assert(
      fc.property(
        nearCollinear,
        fc.integer({ min: -60, max: 40 }),
        fc.integer({ min: -60, max: 40 }),
        ({ x, y }, i, j) => {
          const before = makeProblem(doubleDataset(x, { y }));
          const scaled = { x: x.map((v) => v * 2 ** i), y: y.map((v) => v * 2 ** j) };
          const after = makeProblem(doubleDataset(scaled.x, scaled));
          const exact = scaled.y.every((v, k) => v / 2 ** j === y[k]);
          if (exact) expect([...curvature(after)]).toEqual([...curvature(before)]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
