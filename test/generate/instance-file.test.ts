import { describe, expect, test } from 'vitest';
import type { ExactColumn } from '../../src/exact/column.js';
import { Rational } from '../../src/exact/rational.js';
import { readNpz } from '../../src/files/npz.js';
import { generate } from '../../src/generate/generate.js';
import type { GeneratedInstance } from '../../src/generate/instance.js';
import { csvChunks, instanceChunks, instanceNpz } from '../../src/generate/instance-file.js';
import type { GenerateOptions, Kind } from '../../src/generate/options.js';
import { InputError } from '../../src/problem/input-error.js';

const examples: [Kind, GenerateOptions][] = [
  ['walk', { points: 50 }],
  ['walk', { points: 20, distribution: 'gaussian' }],
  ['noise', { points: 20, distribution: 'uniform' }],
  ['convex', { points: 20 }],
  ['planted', { points: 60 }],
  ['collinear', { points: 30 }],
  ['near-collinear', { points: 20 }],
  ['formula', { points: 21, formula: 'x/8 - abs(x + 0.05)' }],
  ['teacher', { points: 10, dimension: 3 }],
  ['uniform', { points: 10, dimension: 2 }],
];

function expectEqual(column: ExactColumn, values: readonly Rational[]): void {
  expect(values.map(String)).toEqual(
    Array.from({ length: column.length }, (_, i) => String(column.value(i))),
  );
}

/** A JSON number means its shortest decimal. */
function written(value: number | string): Rational {
  return Rational.parse(String(value));
}

function columnsOf(rows: readonly (readonly Rational[])[]): Rational[][] {
  return rows[0]!.map((_, k) => rows.map((row) => row[k]!));
}

describe.each(examples)('%s %o', (kind, options) => {
  test('JSON says exactly what was generated', async () => {
    const instance = await generate(kind, options);
    const file = JSON.parse([...instanceChunks(instance)].join(''));
    const { format, version, name, source } = file;
    expect([format, version, name, source]).toEqual(['sparsest-instance', 1, instance.name, instance.source]);
    expect(file.known ?? null).toEqual(instance.known);
    const rows = file.x.map((row: number | string | (number | string)[]) => [row].flat().map(written));
    columnsOf(rows).forEach((column, k) => {
      expectEqual(instance.inputs[k]!, column);
    });
    expectEqual(instance.labels, file.y.map(written));
  });

  test('CSV says exactly what was generated', async () => {
    const instance = await generate(kind, options);
    const lines = [...csvChunks(instance)].join('').trimEnd().split('\n');
    const d = instance.inputs.length;
    expect(lines[0]).toBe(d === 1 ? 'x,y' : `${instance.inputs.map((_, k) => `x${k + 1}`)},y`);
    const rows = lines.slice(1).map((line) => line.split(',').map((cell) => Rational.parse(cell)));
    const columns = columnsOf(rows);
    [...instance.inputs, instance.labels].forEach((column, k) => {
      expectEqual(column, columns[k]!);
    });
    expect(lines.slice(1).join()).not.toMatch(/[/e"]/);
  });
});

test('npz holds the doubles, in one and in several dimensions', async () => {
  const expectArchive = async (instance: GeneratedInstance) => {
    const [x, y] = readNpz(instanceNpz(instance, { deflate: true }), 'test.npz');
    const d = instance.inputs.length;
    expect([x!.name, y!.name]).toEqual(['x', 'y']);
    expect(x!.shape).toEqual(d === 1 ? [instance.labels.length] : [instance.labels.length, d]);
    instance.inputs.forEach((column, k) => {
      expectEqual(
        column,
        Array.from(y!.values, (_, n) => Rational.fromDouble(x!.values[n * d + k]!)),
      );
    });
    expectEqual(
      instance.labels,
      Array.from(y!.values, (value) => Rational.fromDouble(value)),
    );
  };
  await expectArchive(await generate('walk', { points: 100 }));
  await expectArchive(await generate('near-collinear', { points: 100 }));
  await expectArchive(await generate('noise', { points: 100, distribution: 'gaussian' }));
  await expectArchive(await generate('teacher', { points: 13, dimension: 3, decimals: 0 }));
  // Eighths on an even grid are rationals by construction and doubles by luck.
  await expectArchive(await generate('formula', { points: 9, from: 0, to: 1, formula: 'x/2' }));
});

test('values with no finite decimal or no double are refused before anything is written', async () => {
  const thirds = await generate('formula', { points: 4, from: 0, to: 1, formula: 'x' });
  expect(() => csvChunks(thirds).next()).toThrow(InputError);
  expect(() => csvChunks(thirds).next()).toThrow(
    /x in row 1 is 1\/3, expected a number with a finite decimal/,
  );
  expect(() => instanceNpz(thirds)).toThrow(/x in row 1 is 1\/3, .* write JSON/);
  const tenths = await generate('planted', { points: 100 });
  expect(() => instanceNpz(tenths)).toThrow(InputError);
  expect(JSON.parse([...instanceChunks(thirds)].join('')).x).toEqual([0, '1/3', '2/3', 1]);
});

test('long files come in pieces', async () => {
  const instance = await generate('walk', { points: 100_000 });
  for (const chunks of [instanceChunks, csvChunks]) {
    const sizes = [...chunks(instance)].map((piece) => piece.length);
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThan(100_000);
  }
});
