#!/usr/bin/env node
import { parseArguments, prepareProcess } from './common.js';
import { sparsestProgram } from './program.js';

prepareProcess();
await parseArguments(await sparsestProgram(process.argv[2]));
