import { describe, expect, it } from 'vitest';
import { checkWitnesses } from '../../src/checker/witnesses.js';
import { createRandom } from '../../src/exact/random.js';
import { countFewestKnots } from '../../src/knots/solve.js';
import { witnessesOnLines } from '../../src/search/lines.js';
import { pointsOf } from '../../src/search/points.js';
import { searchSparsest } from '../../src/search/search.js';
import { problemOf } from './problems.js';
import { validate } from './validate.js';

describe('witnesses on lines of data points', () => {
  it('are those of one input when all points lie on one line, exact labels and windows', () => {
    const random = createRandom(1);
    let bounds = 0;
    for (let instance = 0; instance < 40; instance++) {
      const size = random.integer(5, 14);
      const y = Array.from({ length: size }, () => random.integer(-5, 5));
      const upper = instance % 2 === 0 ? null : y.map((value) => value + random.integer(0, 3));
      const direction = [random.integer(-3, 3), random.integer(-3, 3), random.integer(1, 3)];
      const moved = y.map((_, t) => direction.map((value, i) => value * t + i));
      const problem = problemOf(moved, y, upper);
      const line = problemOf(
        y.map((_, t) => [t]),
        y,
        upper,
      );
      const { knots } = countFewestKnots(line);
      const proof = witnessesOnLines(problem, pointsOf(problem));
      if (knots < 3) expect(proof).toBeNull();
      else {
        expect(checkWitnesses(problem, proof!, 'none')).toBe(knots);
        bounds++;
      }
    }
    expect(bounds).toBeGreaterThan(10);
  });

  it('take the best of several lines, parallel to an axis or not, among other points', () => {
    const zigzag = (t: number): number => t % 2;
    const x: number[][] = [];
    const y: number[] = [];
    for (let t = 0; t < 6; t++) {
      x.push([t, 7, 1]);
      y.push(zigzag(t));
    }
    for (let t = 0; t < 8; t++) {
      x.push([t, 2 * t + 20, 5 - t]);
      y.push(zigzag(t));
    }
    x.push([100, 3, 4], [50, 50, 9]);
    y.push(1, 0);
    const problem = problemOf(x, y);
    expect(checkWitnesses(problem, witnessesOnLines(problem, pointsOf(problem))!, 'affine')).toBe(6);
  });

  it('bound the search from below at once, and are its proof until the trees prove more', async () => {
    const x: number[][] = [];
    const y: number[] = [];
    const random = createRandom(2);
    for (let t = 0; t < 12; t++) {
      x.push([t, t]);
      y.push((t % 2) * random.integer(1, 9));
    }
    for (let n = 0; n < 12; n++) {
      x.push([random.integer(0, 99), random.integer(100, 199)]);
      y.push(random.integer(-9, 9));
    }
    const problem = problemOf(x, y);
    for (const skip of ['none', 'bias', 'affine'] as const) {
      const result = await searchSparsest(problem, { objective: 'neurons', skip, mostNodes: 200 });
      validate(problem, result);
      expect(result.lowerBound).toBeGreaterThanOrEqual(10);
      expect(result.lowerFrom).toBe('points on a line');
    }
  });
});
