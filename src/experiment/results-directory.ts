import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describeJson, parseJson, requireObject } from '../files/json.js';
import { readText } from '../files/read-file.js';
import { writeFileAtomically } from '../files/write-file.js';
import { InputError } from '../problem/input-error.js';
import { CERTIFICATES, WriteError } from './execute.js';
import { ROW_KINDS, type Row } from './rows.js';
import { parseShard, type Shard, shardText } from './shard.js';
import { firstDifference, type Specification } from './specification.js';
import { canonicalSpecification, parseSpecification } from './specification-format.js';

/** The files of an experiment. */
export const FILES = { spec: 'spec.json', rows: 'results.jsonl', csv: 'results.csv', lock: 'lock' } as const;

/** The programs that wrote the results, for the record: `{"sparsest": "1.0.0", "node": "v20.1.0"}`. */
export type WrittenBy = Readonly<Record<string, string>>;

/** SHA-256 of the canonical text of a specification, 64 hex digits. */
export function specificationHash(spec: Specification): string {
  return createHash('sha256').update(canonicalSpecification(spec)).digest('hex');
}

/** @throws InputError when there is no specification in the directory, or it cannot be read */
export function readSpecification(directory: string): Specification {
  const path = join(directory, FILES.spec);
  return parseSpecification(readText(path), path);
}

/** The part of its experiment that the directory holds; undefined when it is the whole. @throws InputError */
export function readShard(directory: string): Shard | undefined {
  const path = join(directory, FILES.spec);
  const { shard } = requireObject(parseJson(readText(path), path), path);
  if (shard === undefined) return undefined;
  try {
    return parseShard(typeof shard === 'string' ? shard : describeJson(shard), {});
  } catch (error) {
    throw error instanceof InputError ? error.at({ source: path, field: 'shard' }) : error;
  }
}

/** True when an experiment was begun in the directory. */
export function hasSpecification(directory: string): boolean {
  return existsSync(join(directory, FILES.spec));
}

/**
 * The directory of one experiment while it runs: its specification, its rows as they come, and a lock, so that two runs do not
 * write into each other's lines.
 *
 * A row is one line, written by one call. A process that dies loses the row it was writing: half a line at the end is recognised and
 * dropped when the file is opened again.
 */
export class ResultsDirectory {
  private readonly latest = new Map<string, Row>();
  private file: number;
  private length: number;
  private syncing = false;

  private constructor(
    readonly path: string,
    text: Buffer,
  ) {
    const rowsPath = join(path, FILES.rows);
    this.length = text.lastIndexOf(0x0a) + 1;
    for (const row of parseRows(text.subarray(0, this.length).toString('utf8'), rowsPath)) {
      this.latest.set(row.key, row);
    }
    this.file = openSync(rowsPath, 'a');
    if (this.length < text.length) ftruncateSync(this.file, this.length);
  }

  /**
   * Makes or opens the directory for a specification.
   * @param shard the part of the experiment that the directory is for
   * @throws InputError when the directory holds another specification (naming the first difference) or another part, another run is at
   * work in it, a line is damaged, or nothing can be written
   */
  static async open(
    path: string,
    spec: Specification,
    writtenBy: WrittenBy,
    shard?: Shard,
  ): Promise<ResultsDirectory> {
    return writing(path, async () => {
      mkdirSync(join(path, CERTIFICATES), { recursive: true });
      lock(path);
      try {
        if (hasSpecification(path)) refuseOther(path, spec, shard);
        else await writeSpecification(path, spec, writtenBy, shard);
        const rows = join(path, FILES.rows);
        return new ResultsDirectory(path, existsSync(rows) ? readFileSync(rows) : Buffer.alloc(0));
      } catch (error) {
        unlock(path);
        throw error;
      }
    });
  }

  /** The latest row of a key. */
  row(key: string): Row | undefined {
    return this.latest.get(key);
  }

  /**
   * Adds rows at the end of results.jsonl. When the disk is full the file keeps exactly the rows it had.
   * @throws WriteError
   */
  append(rows: readonly Row[]): void {
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    } catch (error) {
      ftruncateSync(this.file, this.length);
      throw cannotWrite(join(this.path, FILES.rows), error);
    }
    this.length += bytes.length;
    for (const row of rows) this.latest.set(row.key, row);
    this.sync();
  }

  /** Puts the rows into the given order, one line for each key; other rows are dropped. @throws InputError */
  async arrange(keys: readonly string[]): Promise<Row[]> {
    const rows = keys.flatMap((key) => this.latest.get(key) ?? []);
    const path = join(this.path, FILES.rows);
    await writeFileAtomically(path, lines(rows));
    closeSync(this.file);
    this.file = openSync(path, 'a');
    return rows;
  }

  /** Closes the file and gives the directory free. */
  close(): void {
    closeSync(this.file);
    unlock(this.path);
  }

  /** Asks the system to put the rows on the disk; never waits for it, one request at a time. */
  private sync(): void {
    if (this.syncing) return;
    this.syncing = true;
    fdatasync(this.file, () => {
      this.syncing = false;
    });
  }
}

/**
 * Reads the rows of a results file; of a key that occurs twice the later row counts. Half a line at the end is ignored.
 * @throws InputError when there is no such file or a line is damaged
 */
export function readRows(directory: string): Row[] {
  const path = join(directory, FILES.rows);
  const text = readText(path);
  const rows = new Map<string, Row>();
  for (const row of parseRows(text.slice(0, text.lastIndexOf('\n') + 1), path)) rows.set(row.key, row);
  return [...rows.values()];
}

function* lines(rows: readonly Row[]): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}

function parseRows(text: string, path: string): Row[] {
  const all = text.split('\n');
  all.pop();
  return all.map((line, i) => {
    try {
      const row = JSON.parse(line) as Row;
      if (typeof row.key === 'string' && ROW_KINDS.includes(row.kind) && row.status !== undefined) return row;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw new InputError(
      `${path}, line ${i + 1}: expected a row of results, found ${JSON.stringify(line.slice(0, 40))}; ` +
        'remove the line, and the row is computed again',
    );
  });
}

function refuseOther(path: string, spec: Specification, shard: Shard | undefined): void {
  const [there, here] = [readShard(path), shard].map(shardWords);
  const other = firstDifference(readSpecification(path), spec);
  if (other === null && there === here) return;
  const what =
    other === null ? `part of the experiment: ${there} there, ${here} here` : `experiment: ${other}`;
  throw new InputError(
    `${join(path, FILES.spec)}: the results there are of another ${what}; ` +
      'go on with the same specification and shard, or choose another --out',
  );
}

function shardWords(shard: Shard | undefined): string {
  return shard === undefined ? 'the whole' : `shard ${shardText(shard)}`;
}

async function writeSpecification(
  path: string,
  spec: Specification,
  writtenBy: WrittenBy,
  shard: Shard | undefined,
): Promise<void> {
  const json = {
    ...JSON.parse(canonicalSpecification(spec)),
    sha256: specificationHash(spec),
    writtenBy,
    ...(shard === undefined ? {} : { shard: shardText(shard) }),
  };
  await writeFileAtomically(join(path, FILES.spec), [`${JSON.stringify(json, null, 2)}\n`]);
}

/** Who writes into a directory: a process on a host, perhaps in a job of Slurm that is begun again after it was killed. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Number of the job and how often it was begun again; null outside of Slurm. */
  readonly job: string | null;
  readonly restarts: string;
}

function thisHolder(): Holder {
  const { SLURM_JOB_ID = null, SLURM_RESTART_COUNT = '0' } = process.env;
  return { pid: process.pid, host: hostname(), job: SLURM_JOB_ID, restarts: SLURM_RESTART_COUNT };
}

/** The lock is a file that says who holds it; that of a process that is gone counts for nothing. */
function lock(path: string): void {
  const file = join(path, FILES.lock);
  const own = thisHolder();
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, `${JSON.stringify(own)}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (attempt > 0 || (holder !== null && !isGone(holder, own))) {
      throw new InputError(
        `${file}: process ${holder?.pid} on ${holder?.host} is writing results into this directory; wait for it or choose ` +
          'another --out (if it is no run of compare, delete this file)',
      );
    }
    rmSync(file, { force: true });
  }
}

/** Null when the file holds nobody: half written, or gone meanwhile. */
function readHolder(file: string): Holder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    // As earlier versions wrote it.
    if (typeof holder === 'number') return { ...thisHolder(), pid: holder, job: null };
    return typeof holder === 'object' && holder !== null && 'pid' in holder ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

/** Of another host nothing can be known, but that a job of Slurm is begun again only when it has ended. */
function isGone(holder: Holder, own: Holder): boolean {
  if (own.job !== null && holder.job === own.job && holder.restarts !== own.restarts) return true;
  return holder.host === own.host && (holder.pid === own.pid || !isAlive(holder.pid));
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function unlock(path: string): void {
  rmSync(join(path, FILES.lock), { force: true });
}

/** Errors of the file system as messages. */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  const remedy = full
    ? 'no space left to write it; free some and start again, the rows so far are kept'
    : `it cannot be written (${message}); choose another --out or change the permissions`;
  return new WriteError(`${path}: ${remedy}`);
}
