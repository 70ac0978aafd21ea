import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Dtype,
  decodeNumbers,
  elementCount,
  encodeNumbers,
  ITEM_SIZE,
  requireFinite,
  SHAPE_LIMITS,
  toRowMajor,
} from '../../src/files/tensor.js';
import { inputError } from '../support/binary-fixtures.js';

describe('decodeNumbers and encodeNumbers', () => {
  test('every 16-bit float pattern comes back', () => {
    const patterns = new Uint16Array(65_536).map((_, i) => i);
    const bytes = new Uint8Array(patterns.buffer);
    for (const dtype of ['float16', 'bfloat16'] as const) {
      const values = decodeNumbers(bytes, dtype, true, 'all');
      const back = new Uint16Array(encodeNumbers({ name: 'all', shape: [65_536], dtype, values }).buffer);
      expect(patterns.filter((bits) => !Number.isNaN(values[bits]) && back[bits] !== bits)).toHaveLength(0);
    }
  });

  test('float16 agrees with its definition on landmarks', () => {
    const bytes = new Uint8Array(new Uint16Array([0x0001, 0x03ff, 0x0400, 0x3c00, 0x7bff, 0x7c00]).buffer);
    const values = decodeNumbers(bytes, 'float16', true, 'landmarks');
    expect([...values]).toEqual([2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, 65_504, Infinity]);
  });

  test('bytes of either order and any alignment decode to the same numbers', () => {
    const dtypes = Object.keys(ITEM_SIZE) as Dtype[];
    fc.assert(
      fc.property(
        fc.constantFrom(...dtypes),
        fc.uint8Array({ minLength: 0, maxLength: 40 }),
        fc.nat(7),
        (dtype, noise, shift) => {
          const size = ITEM_SIZE[dtype];
          const bytes = noise.slice(0, noise.length - (noise.length % size));
          // 64-bit integers: clear the upper bytes so that every number is exact.
          if (dtype.endsWith('int64')) for (let i = 0; i < bytes.length; i++) if (i % 8 > 5) bytes[i] = 0;
          const direct = decodeNumbers(bytes, dtype, true, 'a');
          const shifted = new Uint8Array(bytes.length + shift);
          shifted.set(bytes, shift);
          const swapped = bytes.slice();
          for (let i = 0; i < bytes.length; i += size) swapped.subarray(i, i + size).reverse();
          expect(decodeNumbers(shifted.subarray(shift), dtype, true, 'a')).toEqual(direct);
          const before = swapped.slice();
          expect(decodeNumbers(swapped, dtype, false, 'a')).toEqual(direct);
          expect(swapped).toEqual(before);
        },
      ),
    );
  });

  test('aligned little-endian float64 is not copied', () => {
    const bytes = new Uint8Array(24);
    expect(decodeNumbers(bytes, 'float64', true, 'a').buffer).toBe(bytes.buffer);
  });

  test('a 64-bit integer is read when a double equals it, and refused by element otherwise', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(64), (raw, shift) => {
        const integer = BigInt.asIntN(64, (raw >> BigInt(shift)) << BigInt(shift % 20));
        const bytes = new Uint8Array(new BigInt64Array([0n, integer]).buffer);
        if (BigInt(Number(integer)) === integer) {
          expect(decodeNumbers(bytes, 'int64', true, 'a')[1]).toBe(Number(integer));
        } else {
          expect(inputError(() => decodeNumbers(bytes, 'int64', true, 'a'))).toContain(
            `element 1, is ${integer}`,
          );
        }
      }),
    );
    const top = new Uint8Array(new BigUint64Array([2n ** 64n - 1n]).buffer);
    expect(inputError(() => decodeNumbers(top, 'uint64', true, 'a'))).toContain('18446744073709551615');
    const exact = new Uint8Array(new BigUint64Array([2n ** 63n + 2048n]).buffer);
    expect(decodeNumbers(exact, 'uint64', true, 'a')[0]).toBe(2 ** 63 + 2048);
  });

  test('writing refuses what the dtype cannot hold', () => {
    const write = (dtype: Dtype, value: number) => () =>
      encodeNumbers({ name: 'a', shape: [1], dtype, values: Float64Array.of(value) });
    for (const [dtype, value] of [
      ['float32', 0.1],
      ['float16', 65_520],
      ['bfloat16', 1 + 2 ** -10],
      ['uint8', -1],
      ['int16', 0.5],
      ['int64', 2 ** 63],
      ['uint64', NaN],
    ] as const) {
      expect(inputError(write(dtype, value))).toContain(`is not a ${dtype}`);
    }
    expect(
      inputError(() =>
        encodeNumbers({ name: 'a', shape: [2], dtype: 'float64', values: new Float64Array(3) }),
      ),
    ).toContain('3 values');
  });
});

test('elementCount multiplies, and refuses what no file holds', () => {
  expect(elementCount([], 'a')).toBe(1);
  expect(elementCount([2, 3, 4], 'a')).toBe(24);
  expect(elementCount([5, 0], 'a')).toBe(0);
  for (const shape of [[-1], [0.5], [2 ** 60], [2 ** 20, 2 ** 20], [0, 2 ** 40], new Array(65).fill(1)]) {
    expect(inputError(() => elementCount(shape, 'a'))).toMatch(/^a has/);
  }
  expect(elementCount(new Array(SHAPE_LIMITS.dimensions).fill(1), 'a')).toBe(1);
});

test('toRowMajor reads any strided view', () => {
  const storage = Float64Array.from({ length: 200 }, (_, i) => i);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.nat(9)), { maxLength: 4 }),
      fc.nat(50),
      (dimensions, offset) => {
        const shape = dimensions.map(([size]) => size);
        const strides = dimensions.map(([, stride]) => stride);
        const count = shape.reduce((p, n) => p * n, 1);
        const expected = Array.from({ length: count }, (_, i) => {
          let rest = i;
          let position = offset;
          for (let k = shape.length - 1; k >= 0; k--) {
            position += (rest % shape[k]!) * strides[k]!;
            rest = Math.floor(rest / shape[k]!);
          }
          return position;
        });
        expect([...toRowMajor(storage, shape, strides, offset)]).toEqual(expected);
      },
    ),
  );
});

test('requireFinite names the element', () => {
  const values = new Float64Array(6);
  const tensor = { name: 'x', shape: [3, 2], dtype: 'float64' as const, values };
  requireFinite(tensor, 'data.npz');
  values[5] = NaN;
  expect(inputError(() => requireFinite(tensor, 'data.npz'))).toMatch(/^data\.npz: x\[2, 1\] \(row 2.*NaN/);
  values[2] = -Infinity;
  expect(inputError(() => requireFinite(tensor, 'data.npz'))).toContain('x[1, 0]');
});
