// One input, l^p: the exact minimiser against solving on a million points, and p* on one long run. Answers verified first.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkThreshold } from '../dist/checker/threshold.js';
import { createRandom } from '../dist/exact/random.js';
import { Rational } from '../dist/exact/rational.js';
import { corollaryBounds, minimizeLp } from '../dist/lp-norm/minimize.js';
import { threshold } from '../dist/lp-norm/threshold.js';
import { datasetFromArrays } from '../dist/problem/dataset.js';
import { makeProblem } from '../dist/problem/problem.js';
import { assert, CLI, inTemporaryDirectory, machine, median, printTable, runProcess } from './common.mjs';

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

/** Slope changes of the runs whose p* is asked. */
const KINDS = [
  ['random integers up to 1000', (random) => random.integer(1, 1000)],
  ['random doubles', (random) => Number(random.uniform().toFixed(15)) + 0.5],
  ['integers 1 to 3', (random) => random.integer(1, 3)],
  ['all equal', () => 1],
];

/** Whole commands: p*, its check, uniqueness. Then the certificate and its check by the other program. */
function thresholdOfLongRuns() {
  inTemporaryDirectory((directory) => {
    const rows = [];
    for (const [name, change] of KINDS) {
      for (const points of [10_000, 100_000]) {
        const data = join(directory, 'run.csv');
        const certificate = join(directory, 'pstar.json');
        writeFileSync(data, csvOfRun(points, change));
        const asked = [CLI, 'threshold', data, '--json', '--quiet'];
        const answers = [0, 1, 2].map(() => runProcess(asked));
        const found = JSON.parse(answers[0].stdout);
        assert(found.checked && found.status === 'closed', `p* of ${points} points, ${name}: not proved`);
        runProcess([...asked, '--certificate', certificate]);
        const check = [0, 1, 2].map(() => runProcess([CLI, 'check', data, certificate]).seconds);
        const whole = median(answers.map(({ seconds }) => seconds));
        rows.push([
          name,
          points.toLocaleString('en-US'),
          found.pStar.lower.slice(0, 14),
          `${whole.toFixed(2)} s`,
          `${median(check).toFixed(2)} s`,
          (median(check) / whole).toFixed(2),
        ]);
      }
    }
    printTable(
      'whole processes, one run: threshold (p*, checked, uniqueness), and sparsest check of its certificate',
      ['slope changes', 'points', 'p*', 'threshold', 'check', 'ratio'],
      rows,
    );
  });
}

/** A convex run as a CSV file with exact decimals. */
function csvOfRun(points, change) {
  const random = createRandom(7);
  const lines = ['x,y'];
  // In units of 10^-15, so that the sums are exact.
  let slope = 0n;
  let value = 0n;
  for (let i = 0; i < points + 2; i++) {
    lines.push(`${i},${value}e-15`);
    value += slope;
    slope += BigInt(Math.round(change(random) * 1e6)) * 10n ** 9n;
  }
  return `${lines.join('\n')}\n`;
}

console.log(`l^p minimiser: ${machine()}`);
verify();
minimiseAgainstSolve();
thresholdOfLongRuns();
