import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { searchSparsest } from '../../src/search/search.js';
import { smtChunks } from '../../src/solve/smt.js';
import { orderRowMinima, QUESTIONS, smallSets } from '../search/small-sets.js';

const SOLVERS = [
  ['z3', ['-in', '-T:60']],
  ['cvc5', ['--lang=smt2', '--tlimit=60000', '-']],
] as const;

it.each(SOLVERS)(
  '%s gives the answers of the search to 100 small questions, where it is installed',
  async (name, args) => {
    if (spawnSync(name, ['--version']).error !== undefined) return;
    const says = (text: string): string =>
      spawnSync(name, [...args], { input: text, encoding: 'utf8' }).stdout.trim();
    const seen = { sat: 0, unsat: 0 };
    let set = 0;
    for (const problem of smallSets(60)) {
      // Two questions a set, so that all kinds have their turn: the minimum fits, one less does not.
      const [objective, skip] = QUESTIONS[set % QUESTIONS.length]!;
      const { lowerBound } = await searchSparsest(problem, { objective, skip });
      expect(lowerBound).toBe(Number(orderRowMinima().small[set]![set % QUESTIONS.length]));
      set++;
      for (const size of [lowerBound, lowerBound - 1]) {
        if (size < 0) continue;
        const answer = size < lowerBound ? 'unsat' : 'sat';
        expect(says([...smtChunks(problem, { objective, skip, size })].join('')), `set ${set}`).toBe(answer);
        seen[answer]++;
      }
    }
    expect(seen.sat + seen.unsat).toBeGreaterThanOrEqual(100);
    expect(seen.unsat).toBeGreaterThan(40);
  },
);
