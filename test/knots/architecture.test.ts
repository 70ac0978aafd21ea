import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNetwork } from '../../src/checker/network.js';
import { Rational } from '../../src/exact/rational.js';
import { solveOneInput } from '../../src/facing/solve.js';
import { ASSIGNMENT_LIMIT, networkForSkip } from '../../src/knots/architecture.js';
import { solveUnivariate } from '../../src/knots/solve.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Skip } from '../../src/problem/network.js';
import { type PiecewiseLinear, valueOfLine } from '../../src/problem/piecewise-linear.js';
import { makeProblem } from '../../src/problem/problem.js';
import { exactData, exactProblem, smallRational, windowData, windowsProblem } from '../support/problems.js';
import { validate } from '../support/validate.js';

fc.configureGlobal({ seed: 35 });

/** The fewest extra neurons over all 2^K choices of left-facing knots. */
function fewestExtra(f: PiecewiseLinear, skip: 'bias' | 'none', from: Rational, to: Rational): number {
  let fewest = 2;
  for (let set = 0; set < 2 ** f.knots.length; set++) {
    let slope = f.slope;
    let intercept = f.intercept;
    f.knots.forEach(({ at, slopeChange }, k) => {
      if (((set >> k) & 1) === 0) return;
      slope = slope.add(slopeChange);
      intercept = intercept.subtract(slopeChange.multiply(at));
    });
    if (skip === 'bias') fewest = Math.min(fewest, slope.isZero() ? 0 : 1);
    else {
      const [left, right] = [from, to].map((x) => valueOfLine({ slope, intercept }, x).sign()) as [
        number,
        number,
      ];
      // One ReLU (or a constant) is an affine function of one sign on the interval.
      if (left === 0 && right === 0) return 0;
      if (left * right >= 0) fewest = Math.min(fewest, 1);
    }
  }
  return fewest;
}

describe('networks without an affine skip', () => {
  test('equal the function on the data, with the fewest extra neurons of all assignments', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(exactData(1, 9), fc.constantFrom('bias' as const, 'none' as const), ({ x, y }, skip) => {
        const problem = exactProblem(x, y);
        const f = solveUnivariate(problem).function;
        const network = networkForSkip(f, skip, x[0]!, x.at(-1)!);
        const extra = fewestExtra(f, skip, x[0]!, x.at(-1)!);
        const neurons = checkNetwork(problem, network, skip, 'neurons');
        expect(neurons).toBe(f.knots.length + extra);
        // Other functions, and other facings, may do with less.
        const solution = solveOneInput(problem, skip);
        validate(problem, solution, skip);
        expect(solution.upperBound).toBeLessThanOrEqual(neurons);
        const key = `${skip} ${f.knots.length === 0 ? 'line' : extra}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        if (solution.upperBound < neurons) seen.set(`${skip} better`, (seen.get(`${skip} better`) ?? 0) + 1);
      }),
      { numRuns: 250 },
    );
    for (const key of [
      ...['bias 0', 'bias 1', 'bias line', 'bias better'],
      ...['none 0', 'none 1', 'none 2', 'none line', 'none better'],
    ]) {
      expect(seen.get(key), key).toBeGreaterThan(1);
    }
  });

  test('windows too', () => {
    fc.assert(
      fc.property(windowData(1, 10), fc.constantFrom<Skip>('bias', 'none'), ({ x, lower, upper }, skip) => {
        const problem = windowsProblem(x, lower, upper);
        validate(problem, solveOneInput(problem, skip), skip);
      }),
      { numRuns: 150 },
    );
  });

  test('every planted assignment is found', () => {
    // A network of right- and left-facing ReLUs without skip: its own function needs no extra neuron.
    const knots = fc.uniqueArray(fc.tuple(fc.integer({ min: -40, max: 40 }), smallRational, fc.boolean()), {
      minLength: 2,
      maxLength: 9,
      selector: ([at]) => at,
    });
    let planted = 0;
    fc.assert(
      fc.property(knots, (list) => {
        const real = list.filter(([, v]) => !v.isZero()).sort((a, b) => a[0] - b[0]);
        if (real.length === 0) return;
        let slope = Rational.zero;
        let intercept = Rational.zero;
        for (const [at, v, left] of real) {
          if (!left) continue;
          slope = slope.subtract(v);
          intercept = intercept.add(v.multiply(Rational.of(at)));
        }
        const f: PiecewiseLinear = {
          slope,
          intercept,
          knots: real.map(([at, v]) => ({ at: Rational.of(at), slopeChange: v })),
        };
        for (const skip of ['bias', 'none'] as const) {
          expect(networkForSkip(f, skip, Rational.of(-41), Rational.of(41)).neurons.length).toBe(real.length);
        }
        planted++;
      }),
      { numRuns: 200 },
    );
    expect(planted).toBeGreaterThan(100);
  });

  test('above the limit of the search the network still is the function', () => {
    const n = 2 * ASSIGNMENT_LIMIT + 9;
    const x = Array.from({ length: n }, (_, i) => i);
    const y = x.map((i) => ((i * i * 7) % 23) + i);
    const problem = makeProblem(datasetFromArrays({ x, y }));
    for (const skip of ['affine', 'bias', 'none'] as const) {
      const solution = solveOneInput(problem, skip);
      validate(problem, solution, skip);
      expect(solution.function.knots.length).toBeGreaterThan(ASSIGNMENT_LIMIT);
    }
  });
});

describe('zero neurons', () => {
  const solve = (x: number[], y: number[], skip: Skip) => {
    const problem = makeProblem(datasetFromArrays({ x, y }));
    const solution = solveOneInput(problem, skip);
    validate(problem, solution, skip);
    return [solution.lowerBound, solution.upperBound];
  };

  test('constants, zero, and lines of one sign or two', () => {
    expect(solve([0, 1, 2], [0, 0, 0], 'none')).toEqual([0, 0]);
    expect(solve([0, 1, 2], [3, 3, 3], 'none')).toEqual([1, 1]);
    expect(solve([0, 1, 2], [3, 3, 3], 'bias')).toEqual([0, 0]);
    expect(solve([0, 1, 2], [1, 2, 3], 'none')).toEqual([1, 1]);
    expect(solve([0, 1, 2], [0, -1, -2], 'none')).toEqual([1, 1]);
    expect(solve([0, 1, 2], [1, 2, 3], 'bias')).toEqual([1, 1]);
    expect(solve([0, 1, 2], [1, 2, 3], 'affine')).toEqual([0, 0]);
    // A line that changes sign needs two ReLUs; the witnesses alone show one.
    expect(solve([-1, 0, 1], [-1, 0, 1], 'none')[1]).toBe(2);
    expect(solve([5], [0], 'none')).toEqual([0, 0]);
    expect(solve([5], [2], 'none')).toEqual([1, 1]);
    expect(solve([5], [2], 'bias')).toEqual([0, 0]);
  });

  test('windows that contain a constant', () => {
    const windows = (lower: number[], upper: number[], skip: Skip) => {
      const problem = makeProblem(datasetFromArrays({ x: lower.map((_, i) => i), lower, upper }));
      const solution = solveOneInput(problem, skip);
      validate(problem, solution, skip);
      return [solution.lowerBound, solution.upperBound];
    };
    expect(windows([-1, -2, 0], [1, 0, 3], 'none')).toEqual([0, 0]);
    expect(windows([1, 1, 0], [2, 3, 1], 'bias')).toEqual([0, 0]);
    expect(windows([1, 2, 3], [2, 3, 4], 'bias')).toEqual([1, 1]);
    expect(windows([1, 2, 3], [2, 3, 4], 'none')).toEqual([1, 1]);
  });
});
