import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { networkChunks, parseNetwork } from '../files/network-format.js';
import { InputError } from '../problem/input-error.js';
import type { PosedQuestion } from '../problem/question.js';
import type { StoredPart } from '../search/proof-store.js';
import type { SearchCheckpoint, SearchState } from '../search/search-state.js';
import { defaultSkip } from '../solve/solve.js';
import { ProofFile } from './proof-file.js';

const FORMAT = { format: 'sparsest-checkpoint', version: 1 } as const;

/** The first bytes of the file of the proof, by which it is known as ours. */
const MAGIC = Buffer.from('sparsest-checkpoint-proof 1\n');

/** Bytes read at once. */
const CHUNK = 1 << 20;

/** What a checkpoint is about; the hash decides, the rest says what changed. */
interface Subject {
  readonly sha256: string;
  readonly inputs: number;
  readonly points: number;
  readonly tolerance: string;
  readonly objective: string;
  readonly skip: string;
}

interface Header {
  readonly format: string;
  readonly version: number;
  readonly question: Subject;
  readonly proof: { readonly bytes: number; readonly sha256: string };
}

/**
 * The state of a search in two files. FILE holds lines of JSON: a header, the state, a tree a line, and the SHA-256 of all lines before; it is
 * written under a temporary name and renamed. FILE.proof holds the packed parts of the proof; it only grows, so that a state costs the time of
 * what is new in it. What stands in it beyond the bytes that FILE names is of a state that was never finished, and is dropped.
 */
export class CheckpointFile implements SearchCheckpoint {
  readonly state: SearchState | null;
  readonly store: ProofOfCheckpoint;
  private readonly subject: Subject;

  /**
   * @param every seconds from one state to the next
   * @throws InputError when the files cannot be read or written, are cut short or altered, or are about another question
   */
  constructor(
    private readonly path: string,
    question: PosedQuestion,
    readonly every: number,
  ) {
    this.subject = subjectOf(question);
    const lines = readLines(path);
    if (lines === null) {
      this.state = null;
      this.store = new ProofOfCheckpoint(path, null);
      return;
    }
    const header = headerOf(lines[0]!, path);
    requireSame(header.question, this.subject, path);
    this.store = new ProofOfCheckpoint(path, header.proof);
    this.state = stateOf(lines.slice(1), path);
  }

  save({ network, proved, level, ...rest }: SearchState): void {
    const header: Header = { ...FORMAT, question: this.subject, proof: this.store.flushed() };
    const trees = [...proved, ...(level?.trees ?? [])];
    const state = {
      ...rest,
      network: network === null ? null : [...networkChunks(network)].join(''),
      proved: proved.length,
      level: level === null ? null : level.size,
    };
    const hash = createHash('sha256');
    writeAtomically(this.path, function* () {
      for (const value of [header, state, ...trees]) {
        const line = `${JSON.stringify(value, withBigInts)}\n`;
        hash.update(line);
        yield line;
      }
      yield `{"sha256":"${hash.digest('hex')}"}\n`;
    });
  }
}

/** The proof of a search in a file that stays. */
class ProofOfCheckpoint extends ProofFile {
  private readonly name: string;
  private readonly hash = createHash('sha256');

  /** @param kept what a state says about the file; null: it begins anew */
  constructor(path: string, kept: Header['proof'] | null) {
    super(dirname(path));
    this.name = `${path}.proof`;
    if (kept !== null) this.takeUp(kept);
    else if (existsSync(this.name) && !beginsWithMagic(this.name)) {
      throw new InputError(
        `--checkpoint ${path}: the proof would go to ${this.name}, which holds something else; move it or choose another name`,
      );
    }
  }

  override append(bytes: Uint8Array): StoredPart {
    const part = super.append(bytes);
    this.hash.update(bytes);
    return part;
  }

  /** All of it, on the disk. */
  flushed(): Header['proof'] {
    this.file ??= this.open();
    fsyncSync(this.file);
    return { bytes: this.end, sha256: this.hash.copy().digest('hex') };
  }

  /** Begins the file, or overwrites the one of a run that was killed before its first state. */
  protected override open(): number {
    const file = openSync(this.name, 'w+');
    this.end = writeSync(file, MAGIC);
    this.hash.update(MAGIC);
    return file;
  }

  private takeUp({ bytes, sha256 }: Header['proof']): void {
    const unusable = (what: string): InputError =>
      new InputError(
        `${this.name}: ${what}; bring back the file that belongs to the checkpoint, or remove both to begin anew`,
      );
    if (!existsSync(this.name)) throw unusable('expected the proof so far, found no such file');
    this.file = openSync(this.name, 'r+');
    const buffer = new Uint8Array(CHUNK);
    for (let read = 1; this.end < bytes && read > 0; this.end += read) {
      read = readSync(this.file, buffer, 0, Math.min(CHUNK, bytes - this.end), this.end);
      this.hash.update(buffer.subarray(0, read));
    }
    if (this.end < bytes) throw unusable(`cut short: expected ${bytes} bytes, found ${this.end}`);
    if (this.hash.copy().digest('hex') !== sha256)
      throw unusable('altered: its SHA-256 is not the one of the checkpoint');
    ftruncateSync(this.file, bytes);
  }
}

function beginsWithMagic(path: string): boolean {
  const file = openSync(path, 'r');
  const buffer = new Uint8Array(MAGIC.length);
  const read = readSync(file, buffer, 0, MAGIC.length, 0);
  closeSync(file);
  return read === 0 || MAGIC.equals(buffer.subarray(0, read));
}

function subjectOf({ problem, sha256, tolerance, objective, skip }: PosedQuestion): Subject {
  return {
    sha256,
    inputs: problem.dimension,
    points: problem.size,
    tolerance: tolerance.toString(),
    objective,
    skip: skip ?? defaultSkip(problem),
  };
}

/** @throws InputError naming what differs */
function requireSame(then: Subject, now: Subject, path: string): void {
  const changed = (['objective', 'skip', 'tolerance', 'inputs', 'points'] as const)
    .filter((key) => then[key] !== now[key])
    .map((key) => `${key} ${then[key]} then, ${now[key]} now`);
  if (then.sha256 !== now.sha256 && !changed.some((text) => /^(tolerance|inputs|points) /.test(text)))
    changed.push(
      `other points or windows (SHA-256 ${then.sha256.slice(0, 12)} then, ${now.sha256.slice(0, 12)} now)`,
    );
  if (changed.length === 0) return;
  throw new InputError(
    `--checkpoint ${path}: expected the question that it was begun with, found another one: ${changed.join('; ')}; ask that question again, or give another file`,
  );
}

/** The lines but the last, which must be their hash; null: there is no such file. */
function readLines(path: string): string[] | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  const last = text.lastIndexOf('\n', text.length - 2) + 1;
  const hash = createHash('sha256').update(text.slice(0, last)).digest('hex');
  if (!text.startsWith(`{"format":"${FORMAT.format}",`))
    throw new InputError(
      `--checkpoint ${path}: expected a file that --checkpoint has written, found another one; give another name`,
    );
  if (text.slice(last) !== `{"sha256":"${hash}"}\n`) {
    throw new InputError(
      `--checkpoint ${path}: the file is cut short or altered: its last line is not the SHA-256 of the others; bring back a whole copy, or remove it and ${path}.proof to begin anew`,
    );
  }
  return text.slice(0, last - 1).split('\n');
}

function headerOf(line: string, path: string): Header {
  const header = JSON.parse(line) as Header;
  if (header.version !== FORMAT.version) {
    throw new InputError(
      `--checkpoint ${path}: expected version ${FORMAT.version}, found ${header.version}; go on with the program that wrote it, or begin anew with another file`,
    );
  }
  return header;
}

function stateOf([first, ...rest]: readonly string[], path: string): SearchState {
  const state = JSON.parse(first!) as Omit<SearchState, 'network' | 'proved' | 'level'> & {
    readonly network: string | null;
    readonly proved: number;
    readonly level: number | null;
  };
  const trees = rest.map((line) => JSON.parse(line, toBigInts));
  return {
    ...state,
    network: state.network === null ? null : parseNetwork(state.network, path),
    proved: trees.slice(0, state.proved),
    level: state.level === null ? null : { size: state.level, trees: trees.slice(state.proved) },
  };
}

/** JSON knows neither BigInt nor bytes. */
function withBigInts(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { bits: value.toString(16) };
  return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('base64') } : value;
}

function toBigInts(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('bits' in value) return BigInt(`0x${value.bits}`);
  return 'bytes' in value ? new Uint8Array(Buffer.from(value.bytes as string, 'base64')) : value;
}

/** A file that is there as a whole or as it was, also when the machine stops. */
function writeAtomically(path: string, lines: () => Iterable<string>): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const temporary = join(dirname(target), `.sparsest-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx');
    for (const line of lines()) writeSync(file, line);
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new InputError(
      `--checkpoint ${path}: it cannot be written (${(error as Error).message}); free some space, or choose another place`,
    );
  }
}
