import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProtobufMessage } from '../../src/models/protobuf.js';
import { inputError } from '../support/binary-fixtures.js';
import { bytesField, concatenate, floatField, varintField } from './protobuf-encoder.js';

const message = (...parts: Uint8Array[]) => new ProtobufMessage(concatenate(parts), 'a.bin');

test('numbers of every size come back, signed', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (numbers) => {
      const read = message(...numbers.map((n) => varintField(3, n)));
      expect(read.integers(3)).toEqual(numbers);
      expect(read.integer(3)).toBe(numbers.at(-1));
      const packed = concatenate(numbers.map((n) => varintField(3, n).slice(1)));
      expect(message(bytesField(5, packed)).integers(5)).toEqual(numbers);
    }),
  );
});

test('strings, nested messages, fixed numbers', () => {
  const inner = concatenate([bytesField(1, 'é'), varintField(2, 7)]);
  const read = message(bytesField(4, inner), bytesField(4, inner), floatField(500, 0.5));
  expect(read.messages(4, 'part').map((part) => [part.string(1), part.integer(2)])).toEqual([
    ['é', 7n],
    ['é', 7n],
  ]);
  expect(inputError(() => read.message(4, 'part'))).toMatch(/more than one part/);
  expect(read.message(6, 'part')).toBeUndefined();
  expect(read.string(6)).toBe('');
  expect([...new Float32Array(read.fixed(500, 4).slice().buffer)]).toEqual([0.5]);
  expect(message(floatField(1, 1), floatField(1, 2)).fixed(1, 4)).toHaveLength(8);
  expect(read.count(4)).toBe(2);
});

test.each<[string, number[], RegExp]>([
  ['a length beyond the end', [0x0a, 5, 1], /5 bytes where 1 are left/],
  ['a length of 2^63', [0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 127], /bytes where 0 are left/],
  ['an unfinished key', [0x80], /unfinished number/],
  ['an unfinished varint', [0x08, 0xff], /unfinished number/],
  ['a varint of 11 bytes', [0x08, ...new Array(10).fill(255), 1], /more than 64 bits/],
  ['a varint of 65 bits', [0x08, ...new Array(9).fill(255), 2], /more than 64 bits/],
  ['a group', [0x0b, 0x0c], /wire type 3/],
  ['field 0', [0x00, 0x00], /field number 0/],
  ['a short fixed32', [0x0d, 1, 2, 3], /4 bytes where 3 are left/],
])('refused: %s', (_, bytes, reason) => {
  expect(inputError(() => new ProtobufMessage(Uint8Array.from(bytes), 'a.bin'))).toMatch(reason);
});

test('refused: fields of the wrong kind, broken text', () => {
  expect(inputError(() => message(varintField(1, 1)).string(1))).toMatch(/a number in field 1/);
  expect(inputError(() => message(bytesField(1, Uint8Array.of(255))).string(1))).toMatch(/not UTF-8/);
  expect(inputError(() => message(bytesField(1, Uint8Array.of(1, 2, 3))).fixed(1, 4))).toMatch(
    /not of 4 bytes/,
  );
  const many = new Uint8Array(2 ** 21 + 2).fill(8).map((_, i) => (i % 2 === 0 ? 8 : 0));
  expect(inputError(() => new ProtobufMessage(many, 'a.bin'))).toMatch(/more than 1048576 fields/);
});
