// The least path norm of several inputs: `npm run bench lp`.
//
// Every vector of test/vectors/lp-multivariate.json is answered, held against its brute-force cost and checked before its time counts:
// seconds of the processor, parts divided, linear programs, seconds of the check. Then six points in two and three inputs, and 10 points in 50 inputs at p = 1,
// and at p < 1 as a bracket. Exit code 1 when an answer is wrong.
import { readFileSync } from 'node:fs';
import { checkStatement } from '../dist/checker/check.js';
import { createRandom } from '../dist/exact/random.js';
import { Rational } from '../dist/exact/rational.js';
import { minimizePathNorm } from '../dist/path-norm/minimum.js';
import { pathNormStatement } from '../dist/solve/path-norm.js';
import { median, printTable, problemOf, processorSeconds } from './common.mjs';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
let wrong = 0;

async function measure(problem, skip, p, truth = null, timeLimit = 600) {
  const start = processorSeconds();
  const minimum = await minimizePathNorm(problem, skip, Rational.parse(p), { timeLimit });
  const solved = processorSeconds();
  const verdict = checkStatement(problem, pathNormStatement(minimum));
  const checked = processorSeconds();
  const fits =
    truth === null ||
    (!truth[1].lessThan(minimum.lower) && Math.abs(minimum.upper.divide(truth[0]).toNumber() - 1) < 1e-12);
  if (!verdict.accepted || !fits) {
    wrong++;
    console.error(`wrong: ${verdict.accepted ? 'the cost' : verdict.reason}`);
  }
  return { ...minimum, solve: solved - start, check: checked - solved };
}

const row = (name, p, { lower, upper, ended, nodes, programs, solve, check }) => [
  `${name}, p = ${p}`,
  upper.toNumber().toPrecision(9),
  (1 - lower.toNumber() / upper.toNumber()).toExponential(1),
  ended,
  nodes,
  programs,
  `${solve.toFixed(2)} s`,
  `${check.toFixed(2)} s`,
];
const COLUMNS = ['data', 'cost', 'gap', 'ended', 'nodes', 'programs', 'solve', 'check'];

// Warm-up: the first vectors would carry the compilation.
const vectors = read('../test/vectors/lp-multivariate.json');
await measure(problemOf(vectors[0].x, vectors[0].y), 'none', '1/2');
const results = [];
for (const { name, x, y, p, skip, cost } of vectors) {
  const result = await measure(problemOf(x, y), skip, p, cost.map(Rational.parse));
  results.push({ name, p, result });
}
printTable(
  'vectors, seconds of the processor',
  COLUMNS,
  results.map(({ name, p, result }) => row(name, p, result)),
);
const solves = results.map(({ result }) => result.solve);
const checks = results.map(({ result }) => result.check);
const sum = (values) => values.reduce((a, b) => a + b, 0);
console.log(
  `median ${median(solves).toFixed(2)} s, largest ${Math.max(...solves).toFixed(2)} s; checks take ${(sum(checks) / sum(solves)).toFixed(2)} of the solves`,
);
const others = [];
for (const [dimension, p] of [
  [2, '3/10'],
  [2, '7/10'],
  [3, '3/10'],
  [3, '7/10'],
]) {
  const random = createRandom(4);
  const integers = (count) => Array.from({ length: count }, () => random.integer(-3, 3));
  const x = Array.from({ length: 6 }, () => integers(dimension));
  const result = await measure(problemOf(x, integers(6)), 'none', p);
  others.push(row(`6 points, ${dimension} inputs`, p, result));
}
const { x, y } = read('../instances/nakhleh-high-d.json');
for (const p of ['1', '7/10', '2/5']) {
  const result = await measure(problemOf(x, y), 'none', p, null, 60);
  others.push(row('10 points, 50 inputs', p, result));
}
printTable('larger data', COLUMNS, others);
process.exitCode = wrong === 0 ? 0 : 1;
