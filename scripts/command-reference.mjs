// Writes docs/commands.md from the commands themselves. Build first: the commands are read from dist.
import { writeFileSync } from 'node:fs';
import { sparsestProgram } from '../dist/cli/program.js';
import { commandReference } from '../dist/cli/reference.js';

const file = new URL('../docs/commands.md', import.meta.url);
writeFileSync(file, commandReference(await sparsestProgram()));
