import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { countFewestKnots } from '../../src/knots/solve.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';
import { windowData, windowsProblem } from '../support/problems.js';
import { answered, boundsOf, SKIPS } from './answers.js';

fc.configureGlobal({ seed: 53 });

describe('windows', () => {
  test('random ones: valid, checked, and never more than two above the forced bends', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(windowData(1, 12), fc.constantFrom(...SKIPS), ({ x, lower, upper }, skip) => {
        const problem = windowsProblem(x, lower, upper);
        const own = answered(problem, skip);
        const key = `${skip} ${own.open === null ? 'closed' : 'open'}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }),
      { numRuns: 150 },
    );
    for (const key of ['bias closed', 'none closed']) expect(seen.get(key)).toBeGreaterThan(20);
  });

  test('one neuron between windows that no single line of one sign meets', () => {
    const problem = makeProblem(
      datasetFromArrays({ x: [0, 1, 2, 3], lower: [-1, -1, 1, 2], upper: ['0', '0', '3/2', '5/2'] }),
    );
    expect(countFewestKnots(problem).knots).toBe(0);
    expect(boundsOf(answered(problem, 'none'))).toEqual([1, 1]);
    expect(boundsOf(answered(problem, 'bias'))).toEqual([1, 1]);
  });

  test('windows on both sides of 0 need two neurons', () => {
    const problem = makeProblem(datasetFromArrays({ x: [0, 1, 2], lower: [-3, -1, 1], upper: [-2, 1, 4] }));
    expect(boundsOf(answered(problem, 'none'))).toEqual([2, 2]);
  });

  test('more tolerance never needs more neurons than were found with less', () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = createRandom(seed);
      const data = datasetFromArrays({
        x: Array.from({ length: 30 }, (_, i) => i),
        y: Array.from({ length: 30 }, () => random.integer(-9, 9)),
      });
      for (const skip of SKIPS) {
        const answers = ['0', '1/2', '2', '5'].map((eps) =>
          answered(makeProblem(data, Rational.parse(eps)), skip),
        );
        for (let k = 1; k < answers.length; k++)
          expect(answers[k]!.lowerBound).toBeLessThanOrEqual(answers[k - 1]!.upperBound);
      }
    }
  });

  test('walks within a tolerance, also too long for one program over all lines', () => {
    for (const [points, eps] of [
      [60, '1'],
      [400, '1/2'],
    ] as const) {
      const random = createRandom(points);
      let value = 0;
      const y = Array.from({ length: points }, () => {
        value += random.integer(-9, 9);
        return value;
      });
      const problem = makeProblem(datasetFromArrays({ x: y.map((_, i) => i), y }), Rational.parse(eps));
      for (const skip of SKIPS) {
        const own = answered(problem, skip);
        expect(own.upperBound - own.lowerBound).toBeLessThanOrEqual(1);
      }
    }
  });
});
