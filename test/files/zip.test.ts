import { deflateRawSync, crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { crc32, DEFAULT_ZIP_LIMITS, readZip, writeZip } from '../../src/files/zip.js';
import {
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
} from '../support/binary-fixtures.js';

const text = (s: string) => new TextEncoder().encode(s);

const random = createRandom(3).uniform;
const noise = Uint8Array.from({ length: 100_001 }, () => random() * 256);
const pattern = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);

function archive(deflate = false): Uint8Array {
  return writeZip(
    [
      { name: 'a', bytes: text('some bytes, some bytes') },
      { name: 'folder/b', bytes: text('others') },
    ],
    { deflate },
  );
}

/** Positions of a 4-byte signature. */
function find(bytes: Uint8Array, signature: number): number[] {
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length - 3 }, (_, i) => i).filter(
    (i) => view.getUint32(i, true) === signature,
  );
}

/** The archive with one little-endian number replaced, in the k-th local or central header. */
function patched(
  bytes: Uint8Array,
  header: 'local' | 'central' | 'end',
  k: number,
  offset: number,
  value: number,
  size: 2 | 4,
): Uint8Array {
  const copy = bytes.slice();
  const signature = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 }[header];
  const at = find(copy, signature)[k]! + offset;
  const view = new DataView(copy.buffer);
  if (size === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

test('crc32 is the CRC-32 of zlib at every length and alignment', () => {
  for (let start = 0; start < 9; start++) {
    for (let length = 0; length < 40; length++) {
      const part = noise.subarray(start, start + length);
      expect(crc32(part)).toBe(referenceCrc(part));
    }
  }
  expect(crc32(noise)).toBe(referenceCrc(noise));
  expect(crc32(text('123456789'))).toBe(0xcbf43926);
});

/** zlib's own where Node has it (22.2 and later), else the bit-by-bit definition. */
function referenceCrc(bytes: Uint8Array): number {
  if (typeof zlibCrc32 === 'function') return zlibCrc32(bytes);
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

test.each([false, true])('what writeZip writes, readZip reads (deflate: %s)', (deflate) => {
  const entries = [
    { name: 'noise', bytes: noise },
    { name: 'empty', bytes: new Uint8Array(0) },
    { name: 'pattern é', bytes: pattern },
    { name: 'zeros', bytes: new Uint8Array(200_000) },
  ];
  const file = writeZip(entries, { deflate });
  const read = readZip(file, 'a.zip');
  expect(read.map((entry) => entry.name)).toEqual(entries.map((entry) => entry.name));
  for (const [i, entry] of read.entries()) expect(Buffer.compare(entry.bytes, entries[i]!.bytes)).toBe(0);
});

test("deflate streams of zlib at every level are read, across the reader's chunks", () => {
  for (const level of [0, 1, 6, 9]) {
    for (const data of [noise, pattern]) {
      const packed = new Uint8Array(deflateRawSync(data, { level }));
      // An archive of the packed bytes, stored, relabelled as deflated.
      let file = writeZip([{ name: 'a', bytes: packed }]);
      for (const [header, shift] of [
        ['local', 0],
        ['central', 2],
      ] as const) {
        file = patched(file, header, 0, 8 + shift, 8, 2);
        file = patched(file, header, 0, 14 + shift, crc32(data), 4);
        file = patched(file, header, 0, 22 + shift, data.length, 4);
      }
      expect(Buffer.compare(readZip(file, 'a.zip')[0]!.bytes, data)).toBe(0);
    }
  }
});

describe('hostile archives', () => {
  test.each([false, true])('truncated or mutated (deflate: %s)', (deflate) => {
    const file = archive(deflate);
    expectTruncationsRefused(file, (bytes) => readZip(bytes, 'a.zip'));
    expect(expectMutationsSafe(file, (bytes) => readZip(bytes, 'a.zip'))).toBeGreaterThan(1000);
  });

  const stored = archive();
  const deflated = archive(true);
  test.each<[string, Uint8Array, RegExp]>([
    ['wrong CRC', patched(patched(stored, 'local', 0, 14, 1, 4), 'central', 0, 16, 1, 4), /CRC-32/],
    ['local CRC differs', patched(stored, 'local', 0, 14, 1, 4), /the CRC-32 in its local header disagrees/],
    ['local size differs', patched(stored, 'local', 0, 22, 21, 4), /the size in its local header disagrees/],
    [
      'local method differs',
      patched(stored, 'local', 0, 8, 8, 2),
      /the method in its local header disagrees/,
    ],
    ['stored sizes differ', patched(stored, 'central', 0, 24, 21, 4), /its two sizes differ/],
    ['encrypted', patched(stored, 'central', 0, 8, 0x801, 2), /encrypted/],
    ['unknown method', patched(stored, 'central', 0, 10, 12, 2), /method 12/],
    ['beyond the file', patched(stored, 'central', 0, 42, 0x7fffffff, 4), /the signature/],
    ['one entry twice', patched(stored, 'central', 1, 42, 0, 4), /the name/],
    ['more entries than there are', patched(stored, 'end', 0, 10, 3, 2), /several parts/],
    ['directory elsewhere', patched(stored, 'end', 0, 16, 1, 4), /does not end where/],
    ['impossible ratio', patched(deflated, 'central', 0, 24, 0x7fffffff, 4), /which deflate cannot do/],
    [
      'longer than declared',
      patched(patched(deflated, 'local', 0, 22, 21, 4), 'central', 0, 24, 21, 4),
      /unpacks to more/,
    ],
    [
      'shorter than declared',
      patched(patched(deflated, 'local', 0, 22, 23, 4), 'central', 0, 24, 23, 4),
      /unpacks to fewer/,
    ],
    [
      'not deflate data',
      (() => {
        const bytes = deflated.slice();
        bytes[31] = 7;
        return bytes;
      })(),
      /cannot be unpacked/,
    ],
    ['a comment that is not there', patched(stored, 'end', 0, 20, 5, 2), /end record is missing/],
    ['zip64 sizes without the field', patched(stored, 'central', 0, 24, 0xffffffff, 4), /no zip64 sizes/],
  ])('%s', (_, bytes, message) => {
    expect(inputError(() => readZip(bytes, 'a.zip'))).toMatch(message);
  });

  test.each(['../a', '/a', 'a//b', 'a/./b', 'a\\b', 'C:a', 'a\u0000', 'folder/', ''])('name %j', (name) => {
    const file = writeZip([{ name, bytes: text('x') }]);
    expect(inputError(() => readZip(file, 'a.zip'))).toMatch(/not a plain path/);
  });

  test('the same name twice', () => {
    const file = writeZip([
      { name: 'a', bytes: text('x') },
      { name: 'a', bytes: text('y') },
    ]);
    expect(inputError(() => readZip(file, 'a.zip'))).toMatch(/there twice/);
  });

  test('overlapping entries: one local header used by two directory entries', () => {
    let file = writeZip([
      { name: 'a', bytes: text('same') },
      { name: 'b', bytes: text('same') },
    ]);
    // The first entry's data are declared to reach into the second local header.
    for (const [header, shift] of [
      ['local', 0],
      ['central', 2],
    ] as const) {
      file = patched(file, header, 0, 18 + shift, 12, 4);
      file = patched(file, header, 0, 22 + shift, 12, 4);
    }
    expect(inputError(() => readZip(file, 'a.zip'))).toMatch(/overlaps/);
  });

  test('a bomb is refused from its declared sizes, before unpacking', () => {
    const bomb = writeZip([{ name: 'a', bytes: new Uint8Array(2 ** 20) }], { deflate: true });
    const limits = { ...DEFAULT_ZIP_LIMITS, freeBytes: 2 ** 16 };
    expect(inputError(() => readZip(bomb, 'a.zip', limits))).toMatch(/more than 100 times as much/);
    expect(inputError(() => readZip(bomb, 'a.zip', { ...limits, maximumBytes: 2 ** 19 }))).toMatch(
      /unpacks to 1048576 bytes; at most 524288 are read/,
    );
    expect(readZip(bomb, 'a.zip')).toHaveLength(1);
  });

  test('a stream that goes on far beyond its declared size stops early', () => {
    const packed = new Uint8Array(deflateRawSync(new Uint8Array(2 ** 26)));
    let file = writeZip([{ name: 'a', bytes: packed }]);
    for (const [header, shift] of [
      ['local', 0],
      ['central', 2],
    ] as const) {
      file = patched(file, header, 0, 8 + shift, 8, 2);
      file = patched(file, header, 0, 22 + shift, 100, 4);
    }
    expect(inputError(() => readZip(file, 'a.zip'))).toMatch(/unpacks to more/);
  });
});

test('zip64 fields are read, with masked sizes and the zip64 end record', () => {
  // A one-entry archive in zip64 form, built by hand from the plain one.
  const data = text('zip64');
  const plain = writeZip([{ name: 'a', bytes: data }]);
  const central = find(plain, 0x02014b50)[0]!;
  const extra = new Uint8Array(20);
  const extraView = new DataView(extra.buffer);
  extraView.setUint16(0, 1, true);
  extraView.setUint16(2, 16, true);
  extraView.setBigUint64(4, BigInt(data.length), true);
  extraView.setBigUint64(12, BigInt(data.length), true);
  const record = plain.slice(central, central + 47);
  const recordView = new DataView(record.buffer);
  recordView.setUint32(20, 0xffffffff, true);
  recordView.setUint32(24, 0xffffffff, true);
  recordView.setUint16(30, extra.length, true);
  const end64 = new Uint8Array(56);
  const end64View = new DataView(end64.buffer);
  end64View.setUint32(0, 0x06064b50, true);
  end64View.setBigUint64(32, 1n, true);
  end64View.setBigUint64(40, BigInt(record.length + extra.length), true);
  end64View.setBigUint64(48, BigInt(central), true);
  const locator = new Uint8Array(20);
  const locatorView = new DataView(locator.buffer);
  locatorView.setUint32(0, 0x07064b50, true);
  locatorView.setBigUint64(8, BigInt(central + record.length + extra.length), true);
  const end = plain.slice(-22);
  new DataView(end.buffer).setUint32(12, 0xffffffff, true);
  new DataView(end.buffer).setUint32(16, 0xffffffff, true);
  const file = Uint8Array.from([
    ...plain.slice(0, central),
    ...record,
    ...extra,
    ...end64,
    ...locator,
    ...end,
  ]);
  expect(readZip(file, 'a.zip')).toEqual([{ name: 'a', bytes: data }]);
  expectTruncationsRefused(file, (bytes) => readZip(bytes, 'a.zip'));
  expectMutationsSafe(file, (bytes) => readZip(bytes, 'a.zip'));
});

test('archives of Python and of PyTorch are read', () => {
  expect(readZip(fixture('stored.npz'), 'stored.npz').map((entry) => entry.name)).toEqual(['x.npy', 'y.npy']);
  expect(readZip(fixture('float32.pt'), 'float32.pt').map((entry) => entry.name)).toContain(
    'float32/data.pkl',
  );
});
