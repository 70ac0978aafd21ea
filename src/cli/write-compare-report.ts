import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CERTIFICATES } from '../experiment/execute.js';
import { FILES, type WrittenBy } from '../experiment/results-directory.js';
import type { Row } from '../experiment/rows.js';
import type { Specification } from '../experiment/specification.js';
import { compareReport, REPORT_FILES } from '../experiment-report/report.js';
import { writeFileAtomically } from '../files/write-file.js';
import { version } from './version.js';

/** What the report says beyond the files of the directory. */
export interface ReportInput {
  readonly spec: Specification;
  readonly rows: readonly Row[];
  /** The command line of the experiment. */
  readonly command: string;
  /** Number of rows of the whole experiment. */
  readonly planned: number;
}

/**
 * Writes report.html and report.md beside the results, each at once or not at all.
 * @param directory of the results, as `compare` leaves it
 * @returns the names of the files
 */
export async function writeCompareReport(directory: string, input: ReportInput): Promise<readonly string[]> {
  const { html, markdown } = await compareReport({
    ...input,
    versions: versions(directory),
    files: await hashes(directory),
  });
  await writeFileAtomically(join(directory, REPORT_FILES.html), [html]);
  await writeFileAtomically(join(directory, REPORT_FILES.markdown), [markdown]);
  return Object.values(REPORT_FILES);
}

/** The programs that write the report, and those that began the results where they differ. */
function versions(directory: string): Record<string, string> {
  const now: Record<string, string> = {
    sparsest: version(),
    node: process.versions.node,
    machine: `${process.platform} ${process.arch}`,
  };
  const { writtenBy = {} } = JSON.parse(readFileSync(join(directory, FILES.spec), 'utf8')) as {
    writtenBy?: WrittenBy;
  };
  const before = Object.entries(writtenBy).filter(([name, text]) => now[name] !== text);
  return { ...now, ...Object.fromEntries(before.map(([name, text]) => [`${name} (results begun)`, text])) };
}

/** SHA-256 of the specification, the rows, their table and every certificate. */
async function hashes(directory: string): Promise<{ name: string; sha256: string }[]> {
  const names = [FILES.spec, FILES.rows, FILES.csv].filter((name) => existsSync(join(directory, name)));
  const folder = join(directory, CERTIFICATES);
  const proofs = existsSync(folder) ? readdirSync(folder).sort() : [];
  const all = [...names, ...proofs.map((name) => `${CERTIFICATES}/${name}`)];
  const files: { name: string; sha256: string }[] = [];
  // One after the other: there may be more certificates than a process may have open files.
  for (const name of all) files.push({ name, sha256: await sha256(join(directory, name)) });
  return files;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
