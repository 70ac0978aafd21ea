#!/usr/bin/env node
import { checkCommand } from './check.js';
import { parseArguments, prepareProcess } from './common.js';
import { version } from './version.js';

// The checker alone: this binary loads no solver module (test/imports.test.ts holds it to that).
prepareProcess();
await parseArguments(checkCommand('sparsest-check').version(version()));
