import { deflateSync, Inflate } from 'fflate';
import { InputError } from '../problem/input-error.js';

/** Limits against archives that unpack to absurd sizes. */
export interface ZipLimits {
  /** Most bytes that all entries together may unpack to. */
  maximumBytes: number;
  /** Largest quotient of unpacked bytes to file bytes, asked only of archives that unpack to more than `freeBytes`. */
  maximumRatio: number;
  /** Bytes that an archive may unpack to at any ratio. */
  freeBytes: number;
}

export const DEFAULT_ZIP_LIMITS: ZipLimits = {
  maximumBytes: 2 ** 31,
  maximumRatio: 100,
  freeBytes: 2 ** 26,
};

/** No deflate stream unpacks to more than about 1032 times its size. */
const DEFLATE_RATIO = 1032;

/** Compressed bytes unpacked at a time: bounds the work on a stream longer than declared. */
const INFLATE_CHUNK = 65_536;

/** One unpacked file of an archive. A stored entry shares memory with the archive. */
export interface ZipEntry {
  name: string;
  bytes: Uint8Array;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END_RECORD = 0x06064b50;
const END_RECORD_SIZE = 22;
const STORED = 0;
const DEFLATED = 8;
const FLAG_ENCRYPTED = 1 | 64 | 8192;
const FLAG_DESCRIPTOR = 8;
const MASKED_16 = 0xffff;
const MASKED_32 = 0xffffffff;

/** CRC-32 tables, slicing by 8: `crcTables[256 k + b]` advances byte b over k further zero bytes. */
const crcTables = (() => {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256]!;
    tables[i] = (previous >>> 8) ^ tables[previous & 255]!;
  }
  return tables;
})();

/** CRC-32 of zip and gzip (polynomial 0xedb88320), unsigned; `before`: that of the bytes that stand in front. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const t = crcTables;
  const { length } = bytes;
  let crc = ~before;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      t[1792 + (crc & 255)]! ^
      t[1536 + ((crc >>> 8) & 255)]! ^
      t[1280 + ((crc >>> 16) & 255)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < length; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}

/** An entry as the central directory describes it. */
interface DirectoryEntry {
  name: string;
  flags: number;
  method: number;
  crc: number;
  packedSize: number;
  size: number;
  headerOffset: number;
}

/**
 * Unpacks every entry of a zip archive (PKWARE APPNOTE 6.3; stored and deflated entries, zip64), in the order of its
 * central directory. The archive must be exact: directory at the end, entries that do not overlap, local headers that
 * agree with the directory, correct CRC-32, no encryption, no name twice, no name that leaves the archive.
 *
 * @throws InputError naming the source, the entry and the reason; in particular for an archive over `limits`.
 */
export function readZip(
  bytes: Uint8Array,
  source: string,
  limits: ZipLimits = DEFAULT_ZIP_LIMITS,
): ZipEntry[] {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}.`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const uint64 = (offset: number): number => {
    const value = view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
    return Number.isSafeInteger(value) ? value : fail('the zip directory has an absurd 64-bit number');
  };

  // The end record, and its zip64 form when there is one.
  const end = findEndRecord(view);
  if (end < 0)
    return fail('not a complete zip archive: its end record is missing; the file may be truncated');
  let count = view.getUint16(end + 10, true);
  let directorySize = view.getUint32(end + 12, true);
  let directoryStart = view.getUint32(end + 16, true);
  let directoryEnd = end;
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count) {
    return fail('a zip archive in several parts is not read');
  }
  if (end >= 20 && view.getUint32(end - 20, true) === ZIP64_LOCATOR) {
    directoryEnd = uint64(end - 12);
    if (directoryEnd + 56 > end - 20 || view.getUint32(directoryEnd, true) !== ZIP64_END_RECORD) {
      return fail('the zip64 end record is not where its locator says');
    }
    count = uint64(directoryEnd + 32);
    directorySize = uint64(directoryEnd + 40);
    directoryStart = uint64(directoryEnd + 48);
  }
  if (directoryStart + directorySize !== directoryEnd) {
    return fail(
      'the zip directory does not end where the end record begins; the file may be truncated or damaged',
    );
  }

  // The central directory.
  const entries: DirectoryEntry[] = [];
  const names = new Set<string>();
  let at = directoryStart;
  while (at < directoryEnd) {
    if (at + 46 > directoryEnd || view.getUint32(at, true) !== CENTRAL_HEADER) {
      return fail(`entry ${entries.length} of the zip directory is damaged`);
    }
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > directoryEnd) return fail(`entry ${entries.length} of the zip directory is damaged`);
    const name = decodeName(bytes.subarray(at + 46, nameEnd));
    const entry: DirectoryEntry = {
      name,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      headerOffset: view.getUint32(at + 42, true),
    };
    // Sizes that do not fit 32 bits are masked and follow, in this order, in extra field 1.
    const masked = (['size', 'packedSize', 'headerOffset'] as const).filter(
      (field) => entry[field] === MASKED_32,
    );
    if (masked.length > 0) {
      let field = findExtra(view, nameEnd, extraEnd);
      if (field.end - field.start < 8 * masked.length) fail(`entry "${name}" has no zip64 sizes`);
      for (const key of masked) {
        entry[key] = uint64(field.start);
        field = { ...field, start: field.start + 8 };
      }
    }
    checkEntry(entry, names, fail);
    entries.push(entry);
    at = next;
  }
  if (entries.length !== count) {
    return fail(`the zip directory has ${entries.length} entries, but its end record says ${count}`);
  }

  // Refuse to unpack more than the limits before unpacking anything.
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > limits.maximumBytes) {
    return fail(`unpacks to ${total} bytes; at most ${limits.maximumBytes} are read`);
  }
  if (total > limits.freeBytes && total > limits.maximumRatio * bytes.length) {
    return fail(
      `${bytes.length} bytes claim to unpack to ${total}, more than ${limits.maximumRatio} times as much; ` +
        `save it uncompressed (np.savez) if it is genuine`,
    );
  }

  // Local headers must agree, and the data must not overlap (one stretch of data unpacked many times).
  const starts = entries.map((entry) => dataStart(view, bytes, entry, directoryStart, fail));
  const inOrder = entries
    .map((_, i) => i)
    .sort((i, j) => entries[i]!.headerOffset - entries[j]!.headerOffset);
  for (let k = 0; k < inOrder.length; k++) {
    const i = inOrder[k]!;
    const limit = k + 1 < inOrder.length ? entries[inOrder[k + 1]!]!.headerOffset : directoryStart;
    if (starts[i]! + entries[i]!.packedSize > limit)
      fail(`entry "${entries[i]!.name}" overlaps what follows it`);
  }

  return entries.map((entry, i) => {
    const packed = bytes.subarray(starts[i]!, starts[i]! + entry.packedSize);
    const data = entry.method === STORED ? packed : inflate(packed, entry, fail);
    if (crc32(data) !== entry.crc) {
      fail(`entry "${entry.name}" does not have the CRC-32 that the archive states: the file is damaged`);
    }
    return { name: entry.name, bytes: data };
  });
}

/** Position of the end record, whose comment must end with the file; -1 when there is none. */
function findEndRecord(view: DataView): number {
  const last = view.byteLength - END_RECORD_SIZE;
  for (let at = last; at >= Math.max(0, last - MASKED_16); at--) {
    if (view.getUint32(at, true) === END_RECORD && view.getUint16(at + 20, true) === last - at) return at;
  }
  return -1;
}

/** Names are UTF-8 here whatever flag 11 says: that is plain ASCII for every tool that matters. */
function decodeName(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

/** The range of the zip64 extra field (id 1), empty when there is none. */
function findExtra(view: DataView, from: number, to: number): { start: number; end: number } {
  for (let at = from; at + 4 <= to; ) {
    const start = at + 4;
    const end = start + view.getUint16(at + 2, true);
    if (end > to) break;
    if (view.getUint16(at, true) === 1) return { start, end };
    at = end;
  }
  return { start: to, end: to };
}

function checkEntry(entry: DirectoryEntry, names: Set<string>, fail: (reason: string) => never): void {
  const { name, method, size, packedSize } = entry;
  const label = `entry ${JSON.stringify(name)}`;
  if (names.has(name)) fail(`${label} is there twice`);
  names.add(name);
  const leaves = name.split('/').some((part) => part === '..' || part === '.' || part === '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (leaves || /[\\\u0000-\u001f]|^[A-Za-z]:/.test(name))
    fail(`${label} has a name that is not a plain path`);
  if (entry.flags & FLAG_ENCRYPTED) fail(`${label} is encrypted; save it without a password`);
  if (method !== STORED && method !== DEFLATED) {
    fail(`${label} is compressed by method ${method}; only stored (0) and deflated (8) entries are read`);
  }
  if (method === STORED && size !== packedSize) {
    fail(`${label} is stored, but its two sizes differ: ${packedSize} and ${size}`);
  }
  if (size > DEFLATE_RATIO * packedSize + DEFLATE_RATIO) {
    fail(`${label} claims to unpack ${packedSize} bytes to ${size}, which deflate cannot do`);
  }
}

/** Checks the local header against the directory and returns where the data begin. */
function dataStart(
  view: DataView,
  bytes: Uint8Array,
  entry: DirectoryEntry,
  directoryStart: number,
  fail: (reason: string) => never,
): number {
  const at = entry.headerOffset;
  const damaged = (what: string) =>
    fail(`entry "${entry.name}": ${what} in its local header disagrees with the zip directory`);
  if (at + 30 > directoryStart || view.getUint32(at, true) !== LOCAL_HEADER) return damaged('the signature');
  const nameEnd = at + 30 + view.getUint16(at + 26, true);
  const start = nameEnd + view.getUint16(at + 28, true);
  if (start > directoryStart) return damaged('the length');
  if (decodeName(bytes.subarray(at + 30, nameEnd)) !== entry.name) return damaged('the name');
  const flags = view.getUint16(at + 6, true);
  if (flags & FLAG_ENCRYPTED) return damaged('encryption');
  if (view.getUint16(at + 8, true) !== entry.method) return damaged('the method');
  // With a data descriptor the local sizes are 0; with zip64 they are masked. Else they must agree.
  if (!(flags & FLAG_DESCRIPTOR)) {
    const fields = [
      ['the CRC-32', 14, entry.crc, false],
      ['the packed size', 18, entry.packedSize, true],
      ['the size', 22, entry.size, true],
    ] as const;
    for (const [what, offset, expected, maskable] of fields) {
      const found = view.getUint32(at + offset, true);
      if (found !== expected && !(maskable && found === MASKED_32)) return damaged(what);
    }
  }
  return start;
}

/** Unpacks a deflate stream, which must have exactly the declared size. */
function inflate(packed: Uint8Array, entry: DirectoryEntry, fail: (reason: string) => never): Uint8Array {
  const data = new Uint8Array(entry.size);
  let filled = 0;
  let overlong = false;
  const stream = new Inflate((chunk) => {
    overlong ||= filled + chunk.length > data.length;
    if (!overlong) data.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    // fflate takes an empty stream for a finished one.
    if (packed.length === 0) throw new Error('empty stream');
    for (let at = 0; at < packed.length && !overlong; at += INFLATE_CHUNK) {
      stream.push(packed.subarray(at, at + INFLATE_CHUNK), at + INFLATE_CHUNK >= packed.length);
    }
  } catch (error) {
    return fail(
      `entry "${entry.name}" cannot be unpacked (${(error as Error).message}): the file is damaged`,
    );
  }
  if (overlong || filled !== data.length) {
    return fail(
      `entry "${entry.name}" unpacks to ${overlong ? 'more' : 'fewer'} than the ${entry.size} bytes it declares`,
    );
  }
  return data;
}

/**
 * The zip archive of some entries, at most 4 GiB in all. Timestamps are fixed (1980-01-01), so equal entries give equal
 * bytes.
 * @throws InputError when the archive would need zip64.
 */
export function writeZip(entries: readonly ZipEntry[], options: { deflate?: boolean } = {}): Uint8Array {
  const encoder = new TextEncoder();
  const method = options.deflate ? DEFLATED : STORED;
  const files = entries.map(({ name, bytes }) => ({
    name: encoder.encode(name),
    data: method === DEFLATED ? deflateSync(bytes) : bytes,
    crc: crc32(bytes),
    size: bytes.length,
  }));
  const total = files.reduce(
    (sum, file) => sum + 76 + 2 * file.name.length + file.data.length,
    END_RECORD_SIZE,
  );
  if (total >= MASKED_32 || files.length >= MASKED_16) {
    throw new InputError(`the archive would have ${total} bytes; at most 4 GiB can be written.`);
  }
  const archive = new Uint8Array(total);
  const view = new DataView(archive.buffer);
  // The 26 bytes that local and central header share: version needed, flags (UTF-8 names), method, date, sizes.
  const common = (at: number, file: (typeof files)[number]) => {
    view.setUint16(at, 20, true);
    view.setUint16(at + 2, 0x800, true);
    view.setUint16(at + 4, method, true);
    view.setUint32(at + 6, 0x00210000, true);
    view.setUint32(at + 10, file.crc, true);
    view.setUint32(at + 14, file.data.length, true);
    view.setUint32(at + 18, file.size, true);
    view.setUint16(at + 22, file.name.length, true);
  };
  let at = 0;
  const offsets = files.map((file) => {
    const offset = at;
    view.setUint32(at, LOCAL_HEADER, true);
    common(at + 4, file);
    archive.set(file.name, at + 30);
    archive.set(file.data, at + 30 + file.name.length);
    at += 30 + file.name.length + file.data.length;
    return offset;
  });
  const directoryStart = at;
  files.forEach((file, i) => {
    view.setUint32(at, CENTRAL_HEADER, true);
    view.setUint16(at + 4, 20, true);
    common(at + 6, file);
    view.setUint32(at + 42, offsets[i]!, true);
    archive.set(file.name, at + 46);
    at += 46 + file.name.length;
  });
  view.setUint32(at, END_RECORD, true);
  view.setUint16(at + 8, files.length, true);
  view.setUint16(at + 10, files.length, true);
  view.setUint32(at + 12, at - directoryStart, true);
  view.setUint32(at + 16, directoryStart, true);
  return archive;
}
