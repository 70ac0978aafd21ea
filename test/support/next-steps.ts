import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { Finished } from './command-line.js';

/** Commands that pages print. */
const PROGRAMS = ['sparsest', 'sparsest-check'] as const;

/** A command line under "Next" or in a notice: alone on its line, after two spaces or four. */
const STEP = /^ {2}(?: {2})?(sparsest(?:-check)? .*)$/gm;

/** Every command line that a page or a notice prints, in order. */
export function printedSteps({ out, err }: Pick<Finished, 'out' | 'err'>): string[] {
  return [out, err].flatMap((text) => Array.from(text.matchAll(STEP), ([, line]) => line!));
}

/** The page without the next steps and the times. */
export function withoutSteps(page: string): string {
  return page.replace(/\n\nNext\n[\s\S]*$/, '\n').replace(/(< 1 ms|\b\d+ ms|\b\d+(\.\d+)? s)$/gm, 'TIME');
}

/** Programs of these names that print their words. */
let echoes: string | null = null;

function echoPrograms(): string {
  if (echoes !== null) return echoes;
  const folder = mkdtempSync(join(tmpdir(), 'words-'));
  for (const name of PROGRAMS)
    writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\0' ${name} "$@"\n`, { mode: 0o755 });
  echoes = folder;
  return folder;
}
afterAll(() => {
  if (echoes !== null) rmSync(echoes, { recursive: true });
  echoes = null;
});

/** The words of a command line, as a POSIX shell reads it: the program, and what it is given. */
export function shellWords(line: string): string[] {
  expect(line).not.toContain('\n');
  const { stdout, stderr, status } = shell(line, echoPrograms(), process.cwd());
  expect({ line, stderr, status }).toEqual({ line, stderr: '', status: 0 });
  return stdout.split('\0').slice(0, -1);
}

/** Runs a line in a shell that finds the programs in a folder. */
function shell(line: string, programs: string, cwd: string) {
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
  return spawnSync('sh', ['-c', line], { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** A new directory in which everything has the names it has here; what is written there stays there. */
function copyOfHere(): string {
  const copy = mkdtempSync(join(tmpdir(), 'steps-'));
  for (const name of readdirSync('.')) symlinkSync(join(process.cwd(), name), join(copy, name));
  return copy;
}

/** Lines that were run before: the same line in the same directory is the same step. */
const tried = new Set<string>();

function isNew(line: string): boolean {
  const key = `${process.cwd()}\n${line}`;
  if (tried.has(key)) return false;
  tried.add(key);
  return true;
}

/**
 * Runs every step that a command printed, and every step that those print, from source.
 * @param command the command that printed them
 * @param run a program with its words
 */
export async function tryStepsHere(
  command: string,
  printed: Finished,
  run: (words: readonly string[]) => Promise<Finished>,
): Promise<void> {
  const lines = printedSteps(printed).filter(isNew);
  if (lines.length === 0) return;
  const home = process.cwd();
  const copy = copyOfHere();
  try {
    process.chdir(copy);
    for (const line of lines) await follow(line, command, printed);
  } finally {
    process.chdir(home);
    rmSync(copy, { recursive: true });
  }

  async function follow(line: string, asked: string, before: Finished): Promise<void> {
    const words = besideResults(shellWords(line), copy);
    const finished = await run(words);
    expectSame(line, words, asked, before, finished);
    for (const next of printedSteps(finished).filter(isNew)) await follow(next, words[1]!, finished);
  }
}

/** The same with the built programs, as a shell finds them. */
export function tryStepsByShell(
  command: string,
  printed: Finished,
  programs: Readonly<Record<(typeof PROGRAMS)[number], string>>,
): void {
  const lines = printedSteps(printed).filter(isNew);
  if (lines.length === 0) return;
  const copy = copyOfHere();
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  try {
    for (const [name, program] of Object.entries(programs))
      writeFileSync(join(folder, name), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
        mode: 0o755,
      });
    for (const line of lines) follow(line, command, printed);
  } finally {
    rmSync(copy, { recursive: true });
    rmSync(folder, { recursive: true });
  }

  function follow(line: string, asked: string, before: Finished): void {
    const words = shellWords(line);
    const { stdout: out, stderr: err, status: code } = shell(line, folder, copy);
    const finished = { out, err, code };
    expectSame(line, words, asked, before, finished);
    for (const next of printedSteps(finished).filter(isNew)) follow(next, words[1]!, finished);
  }
}

/** A step is accepted by the command it names; where it is the same command, it prints the same page. */
function expectSame(
  line: string,
  words: readonly string[],
  command: string,
  before: Finished,
  after: Finished,
): void {
  const [program, verb] = words;
  const said = `${line}\n${after.err}`;
  if (program === 'sparsest-check') {
    expect(after, said).toMatchObject({ code: 0, out: expect.stringMatching(/^accepted: /) });
    return;
  }
  expect([0, 1, 3], said).toContain(after.code);
  // A bracket depends on the time; `verify` may have been asked for another tolerance, or have written a network.
  if (verb !== command || verb === 'verify' || after.code === 3 || before.code === 3) return;
  // A plan is followed by its run.
  if (before.out.startsWith('The experiment would compute')) return;
  if (withoutSteps(before.out) !== before.out)
    expect(withoutSteps(after.out), said).toBe(withoutSteps(before.out));
}

/** `compare` goes on in a copy of its results, so that a test finds its own as it left them. */
function besideResults(words: readonly string[], copy: string): string[] {
  const at = words.indexOf('--out');
  if (words[1] !== 'compare' || at < 0) return [...words];
  const results = join(copy, 'copied-results');
  const own = words[at + 1]!;
  if (own !== results && existsSync(own)) cpSync(own, results, { recursive: true });
  return words.with(at + 1, results);
}
