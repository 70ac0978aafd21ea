import { describe, expect, it } from 'vitest';
import { curvature } from '../../src/knots/curvature.js';
import { blankVertex, functionOfVertex } from '../../src/knots/family.js';
import { runsOf } from '../../src/knots/runs.js';
import { candidateKnots } from '../../src/restricted/candidates.js';
import { randomProblem, SHAPES } from '../knots/random-problems.js';

describe('candidate positions', () => {
  it('are at most 2N - 5, ascending, between the data, and hold every knot of every vertex of S', () => {
    let most = 0;
    for (let seed = 0; seed < 100; seed++) {
      const problem = randomProblem(seed, SHAPES[seed % SHAPES.length]!, 9);
      const candidates = candidateKnots(problem);
      const n = problem.size;
      expect(candidates.length).toBeLessThanOrEqual(Math.max(0, 2 * n - 5));
      if (n > 3) most = Math.max(most, candidates.length / (2 * n - 5));
      const x = problem.inputs[0]!;
      candidates.forEach((t, k) => {
        expect(t.lessThan(candidates[k + 1] ?? x.value(n - 1))).toBe(true);
        expect(x.value(0).lessThan(t)).toBe(true);
      });
      const known = new Set(candidates.map(String));
      const signs = curvature(problem);
      const runs = runsOf(signs);
      const side = blankVertex(problem, runs);
      const inner: number[] = [];
      for (let r = 0; r < runs.count; r++) {
        for (let j = 1; j < runs.points[r]! - 1; j++) inner.push(runs.first[r]! + j);
      }
      for (let word = 0; word < 2 ** inner.length; word++) {
        inner.forEach((position, k) => {
          side[position] = (word >> k) & 1;
        });
        for (const { at } of functionOfVertex(problem, signs, side).knots)
          expect(known.has(at.toString())).toBe(true);
      }
    }
    expect(most).toBe(1);
  });
});
