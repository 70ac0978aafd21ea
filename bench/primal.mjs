// Local search: `npm run bench primal [-- --limit SECONDS]`.
//
// A fixed list: planted teachers, random labels, real data within a tolerance, parity, the larger of three; then parameters. For each question
// one thread looks for a network of the size aimed at, with seed 0, until it has one or --limit seconds (default 20) are over; seconds are
// those of the processor, so that other work on the machine counts little. Every network is checked by the checker's own code before it
// counts. Exit code 1 when one is wrong.

import { fileURLToPath } from 'node:url';
import { checkNetwork } from '../dist/checker/network.js';
import { createRandom } from '../dist/exact/random.js';
import { Rational } from '../dist/exact/rational.js';
import { readDataset } from '../dist/files/read-dataset.js';
import { generate } from '../dist/generate/generate.js';
import { datasetOfInstance } from '../dist/generate/instance.js';
import { cloudOf } from '../dist/primal/cloud.js';
import { createLocalSearch } from '../dist/primal/create.js';
import { makeProblem } from '../dist/problem/problem.js';
import {
  assert,
  largestOfThree,
  machine,
  parity,
  printTable,
  problemOf,
  processorSeconds,
} from './common.mjs';

const limitAt = process.argv.indexOf('--limit');
const LIMIT = limitAt < 0 ? 20 : Number(process.argv[limitAt + 1]);
/** Multiplications between two looks at the clock. */
const TURN = 2_000_000;

const instances = (name) => fileURLToPath(new URL(`../instances/${name}`, import.meta.url));

async function generated(kind, options, tolerance = '0') {
  return makeProblem(datasetOfInstance(await generate(kind, options)), Rational.parse(tolerance));
}

const fromFile = (name, tolerance = '0') =>
  makeProblem(readDataset(instances(name), {}), Rational.parse(tolerance));

/** Labels of neurons with `weights` nonzeros each; integer points. */
function sparseTeacher(seed, d, size, neurons, weights) {
  const random = createRandom(seed);
  const x = Array.from({ length: size }, () => Array.from({ length: d }, () => random.integer(-99, 99)));
  const teacher = Array.from({ length: neurons }, () => {
    const w = new Array(d + 1).fill(0);
    while (w.filter((value) => value !== 0).length < weights)
      w[random.integer(0, d)] = random.integer(1, 5) * (random.integer(0, 1) * 2 - 1);
    return { w, sign: random.integer(0, 1) * 2 - 1 };
  });
  const activation = (w, point) => w.reduce((z, value, i) => z + value * (point[i] ?? 1), 0);
  const y = x.map((point) =>
    teacher.reduce((sum, { w, sign }) => sum + sign * Math.max(0, activation(w, point)), 0),
  );
  return problemOf(x, y);
}

/** Runs the search until `aim` is reached or time is up. */
function run(problem, objective, skip, aim) {
  const start = processorSeconds();
  const elapsed = () => processorSeconds() - start;
  // The clock is slow to read: one look in some hundred steps.
  let looks = 0;
  let isOver = false;
  const shouldStop = () => {
    if (++looks % 256 === 0) isOver = elapsed() > LIMIT;
    return isOver;
  };
  const search = createLocalSearch(
    {
      objective,
      centred: cloudOf(problem, skip, true),
      plain: objective === 'parameters' ? cloudOf(problem, skip, false) : null,
      seed: 0,
      lowerBound: 1,
      upperBound: Number.POSITIVE_INFINITY,
    },
    shouldStop,
  );
  let best = Number.POSITIVE_INFINITY;
  let seconds = LIMIT;
  while (best > aim && elapsed() < LIMIT && !search.done) {
    const network = search.advance(TURN);
    if (network === null) continue;
    seconds = elapsed();
    const size = checkNetwork(problem, network, skip, objective);
    assert(size < best, `${size} after ${best}`);
    best = size;
  }
  return { best, seconds, hits: search.hits, exact: search.exact };
}

const totals = { reached: 0, all: 0, hits: 0, exact: 0, slowest: 0 };

function row(name, problem, objective, skip, aim) {
  const { best, seconds, hits, exact } = run(problem, objective, skip, aim);
  totals.all++;
  totals.hits += hits;
  totals.exact += exact;
  if (best <= aim) {
    totals.reached++;
    totals.slowest = Math.max(totals.slowest, seconds);
  }
  const share = hits === 0 ? '-' : `${exact}/${hits}`;
  return [name, skip, aim, best, best <= aim ? '' : 'no', seconds.toFixed(2), share];
}

const header = ['question', 'skip', 'aim', 'found', '', 'seconds', 'exact/fitting'];
console.log(`${machine()}; one thread, limit ${LIMIT} s`);

const planted = [];
for (const [dimension, points, neurons] of [
  [2, 30, 3],
  [2, 100, 4],
  [2, 300, 5],
  [2, 1000, 6],
  [2, 1000, 8],
  [3, 30, 3],
  [3, 100, 4],
  [3, 100, 6],
  [3, 300, 6],
  [3, 1000, 8],
  [5, 30, 4],
  [5, 50, 5],
  [5, 100, 6],
  [5, 300, 8],
  [5, 1000, 6],
  [8, 60, 4],
  [8, 100, 5],
  [8, 300, 6],
  [8, 1000, 8],
  [10, 60, 3],
  [10, 100, 4],
  [10, 300, 6],
  [10, 1000, 4],
  [10, 1000, 6],
  [10, 1000, 8],
]) {
  const problem = await generated('teacher', { dimension, points, neurons, seed: 1 });
  planted.push(row(`d ${dimension}, N ${points}, K ${neurons}`, problem, 'neurons', 'none', neurons));
}
for (const [dimension, points, neurons, skip, tolerance] of [
  [2, 100, 4, 'affine', '0'],
  [5, 100, 5, 'bias', '0'],
  [10, 300, 4, 'affine', '0'],
  [3, 100, 5, 'none', '1/100'],
  [5, 300, 6, 'none', '1/100'],
  [10, 1000, 5, 'bias', '1/100'],
]) {
  const problem = await generated('teacher', { dimension, points, neurons, seed: 2 }, tolerance);
  const within = tolerance === '0' ? '' : `, within ${tolerance}`;
  planted.push(row(`d ${dimension}, N ${points}, K ${neurons}${within}`, problem, 'neurons', skip, neurons));
}
printTable('Planted teachers', header, planted);

const others = [];
for (const [dimension, points, seed] of [
  [2, 12, 1],
  [2, 16, 1],
  [2, 20, 1],
  [2, 30, 1],
  [3, 12, 2],
  [3, 16, 1],
  [3, 24, 1],
]) {
  const problem = await generated('uniform', { dimension, points, seed });
  const aim = Math.ceil(points / (dimension + 1));
  others.push(row(`random labels, d ${dimension}, N ${points}`, problem, 'neurons', 'none', aim));
}
for (const [tolerance, aim] of [
  ['1/2', 8],
  ['1', 8],
  ['2', 6],
]) {
  others.push(row(`trees within ${tolerance}`, fromFile('trees.csv', tolerance), 'neurons', 'none', aim));
}
others.push(row('stackloss-7', fromFile('stackloss-7.csv'), 'neurons', 'none', 3));
others.push(row('stackloss within 1/2', fromFile('stackloss.csv', '1/2'), 'neurons', 'none', 4));
for (const [bits, aim] of [
  [3, 3],
  [4, 4],
  [5, 5],
]) {
  others.push(row(`parity of ${bits} bits`, parity(bits), 'neurons', 'none', aim));
}
others.push(row('largest of three, N 60', largestOfThree(60), 'neurons', 'none', 7));
others.push(row('largest of three, N 60', largestOfThree(60), 'neurons', 'affine', 6));
printTable('Random labels, real data, functions', header, others);

const parameters = [
  row('10 points in 50 inputs', fromFile('nakhleh-high-d.json'), 'parameters', 'none', 10),
  row('big-M trap', fromFile('big-m-trap.json'), 'parameters', 'none', 4),
];
for (const [seed, d, size, neurons, weights] of [
  [1, 3, 40, 3, 2],
  [2, 5, 60, 3, 2],
  [3, 5, 100, 4, 3],
  [4, 8, 150, 4, 2],
  [5, 8, 200, 5, 3],
  [6, 10, 300, 4, 3],
]) {
  const problem = sparseTeacher(seed, d, size, neurons, weights);
  const name = `d ${d}, N ${size}, ${neurons} neurons of ${weights} weights`;
  parameters.push(row(name, problem, 'parameters', 'none', neurons * weights));
}
printTable('Parameters', header, parameters);

console.log(
  `\naims reached: ${totals.reached} of ${totals.all}, the slowest in ${totals.slowest.toFixed(2)} s; of ${totals.hits} floating networks that fitted every point ${totals.exact} became exact`,
);
