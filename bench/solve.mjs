// One input: whole processes on a million points, growth with N, the count against one plain pass over the data, the
// worst case of the windows pass, the check of the own answer before it is printed, and the checker against the solver. Answers
// are verified before anything is timed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { check } from '../dist/checker/check.js';
import { Rational } from '../dist/exact/rational.js';
import { readDataset } from '../dist/files/read-dataset.js';
import { generate } from '../dist/generate/generate.js';
import { datasetOfInstance } from '../dist/generate/instance.js';
import { countFewestKnots } from '../dist/knots/solve.js';
import { fewestKnotsThroughWindows } from '../dist/knots/windows.js';
import { problemHash } from '../dist/problem/canonical.js';
import { datasetFromArrays } from '../dist/problem/dataset.js';
import { nodeSha256 } from '../dist/problem/node-sha256.js';
import { makeProblem } from '../dist/problem/problem.js';
import { certify } from '../dist/solve/answer.js';
import { checked } from '../dist/solve/checked.js';
import { solve } from '../dist/solve/solve.js';
import {
  assert,
  CHECKER,
  CLI,
  inTemporaryDirectory,
  machine,
  median,
  printTable,
  runProcess,
  time,
} from './common.mjs';

const walk = async (points, distribution = 'gaussian') =>
  datasetOfInstance(await generate('walk', { points, distribution }));

/** The baseline: one pass over the two arrays that computes the slopes. */
function slopesPass(problem) {
  const x = problem.inputs[0].doubles;
  const y = problem.lower.doubles;
  const slopes = new Float64Array(x.length - 1);
  for (let i = 0; i < slopes.length; i++) slopes[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  return slopes;
}

async function verifySmall() {
  for (const options of [{ distribution: 'gaussian' }, { distribution: 'integer' }]) {
    const problem = makeProblem(datasetOfInstance(await generate('walk', { points: 20_000, ...options })));
    const solution = await solve(problem);
    const verdict = check(problem, certify(problem, solution));
    assert(verdict.accepted, verdict.reason);
    assert(solution.lowerBound === fewestKnotsThroughWindows(problem).knots, 'runs and windows disagree');
  }
}

async function growth() {
  const rows = [];
  for (const points of [10_000, 100_000, 1_000_000, 10_000_000]) {
    const problem = makeProblem(await walk(points, 'uniform'));
    const runs = points > 1e6 ? 3 : 7;
    const baseline = time(() => slopesPass(problem), runs);
    const count = time(() => countFewestKnots(problem).witnesses, runs);
    rows.push([
      points.toLocaleString('en-US'),
      `${(baseline * 1e3).toFixed(2)} ms`,
      `${(count * 1e3).toFixed(2)} ms`,
      `${((count / points) * 1e9).toFixed(1)} ns`,
      (count / baseline).toFixed(1),
    ]);
  }
  printTable(
    'count with proof against one plain pass that computes slopes (random walk)',
    ['points', 'slopes pass', 'count', 'per point', 'ratio'],
    rows,
  );
}

async function worstCaseWindows() {
  const rows = [];
  for (const points of [10_000, 100_000, 1_000_000]) {
    // A parabola within a tolerance so wide that no window is ever left out: every point stays on a hull.
    const x = Array.from({ length: points }, (_, i) => i);
    const problem = makeProblem(
      datasetFromArrays({ x, y: x.map((i) => i * i) }),
      Rational.of(points).multiply(Rational.of(points)),
    );
    assert(fewestKnotsThroughWindows(problem).knots === 0, 'one line fits a parabola within N^2');
    const narrow = makeProblem(datasetFromArrays({ x, y: x.map((i) => i * i) }), Rational.of(points));
    const wide = time(() => fewestKnotsThroughWindows(problem), 3);
    const cut = time(() => fewestKnotsThroughWindows(narrow), 3);
    rows.push([
      points.toLocaleString('en-US'),
      `${(wide * 1e3).toFixed(0)} ms`,
      `${((wide / points) * 1e9).toFixed(0)} ns`,
      `${(cut * 1e3).toFixed(0)} ms`,
      `${((cut / points) * 1e9).toFixed(0)} ns`,
    ]);
  }
  printTable(
    'windows pass, worst case: a parabola within N^2 (all on the hull) and within N',
    ['points', 'within N^2', 'per point', 'within N', 'per point'],
    rows,
  );
}

/** What the command does up to the page, and the check before it: seconds of both, medians of 5 after a warm-up. */
async function checkedSolve(file, { tolerance = '0', read, ...options }) {
  const solving = [];
  const checking = [];
  let size;
  for (let run = 0; run < 6; run++) {
    const start = performance.now();
    const problem = makeProblem(readDataset(file), Rational.parse(tolerance));
    const solution = await solve(problem, { threads: 1, ...options });
    if (read === 'network') solution.network.neurons.at(0);
    problemHash(problem, nodeSha256);
    const middle = performance.now();
    checked(problem, solution, read);
    solving.push((middle - start) / 1000);
    checking.push((performance.now() - middle) / 1000);
    size = solution.upperBound;
  }
  const middle = (list) => median(list.slice(1));
  return { size, solving: middle(solving), checking: middle(checking) };
}

/** The check of the own answer before it is printed, against everything else that the command does before. */
async function selfCheck() {
  const million = 'one million points';
  await inTemporaryDirectory(async (directory) => {
    const npz = join(directory, 'walk.npz');
    const csv = join(directory, 'walk.csv');
    const walk = [CLI, 'generate', 'walk', '--points', '1000000', '--quiet', '--out'];
    runProcess([...walk, npz, '--distribution', 'gaussian']);
    runProcess([...walk, csv]);
    const instance = (name) => fileURLToPath(new URL(`../instances/${name}`, import.meta.url));
    const rows = [];
    for (const [name, file, options] of [
      [`${million}, npz: bounds`, npz, { read: 'bounds' }],
      [`${million}, CSV: bounds`, csv, { read: 'bounds' }],
      [`${million}, CSV, within 3: bounds`, csv, { read: 'bounds', tolerance: '3' }],
      [`${million}, npz: network`, npz, { read: 'network' }],
      [`${million}, CSV: network`, csv, { read: 'network' }],
      ['xor, neurons', instance('xor.json'), {}],
      ['xor, parameters', instance('xor.json'), { objective: 'parameters' }],
      ['trees-12, neurons', instance('trees-12.csv'), {}],
      ['stackloss-7, neurons', instance('stackloss-7.csv'), {}],
      ['stackloss-7, parameters', instance('stackloss-7.csv'), { objective: 'parameters' }],
    ]) {
      const { size, solving, checking } = await checkedSolve(file, options);
      rows.push([
        name,
        size.toLocaleString('en-US'),
        `${(solving * 1e3).toFixed(1)} ms`,
        `${(checking * 1e3).toFixed(1)} ms`,
        (checking / solving).toFixed(2),
      ]);
    }
    printTable(
      'self-check before printing, in the same process, against the solve (reading, solving, hash)',
      ['question', 'answer', 'solve', 'check', 'check / solve'],
      rows,
    );
  });
}

function wholeProcesses() {
  inTemporaryDirectory((directory) => {
    const npz = join(directory, 'walk.npz');
    const csv = join(directory, 'walk.csv');
    const proof = join(directory, 'walk.proof.json');
    runProcess([
      CLI,
      'generate',
      'walk',
      '--points',
      '1000000',
      '--distribution',
      'gaussian',
      '--out',
      npz,
      '--quiet',
    ]);
    runProcess([CLI, 'generate', 'walk', '--points', '1000000', '--out', csv, '--quiet']);
    const tasks = [
      ['solve, npz: status, count, bounds', [CLI, 'solve', npz, '--json', '--quiet']],
      ['solve, CSV with decimals', [CLI, 'solve', csv, '--json', '--quiet']],
      [
        'solve, npz, and write the certificate',
        [CLI, 'solve', npz, '--json', '--quiet', '--certificate', proof],
      ],
      ['check that certificate', [CHECKER, npz, proof]],
    ];
    const counts = [0, 2].map((t) => JSON.parse(runProcess(tasks[t][1]).stdout).objective.value);
    assert(counts[0] === counts[1], 'two runs count differently');
    const cpu = {};
    const rows = tasks.map(([name, args]) => {
      const runs = Array.from({ length: 3 }, () => runProcess(args));
      cpu[name] = median(runs.map((run) => run.cpu ?? run.seconds));
      return [
        name,
        `${median(runs.map((run) => run.seconds)).toFixed(2)} s`,
        `${cpu[name].toFixed(2)} s`,
        runs[0].megabytes === null ? '-' : `${median(runs.map((run) => run.megabytes)).toFixed(0)} MB`,
      ];
    });
    printTable(
      'whole processes, one million random-walk points',
      ['task', 'wall', 'cpu', 'peak memory'],
      rows,
    );
    console.log(
      `  certificate: ${(readFileSync(proof).length / 1e6).toFixed(0)} MB; checking / solving with certificate: ${(cpu[tasks[3][0]] / cpu[tasks[2][0]]).toFixed(2)} (cpu)`,
    );
  });
}

console.log(`solve: ${machine()}`);
await verifySmall();
await growth();
await worstCaseWindows();
await selfCheck();
wholeProcesses();
