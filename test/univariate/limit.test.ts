import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { datasetFromArrays } from '../../src/data/dataset.js';
import { makeProblem } from '../../src/data/problem.js';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/univariate/curvature.js';
import { functionOfVertex } from '../../src/univariate/family.js';
import { limitVertex } from '../../src/univariate/limit.js';
import { runsOf } from '../../src/univariate/runs.js';
import { leastLipschitz, leastPathNorm } from '../../src/univariate/slopes.js';

const vectors = JSON.parse(readFileSync(new URL('../vectors/univariate.json', import.meta.url), 'utf8'));

test('univariate vectors', () => {
  for (const { name, x, y, expected } of vectors) {
    const problem = makeProblem(datasetFromArrays({ x, y }));
    const signs = curvature(problem);
    const runs = runsOf(signs);
    expect(runs.knots, name).toBe(expected.knots);
    const { side } = limitVertex(problem, runs);
    const f = functionOfVertex(problem, signs, side);
    expect(f.knots.length, name).toBe(expected.knots);
    const product = f.knots.reduce((p, k) => p.multiply(k.slopeChange.abs()), Rational.one);
    expect(product.toString(), name).toBe(expected.limitProduct);
    expect(leastPathNorm(problem).toString()).toBe(expected.pathNormP1);
    expect(leastLipschitz(problem).toString()).toBe(expected.lipschitz);
    let m = 1,
      v = 1;
    for (let r = 0; r < runs.count; r++)
      if (runs.points[r]! > 1 && runs.points[r]! % 2) {
        m *= runs.points[r]! - 1;
        v *= (runs.points[r]! + 1) / 2;
      }
    if (expected.sparsestVertices !== m || expected.sparsestVertices !== v)
      console.log(name, expected.sparsestVertices, m, v);
  }
});
