import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built programs: what a user runs. `npm test` builds them first. */
export const SPARSEST = built('cli/main.js');
export const SPARSEST_CHECK = built('cli/check-main.js');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `sparsest` in a process of its own, to the end. */
export function sparsest(...words: string[]): Finished {
  return runProgram(SPARSEST, ...words);
}

export function runProgram(program: string, ...words: string[]): Finished {
  if (!existsSync(program)) throw new Error(`${program} is missing: npm run build`);
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { code: status, out: stdout, err: stderr };
}

function built(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}
