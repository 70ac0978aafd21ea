import { expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { countParameters, evaluate, type Skip, skipOf } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { atomNetwork } from '../../src/search/atom-network.js';

test('interpolates exactly with at most N parameters whenever the columns span the labels', () => {
  const random = createRandom(5);
  let found = 0;
  for (let round = 0; round < 60; round++) {
    const d = random.integer(1, 6);
    const n = random.integer(1, 9);
    const entry = () => random.integer(-40, 40) / 8;
    const x = Array.from({ length: n }, (_, i) => [i + 1 / 4, ...Array.from({ length: d - 1 }, entry)]);
    const problem = makeProblem(datasetFromArrays({ x, y: x.map(() => entry()) }));
    for (const skip of ['none', 'bias', 'affine'] as Skip[]) {
      const network = atomNetwork(problem, skip);
      if (network === null) continue;
      found++;
      expect(countParameters(network)).toBeLessThanOrEqual(n);
      expect(['none', skip]).toContain(skip === 'affine' ? skip : skipOf(network));
      for (let i = 0; i < n; i++) {
        const value = evaluate(
          network,
          problem.inputs.map((column) => column.value(i)),
        );
        expect(value.equals(problem.lower.value(i))).toBe(true);
      }
    }
  }
  expect(found).toBeGreaterThan(40);
});

test('labels outside the span have none', () => {
  const problem = makeProblem(datasetFromArrays({ x: [1, 2, 3, 4], y: [0, 1, 0, 1] }));
  expect(atomNetwork(problem, 'none')).toBeNull();
});
