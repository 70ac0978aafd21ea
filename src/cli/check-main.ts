#!/usr/bin/env node
import { checkCommand } from './check.js';
import { parseArguments, prepareProcess, version } from './common.js';

// The checker alone: this binary loads no solver module (test/imports.test.ts holds it to that).
prepareProcess();
await parseArguments(checkCommand('sparsest-check').version(version()));
