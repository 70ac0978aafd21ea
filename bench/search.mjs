// Several inputs: `npm run bench search [-- --limit SECONDS] [--alone]`; alone is without z3, cvc5 and big-M.
//
// Answers first: every vector of test/vectors/multivariate.json is solved, proved and checked before anything is timed. Then
// a fixed list of refutations beside the figures recorded of trees with order rows (order-rows.json) and beside z3 and cvc5 where these are
// installed; the growth with N, d and K, certificate sizes and checking times, and side by side the published big-M formulation on HiGHS (box
// 1000 on weights and biases, --limit seconds a question, default 60). Exit code 1 when one of our answers is wrong.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { searchProofChunks } from '../dist/certificate/write-search-proof.js';
import { checkSearch } from '../dist/checker/search.js';
import { Rational } from '../dist/exact/rational.js';
import { readDataset } from '../dist/files/read-dataset.js';
import { countNeurons, countParameters, evaluate } from '../dist/problem/network.js';
import { makeProblem } from '../dist/problem/problem.js';
import { highsBackend } from '../dist/restricted/backends/highs.js';
import { questionsOfLevel } from '../dist/search/levels.js';
import { pointsOf } from '../dist/search/points.js';
import { searchSparsest } from '../dist/search/search.js';
import { ProfileTree } from '../dist/search/tree.js';
import { smtChunks } from '../dist/solve/smt.js';
import {
  assert,
  largestOfThree,
  machine,
  parity,
  planted,
  printTable,
  problemOf,
  processorSeconds,
} from './common.mjs';

const limitAt = process.argv.indexOf('--limit');
const LIMIT = limitAt < 0 ? 60 : Number(process.argv[limitAt + 1]);
const ALONE = process.argv.includes('--alone');
const THREADS = availableParallelism();
/** Seconds for each of z3 and cvc5. */
const OPINION_LIMIT = Math.min(LIMIT, 10);
/** Bound on weights and biases given to the big-M formulation; 3 is the one its authors take for the trap. */
const BOX = 1000;
const TRAP_BOX = 3;

/** Solves and verifies: network in rationals, proof by the checker. */
async function solve(problem, objective, options = {}) {
  const start = performance.now();
  /** When each lower bound was reached, in seconds. */
  const reached = [];
  const observer = {
    progress: ({ lowerBound, seconds }) => {
      reached[lowerBound] ??= seconds;
    },
  };
  const result = await searchSparsest(problem, { objective, skip: 'none', threads: 1, observer, ...options });
  const seconds = (performance.now() - start) / 1000;
  const checking = performance.now();
  assert(
    checkSearch(problem, result.proof, objective, 'none') === result.lowerBound,
    'the proof is rejected',
  );
  const checkSeconds = (performance.now() - checking) / 1000;
  const size = objective === 'neurons' ? countNeurons(result.network) : countParameters(result.network);
  assert(size === result.upperBound, 'the network has another size');
  for (let n = 0; n < problem.size; n++) {
    const f = evaluate(
      result.network,
      problem.inputs.map((column) => column.value(n)),
    );
    assert(f.equals(problem.lower.value(n)), `the network misses point ${n}`);
  }
  return { ...result, seconds, checkSeconds, reached };
}

const bracket = ({ lowerBound, upperBound }) =>
  lowerBound === upperBound ? String(lowerBound) : `${lowerBound}..${upperBound}`;
const short = (seconds) => (seconds < 10 ? seconds.toFixed(3) : seconds.toFixed(1));

console.log(machine());

// --- the vectors -----------------------------------------------------------------------------------------------------------

const vectors = JSON.parse(
  readFileSync(new URL('../test/vectors/multivariate.json', import.meta.url), 'utf8'),
);
{
  let total = 0;
  let slowest = { seconds: 0 };
  let questions = 0;
  for (const { name, x, y, minNeurons, minParameters } of vectors) {
    const problem = problemOf(x, y);
    for (const [objective, truth] of [
      ['neurons', minNeurons],
      ['parameters', minParameters],
    ]) {
      if (truth === undefined) continue;
      const result = await solve(problem, objective, { threads: THREADS });
      assert(
        result.lowerBound === truth && result.upperBound === truth,
        `${name}: ${objective} ${bracket(result)}, known ${truth}`,
      );
      total += result.seconds;
      questions++;
      if (result.seconds > slowest.seconds)
        slowest = { name: `${name} ${objective}`, seconds: result.seconds };
    }
  }
  console.log(
    `\nall ${questions} questions of multivariate.json solved, proved and checked: ${short(total)} s in total (limit 90 s), slowest ${slowest.name} ${short(slowest.seconds)} s`,
  );
}

// --- refutations -----------------------------------------------------------------------------------------------------------

const fromFile = (name, tolerance = '0') =>
  makeProblem(
    readDataset(fileURLToPath(new URL(`../instances/${name}`, import.meta.url)), {}),
    Rational.parse(tolerance),
  );

const teacher = (seed, d, n, neurons) => {
  const { x, y } = planted(seed, d, n, neurons);
  return problemOf(x, y);
};

/** Name, problem, objective, skip and the size that is refuted. The names are those of order-rows.json, which lacks some. */
const REFUTATIONS = [
  ['planted 4, d2 N14, seed 1', () => teacher(1, 2, 14, 4), 'neurons', 'none', 3],
  ['planted 4, d2 N14, seed 4', () => teacher(4, 2, 14, 4), 'neurons', 'none', 3],
  ['planted 4, d2 N14, seed 6', () => teacher(6, 2, 14, 4), 'neurons', 'none', 3],
  ['random d2 N12', () => teacher(2120, 2, 12, 0), 'neurons', 'none', 3],
  ['random d2 N14', () => teacher(2140, 2, 14, 0), 'neurons', 'none', 4],
  ['random d2 N16', () => teacher(2160, 2, 16, 0), 'neurons', 'none', 4],
  ['random d2 N16, five', () => teacher(2160, 2, 16, 0), 'neurons', 'none', 5],
  ['random d2 N14, affine', () => teacher(2140, 2, 14, 0), 'neurons', 'affine', 3],
  ['random d2 N14, bias', () => teacher(2140, 2, 14, 0), 'neurons', 'bias', 3],
  ['planted 4, d3 N14', () => teacher(3144, 3, 14, 4), 'neurons', 'none', 3],
  ['planted 4, d3 N30', () => teacher(11, 3, 30, 4), 'neurons', 'none', 3],
  ['planted 4, d3 N100', () => teacher(12, 3, 100, 4), 'neurons', 'none', 3],
  ['planted 3, d5 N30', () => teacher(13, 5, 30, 3), 'neurons', 'none', 2],
  ['planted 4, d5 N30', () => teacher(14, 5, 30, 4), 'neurons', 'none', 3],
  ['planted 4, d5 N100', () => teacher(15, 5, 100, 4), 'neurons', 'none', 3],
  ['planted 5, d2 N100', () => teacher(17, 2, 100, 5), 'neurons', 'none', 4],
  ['planted 5, d3 N100', () => teacher(18, 3, 100, 5), 'neurons', 'none', 4],
  ['trees-12', () => fromFile('trees-12.csv'), 'neurons', 'none', 3],
  ['trees within 1', () => fromFile('trees.csv', '1'), 'neurons', 'none', 3],
  ['trees within 1, four', () => fromFile('trees.csv', '1'), 'neurons', 'none', 4],
  ['trees within 1, five', () => fromFile('trees.csv', '1'), 'neurons', 'none', 5],
  ['trees within 2, four', () => fromFile('trees.csv', '2'), 'neurons', 'none', 4],
  ['stackloss within 1/2', () => fromFile('stackloss.csv', '1/2'), 'neurons', 'none', 3],
  ['parity of 3 bits', () => parity(3), 'neurons', 'none', 2],
  ['parity of 4 bits', () => parity(4), 'neurons', 'none', 3],
  ['largest of three, affine', () => largestOfThree(30), 'neurons', 'affine', 3],
  ['random d2 N8', () => teacher(2080, 2, 8, 0), 'parameters', 'none', 6],
  ['random d2 N10', () => teacher(2100, 2, 10, 0), 'parameters', 'none', 6],
  ['planted 1, d4 N12', () => teacher(4121, 4, 12, 1), 'parameters', 'none', 3],
];

/** Refutes a size on one thread, in seconds of the processor, which other work on the machine disturbs least; null after --limit seconds. */
function refute(problem, objective, skip, size) {
  const start = processorSeconds();
  const elapsed = () => processorSeconds() - start;
  const trees = [];
  let nodes = 0;
  for (const question of questionsOfLevel(pointsOf(problem), objective, skip, size)) {
    const tree = new ProfileTree(question);
    let status = 'running';
    while (status === 'running' && elapsed() < LIMIT) ({ status } = tree.step(1024));
    nodes += tree.counts.nodes;
    if (status !== 'refuted') return { nodes, seconds: elapsed(), proof: null };
    trees.push(tree.refutation());
  }
  return { nodes, seconds: elapsed(), proof: { kind: 'search', trees } };
}

/** Seconds of the processor until another solver says that the size does not fit; '-' where it is not installed. */
function secondOpinion(name, args, text) {
  if (ALONE || spawnSync(name, ['--version']).error !== undefined) return '-';
  // The shell limits and tells the time of the processor; of a child, Node.js tells neither.
  const script = `ulimit -t ${OPINION_LIMIT}; TIMEFORMAT='%U %S'; time "$0" "$@"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, name, ...args], {
    input: text,
    encoding: 'utf8',
  });
  assert(!/^sat/.test(stdout), `${name} finds a network of a size that was refuted`);
  if (!/^unsat/.test(stdout)) return `> ${OPINION_LIMIT}`;
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return short(user + system);
}

{
  const recorded = JSON.parse(readFileSync(new URL('order-rows.json', import.meta.url), 'utf8'));
  const rows = [];
  const ratios = [];
  for (const [name, make, objective, skip, size] of REFUTATIONS) {
    const problem = make();
    const before = recorded[`${name}, ${objective}`] ?? { nodes: null, seconds: null };
    const { nodes, seconds, proof } = refute(problem, objective, skip, size);
    const text = [...smtChunks(problem, { objective, skip, size })].join('');
    let proved = ['-', '-', '-'];
    if (proof !== null) {
      const start = process.cpuUsage();
      assert(checkSearch(problem, proof, objective, skip) > size, `${name}: the proof is rejected`);
      const { user, system } = process.cpuUsage(start);
      const written = proof.trees.reduce((sum, tree) => sum + tree.nodes.length, 0);
      const bytes = gzipSync([...searchProofChunks(proof)].join('')).length;
      proved = [written, (bytes / written).toFixed(0), short((user + system) / 1e6)];
    }
    const isClosed = before.nodes !== null && proof !== null;
    if (isClosed) ratios.push(before.seconds / seconds);
    rows.push([
      name,
      `${size} ${objective}`,
      before.nodes ?? (before.seconds === null ? '-' : 'open'),
      before.nodes !== null ? short(before.seconds) : before.seconds === null ? '-' : `> ${before.seconds}`,
      proof === null ? 'open' : nodes,
      proof === null ? `> ${LIMIT}` : short(seconds),
      isClosed ? `${(before.seconds / seconds).toFixed(1)}x` : '-',
      ...proved,
      secondOpinion('z3', ['-in'], text),
      secondOpinion('cvc5', ['--lang=smt2', '-'], text),
    ]);
  }
  printTable(
    `refutations on one thread, seconds of the processor (${LIMIT} s limit), beside trees with order rows, z3 and cvc5`,
    [
      ...['data', 'refuted', 'order rows', 'seconds', 'counting', 'seconds', 'ratio'],
      ...['nodes written', 'bytes each', 'check s', 'z3 s', 'cvc5 s'],
    ],
    rows,
  );
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  console.log(`  geometric mean of the ratio on the ${ratios.length} that both close: ${mean.toFixed(1)}`);
}

// --- growth ----------------------------------------------------------------------------------------------------------------

{
  const rows = [];
  const cases = [
    ...[8, 10, 12, 14, 16].map((n) => ['neurons', 2, n, 0]),
    ...[2, 3, 4, 5].map((d) => ['neurons', d, 12, 0]),
    ...[1, 2, 3, 4].map((k) => ['neurons', 3, 14, k]),
    ...[6, 8, 10].map((n) => ['parameters', 2, n, 0]),
    ...[2, 3, 4, 5].map((d) => ['parameters', d, 12, 1]),
  ];
  for (const [objective, d, n, k] of cases) {
    const { x, y } = planted(1000 * d + 10 * n + k, d, n, k);
    const result = await solve(problemOf(x, y), objective, { timeLimit: LIMIT });
    const text = [...searchProofChunks(result.proof)].join('');
    rows.push([
      objective,
      d,
      n,
      k === 0 ? 'random' : `${k} planted`,
      bracket(result),
      result.nodes,
      result.programs,
      short(result.seconds),
      (text.length / 1024).toFixed(1),
      (gzipSync(text).length / 1024).toFixed(1),
      short(result.checkSeconds),
    ]);
  }
  printTable(
    `growth (one thread, ${LIMIT} s limit): least-norm programs, seconds, certificate in KB, checking`,
    ['objective', 'd', 'N', 'labels', 'minimum', 'nodes', 'programs', 'seconds', 'KB', 'KB gzip', 'check s'],
    rows,
  );
}

// --- the big-M formulation -------------------------------------------------------------------------------------------------

/**
 * The published formulation: `each` neurons of either output sign, |w_ki| <= B z_ki, h = (w . x + b)+ by an activation binary
 * a with h <= w . x + b + M_n (1 - a), h <= M_n a, M_n = B (|x_n|_1 + 1), fit as equations. Cost: the z_ki, or one z_k.
 */
function bigM(x, y, each, objective, box) {
  const width = x[0].length + 1;
  const neurons = 2 * each;
  const points = x.map((point) => [...point, 1]);
  const perNeuron = 2 * width + 2 * points.length + 1;
  const columns = neurons * perNeuron;
  const cost = new Float64Array(columns);
  const lower = new Float64Array(columns);
  const upper = new Float64Array(columns).fill(1);
  const integer = new Uint8Array(columns);
  const rows = [];
  const w = (k, i) => k * perNeuron + i;
  const z = (k, i) => k * perNeuron + width + i;
  const used = (k) => k * perNeuron + 2 * width;
  const h = (k, n) => k * perNeuron + 2 * width + 1 + n;
  const a = (k, n) => h(k, n) + points.length;
  const row = (terms, low, high) =>
    rows.push({
      indices: terms.map(([j]) => j),
      values: terms.map(([, value]) => value),
      lower: low,
      upper: high,
    });
  for (let k = 0; k < neurons; k++) {
    integer[used(k)] = 1;
    if (objective === 'neurons') cost[used(k)] = 1;
    for (let i = 0; i < width; i++) {
      lower[w(k, i)] = -box;
      upper[w(k, i)] = box;
      integer[z(k, i)] = 1;
      if (objective === 'parameters') cost[z(k, i)] = 1;
      const switchColumn = objective === 'parameters' ? z(k, i) : used(k);
      row(
        [
          [w(k, i), 1],
          [switchColumn, -box],
        ],
        -Infinity,
        0,
      );
      row(
        [
          [w(k, i), 1],
          [switchColumn, box],
        ],
        0,
        Infinity,
      );
    }
    points.forEach((point, n) => {
      const big = box * point.reduce((sum, value) => sum + Math.abs(value), 0);
      const activation = point.map((value, i) => [w(k, i), -value]).filter(([, value]) => value !== 0);
      upper[h(k, n)] = big;
      integer[a(k, n)] = 1;
      row([[h(k, n), 1], ...activation], 0, Infinity);
      row([[h(k, n), 1], ...activation, [a(k, n), big]], -Infinity, big);
      row(
        [
          [h(k, n), 1],
          [a(k, n), -big],
        ],
        -Infinity,
        0,
      );
    });
  }
  points.forEach((_, n) => {
    row(
      Array.from({ length: neurons }, (_, k) => [h(k, n), k < each ? 1 : -1]),
      y[n],
      y[n],
    );
  });
  return { cost, lower, upper, integer, rows };
}

if (!ALONE) {
  const trap = JSON.parse(readFileSync(new URL('../instances/big-m-trap.json', import.meta.url), 'utf8'));
  const vector = (prefix) => vectors.find(({ name }) => name.startsWith(prefix));
  const instances = [
    {
      name: 'xor',
      x: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      y: [0, 1, 1, 0],
    },
    trap,
    { ...trap, name: `${trap.name}, box ${TRAP_BOX}`, box: TRAP_BOX, each: 4 },
    ...[
      'd2-n8-planted2-21-1',
      'd2-n9-planted2-21-2',
      'd2-n10-planted2-21-3',
      'd3-n10-planted2-21-4',
      'd2-n8-planted0-21-19',
    ].map(vector),
  ];
  const backend = highsBackend();
  const rows = [];
  for (const { name, x, y, box = BOX, each } of instances) {
    for (const objective of ['neurons', 'parameters']) {
      const ours = await solve(problemOf(x, y), objective, { timeLimit: LIMIT });
      // Enough neurons of either sign for the answer: the peer is given the size of ours.
      const size = each ?? countNeurons(ours.network);
      const start = performance.now();
      const claim = await backend.solve(bigM(x, y, size, objective, box), { timeLimitSeconds: LIMIT });
      const seconds = (performance.now() - start) / 1000;
      let verdict = 'same';
      let theirs = claim.status;
      if (claim.status === 'optimal') {
        theirs = Math.round(claim.objective);
        if (theirs < ours.lowerBound) verdict = 'WRONG: below the proved minimum';
        else if (theirs > ours.upperBound) verdict = 'WRONG: a smaller exact network exists';
        else if (ours.lowerBound < ours.upperBound) verdict = 'inside our bracket';
      } else verdict = claim.status === 'infeasible' ? 'WRONG: a network exists' : `open after ${LIMIT} s`;
      rows.push([
        name,
        objective,
        bracket(ours),
        short(ours.seconds),
        theirs,
        short(seconds),
        `${(seconds / ours.seconds).toFixed(1)}x`,
        verdict,
      ]);
    }
  }
  await backend.close();
  printTable(
    `the same questions to the big-M formulation on HiGHS (box ${BOX}, ${LIMIT} s)`,
    ['instance', 'objective', 'ours', 'seconds', 'big-M', 'seconds', 'ratio', 'big-M verdict'],
    rows,
  );
}
