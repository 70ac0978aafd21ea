import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  createWriteStream,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { InputError } from '../problem/input-error.js';
import { memoryFiles } from './memory-files.js';

export interface WriteOptions {
  /** Compress the file. Default: when its name ends in .gz. */
  readonly gzip?: boolean;
}

/** Bytes that are handed to the system at once. */
const BUFFER = 1 << 20;

/**
 * Writes a file so that it is there as a whole or not at all: under a temporary name in the same directory, which is
 * renamed at the end and removed when anything fails. The chunks are taken one by one, as the disk keeps up. A device
 * or pipe (/dev/stdout) is written directly. An existing file keeps its permissions. A file that is asked back with an
 * answer (`memoryFiles`) stays in memory.
 *
 * @throws InputError naming the path and what to do when there is no such directory, no permission or no space, or the
 * path is a directory; an error of `chunks` itself is passed on
 */
export async function writeFileAtomically(
  path: string,
  chunks: Iterable<string | Uint8Array>,
  { gzip = /\.gz$/i.test(path) }: WriteOptions = {},
): Promise<void> {
  const taken = memoryFiles()?.taken;
  if (taken?.has(path)) {
    const bytes = Buffer.concat(Array.from(chunks, (chunk) => Buffer.from(chunk as Uint8Array)));
    taken.set(path, gzip ? gzipSync(bytes) : bytes);
    return;
  }
  let temporary: string | null = null;
  try {
    const existing = statusOf(path);
    if (existing?.isDirectory()) {
      throw new InputError(
        `${path}: expected the name of a file to write, found a directory; name a file inside it`,
      );
    }
    if (existing !== null) accessSync(path, constants.W_OK);
    if (existing !== null && !existing.isFile()) {
      await write(createWriteStream(path, { highWaterMark: BUFFER }), chunks, gzip);
      return;
    }
    // Behind a symbolic link it is the file that is replaced, not the link.
    const target = existing === null ? path : realpathSync(path);
    temporary = join(dirname(target), `.sparsest-${randomBytes(8).toString('hex')}.tmp`);
    const mode = existing === null ? 0o666 : existing.mode & 0o777;
    await write(createWriteStream(temporary, { flags: 'wx', mode, highWaterMark: BUFFER }), chunks, gzip);
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    const { syscall } = error as NodeJS.ErrnoException;
    throw syscall === undefined
      ? error
      : new InputError(`${path}: ${explain(error as NodeJS.ErrnoException)}`);
  }
}

/** What is at the path, following links; null when nothing is. */
function statusOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

async function write(file: Writable, chunks: Iterable<string | Uint8Array>, gzip: boolean): Promise<void> {
  const source = Readable.from(chunks, { objectMode: true, highWaterMark: 4 });
  await (gzip ? pipeline(source, createGzip(), file) : pipeline(source, file));
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such directory to write to; create it first';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'no permission to write it; choose another place or change the permissions';
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'no space left to write it; free some or choose another disk';
    case 'ENAMETOOLONG':
      return 'the name is too long; choose a shorter one';
    default:
      return `it cannot be written (${error.message}); choose another path`;
  }
}
