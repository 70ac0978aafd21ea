import { constants } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Gunzip } from 'fflate';
import { InputError } from '../problem/input-error.js';
import { memoryFiles } from './memory-files.js';
import { crc32 } from './zip.js';

/** The name of standard input. */
export const STANDARD_INPUT = '-';

/**
 * The bytes of a file, or of standard input ("-").
 * @throws InputError naming the path and what to do when there is no such file, it is a directory, or it may not be read
 */
export function readBytes(path: string): Uint8Array {
  const given = givenBytes(path);
  if (given !== undefined) return given;
  if (path !== STANDARD_INPUT) requireFile(path);
  try {
    return readFileSync(path === STANDARD_INPUT ? 0 : path);
  } catch (error) {
    throw new InputError(`${path}: ${explain(error as NodeJS.ErrnoException)}`);
  }
}

/** The bytes of a file that is in memory. */
function givenBytes(path: string): Uint8Array | undefined {
  const memory = memoryFiles();
  if (memory !== null && path === STANDARD_INPUT)
    throw new InputError('-: standard input carries the requests; give the data as a file of the request');
  return memory?.given.get(path);
}

function requireFile(path: string): void {
  let status: Stats;
  try {
    status = statSync(path);
  } catch (error) {
    throw new InputError(`${path}: ${explain(error as NodeJS.ErrnoException)}`);
  }
  if (status.isDirectory()) {
    throw new InputError(`${path}: expected a file, found a directory; name a file inside it`);
  }
  if (!status.isFile())
    throw new InputError(`${path}: expected a file, found a device or pipe; save it first`);
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file; check the path';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it; change its permissions (chmod +r) or copy it';
    case 'ERR_FS_FILE_TOO_LARGE':
      return 'the file has more than 2 GiB, which is not read; split it';
    default:
      return `it cannot be read (${error.message}); check the path`;
  }
}

/**
 * The text of a UTF-8 file, unpacked when its name ends in .gz, without a byte order mark.
 * @throws InputError as `readBytes` does, and for a damaged .gz, another encoding, or a text longer than a string can be
 */
export function readText(path: string): string {
  const tooLong = `the text is longer than ${constants.MAX_STRING_LENGTH} characters; give large data as .npz`;
  let bytes = readBytes(path);
  if (/\.gz$/i.test(path)) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason =
        code === 'ERR_BUFFER_TOO_LARGE' ? tooLong : `expected gzip data, found a damaged file (${message})`;
      throw new InputError(`${path}: ${reason}`);
    }
  }
  if (bytes.length > constants.MAX_STRING_LENGTH) throw new InputError(`${path}: ${tooLong}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${path}: expected text in UTF-8, found other bytes; save the file as UTF-8`);
  }
}

/** Bytes that are taken from the disk at once. */
const PIECE = 1 << 20;

/**
 * The text of a UTF-8 file in pieces, unpacked when its name ends in .gz, without a byte order mark: for files that are larger than what
 * is kept of them.
 * @throws InputError (when the pieces are taken) as `readText` does; the text may be of any length
 */
export function* readTextPieces(path: string): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes: Uint8Array, stream: boolean): string => {
    try {
      return decoder.decode(bytes, { stream });
    } catch {
      throw new InputError(`${path}: expected text in UTF-8, found other bytes; save the file as UTF-8`);
    }
  };
  for (const bytes of /\.gz$/i.test(path) ? unpacked(path) : bytesInPieces(path)) yield decode(bytes, true);
  yield decode(new Uint8Array(), false);
}

function* bytesInPieces(path: string): Generator<Uint8Array> {
  const given = givenBytes(path);
  if (given !== undefined) {
    yield given;
    return;
  }
  requireFile(path);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new InputError(`${path}: ${explain(error as NodeJS.ErrnoException)}`);
  }
  try {
    for (;;) {
      const bytes = new Uint8Array(PIECE);
      const count = readSync(file, bytes);
      if (count === 0) return;
      yield bytes.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}

function* unpacked(path: string): Generator<Uint8Array> {
  const ready: Uint8Array[] = [];
  // fflate looks at neither: the CRC and the length of the last member, which stand in the last eight bytes.
  let crc = 0;
  let length = 0;
  let packed = 0;
  const trailer = new Uint8Array(8);
  const gunzip = new Gunzip((bytes) => {
    ready.push(bytes);
    crc = crc32(bytes, crc);
    length += bytes.length;
  });
  gunzip.onmember = () => {
    crc = 0;
    length = 0;
  };
  const damaged = (reason: string): InputError =>
    new InputError(`${path}: expected gzip data, found a damaged file (${reason})`);
  const push = (bytes: Uint8Array, final: boolean): void => {
    try {
      gunzip.push(bytes, final);
    } catch (error) {
      throw damaged((error as Error).message);
    }
  };
  for (const bytes of bytesInPieces(path)) {
    push(bytes, false);
    packed += bytes.length;
    const end = bytes.subarray(-8);
    trailer.copyWithin(0, end.length);
    trailer.set(end, 8 - end.length);
    yield* ready.splice(0);
  }
  push(new Uint8Array(), true);
  yield* ready.splice(0);
  const view = new DataView(trailer.buffer);
  // A member has a header of ten bytes, two bytes of data and the trailer at least.
  if (packed < 20 || view.getUint32(4, true) !== length % 2 ** 32 || view.getUint32(0, true) !== crc)
    throw damaged('its checksum is wrong, or it ends too early');
}
