#!/usr/bin/env node
import { Command } from 'commander';
import { checkCommand } from './check.js';
import { parseArguments, version } from './common.js';
import { generateCommand } from './generate.js';
import { solveCommand } from './solve.js';
import { trainCommand } from './train.js';

const program = new Command('sparsest')
  .description('Provably sparsest single-hidden-layer ReLU networks: exact answers with certificates.')
  .version(version())
  .addCommand(solveCommand())
  .addCommand(checkCommand())
  .addCommand(generateCommand())
  .addCommand(trainCommand());

await parseArguments(program);
