import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import type { Tensor } from '../../src/files/tensor.js';
import { InputError } from '../../src/problem/input-error.js';

const folder = new URL('../models/fixtures/', import.meta.url);

/** A tensor with its values as 64-bit patterns, 16 hexadecimal digits each. */
export interface BitTensor {
  name: string;
  shape: number[];
  dtype: string;
  bits: string[];
}

export function fixture(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, folder)));
}

/** What NumPy, PyTorch and ONNX say the fixtures hold: file -> tensors, written by fixtures/make.py. */
export const expectedTensors: Record<string, BitTensor[]> = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
);

function hexBits(values: Iterable<number>): string[] {
  const view = new DataView(new ArrayBuffer(8));
  return Array.from(values, (value) => {
    view.setFloat64(0, value);
    return view.getBigUint64(0).toString(16).padStart(16, '0');
  });
}

export function withBits({ name, shape, dtype, values }: Tensor): BitTensor {
  return { name, shape, dtype, bits: hexBits(values) };
}

/** The error that `read` throws, which must be an InputError. */
export function inputError(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('expected an InputError, but nothing was thrown');
}

/** Every proper prefix of the file is refused with an InputError. */
export function expectTruncationsRefused(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): void {
  for (let length = 0; length < bytes.length; length++) {
    inputError(() => read(bytes.slice(0, length)));
  }
}

/**
 * `count` files with one to four bytes changed at random: each is read or refused with an InputError, nothing else.
 * Returns how many were refused.
 */
export function expectMutationsSafe(
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => unknown,
  count = 2000,
): number {
  const random = createRandom(bytes.length).uniform;
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const mutant = bytes.slice();
    const changes = 1 + Math.floor(random() * 4);
    for (let k = 0; k < changes; k++) {
      const special = [0, 1, 0x7f, 0x80, 0xff];
      mutant[Math.floor(random() * mutant.length)] =
        random() < 0.5 ? special[Math.floor(random() * special.length)]! : Math.floor(random() * 256);
    }
    try {
      read(mutant);
    } catch (error) {
      expect(error, `mutation ${i} of seed ${bytes.length}`).toBeInstanceOf(InputError);
      refused++;
    }
  }
  return refused;
}
