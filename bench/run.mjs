// npm run bench [NAME ...]: runs every benchmark of this folder, or those named (solve, train, ...), one after another.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('.', import.meta.url);
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && !['run.mjs', 'common.mjs'].includes(file))
  .map((file) => file.slice(0, -4));
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
for (const name of names) {
  if (!all.includes(name)) {
    console.error(`bench: no benchmark "${name}"; there are ${all.join(', ')}`);
    process.exit(2);
  }
}
let failed = false;
for (const name of names) {
  console.log(`\n=== ${name}`);
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`${name}.mjs`, folder))], {
    stdio: 'inherit',
  });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
