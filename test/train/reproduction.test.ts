import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a plain script without types
import { pageOfRows } from '../../scripts/reproduce.mjs';
import { parseSpecification } from '../../src/experiment/specification-format.js';
import { train } from '../../src/train/train.js';
import { peakPlateau } from './networks.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const rowsOf = (name: string) =>
  Papa.parse<Record<string, string>>(read(`docs/reproduction/${name}.csv`), {
    header: true,
    skipEmptyLines: true,
  }).data;

const NAMES = ['paper-one-input', 'paper-many-inputs'];

describe('the reproduction of the paper', () => {
  it('has a page whose numbers are those of its rows', () => {
    expect(pageOfRows()).toBe(read('docs/reproduction.md'));
  });

  it.each(NAMES)('%s: a row for every run that its specification plans', (name) => {
    const spec = parseSpecification(read(`experiments/${name}.json`), name);
    const rows = rowsOf(name);
    const methods = spec.methods.length - 1 + spec.p.length;
    expect(rows.length).toBe(
      methods * spec.architectures.length * spec.tolerances.length * spec.seeds.length,
    );
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(rows.every(({ epochs, status }) => epochs === '100000' && status === 'done')).toBe(true);
  });

  it('no row beats what is proved', () => {
    for (const { success, size, lowerBound, upperBound } of NAMES.flatMap(rowsOf)) {
      if (success === 'true') expect(size).toBe(upperBound);
      expect(Number(lowerBound)).toBeLessThanOrEqual(Number(upperBound));
    }
  });

  it('has rows that training gives again (p = 1, where no power depends on the version of Node.js)', () => {
    const row = rowsOf('paper-one-input').find(
      ({ method, p, skip, seed }) => method === 'reweighted' && p === '1' && skip === 'none' && seed === '8',
    )!;
    const { loss, activeNeurons, nonzeroProducts } = train(peakPlateau, { p: 1, seed: 8 }).final;
    expect([row.loss, row.activeNeurons, row.nonzeroProducts].map(Number)).toEqual([
      loss,
      activeNeurons,
      nonzeroProducts,
    ]);
  });
});
