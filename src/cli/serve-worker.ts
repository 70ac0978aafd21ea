import type { Command as Program } from 'commander';
import { useMemoryFiles } from '../files/memory-files.js';
import { answerRequests } from '../threads/worker-thread.js';
import { parseArguments } from './common.js';
import { sparsestProgram } from './program.js';
import type { Command } from './serve-messages.js';

/** What a command ended with. */
export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and standard error. */
  readonly output: string;
  readonly notices: string;
  /** The files that were asked back, those that were written. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Milliseconds after which a command that was not ready to be interrupted is asked again. */
const AGAIN = 20;

// A thread of `serve`: runs one command after the other as the command line does. What a command prints is its answer.
let output: string[] = [];
let notices: string[] = [];
process.stdout.write = ((text: string | Uint8Array) => output.push(String(text)) > 0) as never;
process.stderr.write = ((text: string | Uint8Array) => notices.push(String(text)) > 0) as never;

/** Commands that were asked before: to build one takes longer than a small question. */
const programs = new Map<string, Program>();

answerRequests<Command, CommandResult, never, 'interrupt'>(
  async ({ method, words, files, take }, _report, hear) => {
    output = [];
    notices = [];
    process.exitCode = 0;
    let running = true;
    // As Ctrl-C does, as soon as the command listens.
    hear(function interrupt() {
      if (running && !process.emit('SIGINT', 'SIGINT')) setTimeout(interrupt, AGAIN);
    });
    const taken = new Map<string, Uint8Array | null>(take.map((name) => [name, null]));
    useMemoryFiles({ given: files, taken });
    try {
      const program = programs.get(method) ?? (await sparsestProgram(method));
      programs.set(method, program);
      await parseArguments(program, [method, ...words]);
    } finally {
      running = false;
      hear(() => {});
      useMemoryFiles(null);
    }
    const { exitCode } = process;
    process.exitCode = 0;
    return {
      exitCode: Number(exitCode ?? 0),
      output: output.join(''),
      notices: notices.join(''),
      files: new Map([...taken].filter((entry): entry is [string, Uint8Array] => entry[1] !== null)),
    };
  },
);
