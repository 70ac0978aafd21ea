import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { runsOf } from '../../src/knots/runs.js';
import { NO_RESTRICTION } from '../../src/problem/question.js';
import { faultOf, makeKnotQuestion } from '../../src/restricted/question.js';
import { SupportSearch } from '../../src/restricted/support-search.js';
import { problemOf, randomProblem, SHAPES } from '../knots/random-problems.js';
import { verifyKnotProof } from './knot-proof.js';

const never = () => false;

describe('the exact search by itself', () => {
  it('finds the knots of all univariate vectors and proves them necessary', () => {
    const file = new URL('../vectors/univariate.json', import.meta.url);
    const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
      name: string;
      x: string[];
      y: string[];
      expected: { knots: number };
    }[];
    expect(vectors.length).toBeGreaterThan(50);
    for (const { name, x, y, expected } of vectors) {
      const question = makeKnotQuestion(problemOf(x, y));
      const search = new SupportSearch(question, never);
      const below = search.atMost(expected.knots - 1);
      if (below.status !== 'none')
        throw new Error(`${name}: fewer than ${expected.knots} knots were not refuted`);
      expect(verifyKnotProof(question, expected.knots - 1, below.proof), name).toBe(true);
      const outcome = search.atMost(expected.knots);
      if (outcome.status !== 'found')
        throw new Error(`${name}: no function with ${expected.knots} knots was found`);
      expect(faultOf(question, outcome.function), name).toBeNull();
      expect(outcome.function.knots.length, name).toBe(expected.knots);
    }
  });

  it('needs no branching to bound the unrestricted problem', () => {
    let knots = 0;
    for (let seed = 0; seed < 300; seed++) {
      const problem = randomProblem(seed, SHAPES[seed % SHAPES.length]!, 30);
      const question = makeKnotQuestion(problem);
      const root = new SupportSearch(question, never).rootBound()!;
      const expected = runsOf(curvature(problem)).knots;
      expect(root.bound, `seed ${seed}`).toBe(expected);
      expect(verifyKnotProof(question, expected - 1, root.proof)).toBe(true);
      expect(verifyKnotProof(question, expected, root.proof)).toBe(false);
      knots += expected;
    }
    expect(knots).toBeGreaterThan(1000);
  });

  it('sees what doubles cannot: labels that bend by 1e-30', () => {
    const straight = makeKnotQuestion(problemOf(['0', '1', '2', '3'], ['0', '1', '2', '3']));
    expect(new SupportSearch(straight, never).atMost(0).status).toBe('found');
    const bent = makeKnotQuestion(
      problemOf(['0', '1', '2', '3'], ['0', '1', '2', '3.000000000000000000000000000001']),
    );
    const outcome = new SupportSearch(bent, never).atMost(0);
    expect(outcome.status).toBe('none');
    const windows = makeKnotQuestion(
      problemOf(['0', '1', '2'], ['0', '1.000000000000000000000000000001', '0'], '1/2'),
      { ...NO_RESTRICTION, knotsOn: [Rational.one] },
    );
    const search = new SupportSearch(windows, never);
    const refuted = search.atMost(0);
    if (refuted.status !== 'none') throw new Error('expected a refutation');
    expect(verifyKnotProof(windows, 0, refuted.proof)).toBe(true);
    expect(search.atMost(1).status).toBe('found');
  });

  it('stops when it is told to', () => {
    const question = makeKnotQuestion(problemOf(['0', '1', '2'], ['0', '1', '0']));
    const search = new SupportSearch(question, () => true);
    expect(search.rootBound()).toBeNull();
    expect(search.atMost(0)).toEqual({ status: 'stopped' });
  });
});
