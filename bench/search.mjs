// Several inputs: `npm run build && node bench/search.mjs [--limit SECONDS]`.
//
// Answers first: every vector of test/vectors/multivariate.json is solved, proved and checked before anything is timed. Then
// the refutation of three neurons, the growth with N, d and K, certificate sizes and checking times, and side by side the
// published big-M formulation on HiGHS (box 1000 on weights and biases, --limit seconds a question, default 60). Exit code 1 when
// one of our answers is wrong.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { searchProofChunks } from '../dist/certificate/write-search-proof.js';
import { checkSearch } from '../dist/checker/search.js';
import { createRandom } from '../dist/exact/random.js';
import { countNeurons, countParameters, evaluate } from '../dist/problem/network.js';
import { highsBackend } from '../dist/restricted/backends/highs.js';
import { searchSparsest } from '../dist/search/search.js';
import { assert, machine, printTable, problemOf } from './common.mjs';

const limitAt = process.argv.indexOf('--limit');
const LIMIT = limitAt < 0 ? 60 : Number(process.argv[limitAt + 1]);
const THREADS = availableParallelism();
/** Bound on weights and biases given to the big-M formulation; 3 is the one its authors take for the trap. */
const BOX = 1000;
const TRAP_BOX = 3;

/** Integer points in [-9, 9]^d and a planted network with small integer weights; neurons = 0: random labels. */
function planted(seed, d, n, neurons) {
  const random = createRandom(seed);
  const seen = new Map();
  while (seen.size < n) {
    const point = Array.from({ length: d }, () => random.integer(-9, 9));
    seen.set(point.join(), point);
  }
  const x = [...seen.values()];
  const teacher = Array.from({ length: neurons }, () => ({
    w: Array.from({ length: d }, () => random.integer(-3, 3)),
    b: random.integer(-5, 5),
    v: random.integer(0, 1) === 0 ? -1 : 1,
  }));
  const value = (point) =>
    teacher.reduce(
      (sum, { w, b, v }) =>
        sum +
        v *
          Math.max(
            0,
            w.reduce((z, a, i) => z + a * point[i], b),
          ),
      0,
    );
  return { x, y: x.map((point) => (neurons === 0 ? random.integer(-9, 9) : value(point))) };
}

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

// --- refuting three neurons ------------------------------------------------------------------------------------------------

{
  const rows = [];
  for (let seed = 1; seed <= 8; seed++) {
    const { x, y } = planted(seed, 2, 14, 4);
    const result = await solve(problemOf(x, y), 'neurons');
    const refuted = result.reached[4];
    assert(
      refuted === undefined || refuted < 10,
      `seed ${seed}: three neurons refuted after ${refuted} s, limit 10 s`,
    );
    rows.push([
      seed,
      bracket(result),
      refuted === undefined ? '-' : short(refuted),
      result.nodes,
      result.programs,
      short(result.seconds),
      short(result.checkSeconds),
    ]);
  }
  printTable(
    'planted with 4 neurons, d = 2, N = 14: when three neurons were refuted (limit 10 s), and the whole answer',
    ['seed', 'neurons', 'K = 3 refuted s', 'nodes', 'programs', 'seconds', 'check s'],
    rows,
  );
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

{
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
