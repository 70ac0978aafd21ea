// The engine of the tree search alone: `npm run bench engine`, and with `npm run bench search -- --compare`.
//
// The same trees, grown by this program and by the program before its engine was rewritten, which is taken from git and compiled. Both
// run in turns in one process, after a warm-up; seconds of the processor. Rounding decides between branchings of equal score, so the numbers of
// nodes may differ by a few: times are compared per node.

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inTemporaryDirectory, machine, planted, printTable, processorSeconds } from './common.mjs';

const BEFORE = '60074b9';
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Inputs, points, neurons of the labels (0: random labels), refuted size, most nodes of a profile. */
const TREES = [
  [2, 16, 0, 4, 5000],
  [2, 16, 0, 5, 4000],
  [2, 30, 4, 3, 5000],
  [3, 24, 0, 4, 3000],
  [3, 100, 4, 3, 4000],
  [5, 30, 4, 3, 4000],
  [5, 100, 4, 3, 4000],
  [10, 40, 3, 3, 1000],
  [10, 60, 3, 2, 2000],
];

async function engineAt(folder) {
  const from = (path) => import(pathToFileURL(join(folder, 'dist', path)).href);
  const [{ datasetFromArrays }, { makeProblem }, { pointsOf }, { questionsOfLevel }, { ProfileTree }] =
    await Promise.all(
      [
        'problem/dataset.js',
        'problem/problem.js',
        'search/points.js',
        'search/levels.js',
        'search/tree.js',
      ].map(from),
    );
  return (tree) => {
    const [d, size, neurons] = tree;
    const { x, y } = planted(100 * d + size, d, size, neurons);
    const data = datasetFromArrays({ x: x.map((row) => row.map(String)), y: y.map(String) });
    const questions = questionsOfLevel(pointsOf(makeProblem(data)), 'neurons', 'none', tree[3]);
    const start = processorSeconds();
    let nodes = 0;
    for (const question of questions) {
      const grown = new ProfileTree(question);
      grown.step(tree[4]);
      nodes += grown.counts.nodes;
    }
    return { nodes, seconds: processorSeconds() - start };
  };
}

await inTemporaryDirectory(async (folder) => {
  console.log(machine());
  try {
    const archive = execFileSync(
      'git',
      ['archive', BEFORE, 'src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'],
      {
        cwd: ROOT,
        maxBuffer: 2 ** 28,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: folder, stdio: 'ignore' });
  } catch {
    console.log(`  the program before is not at hand: no git history with ${BEFORE} here`);
    return;
  }
  const [before, now] = [await engineAt(folder), await engineAt(ROOT)];
  const table = [];
  const ratios = [];
  for (const tree of TREES) {
    const best = { before: null, now: null };
    // The first pass warms up; of the others the faster one counts for each.
    for (let pass = 0; pass < 4; pass++) {
      for (const [name, engine] of [
        ['before', before],
        ['now', now],
      ]) {
        const run = engine(tree);
        if (pass > 0 && (best[name] === null || run.seconds < best[name].seconds)) best[name] = run;
      }
    }
    const each = ({ nodes, seconds }) => (1e6 * seconds) / nodes;
    const ratio = each(best.before) / each(best.now);
    ratios.push(ratio);
    const [d, size, neurons, level] = tree;
    table.push([
      `d ${d}, N ${size}, ${neurons === 0 ? 'random' : `${neurons} planted`}, refuting ${level}`,
      best.before.nodes,
      best.now.nodes,
      each(best.before).toFixed(0),
      each(best.now).toFixed(0),
      `${ratio.toFixed(2)}x`,
    ]);
  }
  printTable(
    'the engine alone, microseconds of the processor for a node',
    ['tree', `nodes at ${BEFORE}`, 'nodes now', `us at ${BEFORE}`, 'us now', 'ratio'],
    table,
  );
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  console.log(`  geometric mean of the ratio: ${mean.toFixed(2)}`);
});
