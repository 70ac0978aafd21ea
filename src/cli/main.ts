#!/usr/bin/env node
import { allowEarlyClose, parseArguments } from './common.js';
import { sparsestProgram } from './program.js';

allowEarlyClose();
await parseArguments(sparsestProgram());
