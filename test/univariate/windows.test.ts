import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { datasetFromArrays } from '../../src/data/dataset.js';
import { makeProblem } from '../../src/data/problem.js';
import { fewestKnotsThroughWindows } from '../../src/univariate/windows.js';

const vectors = JSON.parse(readFileSync(new URL('../vectors/windows.json', import.meta.url), 'utf8'));

test('windows vectors', () => {
  for (const vector of vectors) {
    const problem = makeProblem(datasetFromArrays(vector));
    expect(fewestKnotsThroughWindows(problem).knots, vector.name).toBe(vector.knots);
  }
});
