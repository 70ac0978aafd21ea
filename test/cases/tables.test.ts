import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sparsestHere } from '../support/command-line.js';

/** README.md beside this file says why each answer is right. */
const at = (name: string) => `test/cases/tables/${name}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tables-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function json(...words: string[]): Promise<Record<string, never>> {
  const { code, out, err } = await sparsestHere(...words, '--json', '--quiet');
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

async function refused(message: RegExp, ...words: string[]): Promise<void> {
  const { code, out, err } = await sparsestHere(...words);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
}

describe('a first row that is data', () => {
  test.each(['solve', 'threshold', 'patterns', 'train'])(
    '%s refuses it and names --no-header',
    async (command) => {
      await refused(
        /headerless-na\.csv, row 1: .*found data: .*"1".*--no-header/,
        command,
        at('headerless-na.csv'),
      );
      await refused(
        /headerless-unicode-minus\.csv, row 1: .*found data: .*"\u22121".*--no-header/,
        command,
        at('headerless-unicode-minus.csv'),
      );
    },
  );

  test('--no-header reads U+2212 as a minus, and names the cell NA', async () => {
    // Slopes 1, -1, 5 at the knots 0 and 1: both are needed.
    const { data, objective, knots } = await json('solve', at('headerless-unicode-minus.csv'), '--no-header');
    expect(data).toMatchObject({ points: 4, dimension: 1, columns: { inputs: ['1'], target: '2' } });
    expect(objective).toMatchObject({ value: 2, skip: 'affine' });
    expect(knots).toEqual([
      { at: '0', slopeChange: '-2' },
      { at: '1', slopeChange: '6' },
    ]);
    await refused(
      /row 1, column "2": .*found "NA", which has no exact value/,
      'solve',
      at('headerless-na.csv'),
      '--no-header',
    );
  });
});

describe('a column that only numbers the rows', () => {
  test('is refused unless --inputs decides, and each decision is another question', async () => {
    await refused(
      /column "Unnamed: 0" seems to number the rows.*--inputs x leaves it out, --inputs 1,2 reads/,
      'solve',
      at('unnamed-index.csv'),
    );
    const one = await json('solve', at('unnamed-index.csv'), '--inputs', 'x');
    expect(one.data).toMatchObject({
      dimension: 1,
      columns: { inputs: ['x'], target: 'y', unused: ['Unnamed: 0'] },
    });
    expect(one.objective).toMatchObject({ value: 2 });
    const two = await json('solve', at('unnamed-index.csv'), '--inputs', 'Unnamed: 0,x');
    expect(two.data).toMatchObject({ dimension: 2, columns: { inputs: ['Unnamed: 0', 'x'], target: 'y' } });
    expect(two.objective).toMatchObject({ value: 3 });
    const page = await sparsestHere('solve', at('unnamed-index.csv'), '--inputs', 'x');
    expect(page.out.split('\n')[1]).toBe('x -> y; not read: "Unnamed: 0"');
  });
});

describe('patterns', () => {
  test('of points alone: the second coordinate is no label', async () => {
    const { count, data } = await json('patterns', at('points-only.csv'));
    expect(count).toBe(32);
    expect(data).toMatchObject({ points: 6, dimension: 2, columns: { inputs: ['x1', 'x2'], target: null } });
    const page = await sparsestHere('patterns', at('points-only.csv'));
    expect(page.out).toMatch(
      /^32 activation patterns on 6 points in 2 dimensions.*\ninputs x1, x2; labels are not used\n$/,
    );
  });

  test('--target leaves a column out: on a line 2 N patterns', async () => {
    const { count, data } = await json('patterns', at('points-only.csv'), '--target', 'x2');
    expect(count).toBe(12);
    expect(data).toMatchObject({ dimension: 1, columns: { inputs: ['x1'], target: null, unused: ['x2'] } });
  });
});

describe('a table with two labels', () => {
  const FILE = at('two-labels.csv');
  const solved = async (name: string, ...words: string[]) => {
    const path = join(folder, name);
    await json('solve', FILE, ...words, '--certificate', path);
    return path;
  };

  test('read in another way than the certificate: rejected, and what to look at', async () => {
    const path = await solved('y1.json', '--target', 'y1');
    const { code, out, err } = await sparsestHere('check', FILE, path);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^rejected by rule problem-hash: .*another problem/);
    expect(out).toContain('the data were read as x, y1 -> y2 (4 points, 2 inputs)');
    expect(out).toContain('look at --target, --inputs, --no-header, --float64, or another file');
    expect(out).toContain('with --target y1 they are the problem of the certificate');
    const accepted = await sparsestHere('check', FILE, path, '--target', 'y1');
    expect(accepted).toMatchObject({ code: 0, err: '' });
    expect(accepted.out).toMatch(/^accepted: .*\ndata: x, y2 -> y1\n$/);
  });

  test('with other inputs: their number is compared before the hash', async () => {
    const path = await solved('one.json', '--target', 'y1', '--inputs', 'x');
    const { out } = await sparsestHere('check', FILE, path);
    expect(out).toMatch(/^rejected by rule problem-size: .*another problem/);
    expect(out).toContain('the certificate is for 4 points with 1 inputs, the data give 4 with 2');
    expect(out).not.toMatch(/[0-9a-f]{64}/);
    expect(out).toContain('with --target y1 --inputs x they are the problem of the certificate');
    expect((await sparsestHere('check', FILE, path, '--target', '2', '--inputs', '1')).code).toBe(0);
  });

  test('with other numbers: 0.1 is a decimal or a double', async () => {
    const path = await solved('double.json', '--target', 'y1', '--inputs', 'x', '--float64');
    const words = ['check', FILE, path, '--target', 'y1', '--inputs', 'x'];
    const { code, out } = await sparsestHere(...words);
    expect(code).toBe(1);
    expect(out).toContain('with --target y1 --inputs x --float64 they are the problem of the certificate');
    expect((await sparsestHere(...words, '--float64')).code).toBe(0);
    const plain = await solved('decimal.json', '--target', 'y1', '--inputs', 'x');
    const other = await sparsestHere('check', FILE, plain, '--target', 'y1', '--inputs', 'x', '--float64');
    expect(other.out).toContain('with --target y1 --inputs x they are the problem of the certificate');
  });
});

test('JSON lines and gzip are read', async () => {
  for (const name of ['rows.jsonl', 'four.csv.gz']) {
    expect(await json('solve', at(name))).toMatchObject({ status: 'optimal', objective: { value: 2 } });
  }
});

test('the data of the models: the fewest neurons', async () => {
  const fewest = async (name: string, ...words: string[]) =>
    (await json('solve', at(name), ...words)).objective;
  expect(await fewest('scaled-peak.csv', '--skip', 'bias')).toMatchObject({ value: 3 });
  expect(await fewest('skewed-peak.csv', '--skip', 'affine')).toMatchObject({ value: 3 });
  expect(await fewest('line.csv', '--skip', 'bias')).toMatchObject({ value: 1 });
  expect(await fewest('line.csv', '--skip', 'none')).toMatchObject({ value: 1 });
  expect(await fewest('line.csv')).toMatchObject({ value: 0 });
});
