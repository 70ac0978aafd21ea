#!/usr/bin/env node
import { parseArguments } from './common.js';
import { sparsestProgram } from './program.js';

await parseArguments(sparsestProgram());
