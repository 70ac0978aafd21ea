import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeCompareReport } from '../../src/cli/write-compare-report.js';
import { compare } from '../../src/experiment/compare.js';
import type { Row } from '../../src/experiment/rows.js';
import { specification } from '../../src/experiment/specification-format.js';

/** A small experiment with real rows: one input and two, an unreadable file, training at two tolerances. */
let directory: string;
let rows: Row[];
let page: ReturnType<typeof parseHTML>['document'];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sparsest-compare-'));
  const peak = join(directory, 'peak.csv');
  const plane = join(directory, 'plane.csv');
  writeFileSync(peak, 'x,y\n-2,0\n-1,0\n0,1\n1,1\n2,0\n3,0\n');
  writeFileSync(plane, 'a,b,y\n0,0,0\n1,0,1\n0,1,0\n1,1,1\n');
  const files = [peak, plane, join(directory, 'missing.csv')].map((file) => ({ file }));
  const spec = specification(files, {
    seeds: 3,
    epochs: 1500,
    width: 12,
    p: ['0.4', '1'],
    tolerances: ['0.01', '0.2'],
  });
  const out = join(directory, 'out');
  const result = await compare(spec, { out, threads: 1, writtenBy: { sparsest: '0.0.1' } });
  const command = 'sparsest compare --spec spec.json';
  const names = await writeCompareReport(out, { spec, rows: result.rows, command, planned: result.total });
  expect(names).toEqual(['report.html', 'report.md']);
  rows = readFileSync(join(out, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  page = parseHTML(readFileSync(join(out, 'report.html'), 'utf8')).document;
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const cellsOf = (id: string): Record<string, string>[] => {
  const titles = [...page.querySelectorAll(`#${id} thead th`)].map(({ textContent }) => textContent);
  return [...page.querySelectorAll(`#${id} tbody tr`)].map((row) =>
    Object.fromEntries([...row.children].map((cell, c) => [titles[c]!, cell.textContent])),
  );
};

test('every run of results.jsonl is counted once, with its outcome', () => {
  const runs = rows.filter((row) => row.kind === 'training' && row.status === 'done');
  expect(runs).toHaveLength(2 * 4 * 3 * 2);
  const lines = cellsOf('outcomes');
  const sum = (title: string) => lines.reduce((total, line) => total + Number(line[title]!.split(' ')[0]), 0);
  expect(sum('runs')).toBe(runs.length);
  const is = (claim: boolean) => (row: Row) =>
    row.kind === 'training' &&
    row.status === 'done' &&
    row.claims.find((c) => c.claim === 'interpolates')?.holds === claim;
  const successes = runs.filter((row) => 'success' in row && row.success === true);
  const larger = runs.filter((row) => is(true)(row) && 'success' in row && row.success === false);
  expect(sum('interpolates, but too large')).toBe(larger.length);
  expect(sum('misses a label') + sum('pruned below the minimum')).toBe(runs.filter(is(false)).length);
  const rates = lines.map((line) =>
    Number(/^(\d+) of/.exec(line['sparsest found, 95 % interval']!)?.[1] ?? 0),
  );
  expect(rates.reduce((a, b) => a + b, 0)).toBe(successes.length);
  // The run has something to say: not all of one kind.
  expect(larger.length).toBeGreaterThan(0);
});

test('the truth of every question is in its table', () => {
  const shown = ['data-1-truth', 'data-2-truth']
    .flatMap(cellsOf)
    .map(({ skip, tolerance, minimum }) => [skip, tolerance, minimum]);
  const truths = rows.flatMap((row) =>
    row.kind === 'truth' && row.status === 'done' && row.lowerBound === row.upperBound
      ? [[row.skip, row.tolerance, String(row.lowerBound)]]
      : [],
  );
  expect(truths.length).toBeGreaterThan(3);
  for (const truth of truths) expect(shown).toContainEqual(truth);
});

test('hashes are those of the files, and the versions are named', () => {
  const hashes = cellsOf('hashes');
  let compared = 0;
  for (const line of hashes) {
    const name = line['data or file']!;
    if (!/^(spec\.json|results\.jsonl|certificates\/)/.test(name)) continue;
    const bytes = readFileSync(join(directory, 'out', name));
    expect(line['SHA-256']).toBe(createHash('sha256').update(bytes).digest('hex'));
    compared++;
  }
  expect(compared).toBeGreaterThan(5);
  const versions = cellsOf('versions').map(({ program }) => program);
  expect(versions).toEqual(['sparsest', 'node', 'machine', 'sparsest (results begun)']);
});

test('links lead somewhere and nothing is missing in the text', () => {
  const ids = new Set([...page.querySelectorAll('[id]')].map((element) => element.getAttribute('id')));
  for (const anchor of page.querySelectorAll('a'))
    expect(ids).toContain(anchor.getAttribute('href')!.slice(1));
  expect(page.body.textContent).not.toMatch(/\bNaN\b|undefined|\bnull\b|Infinity/);
  expect(page.body.textContent).toContain('missing.csv: no such file');
});
