import { Command } from 'commander';
import { checkCommand } from './check.js';
import { version } from './common.js';
import { compareCommand } from './compare.js';
import { generateCommand } from './generate.js';
import { minimizeCommand } from './minimize.js';
import { patternsCommand } from './patterns.js';
import { pruneCommand } from './prune.js';
import { solveCommand } from './solve.js';
import { thresholdCommand } from './threshold.js';
import { trainCommand } from './train.js';
import { verifyCommand } from './verify.js';

/** The command `sparsest` with all its commands; a new one on every call. */
export function sparsestProgram(): Command {
  return new Command('sparsest')
    .description('Provably sparsest single-hidden-layer ReLU networks: exact answers with certificates.')
    .version(version())
    .addCommand(solveCommand())
    .addCommand(checkCommand())
    .addCommand(minimizeCommand())
    .addCommand(thresholdCommand())
    .addCommand(patternsCommand())
    .addCommand(generateCommand())
    .addCommand(trainCommand())
    .addCommand(verifyCommand())
    .addCommand(pruneCommand())
    .addCommand(compareCommand());
}
