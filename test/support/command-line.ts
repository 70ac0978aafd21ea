import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { parseArguments } from '../../src/cli/common.js';
import { sparsestProgram } from '../../src/cli/program.js';

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

/** Runs `sparsest` from source in this process: the same program without the time a process takes to start. */
export async function sparsestHere(...words: string[]): Promise<Finished> {
  const texts = { out: '', err: '' };
  const collect = (key: keyof typeof texts) => (chunk: string | Uint8Array) => {
    texts[key] += chunk;
    return true;
  };
  const { argv, exitCode } = process;
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(collect('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(collect('err')),
  ];
  process.argv = ['node', 'sparsest', ...words];
  process.exitCode = undefined;
  try {
    await parseArguments(sparsestProgram());
    return { code: Number(process.exitCode ?? 0), ...texts };
  } finally {
    process.argv = argv;
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}

function built(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}
