import { afterAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { milpBackend } from '../../src/restricted/backends/backends.js';
import { accepted } from '../../src/solve/checked.js';
import { PositionsQuestion, positionsStatement } from '../../src/solve/positions.js';
import { solveRestricted } from '../../src/solve/restricted.js';
import { fewest } from '../checker/restricted-truth.js';
import { fewestOnGrid, randomPositions } from './reachable-cases.js';

const highs = milpBackend('highs');

afterAll(() => highs.close());

describe('sweeps against other ways to the same number', () => {
  test('1,000 sets: all sets of positions, or all values of a grid', () => {
    const random = createRandom(22);
    for (let n = 0; n < 1000; n++) {
      const { problem, knotsOn } = randomPositions(random, 7);
      const x = problem.inputs[0]!;
      const inner = Array.from({ length: problem.size }, (_, i) => x.value(i)).slice(1, -1);
      const step = n % 2 === 0 ? null : Rational.of(random.integer(1, 4), random.integer(1, 3));
      const restriction = { knotsOn: step === null ? knotsOn : inner, maxSlopeChange: null, maxKnots: null };
      const answer = finish(new PositionsQuestion(problem, { restriction, valuesOn: step }).solve());
      accepted(problem, positionsStatement(answer));
      const found = answer.solution.status === 'optimal' ? answer.solution.knots : null;
      const truth = step === null ? fewest(problem, knotsOn, null) : fewestOnGrid(problem, inner, step);
      expect(found, `set ${n}`).toBe(truth);
    }
  });

  test('the breakpoint model with its MILP and its exact search', async () => {
    const random = createRandom(23);
    for (let n = 0; n < 150; n++) {
      const { problem, knotsOn } = randomPositions(random, 14);
      const restriction = { knotsOn, maxSlopeChange: null, maxKnots: null };
      const { solution } = finish(new PositionsQuestion(problem, { restriction, valuesOn: null }).solve());
      const { result } = await solveRestricted(problem, restriction, { backend: 'highs' });
      expect(result.status, `set ${n}`).toBe(solution.status);
      if (solution.status === 'optimal' && result.status === 'optimal')
        expect(result.knots).toBe(solution.knots);
    }
  });
});
