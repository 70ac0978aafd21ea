// The whole story on real data, step by step, with the same commands a user would type. Fails when a step does.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const OUT = 'demo-output';
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);

const binaries = { sparsest: 'dist/cli/main.js', 'sparsest-check': 'dist/cli/check-main.js' };

function say(text) {
  console.log(`\n\n== ${text}`);
}

function run(line, expected = 0) {
  console.log(`\n$ ${line}`);
  const [name, ...args] = line.split(' ');
  const { status } = spawnSync(process.execPath, [binaries[name], ...args], { stdio: 'inherit' });
  if (status === expected) return;
  console.error(`demo: expected exit code ${expected}, found ${status}`);
  process.exit(1);
}

say('The sparsest network through six points, with a proof');
run(`sparsest solve instances/peak-plateau.csv --certificate ${OUT}/peak.proof.json --plot ${OUT}/peak.svg`);
say('The proof, checked by independent code');
run(`sparsest-check instances/peak-plateau.csv ${OUT}/peak.proof.json`);
say('Real data: a hundred years of the Nile');
run(`sparsest solve instances/nile.csv --certificate ${OUT}/nile.proof.json --plot ${OUT}/nile.svg`);
run(`sparsest-check instances/nile.csv ${OUT}/nile.proof.json`);
say('Real data with noise: within 50 of every measurement');
run(`sparsest solve instances/mcycle.csv --tolerance 50 --plot ${OUT}/mcycle.svg`);
say('Real data with two inputs: girth and height of trees, their volume within 1');
run(`sparsest solve instances/trees-12.csv --tolerance 1 --certificate ${OUT}/trees.proof.json.gz`);
run(`sparsest-check instances/trees-12.csv ${OUT}/trees.proof.json.gz`);
say('p*: up to which p do l^p and l^0 agree?');
run(
  `sparsest threshold instances/crossing.json --path --certificate ${OUT}/pstar.proof.json --plot ${OUT}/pstar.svg`,
);
run(`sparsest-check instances/crossing.json ${OUT}/pstar.proof.json`);
say(
  'Train with the l^p algorithm, then ask how far the result is from the truth (here it fails: exit code 1)',
);
run(`sparsest train instances/peak-plateau.csv --p 0.4 --seed 6 --network ${OUT}/model.json`);
run(
  `sparsest verify ${OUT}/model.json instances/peak-plateau.csv --tolerance 0.01 --repair ${OUT}/repaired.json`,
  1,
);
run(`sparsest verify ${OUT}/repaired.json instances/peak-plateau.csv --tolerance 0.01`);
say('Many trainings against the truth');
run(
  `sparsest compare instances/peak-plateau.csv --p 0.4,0.7,1 --skip none,affine --seeds 6 --epochs 60000 --tolerance 0.01 --out ${OUT}/compare`,
);
console.log(
  `\nThe report: ${OUT}/compare/report.html. Certificates, pictures and models are in ${OUT}/, too.`,
);
