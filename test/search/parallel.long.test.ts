import { expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { plantedRows, problemOf } from './problems.js';
import { validate } from './validate.js';

// Worker threads need the compiled modules; `npm run test:long` builds them first.
const compiled = new URL('../../dist/search/search.js', import.meta.url).href;
const { searchSparsest } = (await import(compiled)) as typeof import('../../src/search/search.js');

it('gives the same bounds for every number of threads, each with a proof', async () => {
  const cases = [
    [2, 14, 0, 'neurons', 'bias'],
    [3, 14, 4, 'neurons', 'none'],
    [2, 10, 2, 'parameters', 'none'],
    [2, 8, 0, 'parameters', 'none'],
  ] as const;
  let parallel = 0;
  for (const [d, size, neurons, objective, skip] of cases) {
    const { x, y } = plantedRows(createRandom(d * size + neurons), d, size, neurons);
    const problem = problemOf(x, y);
    const results = [];
    for (const threads of [1, 2, 2, 3]) {
      const result = await searchSparsest(problem, { objective, skip, threads });
      validate(problem, result);
      results.push(result);
    }
    // Which of several networks is found, and which of two children is refuted without the other, depends on the threads.
    const [alone, ...others] = results;
    for (const result of others) {
      expect([result.lowerBound, result.upperBound]).toEqual([alone!.lowerBound, alone!.upperBound]);
      if (result.nodes !== alone!.nodes) parallel++;
    }
  }
  expect(parallel).toBeGreaterThan(0);
});

it('ends at the time limit with a proved bracket while threads are at work', async () => {
  const { x, y } = plantedRows(createRandom(3), 3, 18, 0);
  const problem = problemOf(x, y);
  const result = await searchSparsest(problem, {
    objective: 'neurons',
    skip: 'none',
    threads: 2,
    timeLimit: 6,
  });
  validate(problem, result);
  expect(result.ended).toBe('time limit');
});
