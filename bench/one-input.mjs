// One input without a free line: walks of many lengths, data sets of the repository, families of labels. Every answer is checked before
// it is timed; the checker's time stands beside the solver's, and the most intervals that the sums of slopes fall into.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkStatement } from '../dist/checker/check.js';
import { createRandom } from '../dist/exact/random.js';
import { chordsOf, pieceIntervals } from '../dist/facing/chords.js';
import { cutGraph } from '../dist/facing/cuts.js';
import { solveOneInput } from '../dist/facing/solve.js';
import { allStates, middleOf, reachableSums, Work, WorkDone } from '../dist/facing/sums.js';
import { readDataset } from '../dist/files/read-dataset.js';
import { curvature } from '../dist/knots/curvature.js';
import { datasetFromArrays } from '../dist/problem/dataset.js';
import { makeProblem } from '../dist/problem/problem.js';
import { statementOf } from '../dist/solve/answer.js';
import {
  assert,
  CLI,
  inTemporaryDirectory,
  machine,
  median,
  printTable,
  processorSeconds,
  runProcess,
} from './common.mjs';

const SKIPS = ['bias', 'none'];

const labels = (y) => makeProblem(datasetFromArrays({ x: y.map((_, i) => i), y }));

function walk(random, points, integer) {
  let value = 0;
  return Array.from({ length: points }, () => {
    value += integer ? random.integer(-9, 9) : random.gaussian();
    return value;
  });
}

/** Solves, checks, and times both. */
function measured(problem, skip) {
  const start = processorSeconds();
  const solution = solveOneInput(problem, skip);
  const solved = processorSeconds() - start;
  const statement = statementOf(problem, {
    kind: 'sparsest',
    ...solution,
    status: 'bracket',
    objective: 'neurons',
    skip,
  });
  const checkStart = processorSeconds();
  const verdict = checkStatement(problem, statement);
  const checked = processorSeconds() - checkStart;
  assert(verdict.accepted, verdict.reason);
  return { solution, solved, checked };
}

/** The most intervals of any set. */
function mostIntervals({ forward, backward }) {
  let most = 0;
  for (const sets of [forward, backward]) for (const set of sets) most = Math.max(most, set.length / 2);
  return most;
}

/** The most intervals that sums of slopes fall into, going from both ends to the middle cut. */
function intervals(problem) {
  const graph = cutGraph(curvature(problem));
  const chords = chordsOf(problem);
  if (chords === null) return '-';
  try {
    const middle = middleOf(graph);
    const pieces = pieceIntervals(chords, graph, 'slope');
    return mostIntervals(reachableSums(graph, pieces, allStates(graph), new Work(2_000_000), middle, middle));
  } catch (error) {
    if (error instanceof WorkDone) return 'many';
    throw error;
  }
}

const seconds = (value) => (value < 0.1 ? `${(1000 * value).toFixed(1)} ms` : `${value.toFixed(2)} s`);

function walks() {
  const rows = [];
  let within = 0;
  let all = 0;
  for (const points of [20, 50, 100, 150, 200]) {
    const times = { bias: [], none: [] };
    const checks = [];
    let closed = 0;
    let most = 0;
    for (let seed = 0; seed < 20; seed++) {
      const problem = labels(walk(createRandom(1000 * points + seed), points, seed % 2 === 0));
      let quick = true;
      for (const skip of SKIPS) {
        const { solution, solved, checked } = measured(problem, skip);
        times[skip].push(solved);
        checks.push(checked);
        quick &&= solution.open === null && solved < 1;
        if (solution.open === null) closed++;
      }
      const count = intervals(problem);
      if (typeof count === 'number') most = Math.max(most, count);
      all++;
      if (quick) within++;
    }
    rows.push([
      points,
      `${closed} of 40`,
      seconds(median(times.bias)),
      seconds(median(times.none)),
      seconds(Math.max(...times.bias, ...times.none)),
      seconds(Math.max(...checks)),
      most,
    ]);
  }
  printTable(
    '20 random walks of each length: integer and normal steps in turn',
    ['points', 'closed', 'bias', 'none', 'slowest', 'slowest check', 'most intervals'],
    rows,
  );
  console.log(`  ${within} of ${all} walks closed for both architectures within 1 s (cpu) each`);
  assert(within >= 0.95 * all, 'fewer than 95 % of the walks were closed within 1 s');
}

function families() {
  const kinds = {
    convex: (random, n) => {
      let slope = 0;
      let value = 0;
      return Array.from({ length: n }, () => {
        slope += random.integer(1, 9);
        value += slope;
        return value;
      });
    },
    'gently curved': (random, n) => {
      let slope = 0;
      let value = 0;
      return Array.from({ length: n }, () => {
        slope += random.integer(-1, 1);
        value += slope;
        return value;
      });
    },
    'three points a piece': (random, n) => {
      let slope = 0;
      let value = 0;
      return Array.from({ length: n }, (_, i) => {
        if (i % 3 === 0) slope = random.integer(-9, 9);
        value += slope;
        return value;
      });
    },
  };
  const rows = [];
  for (const [name, make] of Object.entries(kinds)) {
    for (const points of [20, 40, 80]) {
      const times = [];
      const checks = [];
      const closed = { bias: 0, none: 0 };
      const extra = { bias: 0, none: 0 };
      let most = 0;
      for (let seed = 0; seed < 10; seed++) {
        const problem = labels(make(createRandom(100 * points + seed), points));
        for (const skip of SKIPS) {
          const { solution, solved, checked } = measured(problem, skip);
          times.push(solved);
          checks.push(checked);
          if (solution.open === null) closed[skip]++;
          if (solution.proof.kind === 'one-input') extra[skip]++;
        }
        const count = intervals(problem);
        if (typeof count === 'number') most = Math.max(most, count);
      }
      rows.push([
        `${name}, ${points} points`,
        ...SKIPS.flatMap((skip) => [`${closed[skip]} of 10`, extra[skip]]),
        seconds(median(times)),
        seconds(Math.max(...times)),
        seconds(Math.max(...checks)),
        most,
      ]);
    }
  }
  printTable(
    'families of labels, 10 each',
    ['labels', 'bias', 'K + 1', 'none', 'K + 1', 'median', 'slowest', 'slowest check', 'most intervals'],
    rows,
  );
}

function instances() {
  const folder = fileURLToPath(new URL('../instances', import.meta.url));
  const rows = [];
  for (const name of readdirSync(folder).filter(
    (file) => /\.(csv|json)$/.test(file) && file !== 'answers.json',
  )) {
    const dataset = readDataset(join(folder, name), {});
    if (dataset.inputs.length !== 1 || name === 'mcycle.csv') continue;
    const problem = makeProblem(dataset);
    const answers = SKIPS.map((skip) => {
      const { solution, solved, checked } = measured(problem, skip);
      const { lowerBound, upperBound, open } = solution;
      const size = open === null ? `${upperBound}` : `${lowerBound}..${upperBound}: ${open}`;
      return [size, `${seconds(solved)} + ${seconds(checked)}`];
    });
    rows.push([name, problem.size, ...answers.flat(), intervals(problem)]);
  }
  printTable(
    'instances: neurons, and time to solve + check',
    ['data', 'points', 'bias', 'time', 'none', 'time', 'most intervals'],
    rows,
  );
}

function wholeProcesses() {
  inTemporaryDirectory((directory) => {
    const rows = [];
    for (const points of [1_000, 10_000, 100_000]) {
      const data = join(directory, `walk-${points}.npz`);
      const more = ['--points', String(points), '--distribution', 'gaussian', '--out', data, '--quiet'];
      runProcess([CLI, 'generate', 'walk', ...more]);
      for (const skip of SKIPS) {
        const runs = Array.from({ length: 3 }, () =>
          runProcess([CLI, 'solve', data, '--skip', skip, '--json', '--quiet']),
        );
        const { objective, status } = JSON.parse(runs[0].stdout);
        assert(status === 'optimal', `${points} points, skip ${skip}: ${status}`);
        const wall = median(runs.map((run) => run.seconds));
        rows.push([
          `${points.toLocaleString('en-US')}, ${skip}`,
          objective.value.toLocaleString('en-US'),
          `${wall.toFixed(2)} s`,
          runs[0].cpu === null ? '-' : `${median(runs.map((run) => run.cpu)).toFixed(2)} s`,
          runs[0].megabytes === null ? '-' : `${median(runs.map((run) => run.megabytes)).toFixed(0)} MB`,
        ]);
      }
    }
    printTable(
      'whole commands, random walks with normal steps, checked before they are printed',
      ['points, skip', 'neurons', 'wall', 'cpu', 'peak memory'],
      rows,
    );
  });
}

console.log(`one-input: ${machine()}`);
walks();
families();
instances();
wholeProcesses();
