import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compare } from '../../src/experiment/compare.js';
import type { Row } from '../../src/experiment/rows.js';
import { type GivenSource, specification } from '../../src/experiment/specification-format.js';
import { runHere } from '../support/command-line.js';
import { shellWords } from '../support/next-steps.js';
import { freshDirectory } from './experiments.js';

const home = process.cwd();
beforeEach(() => {
  const folder = join(freshDirectory(), "it's a $folder");
  mkdirSync(folder);
  process.chdir(folder);
  writeFileSync('-a "b".csv', 'the label,x\n0.1,0\n0.3,1.1\n1.7,2.3\n1.6,3.1\n0.25,4.7\n');
});
afterEach(() => process.chdir(home));

/** Runs "sparsest .. && sparsest .." word by word, as a shell would. @returns the JSON of the last command */
async function again(row: Row): Promise<Record<string, unknown>> {
  const commands: string[][] = [];
  for (const word of shellWords(row.command)) {
    if (word === 'sparsest') commands.push([]);
    commands.at(-1)!.push(word);
  }
  const last = commands.pop()!;
  for (const words of commands) expect((await runHere(words)).code, words.join(' ')).toBe(0);
  const { out, err } = await runHere([...last, '--json']);
  expect(err, row.command).not.toContain('sparsest: ');
  return JSON.parse(out);
}

it.each<[GivenSource]>([
  [{ file: '-a "b".csv', target: 'the label', float64: true }],
  [
    {
      generate: 'formula',
      options: { formula: 'abs(x) - 0.5*max(0, x-1)', points: 7, from: '-3', to: '7/2' },
    },
  ],
])('the command line of every row about %j computes it again', async (source) => {
  const spec = specification([source], { p: ['1/3'], seeds: 1, epochs: 40, width: 8, tolerances: [0.5] });
  const { rows } = await compare(spec, { out: 'results', threads: 1 });
  const kinds = new Set<string>();
  for (const row of rows) {
    expect(row.status).toBe('done');
    if (row.status === 'failed' || row.kind === 'data' || row.kind === 'theory') continue;
    const json = await again(row);
    if (row.kind === 'truth') {
      const { lowerBound, upperBound, sha256 } = row;
      expect(json).toMatchObject({ objective: { lowerBound, upperBound }, data: { sha256 } });
    } else if (row.kind === 'minimizer') expect(json).toMatchObject({ cost: row.cost });
    else if (row.kind === 'threshold') expect(json).toMatchObject({ pStar: row.pStar });
    else if (row.kind === 'path-norm') expect(json).toMatchObject({ cost: row.cost });
    else expect(json.claims).toMatchObject(row.claims.map(({ claim, holds }) => ({ claim, holds })));
    kinds.add(row.kind);
  }
  expect(kinds).toEqual(new Set(['truth', 'minimizer', 'threshold', 'training']));
});
