import { Command } from 'commander';
import { version } from './version.js';

/** The commands, each of which loads what it needs and nothing else: that is most of what a small question takes. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  solve: async () => (await import('./solve.js')).solveCommand(),
  tradeoff: async () => (await import('./tradeoff.js')).tradeoffCommand(),
  check: async () => (await import('./check.js')).checkCommand(),
  canonical: async () => (await import('./canonical.js')).canonicalCommand(),
  minimize: async () => (await import('./minimize.js')).minimizeCommand(),
  threshold: async () => (await import('./threshold.js')).thresholdCommand(),
  patterns: async () => (await import('./patterns.js')).patternsCommand(),
  regions: async () => (await import('./regions.js')).regionsCommand(),
  generate: async () => (await import('./generate.js')).generateCommand(),
  train: async () => (await import('./train.js')).trainCommand(),
  verify: async () => (await import('./verify.js')).verifyCommand(),
  prune: async () => (await import('./prune.js')).pruneCommand(),
  compare: async () => (await import('./compare.js')).compareCommand(),
  serve: async () => (await import('./serve.js')).serveCommand(),
  submit: async () => (await import('./submit.js')).submitCommand(),
};

/** Names of the commands that answer one question each: those that `serve` takes. */
export const SERVED = Object.keys(COMMANDS).filter((name) => name !== 'serve');

/**
 * The command `sparsest`; a new one on every call.
 * @param word the first word of the command line: when it names a command only that one is loaded, else all are
 */
export async function sparsestProgram(word?: string): Promise<Command> {
  const program = new Command('sparsest')
    .description('Provably sparsest single-hidden-layer ReLU networks: exact answers with certificates.')
    .version(version());
  if (word === '--version' || word === '-V') return program;
  const named =
    word !== undefined && Object.hasOwn(COMMANDS, word) ? [COMMANDS[word]!] : Object.values(COMMANDS);
  for (const command of await Promise.all(named.map((load) => load()))) program.addCommand(command);
  return program;
}
