import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { vi } from 'vitest';
import { checkCommand } from '../../src/cli/check.js';
import { parseArguments } from '../../src/cli/common.js';
import { sparsestProgram } from '../../src/cli/program.js';
import { tryStepsByShell, tryStepsHere } from './next-steps.js';

/** The built programs: what a user runs. `npm test` builds them first. */
export const SPARSEST = built('cli/main.js');
export const SPARSEST_CHECK = built('cli/check-main.js');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `sparsest` in a process of its own, to the end, and every step that its page prints. */
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
  const finished = { code: status, out: stdout, err: stderr };
  tryStepsByShell(program === SPARSEST_CHECK ? 'check' : (words[0] ?? ''), finished, {
    sparsest: SPARSEST,
    'sparsest-check': SPARSEST_CHECK,
  });
  return finished;
}

/**
 * Runs `sparsest` from source in this process, and every step that its page prints: the same program without the time a
 * process takes to start.
 */
export async function sparsestHere(...words: string[]): Promise<Finished> {
  const finished = await runHere(['sparsest', ...words]);
  await tryStepsHere(words[0] ?? '', finished, runHere);
  return finished;
}

/** Runs one of the programs from source in this process. */
export async function runHere([program, ...words]: readonly string[]): Promise<Finished> {
  return collected(
    program === 'sparsest-check' ? checkCommand(program) : await sparsestProgram(words[0]),
    words,
  );
}

async function collected(program: Command, words: readonly string[]): Promise<Finished> {
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
  process.argv = ['node', program.name(), ...words];
  process.exitCode = undefined;
  try {
    await parseArguments(program);
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
