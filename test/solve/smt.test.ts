import { expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { smtChunks } from '../../src/solve/smt.js';
import { solve } from '../../src/solve/solve.js';
import { QUESTIONS, smallSets } from '../search/small-sets.js';
import { holdsFor } from './smt-evaluation.js';

test('the statement in SMT-LIB is true of the network found, and of no network that is moved or too large', async () => {
  const seen = { fits: 0, moved: 0, large: 0 };
  for (const problem of smallSets(8)) {
    for (const [objective, skip] of QUESTIONS) {
      const solution = await solve(problem, { objective, skip, engine: 'search' });
      if (solution.status !== 'optimal') throw new Error('expected a minimum');
      const { network, upperBound: least } = solution;
      const text = (size: number) => [...smtChunks(problem, { objective, skip, size })].join('');
      expect(holdsFor(text(least), problem, network, least)).toBe(true);
      expect(holdsFor(text(least + 1), problem, network, least + 1)).toBe(true);
      seen.fits++;
      const [first, ...rest] = network.neurons;
      if (first === undefined || !problem.exact) continue;
      const moved = { ...first, bias: first.bias.add(Rational.of(1, 1000)) };
      if (holdsFor(text(least), problem, { ...network, neurons: [moved, ...rest] }, least)) continue;
      seen.moved++;
      if (objective === 'neurons' || rest.length === 0) continue;
      expect(holdsFor(text(least - 1), problem, network, least - 1)).toBe(false);
      seen.large++;
    }
  }
  expect(seen.fits).toBe(48);
  expect(seen.moved).toBeGreaterThan(20);
  expect(seen.large).toBeGreaterThan(5);
});

test('is well formed: every name is declared once before it is used, and numbers are reals', () => {
  const [problem] = [...smallSets(1)];
  for (const [objective, skip] of QUESTIONS) {
    const text = [...smtChunks(problem!, { objective, skip, size: 2 })].join('');
    const declared = new Set<string>();
    for (const line of text.split('\n')) {
      const name = /^\(declare-const (\S+) (?:Real|Bool)\)$/.exec(line)?.[1];
      if (name !== undefined) {
        expect(declared.has(name)).toBe(false);
        declared.add(name);
      }
      for (const used of line.match(/\b[whsa]_\d+(?:_\d+)?/g) ?? []) expect(declared).toContain(used);
      if (!line.startsWith(';'))
        expect(line.replace(/[whsa]_\d+(?:_\d+)?/g, '')).not.toMatch(/[ (]\d+(?![\d.])/);
    }
    expect(text.endsWith('(check-sat)\n')).toBe(true);
    const opened = text.split('(').length;
    expect(text.split(')').length).toBe(opened);
  }
});
