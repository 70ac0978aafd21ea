import { describe, expect, it } from 'vitest';
import { checkStatement } from '../../src/checker/check.js';
import { sparsestOfShape } from '../../src/knots/shapes.js';
import { statementOf } from '../../src/solve/answer.js';
import { compareShapes, feasibleShaped, isOfShape } from './shape-truth.js';

describe('the fewest knots of a function of a shape', () => {
  it('are those of exhaustive search, or there is none, on random small instances', () => {
    const seen = compareShapes(1, 100, 6);
    expect(seen.wrong).toEqual([]);
    expect(seen.infeasible).toBeGreaterThan(20);
    expect(seen.optimal).toBeGreaterThan(40);
  });

  it('belong to a function of the shape, with a certificate that is accepted', () => {
    let flat = 0;
    for (let seed = 0; seed < 300; seed++) {
      const { problem, shape } = feasibleShaped(seed, 30);
      const solution = sparsestOfShape(problem, shape);
      const answer = { kind: 'shape', shape, solution } as const;
      expect(checkStatement(problem, statementOf(problem, answer))).toMatchObject({ accepted: true });
      if (solution.status === 'infeasible') throw new Error(`seed ${seed}`);
      expect(isOfShape(problem, shape, solution.function)).toBe(true);
      if (solution.knots > 2) flat++;
    }
    expect(flat).toBeGreaterThan(100);
  });
});
