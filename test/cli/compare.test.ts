import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readRows, readSpecification } from '../../src/experiment/results-directory.js';
import type { TrainingRow } from '../../src/experiment/rows.js';
import { freshDirectory } from '../experiment/experiments.js';
import { sparsestHere } from '../support/command-line.js';
import { printedSteps } from '../support/next-steps.js';

const DATA = 'instances/peak-plateau.csv';
const QUICK = ['--epochs', '60', '--width', '6', '--seeds', '2', '--threads', '1'];

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What `sparsest compare ...` prints and its exit code. */
const run = (...args: string[]) => sparsestHere('compare', ...args);

describe('sparsest compare', () => {
  it('goes from data to rows, a table and a CSV that say the same', async () => {
    const out = join(freshDirectory(), 'new');
    const { out: text, code } = await run(DATA, '--p', '0.4,1', '--tolerance', '0.1', '--out', out, ...QUICK);
    expect(code).toBe(0);
    expect(text).toMatch(/^Complete: 21 rows in [^,]*\.\n/);
    expect(text).toMatch(/Theory: 6 tests hold, 0 fail, 0 undecided, 1 does not apply\./);
    expect(text).toMatch(/^ *data +method +fits +sparsest +95 % +median +min$/m);
    for (const line of text.split('\n').slice(0, -3)) expect(line.length).toBeLessThanOrEqual(100);
    const rows = readRows(out);
    const training = rows.filter(
      (row): row is TrainingRow => row.kind === 'training' && row.status === 'done',
    );
    const csv = Papa.parse<Record<string, string>>(readFileSync(join(out, 'results.csv'), 'utf8'), {
      header: true,
      skipEmptyLines: true,
    });
    expect(csv.errors).toEqual([]);
    expect(csv.data.length).toBe(training.length);
    training.forEach((row, i) => {
      expect(csv.data[i]).toMatchObject({
        key: row.key,
        method: row.method,
        p: row.p ?? '',
        skip: row.skip,
        tolerance: row.tolerance,
        seed: String(row.seed),
        size: String(row.size),
        lowerBound: '3',
        upperBound: '3',
        residual: String(row.residual),
        success: String(row.success),
        message: row.note ?? '',
      });
    });
  });

  it('prints one JSON object whose counts are those of the rows', async () => {
    const out = freshDirectory();
    const { out: text, code } = await run(
      DATA,
      '--out',
      out,
      '--p',
      '0.5',
      '--methods',
      'reweighted',
      ...QUICK,
      '--json',
    );
    expect(code).toBe(0);
    const json = JSON.parse(text);
    const rows = readRows(out);
    expect(json).toMatchObject({
      command: 'compare',
      status: 'complete',
      out,
      files: ['spec.json', 'results.jsonl', 'results.csv', 'report.html', 'report.md'],
      rows: {
        data: 1,
        truth: 2,
        minimizer: 1,
        threshold: 1,
        theory: 6,
        training: 2,
        total: 13,
        computed: 12,
      },
      theory: { hold: 5, fail: 0, undecided: 0, notApplicable: 1, failing: [] },
      failed: [],
    });
    const training = rows.filter(
      (row): row is TrainingRow => row.kind === 'training' && row.status === 'done',
    );
    expect(json.training).toMatchObject([
      {
        data: DATA,
        method: 'reweighted',
        p: '0.5',
        skip: 'affine',
        tolerance: '0.01',
        runs: 2,
        success: { count: training.filter(({ success }) => success === true).length, of: 2 },
        minimum: { lowerBound: 3, upperBound: 3 },
      },
    ]);
  });

  it('builds the same experiment from flags as from a file, and goes on without either', async () => {
    const folder = freshDirectory();
    const [flags, file] = [join(folder, 'flags'), join(folder, 'file')];
    const settings = [
      '--lr',
      '1e-2',
      '--lambda',
      '0.01',
      '--threshold',
      '1e-6',
      '--every',
      '20',
      '--time-limit',
      '5',
    ];
    await run(DATA, '--p', '0.4', '--skip', 'affine,none', '--out', flags, ...settings, ...QUICK);
    writeFileSync(
      join(folder, 'spec.json'),
      JSON.stringify({
        format: 'sparsest-comparison',
        version: 1,
        data: [DATA],
        ...{ p: ['2/5'], architectures: ['affine', 'none'], seeds: [0, 1], epochs: 60, width: 6 },
        ...{ learningRate: 0.01, lambda: 0.01, threshold: 1e-6, every: 20, timeLimit: 5 },
      }),
    );
    await run('--spec', join(folder, 'spec.json'), '--out', file, '--threads', '1');
    expect(readSpecification(file)).toEqual(readSpecification(flags));
    expect(readRows(file).map(({ key }) => key)).toEqual(readRows(flags).map(({ key }) => key));
    const again = await run('--out', file, '--threads', '1');
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/ 0 of them computed now/);
  });

  it('plans without doing anything', async () => {
    const out = join(freshDirectory(), 'none');
    const text = await run(DATA, '--out', out, '--dry-run', ...QUICK);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/ 1 data set\n +2 exact minima with certificates\n.* 1 threshold p\*\n/s);
    expect(text.out).toMatch(/10 training results/);
    const [line] = printedSteps(text);
    expect(line).toContain(`sparsest compare ${DATA} --seeds 2 --epochs 60 --width 6 --out ${out}`);
    expect(existsSync(out)).toBe(false);
    const json = JSON.parse(
      (await run(DATA, 'no-such.csv', '--dry-run', '--json', '--out', out, ...QUICK)).out,
    );
    expect(json).toMatchObject({
      dryRun: true,
      rows: { data: 2, truth: 2, minimizer: 3, threshold: 1, theory: 9, training: 10 },
      unreadable: [{ data: 'no-such.csv', message: expect.stringContaining('no such file') }],
      threads: 1,
    });
    // One input: no least path norms of several.
    const { 'path-norm': norms, 'path-norm-theory': tests, ...some } = json.seconds;
    expect([norms, tests]).toEqual([0, 0]);
    for (const seconds of Object.values(some)) expect(seconds).toBeGreaterThan(0);
  });

  it('ends with 3 when rows are missing, and names them', async () => {
    const out = freshDirectory();
    const { out: text, code } = await run(DATA, 'no-such.csv', '--out', out, '--p', '0.5', ...QUICK);
    expect(code).toBe(3);
    expect(text).toMatch(
      /1 row failed and count in no average:\n {2}data \| no-such\.csv\n {4}no-such\.csv: no such file/,
    );
    expect(text).toContain(`\nNext\n  try the failed rows again:\n    sparsest compare --out ${out}`);
  });

  it.each([
    [['--p', '2', DATA], /^compare: --p\[0\]: expected an exponent 0 < p <= 1, found 2\n$/],
    [['--p', '0.4,half', DATA], /^compare: --p\[1\]: /],
    [
      ['--tolerance', '-1', DATA],
      /^compare: --tolerance\[0\]: expected a number that is at least 0, found -1\n$/,
    ],
    [
      ['--skip', 'full', DATA],
      /^compare: --skip\[0\]: expected default, affine, bias, none, found "full"\n$/,
    ],
    [
      ['--methods', 'sgd', DATA],
      /^compare: --methods\[0\]: expected reweighted, adam, adamw, annealed, found "sgd"\n$/,
    ],
    [['--lr', 'fast', DATA], /^compare: --lr: expected a positive number, found "fast"\n$/],
    [
      ['--time-limit', '0', DATA],
      /^compare: --time-limit: expected a positive number of seconds, found 0\n$/,
    ],
    [[DATA, DATA], /^compare: data\[1\]: the same as entry \[0\]/],
    [[], /^compare: expected data files or --spec FILE, found neither/],
    [['--spec', 'no-such.json'], /^compare: no-such\.json: no such file/],
    [
      ['--spec', 'x.json', '--seeds', '3', DATA],
      /instances\/peak-plateau\.csv, --seeds: x\.json describes the whole/,
    ],
  ])('refuses %j with one sentence and code 2', async (args, message) => {
    const out = join(freshDirectory(), 'none');
    const { err, code } = await run(...args, '--out', out);
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses to mix two experiments in one directory, naming the difference', async () => {
    const out = freshDirectory();
    await run(DATA, '--out', out, '--p', '0.5', ...QUICK);
    const { err, code } = await run(DATA, '--out', out, '--p', '0.6', ...QUICK);
    expect(code).toBe(2);
    expect(err).toContain('the results there are of another experiment: p[0]: "0.5" there, "0.6" now');
  });
});
