// How often Algorithm 1 ends at the global minimum, below p*, above it and at p = 1: `npm run build && node scripts/equivalence.mjs`.
//
// Random sets of 3 to 6 points in one to three inputs, skip none. Each one's p* and least costs come from going through all vertices, in rationals;
// Algorithm 1 is then run once for every p, and its network is made exact on its own activation pattern before its cost is compared: a
// network that misses labels may cost less than the minimum. Writes docs/reproduction/equivalence.csv, a row a run, and prints the summary.
import { writeFileSync } from 'node:fs';
import { createRandom } from '../dist/exact/random.js';
import { Rational } from '../dist/exact/rational.js';
import { datasetFromArrays, exactPattern, makeProblem, thresholdSeveral } from '../dist/index.js';
import { pointsFromDataset } from '../dist/train/from-dataset.js';
import { Training } from '../dist/train/train.js';

const SETS = Number(process.argv[2] ?? 210);
/** Points for each number of inputs: what can be gone through in a second or so. */
const SIZES = { 1: [3, 4, 5, 6], 2: [3, 4], 3: [3] };
const TRAINING = {
  method: 'reweighted',
  skip: 'none',
  epochs: 6000,
  width: 20,
  learningRate: 0.01,
  lambda: 0.005,
  threshold: 1e-6,
};
/** An exact network that costs at most this times the minimum has reached it. */
const REACHED = 1 + 1e-6;
/** A network that misses no label by more than this interpolates. */
const INTERPOLATES = 0.1;

function randomSet(seed) {
  const random = createRandom(seed);
  const inputs = 1 + (seed % 3);
  const sizes = SIZES[inputs];
  const size = sizes[Math.floor(seed / 3) % sizes.length];
  const x = new Map();
  while (x.size < size) {
    const point = Array.from({ length: inputs }, () => random.integer(-3, 3));
    x.set(point.join(), point);
  }
  return { inputs, x: [...x.values()], y: Array.from({ length: size }, () => random.integer(-5, 5)) };
}

const costAt = (entries, p) => entries.reduce((sum, entry) => sum + entry.toNumber() ** p, 0);

const rows = [];
const thresholds = [];
for (let seed = 1; seed <= SETS; seed++) {
  const { inputs, x, y } = randomSet(seed);
  if (y.every((value) => value === 0)) continue;
  const dataset = datasetFromArrays({ x: inputs === 1 ? x.map(([t]) => t) : x, y });
  const problem = makeProblem(dataset);
  const { status, lower, upper, found } = thresholdSeveral(problem, 'none', { width: 1e-6 });
  if (status !== 'closed') throw new Error(`set ${seed}: p* is open`);
  const pStar = lower.toNumber();
  thresholds.push({ seed, inputs, points: y.length, pStar, fewest: found.fewest });
  const exponents = [
    ['below', Math.round(500 * pStar) / 1000],
    ...(upper.toNumber() < 1 ? [['above', Math.round(500 * (1 + upper.toNumber())) / 1000]] : []),
    ['one', 1],
  ];
  for (const [where, p] of exponents) {
    if (where === 'above' && p <= pStar) continue;
    const least = Math.min(...found.candidates.map(({ entries }) => costAt(entries, p)));
    const points = pointsFromDataset(dataset);
    const training = Training.start(points, { ...TRAINING, p, seed });
    while (training.status === 'running') training.advance(1000);
    const trained = training.network();
    const misses = x.map((point, n) => {
      const value = trained.outputWeights.reduce((sum, v, k) => {
        const z = point.reduce((total, t, i) => total + t * trained.inputWeights[k][i], trained.biases[k]);
        return sum + v * Math.max(0, z);
      }, 0);
      return Math.abs(value - y[n]);
    });
    const raw = trained.outputWeights.reduce((sum, v, k) => {
      const z = inputs === 1 ? trained.inputWeights[k] : [...trained.inputWeights[k], trained.biases[k]];
      return z.reduce((total, w) => (Math.abs(v * w) <= 1e-6 ? total : total + Math.abs(v * w) ** p), sum);
    }, 0);
    const exact = exactPattern(problem, 'none', Rational.parse(String(p)), trained, 1e-4);
    const cost =
      exact === null ? null : Rational.of(exact.cost.upper, 1n << BigInt(exact.cost.bits)).toNumber();
    if (cost !== null && cost < least * (1 - 1e-9))
      throw new Error(`set ${seed}, p = ${p}: ${cost} is below the minimum ${least}`);
    const residual = Math.max(...misses);
    const outcome = cost === null ? 'no exact fit' : cost <= least * REACHED ? 'reached' : 'dearer';
    rows.push({ seed, inputs, points: y.length, pStar, where, p, least, raw, residual, cost, outcome });
  }
}

const columns = [
  'seed',
  'inputs',
  'points',
  'pStar',
  'where',
  'p',
  'least',
  'raw',
  'residual',
  'cost',
  'outcome',
];
const cell = (value) =>
  value === null ? '' : typeof value === 'number' ? String(Number(value.toPrecision(9))) : value;
writeFileSync(
  new URL('../docs/reproduction/equivalence.csv', import.meta.url),
  `${[columns.join(), ...rows.map((row) => columns.map((name) => cell(row[name])).join())].join('\n')}\n`,
);

console.log(`${thresholds.length} sets; p* by number of inputs:`);
for (const inputs of [1, 2, 3]) {
  const own = thresholds.filter((set) => set.inputs === inputs).map(({ pStar }) => pStar);
  const count = (low, high) => own.filter((p) => p > low && p <= high).length;
  console.log(
    `${inputs}: ${own.length} sets, p* = 1: ${own.filter((p) => p === 1).length}, (0, 1/4]: ${count(0, 0.25)}, (1/4, 1/2]: ${count(0.25, 0.5)}, (1/2, 3/4]: ${count(0.5, 0.75)}, (3/4, 1): ${count(0.75, 0.9999999)}, least ${Math.min(...own).toFixed(4)}`,
  );
}
for (const where of ['below', 'above', 'one']) {
  for (const inputs of [1, 2, 3]) {
    const own = rows.filter((row) => row.where === where && row.inputs === inputs);
    const count = (outcome) => own.filter((row) => row.outcome === outcome).length;
    const interpolate = own.filter(({ residual }) => residual <= INTERPOLATES).length;
    const ratios = own
      .filter(({ outcome }) => outcome === 'dearer')
      .map(({ cost, least }) => cost / least)
      .sort((a, b) => a - b);
    const cheap = own.filter(({ raw, least }) => raw < least).length;
    console.log(
      `${where} p*, ${inputs}: ${own.length} runs, interpolate ${interpolate}, reached ${count('reached')}, dearer ${count('dearer')} (median ratio ${(ratios[ratios.length >> 1] ?? Number.NaN).toFixed(3)}), no exact fit ${count('no exact fit')}, raw cost below the minimum ${cheap}`,
    );
  }
}
