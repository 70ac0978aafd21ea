import { constants } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../problem/input-error.js';

/**
 * The bytes of a file.
 * @throws InputError naming the path and what to do when there is no such file, it is a directory, or it may not be read
 */
export function readBytes(path: string): Uint8Array {
  try {
    const status = statSync(path);
    if (status.isDirectory()) {
      throw new InputError(`${path}: expected a file, found a directory; name a file inside it`);
    }
    if (!status.isFile())
      throw new InputError(`${path}: expected a file, found a device or pipe; save it first`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: ${explain(error as NodeJS.ErrnoException)}`);
  }
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
