// The main job on real data, step by step, with the same commands a user would type.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
process.chdir(fileURLToPath(root));
rmSync('demo-output', { recursive: true, force: true });
mkdirSync('demo-output');

const binaries = { sparsest: 'dist/cli/main.js', 'sparsest-check': 'dist/cli/check-main.js' };

function run(line, expected = 0) {
  console.log(`\n$ ${line}`);
  const [name, ...args] = line.split(' ');
  const { status } = spawnSync(process.execPath, [binaries[name], ...args], { stdio: 'inherit' });
  if (status !== expected) {
    console.error(`demo: expected exit code ${expected}, found ${status}`);
    process.exit(1);
  }
}

run(
  'sparsest solve instances/peak-plateau.csv --certificate demo-output/peak-plateau.proof.json --plot demo-output/peak-plateau.svg',
);
run('sparsest-check instances/peak-plateau.csv demo-output/peak-plateau.proof.json');
run('sparsest solve instances/nile.csv --certificate demo-output/nile.proof.json');
run('sparsest-check instances/nile.csv demo-output/nile.proof.json');
run(
  'sparsest solve instances/mcycle.csv --tolerance 50 --certificate demo-output/mcycle.proof.json --plot demo-output/mcycle.svg',
);
run('sparsest-check instances/mcycle.csv demo-output/mcycle.proof.json');
console.log('\nThe certificates and pictures are in demo-output/.');
