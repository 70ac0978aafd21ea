// One input, l^p: the exact minimiser against solving on a million points, and p* on one long run. Answers verified first.
import { join } from 'node:path';
import { checkThreshold } from '../dist/checker/threshold.js';
import { createRandom } from '../dist/exact/random.js';
import { Rational } from '../dist/exact/rational.js';
import { corollaryBounds, minimizeLp } from '../dist/lp-norm/minimize.js';
import { threshold } from '../dist/lp-norm/threshold.js';
import { datasetFromArrays } from '../dist/problem/dataset.js';
import { makeProblem } from '../dist/problem/problem.js';
import {
  assert,
  CLI,
  inTemporaryDirectory,
  machine,
  median,
  printTable,
  runProcess,
  time,
} from './common.mjs';

/** One run of `points` points: slopes that grow by random positive amounts, on integers. */
function oneRun(points, seed) {
  const random = createRandom(seed);
  const x = [];
  const y = [];
  let slope = -points;
  let value = 0;
  for (let i = 0; i < points + 2; i++) {
    x.push(i);
    y.push(value);
    value += slope;
    slope += random.integer(1, 1000);
  }
  return makeProblem(datasetFromArrays({ x, y }));
}

function verify() {
  const problem = oneRun(2000, 1);
  assert(
    corollaryBounds(problem, minimizeLp(problem, Rational.parse('0.5')).function).hold,
    'Corollary 3.1.2 fails',
  );
  const found = threshold(problem);
  checkThreshold(problem, found.claim, found.proof);
}

function minimiseAgainstSolve() {
  inTemporaryDirectory((directory) => {
    const npz = join(directory, 'walk.npz');
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
    const solve = [];
    const minimise = [];
    for (let i = 0; i < 5; i++) {
      solve.push(runProcess([CLI, 'solve', npz, '--json', '--quiet']).seconds);
      minimise.push(runProcess([CLI, 'minimize', npz, '--p', '0.5', '--json', '--quiet']).seconds);
    }
    printTable(
      'whole processes, one million random-walk points: minimize --p 0.5 against solve',
      ['solve', 'minimize', 'ratio'],
      [
        [
          `${median(solve).toFixed(2)} s`,
          `${median(minimise).toFixed(2)} s`,
          (median(minimise) / median(solve)).toFixed(2),
        ],
      ],
    );
  });
}

function thresholdOfLongRuns() {
  const rows = [1000, 10_000, 100_000].map((points) => {
    const problem = oneRun(points, 7);
    let found;
    const seconds = time(() => {
      found = threshold(problem);
    }, 3);
    return [
      points.toLocaleString('en-US'),
      found.pStar.lower.slice(0, 14),
      found.status,
      `${seconds.toFixed(2)} s`,
    ];
  });
  printTable('p* of one run, random positive slope changes', ['points', 'p*', 'status', 'time'], rows);
}

console.log(`l^p minimiser: ${machine()}`);
verify();
minimiseAgainstSolve();
thresholdOfLongRuns();
