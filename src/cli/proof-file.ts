import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../problem/input-error.js';
import type { ProofStore, StoredPart } from '../search/proof-store.js';

/**
 * Parts of proofs in a temporary file, so that the heap does not grow with the proof. The file is made when the first part comes, small proofs
 * make none, and is gone with the process, or on `close`.
 */
export class ProofFile implements ProofStore {
  protected file: number | null = null;
  private directory: string | null = null;
  protected end = 0;
  private readonly remove = (): void => {
    if (this.directory !== null) rmSync(this.directory, { recursive: true, force: true });
  };

  constructor(private readonly parent = tmpdir()) {}

  /** @throws InputError naming the directory when the file cannot be made, or has no space left */
  append(bytes: Uint8Array): StoredPart {
    let part: StoredPart;
    try {
      this.file ??= this.open();
      part = { at: this.end, size: bytes.length };
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.file, bytes, done, bytes.length - done, part.at + done);
    } catch (error) {
      throw new InputError(
        `${this.parent}: the proof cannot be put there as it grows (${(error as Error).message}); free some space, or name another directory in TMPDIR`,
      );
    }
    this.end += bytes.length;
    return part;
  }

  read({ at, size }: StoredPart): Uint8Array {
    const bytes = new Uint8Array(size);
    for (let done = 0; done < size; ) {
      const read = readSync(this.file!, bytes, done, size - done, at + done);
      if (read === 0) throw new Error('a part of the proof is missing');
      done += read;
    }
    return bytes;
  }

  /** Bytes of all parts so far. */
  get size(): number {
    return this.end;
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
    this.remove();
    process.off('exit', this.remove);
  }

  protected open(): number {
    this.directory = mkdtempSync(join(this.parent, 'sparsest-proof-'));
    process.once('exit', this.remove);
    const path = join(this.directory, 'nodes');
    const file = openSync(path, 'wx+', 0o600);
    // Where a file that is open may be removed, nothing is left behind even when the process is killed.
    if (process.platform !== 'win32') this.remove();
    return file;
  }
}
