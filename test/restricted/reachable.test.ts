import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import type { Problem } from '../../src/problem/problem.js';
import { accepted } from '../../src/solve/checked.js';
import { type PositionsAnswer, PositionsQuestion, positionsStatement } from '../../src/solve/positions.js';
import { fewest } from '../checker/restricted-truth.js';
import { fewestOnGrid, randomPositions } from './reachable-cases.js';

/** The checked answer. */
function solved(
  problem: Problem,
  knotsOn: readonly Rational[],
  valuesOn: Rational | null = null,
): PositionsAnswer {
  const restriction = { knotsOn, maxSlopeChange: null, maxKnots: null };
  const answer = finish(new PositionsQuestion(problem, { restriction, valuesOn }).solve());
  accepted(problem, positionsStatement(answer));
  return answer;
}

function knotsOf({ solution }: PositionsAnswer): number | null {
  return solution.status === 'optimal' ? solution.knots : null;
}

const seen = { knots: new Map<number | null, number>(), grid: new Map<number | null, number>() };
const count = (map: Map<number | null, number>, key: number | null) => map.set(key, (map.get(key) ?? 0) + 1);

describe('knots at given positions', () => {
  test('as few as the best of all sets of positions, by exact linear programs', () => {
    const random = createRandom(20);
    for (let n = 0; n < 90; n++) {
      const { problem, knotsOn } = randomPositions(random, 7);
      const found = knotsOf(solved(problem, knotsOn));
      expect(found, `set ${n}`).toBe(fewest(problem, knotsOn, null));
      count(seen.knots, found);
    }
  });

  test('values on a grid: as few as by every choice of values', () => {
    const random = createRandom(21);
    for (let n = 0; n < 90; n++) {
      const { problem } = randomPositions(random, 6);
      const x = problem.inputs[0]!;
      const inner = Array.from({ length: problem.size }, (_, i) => x.value(i)).slice(1, -1);
      const knotsOn = inner.filter(() => random.integer(0, 3) > 0);
      const step = Rational.of(random.integer(1, 4), random.integer(1, 3));
      const found = knotsOf(solved(problem, knotsOn, step));
      expect(found, `set ${n}`).toBe(fewestOnGrid(problem, knotsOn, step));
      count(seen.grid, found);
    }
  });

  test('the sets ask for many numbers of knots, and for none', () => {
    for (const map of Object.values(seen))
      for (const knots of [null, 0, 1, 2]) expect(map.get(knots) ?? 0, `${knots}`).toBeGreaterThan(0);
  });
});
