import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readTextPieces } from '../../src/files/read-file.js';

const folder = mkdtempSync(join(tmpdir(), 'pieces-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(bytes: Uint8Array): string {
  const path = join(folder, 'text.gz');
  writeFileSync(path, bytes);
  return [...readTextPieces(path)].join('');
}

const TEXT = 'knots, '.repeat(400_000);

test('compressed text, in one member or several', () => {
  expect(read(gzipSync(TEXT))).toBe(TEXT);
  expect(read(Buffer.concat([gzipSync('one '), gzipSync('two ')]))).toBe('one two ');
});

test('is refused when it is cut short anywhere, or changed', () => {
  const packed = gzipSync(TEXT.slice(0, 5000));
  for (let length = 0; length < packed.length; length++) {
    expect(() => read(packed.subarray(0, length)), `${length} bytes`).toThrow(/damaged/);
  }
  for (const at of [packed.length - 8, packed.length - 2]) {
    const changed = Uint8Array.from(packed);
    changed[at]! ^= 1;
    expect(() => read(changed)).toThrow(/damaged.*checksum/);
  }
});
