import { describe, expect, test } from 'vitest';
import { readNpz, writeNpz } from '../../src/files/npz.js';
import type { Tensor } from '../../src/files/tensor.js';
import { writeZip } from '../../src/files/zip.js';
import {
  expectedTensors,
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
  withBits,
} from '../support/binary-fixtures.js';

const files = ['stored.npz', 'deflated.npz'];

describe.each(files)('%s, written by NumPy', (file) => {
  test('is read bit for bit', () => {
    expect(readNpz(fixture(file), file).map(withBits)).toEqual(expectedTensors[file]);
  });

  test('is refused when truncated, and safe when mutated', () => {
    expectTruncationsRefused(fixture(file), (bytes) => readNpz(bytes, file));
    expect(expectMutationsSafe(fixture(file), (bytes) => readNpz(bytes, file))).toBeGreaterThan(1000);
  });
});

test.each([false, true])('what writeNpz writes, readNpz reads (deflate: %s)', (deflate) => {
  const tensors: Tensor[] = [
    {
      name: 'x',
      shape: [3, 2],
      dtype: 'float64',
      values: Float64Array.of(0.1, -0, 1e308, 5e-324, NaN, -Infinity),
    },
    { name: 'layer.0/weight', shape: [2], dtype: 'float32', values: Float64Array.of(0.5, -2) },
    { name: 'n', shape: [], dtype: 'int64', values: Float64Array.of(-7) },
  ];
  expect(readNpz(writeNpz(tensors, { deflate }), 'a.npz').map(withBits)).toEqual(tensors.map(withBits));
});

test('a million points come back from a stored and from a compressed archive', () => {
  const x = Float64Array.from({ length: 1_000_000 }, (_, i) => i / 8);
  const y = x.map((value) => value * value);
  const tensors: Tensor[] = [
    { name: 'x', shape: [x.length], dtype: 'float64', values: x },
    { name: 'y', shape: [y.length], dtype: 'float64', values: y },
  ];
  for (const deflate of [false, true]) {
    const [first, second] = readNpz(writeNpz(tensors, { deflate }), 'a.npz');
    expect(Buffer.compare(new Uint8Array(first!.values.slice().buffer), new Uint8Array(x.buffer))).toBe(0);
    expect(Buffer.compare(new Uint8Array(second!.values.slice().buffer), new Uint8Array(y.buffer))).toBe(0);
  }
});

test('errors name the file and the entry', () => {
  const other = writeZip([{ name: 'readme.txt', bytes: new Uint8Array(3) }]);
  expect(inputError(() => readNpz(other, 'a.npz'))).toMatch(/^a\.npz: entry "readme\.txt" is not an array/);
  const object = writeZip([{ name: 'x.npy', bytes: fixture('refused-object.npy') }]);
  expect(inputError(() => readNpz(object, 'a.npz'))).toMatch(/^a\.npz, entry "x\.npy": .*pickle/);
  const twice: Tensor = { name: 'x', shape: [1], dtype: 'float64', values: Float64Array.of(1) };
  expect(inputError(() => writeNpz([twice, twice]))).toMatch(/two tensors are named "x"/);
  expect(inputError(() => readNpz(new TextEncoder().encode('x,y\n1,2\n'), 'a.npz'))).toMatch(
    /not a complete zip/,
  );
});
