import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { writeNpz } from '../../src/files/npz.js';
import { datasetFromNpz, readDataset } from '../../src/files/read-dataset.js';
import { InputError } from '../../src/problem/input-error.js';
import { makeProblem } from '../../src/problem/problem.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparsest-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

type Shaped = [name: string, shape: number[], values: number[]];
const npz = (...arrays: Shaped[]): Uint8Array =>
  writeNpz(
    arrays.map(([name, shape, values]) => ({
      name,
      shape,
      dtype: 'float64',
      values: Float64Array.from(values),
    })),
  );
const texts = (column: { length: number; value(i: number): Rational } | null) =>
  column && Array.from({ length: column.length }, (_, i) => column.value(i).toString());

describe('instances', () => {
  // Dimension and number of points, counted from the files by hand.
  const sizes: Record<string, [dimension: number, rows: number]> = {
    'big-m-trap.json': [2, 4],
    'co2.csv': [1, 468],
    'collinear-debarre.csv': [1, 7],
    'lynx.csv': [1, 114],
    'mcycle.csv': [1, 133],
    'nakhleh-high-d.json': [50, 10],
    'nile.csv': [1, 100],
    'peak-plateau.csv': [1, 6],
    'pressure.csv': [1, 19],
    'stackloss.csv': [3, 21],
    'trees.csv': [2, 31],
  };
  test.each(Object.entries(sizes))('%s is read', (name, [dimension, rows]) => {
    const data = readDataset(join('instances', name));
    expect([data.inputs.length, data.labels?.length]).toEqual([dimension, rows]);
    for (const input of data.inputs) expect(input.length).toBe(rows);
  });

  test('every instance reads', () => {
    const names = readdirSync('instances').filter(
      (name) => /\.(csv|json|npz)$/.test(name) && name !== 'answers.json',
    );
    for (const name of names)
      expect(readDataset(join('instances', name)).inputs[0]!.length).toBeGreaterThan(0);
    expect(names.length).toBeGreaterThanOrEqual(Object.keys(sizes).length);
  });

  test('mcycle repeats inputs: conflicting without a tolerance, fewer points with one', () => {
    const data = readDataset('instances/mcycle.csv');
    expect(() => makeProblem(data)).toThrow(
      /row 13 of .*mcycle\.csv and row 12 of|row 12 of .*mcycle\.csv and row 13 of/,
    );
    const distinct = new Set(texts(data.inputs[0]!)).size;
    expect(makeProblem(data, Rational.of(100)).size).toBe(distinct);
    expect(distinct).toBeLessThan(133);
  });
});

describe('npz', () => {
  test('floats mean their exact values', () => {
    const path = file('a.npz', npz(['x', [3], [0.1, 5e-324, 1e308]], ['y', [3, 1], [1, -0, 3]]));
    const data = readDataset(path);
    expect(data.inputs.map(texts)).toEqual([
      [0.1, 5e-324, 1e308].map((x) => Rational.fromDouble(x).toString()),
    ]);
    expect(texts(data.labels)).toEqual(['1', '0', '3']);
    expect(data.describeRow(1)).toBe(`x[1] of ${path}`);
  });

  test('several inputs are columns of x', () => {
    const data = datasetFromNpz(
      npz(['x', [2, 3], [1, 2, 3, 4, 5, 6]], ['lower', [2], [0, 0]], ['upper', [2], [1, 1]]),
      'a',
    );
    expect(data.inputs.map(texts)).toEqual([
      ['1', '4'],
      ['2', '5'],
      ['3', '6'],
    ]);
    expect([data.labels, texts(data.lower), texts(data.upper)]).toEqual([null, ['0', '0'], ['1', '1']]);
  });

  test('without labels where they play no part', () => {
    const data = datasetFromNpz(npz(['x', [2, 1], [1, 2]]), 'a', { inputsOnly: true });
    expect([data.inputs.map(texts), data.labels, data.lower]).toEqual([[['1', '2']], null, null]);
  });

  test('aligned doubles are not copied', () => {
    const x = Float64Array.from({ length: 1000 }, (_, i) => i);
    const bytes = npz(['x', [1000], [...x]], ['y', [1000], [...x]]);
    for (let shift = 0; shift < 8; shift++) {
      // One of eight positions in memory aligns the first array.
      const memory = new Uint8Array(bytes.length + 8);
      memory.set(bytes, shift);
      const data = datasetFromNpz(memory.subarray(shift, shift + bytes.length), 'a');
      if (data.inputs[0]!.doubles.buffer === memory.buffer) return;
    }
    throw new Error('every position was copied');
  });

  test.each<[string, Uint8Array, RegExp]>([
    [
      'NaN',
      npz(['x', [2], [1, 2]], ['y', [2], [0, NaN]]),
      /^a\.npz: y\[1\]: expected a finite number, found NaN/,
    ],
    [
      'infinity',
      npz(['x', [1, 2], [1, -Infinity]], ['y', [1], [0]]),
      /^a\.npz: x\[0, 1\]: .*found -Infinity/,
    ],
    [
      'unequal lengths',
      npz(['x', [2], [1, 2]], ['y', [3], [1, 2, 3]]),
      /^a\.npz: y: expected shape \(2,\).*found \(3,\)/,
    ],
    [
      'two labels',
      npz(['x', [1], [1]], ['y', [1, 2], [1, 2]]),
      /^a\.npz: y: expected shape \(1,\).*found \(1, 2\)/,
    ],
    ['a cube', npz(['x', [1, 1, 1], [1]], ['y', [1], [1]]), /^a\.npz: x: expected shape .*found \(1, 1, 1\)/],
    ['a scalar', npz(['x', [], [1]], ['y', [1], [1]]), /^a\.npz: x: expected shape .*found \(\)/],
    ['no points', npz(['x', [0], []], ['y', [0], []]), /^a\.npz: x: expected at least one point/],
    ['no x', npz(['y', [1], [1]]), /^a\.npz: expected an array "x"/],
    ['no y', npz(['x', [1], [1]]), /^a\.npz: expected an array "y"/],
    ['upper alone', npz(['x', [1], [1]], ['upper', [1], [1]]), /^a\.npz: .*found only "upper"/],
    [
      'an unknown array',
      npz(['x', [1], [1]], ['Y', [1], [1]]),
      /^a\.npz: unknown array "Y"; expected only x, y, lower, upper/,
    ],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => datasetFromNpz(bytes, 'a.npz')).toThrow(InputError);
    expect(() => datasetFromNpz(bytes, 'a.npz')).toThrow(message);
  });
});

describe('files that cannot be read', () => {
  const refused = (path: string, message: RegExp, options = {}) => {
    expect(() => readDataset(path, options)).toThrow(InputError);
    expect(() => readDataset(path, options)).toThrow(message);
    expect(() => readDataset(path, options)).toThrow(path);
  };
  test('a missing file', () => {
    refused(join(folder, 'absent.csv'), /absent\.csv: no such file; check the path/);
    refused(join(folder, 'absent'), /absent: no such file/);
  });
  test('a directory', () => {
    mkdirSync(join(folder, 'inner.csv'));
    refused(join(folder, 'inner.csv'), /expected a file, found a directory/);
  });
  test('a pipe, which could block for ever', () => {
    const path = join(folder, 'pipe.csv');
    execFileSync('mkfifo', [path]);
    refused(path, /found a device or pipe/);
  });
  test('no permission', () => {
    const path = file('secret.csv', 'x,y\n1,2\n');
    chmodSync(path, 0);
    // The superuser may read everything, so the reading is done as nobody.
    const superuser = process.getuid?.() === 0;
    chmodSync(folder, 0o755);
    if (superuser) process.seteuid!(65534);
    try {
      refused(path, /no permission to read it; change its permissions/);
    } finally {
      if (superuser) process.seteuid!(0);
    }
  });
  test('an unknown or missing extension', () => {
    refused(file('a.xlsx', 'PK'), /expected a name ending in \.csv, .* \.npz or \.parquet, found \.xlsx/);
    refused(file('a.npy', 'x'), /np\.savez/);
    refused(file('plain', 'x,y\n1,2\n'), /found no extension/);
    refused(file('a.npz.gz', 'x'), /found \.npz; unpack it first: gunzip/);
    refused(file('a.xlsx', 'x'), /found \.xlsx; save the sheet/);
    refused('-', /expected text on standard input, found --format npz; save the file first/, {
      format: 'npz',
    });
  });
  test('text that is not UTF-8', () => {
    refused(file('latin.csv', Uint8Array.of(120, 44, 233, 10)), /expected text in UTF-8/);
    refused(file('utf16.csv', Buffer.from('\ufeffx,y\n1,2\n', 'utf16le')), /expected text in UTF-8/);
  });
  test('a target for a format without column names', () => {
    const path = file('b.npz', npz(['x', [1], [1]], ['y', [1], [1]]));
    refused(path, /\(--target\) only in tables; in an \.npz file/, { target: 'y' });
    refused(path, /\(--inputs, --no-header\) only in tables; .*leave them out/, {
      inputs: ['x'],
      header: false,
    });
  });
  test('the extension may be written in capitals, and a BOM is skipped', () => {
    const path = file('A.JSON', '\ufeff{"format": "sparsest-instance", "version": 1, "x": [1], "y": [2]}');
    expect(texts(readDataset(path).labels)).toEqual(['2']);
  });
});
