import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPARSEST } from '../support/command-line.js';

let directory: string;
let single: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'single-'));
  single = join(directory, 'sparsest.mjs');
  const built = spawnSync(process.execPath, ['scripts/build-single.mjs', '--fast', '--quiet', single], {
    encoding: 'utf8',
  });
  expect({ status: built.status, err: built.stderr }).toEqual({ status: 0, err: '' });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What a program prints and writes, without times. */
function run(program: string, words: readonly string[], written: string | null) {
  // The single file stands alone: it finds no packages around it.
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: directory,
    encoding: 'utf8',
  });
  const timeless = (text: string) => text.replace(/"seconds":[\d.e-]+/g, '"seconds":0');
  const file = written === null ? null : readFileSync(join(directory, written), 'utf8');
  return { status, out: timeless(stdout), err: stderr, file };
}

const at = (name: string) => resolve('instances', name);

describe('the one file', () => {
  it.each([
    [
      'one input, a picture and a certificate',
      `solve ${at('peak-plateau.csv')} --json --plot p.svg`,
      'p.svg',
    ],
    ['threads of a search', `solve ${at('xor.json')} --json --threads 2 --certificate c.json`, 'c.json'],
    ['WebAssembly in a thread', `solve ${at('peak-plateau.csv')} --json --engine milp --time-limit 60`, null],
  ])('answers as the tree does: %s', (_, line, written) => {
    const words = line.split(' ');
    const tree = run(SPARSEST, words, written);
    expect(tree.status).toBe(0);
    expect(run(single, words, written)).toEqual(tree);
  });

  it('parses what is large when it is asked for', () => {
    // Nothing but the loader is code; the large parts are one comment behind it.
    const text = readFileSync(single, 'utf8');
    const loader = text.slice(0, text.indexOf('\n/*'));
    expect(loader.length).toBeLessThan(12_000);
    expect(text.length).toBeGreaterThan(1_500_000);
  });
});
