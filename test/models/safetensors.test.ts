import { describe, expect, test } from 'vitest';
import { type Dtype, ITEM_SIZE, type Tensor } from '../../src/files/tensor.js';
import { readSafetensors, writeSafetensors } from '../../src/models/safetensors.js';
import {
  expectedTensors,
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
  withBits,
} from '../support/binary-fixtures.js';

const file = 'model.safetensors';

/** A file assembled from its parts, without any check. */
function assemble(header: string, dataBytes: number, headerLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`, dtype = 'F32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe('a file written to the specification by another program', () => {
  test('is read bit for bit', () => {
    expect(readSafetensors(fixture(file), file).map(withBits)).toEqual(expectedTensors[file]);
  });

  test('is refused when truncated, and safe when mutated', () => {
    expectTruncationsRefused(fixture(file), (bytes) => readSafetensors(bytes, file));
    expect(expectMutationsSafe(fixture(file), (bytes) => readSafetensors(bytes, file))).toBeGreaterThan(1000);
  });
});

test('what writeSafetensors writes, readSafetensors reads, for every dtype', () => {
  const tensors = (Object.keys(ITEM_SIZE) as Dtype[]).map(
    (dtype): Tensor => ({ name: `a.${dtype}`, shape: [1, 3], dtype, values: Float64Array.of(0, 1, 100) }),
  );
  tensors.push({ name: '__proto__', shape: [], dtype: 'float64', values: Float64Array.of(-0) });
  tensors.push({ name: 'é "\\', shape: [0, 2], dtype: 'float16', values: new Float64Array(0) });
  const bytes = writeSafetensors(tensors, { format: 'pt', '"a":': '"b":' });
  expect(readSafetensors(bytes, file).map(withBits)).toEqual(tensors.map(withBits));
  expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  expect(inputError(() => writeSafetensors([tensors[0]!, tensors[0]!]))).toMatch(/used twice/);
});

test.each<[string, Uint8Array, RegExp]>([
  ['header beyond the file', assemble('{}', 0, 5000n), /claims 5000 bytes, but the file has only 2 more/],
  ['header over the limit', assemble('{}', 0, 100_000_001n), /at most 100000000 are read/],
  ['header of 2^64 - 1 bytes', assemble('{}', 0, 2n ** 64n - 1n), /at most 100000000 are read/],
  ['empty header', assemble('', 0), /does not begin with "\{"/],
  ['header that is a list', assemble('[]', 0), /does not begin with "\{"/],
  ['broken JSON', assemble('{"a":', 0), /not JSON in UTF-8/],
  ['deep nesting', assemble(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 0), /described wrongly/],
  ['overlap', assemble(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12), /tensor "b".*no overlap/],
  ['the same bytes twice', assemble(`{"a":${entry(0, 8)},"b":${entry(0, 8)}}`, 8), /no overlap/],
  ['hole', assemble(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12), /tensor "b".*no hole/],
  ['bytes left over', assemble(`{"a":${entry(0, 4)}}`, 5), /cover 4 bytes, but 5 follow/],
  ['data missing', assemble(`{"a":${entry(0, 8)}}`, 4), /cover 8 bytes, but 4 follow/],
  ['duplicate tensor', assemble(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 4), /key twice/],
  ['duplicate through an escape', assemble(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 4), /key twice/],
  [
    'duplicate field',
    assemble('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    /key twice/,
  ],
  ['duplicate metadata', assemble('{"__metadata__":{"a":"1","a":"1"}}', 0), /key twice/],
  ['metadata not strings', assemble('{"__metadata__":{"a":1}}', 0), /strings to strings/],
  ['missing field', assemble('{"a":{"dtype":"F32","shape":[1]}}', 4), /exactly the fields/],
  ['unknown dtype', assemble(`{"a":${entry(0, 4, '[4]', 'F8_E4M3')}}`, 4), /dtype "F8_E4M3".*\.float\(\)/],
  ['absurd shape', assemble(`{"a":${entry(0, 4, '[4294967296,4294967296]')}}`, 4), /absurd shape/],
  ['negative dimension', assemble(`{"a":${entry(0, 4, '[-1]')}}`, 4), /no valid shape/],
  ['fractional dimension', assemble(`{"a":${entry(0, 4, '[1.5]')}}`, 4), /no valid shape/],
  ['shape against bytes', assemble(`{"a":${entry(0, 4, '[2]')}}`, 4), /needs 8 bytes/],
  ['offsets backwards', assemble(`{"a":${entry(4, 0, '[1]')}}`, 4), /needs 4 bytes/],
  [
    'an integer no double equals',
    (() => {
      const bytes = assemble(`{"a":${entry(0, 8, '[1]', 'U64')}}`, 8);
      return bytes.fill(255, bytes.length - 8);
    })(),
    /tensor "a", element 0, is 18446744073709551615/,
  ],
])('%s is refused', (_, bytes, message) => {
  const error = inputError(() => readSafetensors(bytes, file));
  expect(error).toMatch(message);
  expect(error).toMatch(/^model\.safetensors: /);
});
