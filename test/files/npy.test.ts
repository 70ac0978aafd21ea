import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNpy, writeNpy } from '../../src/files/npy.js';
import type { Dtype } from '../../src/files/tensor.js';
import {
  expectedTensors,
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
  withBits,
} from '../support/binary-fixtures.js';

const files = Object.keys(expectedTensors).filter((file) => file.endsWith('.npy'));

/** A version 1.0 file with this header text. */
function withHeader(header: string, data = new Uint8Array(0), headerLength = header.length): Uint8Array {
  const start = Uint8Array.of(
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    headerLength & 255,
    headerLength >> 8,
  );
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(start.length + text.length + data.length);
  file.set(start);
  file.set(text, start.length);
  file.set(data, start.length + text.length);
  return file;
}

describe('arrays written by NumPy', () => {
  test.each(files)('%s is read bit for bit', (file) => {
    expect([withBits(readNpy(fixture(file), file))]).toEqual(expectedTensors[file]);
  });

  test.each([
    ['refused-object.npy', /pickle.*np\.save\(file, array\.astype\(np\.float64\)\)/],
    ['refused-bool.npy', /"\|b1".*np\.save/],
    ['refused-complex.npy', /"<c16".*np\.save/],
    ['refused-string.npy', /"<U1".*np\.save/],
    ['refused-structured.npy', /structured.*np\.save/],
    ['refused-int64.npy', /element 1, is 9007199254740993, which no double equals/],
    ['refused-uint64.npy', /element 0, is 18446744073709551615/],
  ])('%s is refused with the reason', (file, message) => {
    expect(inputError(() => readNpy(fixture(file), file))).toMatch(message);
  });
});

describe('hostile files', () => {
  test.each(files)('%s truncated anywhere is refused', (file) => {
    expectTruncationsRefused(fixture(file), (bytes) => readNpy(bytes, file));
  });

  test.each(['fortran-3d.npy', 'version-2.npy', 'i8-big.npy'])('%s mutated at random is safe', (file) => {
    expect(expectMutationsSafe(fixture(file), (bytes) => readNpy(bytes, file))).toBeGreaterThan(200);
  });

  test.each([
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (999999999, 999999999), }", /absurd shape/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", /impossible dimension/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", /needs 24 bytes, but 0 follow/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", /a dimension/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1 2), }", /","/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1), }", /","/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': 0, }", /"\("/],
    ["{'descr': '<f8', 'fortran_order': 0, 'shape': (0,), }", /True or False/],
    ["{'descr': '<f8', 'fortran_order': False}", /expected the keys/],
    ["{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (0,), }", /repeated key "descr"/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (0,), 'x': 1}", /unexpected or repeated key "x"/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (0,), } + 1", /nothing more/],
    ["{'descr': '<f\\x38', 'fortran_order': False, 'shape': (0,), }", /quoted string/],
    ["__import__('os').system('true')", /"\{"/],
    ["{'descr': '=f8', 'fortran_order': False, 'shape': (0,), }", /dtype "=f8"/],
    ["{'descr': 'toString', 'fortran_order': False, 'shape': (0,), }", /dtype "toString"/],
    ["{'descr': '<constructor', 'fortran_order': False, 'shape': (0,), }", /dtype "<constructor"/],
  ])('%s', (header, message) => {
    expect(inputError(() => readNpy(withHeader(header), 'a.npy'))).toMatch(message);
  });

  test('a header longer than the file, an unknown version, bytes too many', () => {
    expect(inputError(() => readNpy(withHeader('{}', undefined, 5000), 'a.npy'))).toMatch(
      /claims 5000 bytes, but the file has only 2 more/,
    );
    const file = fixture('version-2.npy');
    file[6] = 4;
    expect(inputError(() => readNpy(file, 'a.npy'))).toMatch(/version 4\.0 is unknown/);
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (), }";
    expect(inputError(() => readNpy(withHeader(header, new Uint8Array(9)), 'a.npy'))).toMatch(
      /needs 8 bytes, but 9 follow/,
    );
  });
});

test('what writeNpy writes, readNpy reads', () => {
  const dtypes: Dtype[] = [
    'float16',
    'float32',
    'float64',
    'int8',
    'int16',
    'int32',
    'int64',
    'uint8',
    'uint64',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...dtypes),
      fc.array(fc.nat(4), { maxLength: 3 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 127 })),
      (dtype, shape, stream) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const values = Float64Array.from({ length: count }, () => stream.next().value!);
        const tensor = { name: 'a', shape, dtype, values };
        expect(readNpy(writeNpy(tensor), 'a.npy', 'a')).toEqual(tensor);
      },
    ),
  );
});

const plainFiles = files.filter((file) => !/big|fortran|version/.test(file));
test.each(plainFiles)('writeNpy writes %s as NumPy does, byte for byte', (file) => {
  expect(writeNpy(readNpy(fixture(file), file))).toEqual(fixture(file));
});

test('NumPy has no bfloat16', () => {
  const tensor = { name: 'w', shape: [1], dtype: 'bfloat16' as const, values: Float64Array.of(1) };
  expect(inputError(() => writeNpy(tensor))).toMatch(/"w": NumPy has no bfloat16/);
});
