import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { train } from '../../src/train/train.js';
import { peakPlateau } from './networks.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reproduction-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const reproduce = (...args: string[]) =>
  execFileSync(process.execPath, ['scripts/reproduce.mjs', '--out', directory, ...args]);
const read = (path: string) => readFileSync(path, 'utf8');

describe('the reproduction of the paper', () => {
  it('has a page whose numbers are those of its rows', () => {
    cpSync('docs/reproduction.csv', join(directory, 'reproduction.csv'));
    reproduce('--page');
    expect(read(join(directory, 'reproduction.md'))).toBe(read('docs/reproduction.md'));
  });

  it('has every method, and 20 and 5 seeds of each', () => {
    const [, ...lines] = read('docs/reproduction.csv').trim().split('\n');
    const seeds = (experiment: string, method: string) =>
      lines
        .filter((line) => line.startsWith(`${experiment},${method},none,`))
        .map((line) => line.split(',')[3]);
    for (const method of ['Adam', 'AdamW', 'p = 1', 'p = 0.7', 'p = 0.4']) {
      expect(new Set(seeds('univariate', method)).size).toBe(20);
      expect(new Set(seeds('several', method)).size).toBe(5);
    }
  });

  it('has rows that training gives again (p = 1, where no power depends on the version of Node.js)', () => {
    const row = read('docs/reproduction.csv')
      .split('\n')
      .find((line) => line.startsWith('univariate,p = 1,none,8,'))!;
    const { loss, activeNeurons, nonzeroProducts, pathNorm } = train(peakPlateau, { p: 1, seed: 8 }).final;
    const [, , , , epochs, ...found] = row.split(',').map(Number);
    expect(epochs).toBe(100_000);
    expect([found[0], ...found.slice(2, 5)]).toEqual([loss, activeNeurons, nonzeroProducts, pathNorm]);
  });

  it('runs anew, on threads, with rows in the order of the plan', () => {
    reproduce('--univariate-seeds', '2', '--several-seeds', '1', '--epochs', '30', '--workers', '2');
    const lines = read(join(directory, 'reproduction.csv')).trim().split('\n').slice(1);
    expect(lines.length).toBe(8 * 2 + 5);
    const experiments = lines.map((line) => line.split(',')[0]);
    expect(experiments).toEqual([...experiments].sort().reverse());
    expect(read(join(directory, 'reproduction.md'))).toContain('30 full-batch epochs');
  });
});
