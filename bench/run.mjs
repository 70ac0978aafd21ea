// npm run bench [-- --compare | --save] [NAME ...]: runs every benchmark of this folder, or those named (solve, train, ...), one after
// another. --compare prints the ratio of each figure to bench/baseline.json, --save writes that file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printTable } from './common.mjs';

const folder = new URL('.', import.meta.url);
const baselinePath = fileURLToPath(new URL('baseline.json', folder));
const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
// The engine of the search is compared with the one before it.
if (flags.includes('--compare') && named.includes('search') && !named.includes('engine'))
  named.push('engine');
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && !['run.mjs', 'common.mjs'].includes(file))
  .map((file) => file.slice(0, -4));
for (const flag of flags) {
  if (!['--compare', '--save'].includes(flag)) {
    console.error(`bench: unknown option ${flag}; there are --compare and --save`);
    process.exit(2);
  }
}
for (const name of named) {
  if (!all.includes(name)) {
    console.error(`bench: no benchmark "${name}"; there are ${all.join(', ')}`);
    process.exit(2);
  }
}

const directory = mkdtempSync(join(tmpdir(), 'sparsest-figures-'));
const figuresPath = join(directory, 'figures.jsonl');
let failed = false;
for (const name of named.length > 0 ? named : all) {
  console.log(`\n=== ${name}`);
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`${name}.mjs`, folder))], {
    stdio: 'inherit',
    env: { ...process.env, SPARSEST_BENCH: name, SPARSEST_FIGURES: figuresPath },
  });
  failed ||= status !== 0;
}
const figures = existsSync(figuresPath)
  ? readFileSync(figuresPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
rmSync(directory, { recursive: true });

const baseline = existsSync(baselinePath)
  ? JSON.parse(readFileSync(baselinePath, 'utf8'))
  : { machine: null, figures: {} };
if (flags.includes('--compare')) {
  const known = figures.filter(({ name }) => baseline.figures[name] !== undefined);
  printTable(
    `against ${baseline.machine ?? 'no baseline'} (ratio below 1: better now)`,
    ['figure', 'baseline', 'now', 'ratio'],
    known.map(({ name, value }) => [
      name,
      baseline.figures[name],
      value,
      (value / baseline.figures[name]).toFixed(2),
    ]),
  );
  const missing = figures.length - known.length;
  if (missing > 0) console.log(`  ${missing} figures have no baseline yet`);
}
if (flags.includes('--save') && !failed) {
  const { model } = cpus()[0] ?? { model: 'unknown processor' };
  const machine = `Node ${process.version}, ${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const kept = {
    ...baseline.figures,
    ...Object.fromEntries(figures.map(({ name, value }) => [name, value])),
  };
  writeFileSync(baselinePath, `${JSON.stringify({ machine, figures: kept }, null, 2)}\n`);
}
process.exitCode = failed ? 1 : 0;
