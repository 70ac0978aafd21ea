import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeFileAtomically } from '../files/write-file.js';
import { InputError } from '../problem/input-error.js';
import { type Comparison, examineAll, isSettled, keysOf, recordDatasets } from './compare.js';
import { type Job, plan } from './plan.js';
import {
  hasSpecification,
  ResultsDirectory,
  readRows,
  readShard,
  readSpecification,
  specificationHash,
  type WrittenBy,
} from './results-directory.js';
import type { Row } from './rows.js';
import { type Shard, shardText, shardWork } from './shard.js';
import type { Specification } from './specification.js';

/** A shard whose rows are not all there. */
export interface OpenShard {
  readonly shard: Shard;
  /** The directory it was found in; null when none of the given ones is its. */
  readonly directory: string | null;
  /**
   * 'missing': no directory. 'unfinished': rows are missing. 'failed': rows failed for a reason that may pass. 'contradicts': rows that it computed for
   * its own use are not those of the shard they belong to (a time limit ended one of the searches), and what was held against them is left out.
   */
  readonly why: 'missing' | 'unfinished' | 'failed' | 'contradicts';
  /** Rows of this shard that are not there, or failed. */
  readonly rows: number;
}

export interface Merged {
  readonly spec: Specification;
  /** 'interrupted' when rows are missing: the directory goes on from there as any other. */
  readonly result: Comparison;
  readonly count: number;
  /** In their order. */
  readonly open: readonly OpenShard[];
}

interface Part {
  readonly directory: string;
  readonly shard: Shard;
  readonly rows: ReadonlyMap<string, Row>;
}

/**
 * Joins the directories of shards to the one of an undivided run: the same rows in the same order (but for times), the same certificates.
 *
 * @param directories of shards of one experiment, in any order; or directories that hold them
 * @param out made when it is not there; it may hold what an earlier merge of the same experiment left
 * @throws InputError when a directory is none of a shard, they are of different experiments, numbers of shards or data, one shard is there twice,
 * the data changed, or nothing can be written
 */
export async function merge(
  directories: readonly string[],
  out: string,
  writtenBy: WrittenBy = {},
): Promise<Merged> {
  const { parts, spec, count } = readParts(directories);
  const results = await ResultsDirectory.open(out, spec, writtenBy);
  try {
    const datasets = await examineAll(spec);
    const whole = plan(spec, datasets);
    refuseOtherData(
      parts,
      whole.data.map(({ key }) => key),
    );
    recordDatasets(results, datasets, whole.data);
    const works = Array.from({ length: count }, (_, index) =>
      shardWork(whole, datasets, spec, { index, count }),
    );
    const ownerRows = new Map<string, Row>();
    works.forEach(({ own }, index) => {
      const part = parts.get(index);
      for (const { key } of [...own].flatMap(({ rows }) => rows)) {
        const row = part?.rows.get(key);
        if (row !== undefined) ownerRows.set(key, row);
      }
    });
    const open: OpenShard[] = [];
    const copied = new Set<string>();
    for (const [index, { own, plan: work }] of works.entries()) {
      const shard = { index, count };
      const part = parts.get(index);
      if (part === undefined) {
        const rows = [...own].flatMap(({ rows }) => rows).filter(({ key }) => !isSettled(results.row(key)));
        if (rows.length > 0) open.push({ shard, directory: null, why: 'missing', rows: rows.length });
        continue;
      }
      const differs = contradictions(part, work.jobs, own, ownerRows);
      const needs = (job: Job) => [...job.needs, ...(job.wants ?? [])];
      const held = new Set([...own].filter((job) => needs(job).some((key) => differs.has(key))));
      // Without the row that a job was held against nothing says whether it is the one of the whole: it waits.
      const waits = new Set([...own].filter((job) => needs(job).some((key) => !ownerRows.has(key))));
      const taken = [...own].filter((job) => !held.has(job) && !waits.has(job));
      const fresh = taken
        .flatMap(({ rows }) => rows)
        .flatMap(({ key }) => part.rows.get(key) ?? [])
        .filter((row) => !isSettled(results.row(row.key)));
      for (const row of fresh) await copyCertificate(part.directory, out, row, copied);
      if (fresh.length > 0) results.append(fresh);
      const stillOpen = [...own]
        .filter((job) => !waits.has(job))
        .flatMap(({ rows }) => rows)
        .filter(({ key }) => !isSettled(results.row(key)));
      if (stillOpen.length === 0) continue;
      const failed = stillOpen.every(({ key }) => results.row(key) !== undefined);
      const why = held.size > 0 ? 'contradicts' : failed ? 'failed' : 'unfinished';
      open.push({ shard, directory: part.directory, why, rows: stillOpen.length });
    }
    const keys = keysOf(whole);
    const complete = keys.every((key) => results.row(key) !== undefined);
    const rows = complete ? await results.arrange(keys) : keys.flatMap((key) => results.row(key) ?? []);
    const status = complete ? 'complete' : 'interrupted';
    return { spec, result: { status, rows, computed: 0, total: keys.length }, count, open };
  } finally {
    results.close();
  }
}

/** The shards in the directories; all are of one experiment. */
function readParts(given: readonly string[]) {
  const parts = new Map<number, Part>();
  const directories = given.flatMap(shardsWithin);
  let first: { directory: string; spec: Specification; hash: string; count: number } | null = null;
  for (const directory of directories) {
    if (!hasSpecification(directory)) {
      throw new InputError(`${directory}: expected the results of a shard, found no spec.json; leave it out`);
    }
    const spec = readSpecification(directory);
    const shard = readShard(directory);
    if (shard === undefined) {
      throw new InputError(
        `${directory}: expected the results of a shard (--shard i/n), found those of a whole experiment; leave it out`,
      );
    }
    const hash = specificationHash(spec);
    first ??= { directory, spec, hash, count: shard.count };
    if (hash !== first.hash || shard.count !== first.count) {
      const [there, here] =
        hash === first.hash
          ? [`${first.count} shards`, `${shard.count}`]
          : [`the experiment ${first.hash}`, hash];
      throw new InputError(
        `${directory}: expected a shard of the same experiment as ${first.directory} (${there}), found ${here}; merge them apart`,
      );
    }
    const twin = parts.get(shard.index);
    if (twin !== undefined) {
      throw new InputError(
        `${directory}: shard ${shardText(shard)} is in ${twin.directory}, too; name one of them`,
      );
    }
    const rows = new Map(readRows(directory).map((row): [string, Row] => [row.key, row]));
    parts.set(shard.index, { directory, shard, rows });
  }
  if (first === null) throw new InputError('expected directories of shards, found none; name at least one');
  return { parts, spec: first.spec, count: first.count };
}

/** A directory of shards stands for all that are in it. */
function shardsWithin(directory: string): string[] {
  if (hasSpecification(directory) || !existsSync(directory)) return [directory];
  const inside = readdirSync(directory).map((name) => join(directory, name));
  const shards = inside.filter(hasSpecification).sort();
  return shards.length > 0 ? shards : [directory];
}

/** The same name must mean the same data in every shard. */
function refuseOtherData(parts: ReadonlyMap<number, Part>, keys: readonly string[]): void {
  const [first] = parts.values();
  for (const { directory, rows } of parts.values()) {
    for (const key of keys) {
      const [one, other] = [hashOf(first!.rows.get(key)), hashOf(rows.get(key))];
      if (one === null || other === null || one === other) continue;
      throw new InputError(
        `${directory}: ${rows.get(key)!.data}: SHA-256 ${other} there, ${one} in ${first!.directory}: the shards saw different data; ` +
          'compute one of them again',
      );
    }
  }
}

function hashOf(row: Row | undefined): string | null {
  return row?.status === 'done' && row.kind === 'data' ? row.sha256 : null;
}

/** Keys of rows that a shard computed for its own use and that are others than those of the shard they belong to. */
function contradictions(
  { rows }: Part,
  jobs: readonly Job[],
  own: ReadonlySet<Job>,
  ownerRows: ReadonlyMap<string, Row>,
): Set<string> {
  const borrowed = jobs.filter((job) => !own.has(job)).flatMap((job) => job.rows);
  return new Set(
    borrowed
      .map(({ key }) => key)
      .filter((key) => {
        const [mine, theirs] = [rows.get(key), ownerRows.get(key)];
        return (
          mine !== undefined && theirs !== undefined && !isDeepStrictEqual(timeless(mine), timeless(theirs))
        );
      }),
  );
}

function timeless({ timing: _, ...row }: Row): object {
  return row;
}

async function copyCertificate(from: string, to: string, row: Row, copied: Set<string>): Promise<void> {
  const name = 'certificate' in row ? row.certificate : undefined;
  if (name === undefined || copied.has(name)) return;
  const path = join(from, name);
  if (!existsSync(path)) {
    throw new InputError(
      `${path}: the certificate of the row ${JSON.stringify(row.key)} is gone; compute the shard again`,
    );
  }
  copied.add(name);
  // Compressed already where it is.
  await writeFileAtomically(join(to, name), [readFileSync(path)], { gzip: false });
}
