// Certified infeasibility of small systems, against HiGHS alone: `npm run build && node bench/exact-lp.mjs`.
//
// 200 infeasible systems of 40 inequalities in 20 unknowns, seeded, for three sizes of coefficients. First the answers: our
// Farkas multipliers are verified in integers for every system. Then the times per answer: ours are exact and certified;
// those of HiGHS are "infeasible" in doubles, from a model that is kept and refilled. Exit code 1 when an answer is wrong.

import { performance } from 'node:perf_hooks';
import { createRandom } from '../dist/exact/random.js';
import { refute, verifyInfeasible } from '../dist/lp/exact-lp.js';
import { LinearRow } from '../dist/lp/linear-system.js';
import { loadHighs } from '../dist/restricted/backends/highs.js';

const SYSTEMS = 200;
const UNKNOWNS = 20;
const ROWS = 40;

/** 39 random rows a.x >= b, and one that contradicts a random combination of them by 1. */
function infeasibleSystem(seed, size) {
  const random = createRandom(seed);
  const rows = [];
  const last = new Array(UNKNOWNS).fill(0n);
  let right = 1n;
  for (let r = 1; r < ROWS; r++) {
    const coefficients = last.map(() => BigInt(random.integer(-size, size)));
    const bound = BigInt(random.integer(1, size));
    const weight = BigInt(random.integer(0, 3));
    coefficients.forEach((value, j) => {
      last[j] -= weight * value;
    });
    right -= weight * bound;
    rows.push(new LinearRow(coefficients, '>=', bound));
  }
  rows.push(new LinearRow(last, '>=', right));
  return { unknowns: UNKNOWNS, rows };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function toHighs({ unknowns, rows }, infinity) {
  const free = new Float64Array(unknowns).fill(infinity);
  return {
    numCols: unknowns,
    numRows: rows.length,
    colCost: new Float64Array(unknowns),
    colLower: free.map((value) => -value),
    colUpper: free,
    rowLower: Float64Array.from(rows, (row) => Number(row.right)),
    rowUpper: new Float64Array(rows.length).fill(infinity),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols: unknowns,
      starts: Int32Array.from({ length: rows.length + 1 }, (_, i) => i * unknowns),
      indices: Int32Array.from({ length: rows.length * unknowns }, (_, k) => k % unknowns),
      values: Float64Array.from(rows.flatMap((row) => row.coefficients.map(Number))),
    },
  };
}

const highs = await loadHighs();
let wrong = 0;

console.log(
  `${SYSTEMS} infeasible systems, ${UNKNOWNS} unknowns x ${ROWS} rows; median milliseconds per answer`,
);
console.log('coefficients   certified   highs alone   ratio   verified   by proposal   highs "infeasible"');
for (const size of [9, 1000, 1_000_000]) {
  const systems = Array.from({ length: SYSTEMS }, (_, seed) => infeasibleSystem(seed + 1, size));
  const models = systems.map((system) => toHighs(system, highs.infinity));

  // Answers first; this also warms both up.
  const answers = systems.map((system) => refute(system));
  const verified = answers.filter(
    (answer, k) => answer.status === 'infeasible' && verifyInfeasible(systems[k], answer.multipliers),
  ).length;
  const proposed = answers.filter((answer) => answer.source === 'proposal').length;
  wrong += SYSTEMS - verified;

  const certified = systems.map(({ unknowns, rows }) => {
    // Fresh rows, so that their conversion to doubles is part of the time.
    const fresh = rows.map((row) => new LinearRow(row.coefficients, row.sense, row.right));
    const start = performance.now();
    refute({ unknowns, rows: fresh });
    return performance.now() - start;
  });

  const model = highs.createModel();
  let agreed = 0;
  const alone = [];
  for (const round of [0, 1]) {
    agreed = 0;
    for (const source of models) {
      const start = performance.now();
      model.clear();
      model.options.set({ output_flag: false });
      model.passModel(source);
      model.run();
      const status = model.getModelStatus();
      if (round === 1) alone.push(performance.now() - start);
      if (status === highs.constants.modelStatus.infeasible) agreed++;
    }
  }
  model.dispose();

  const [ours, theirs] = [median(certified), median(alone)];
  console.log(
    `+-${String(size).padEnd(10)}   ${ours.toFixed(2).padStart(9)}   ${theirs.toFixed(2).padStart(11)}   ` +
      `${(ours / theirs).toFixed(2).padStart(5)}   ${String(verified).padStart(8)}   ${String(proposed).padStart(11)}   ${agreed}`,
  );
}
if (wrong > 0) {
  console.error(`${wrong} systems were not refuted with verified multipliers`);
  process.exitCode = 1;
}
