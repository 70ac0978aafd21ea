// How often Algorithm 1 ends at the global minimum, below p*, above it and at p = 1: `npm run build && node scripts/equivalence.mjs`.
//
// Random sets of 3 to 6 points in one to three inputs, skip none. Each one's p* and least costs come from going through all vertices, in rationals;
// Algorithm 1 is then run once for every p, and its network is made exact on its own activation pattern before its cost is compared: a
// network that misses labels may cost less than the minimum. Writes docs/reproduction/equivalence.csv, a row a run,
// docs/equivalence.svg and docs/equivalence.md.
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

const COLORS = { reached: '#0072b2', dearer: '#d55e00', 'no exact fit': '#999999' };
const INPUTS = [1, 2, 3];
const WHERE = [
  ['below', 'p = p*/2'],
  ['above', 'p = (1 + p*)/2'],
  ['one', 'p = 1'],
];
const runsOf = (where, inputs) => rows.filter((row) => row.where === where && row.inputs === inputs);
const count = (list, outcome) => list.filter((row) => row.outcome === outcome).length;

/** Left: the share of sets with p* at most p. Right: how runs ended. */
function picture() {
  const text = (x, y, words, more = '') => `<text x="${x}" y="${y}" ${more}>${words}</text>`;
  const parts = [
    text(20, 24, 'Where minimisers stop being sparsest', 'font-weight="bold"'),
    text(440, 24, 'Where Algorithm 1 ends', 'font-weight="bold"'),
  ];
  const at = (p, share) => [60 + 320 * p, 260 - 200 * share];
  for (const share of [0, 0.25, 0.5]) {
    const [, y] = at(0, share);
    parts.push(
      `<line x1="60" x2="380" y1="${y}" y2="${y}" stroke="#e5e5e5"/>`,
      text(54, y + 4, `${100 * share} %`, 'text-anchor="end"'),
    );
  }
  for (const p of [0, 0.25, 0.5, 0.75, 1]) parts.push(text(at(p, 0)[0], 278, p, 'text-anchor="middle"'));
  parts.push(text(220, 298, 'p*: sets with p* below p', 'text-anchor="middle"'));
  INPUTS.forEach((inputs, i) => {
    const own = thresholds
      .filter((set) => set.inputs === inputs)
      .map(({ pStar }) => pStar)
      .sort((a, b) => a - b);
    const color = ['#0072b2', '#d55e00', '#009e73'][i];
    let path = `M${at(0, 0)}`;
    own.forEach((p, k) => {
      if (p < 1) path += `L${at(p, k / own.length)}L${at(p, (k + 1) / own.length)}`;
    });
    const below = own.filter((p) => p < 1).length / own.length;
    parts.push(`<path d="${path}L${at(1, below)}" fill="none" stroke="${color}" stroke-width="2"/>`);
    parts.push(text(76, 56 + 18 * i, `${inputs} input${inputs > 1 ? 's' : ''}`, `fill="${color}"`));
  });
  WHERE.forEach(([where, words], g) => {
    INPUTS.forEach((inputs, i) => {
      const list = runsOf(where, inputs);
      const x = 450 + 120 * g + 34 * i;
      let y = 260;
      for (const outcome of Object.keys(COLORS)) {
        const height = (200 * count(list, outcome)) / list.length;
        y -= height;
        parts.push(
          `<rect x="${x}" y="${y.toFixed(1)}" width="28" height="${height.toFixed(1)}" fill="${COLORS[outcome]}"/>`,
        );
      }
      parts.push(text(x + 14, 278, inputs, 'text-anchor="middle"'));
    });
    parts.push(text(498 + 120 * g, 298, words, 'text-anchor="middle"'));
  });
  Object.entries(COLORS).forEach(([outcome, color], k) => {
    parts.push(
      `<rect x="${450 + 120 * k}" y="36" width="12" height="12" fill="${color}"/>`,
      text(468 + 120 * k, 47, outcome),
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="equivalence-title" width="820" height="310" viewBox="0 0 820 310" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#1a1a1a"><title id="equivalence-title">p* of ${thresholds.length} random sets, and how often Algorithm 1 ends at the global minimum</title><rect width="820" height="310" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`;
}

function page() {
  const table = (header, lines) =>
    [header, header.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
  const stars = INPUTS.map((inputs) => {
    const own = thresholds.filter((set) => set.inputs === inputs).map(({ pStar }) => pStar);
    const inside = (low, high) => own.filter((p) => p > low && p <= high && p < 1).length;
    return [
      inputs,
      own.length,
      inside(0, 0.25),
      inside(0.25, 0.5),
      inside(0.5, 0.75),
      inside(0.75, 1),
      own.filter((p) => p === 1).length,
      Math.min(...own).toFixed(3),
    ];
  });
  const ends = WHERE.flatMap(([where, words]) =>
    INPUTS.map((inputs) => {
      const list = runsOf(where, inputs);
      const dearer = list
        .filter(({ outcome }) => outcome === 'dearer')
        .map(({ cost, least }) => cost / least)
        .sort((a, b) => a - b);
      return [
        words,
        inputs,
        list.length,
        list.filter(({ residual }) => residual <= INTERPOLATES).length,
        `**${count(list, 'reached')}**`,
        count(list, 'dearer'),
        dearer.length === 0 ? '-' : dearer[dearer.length >> 1].toFixed(3),
        count(list, 'no exact fit'),
        list.filter(({ raw, least }) => raw < least).length,
      ];
    }),
  );
  return `# How far the equivalence of global minimisers reaches, and how often training ends there

Theorem 4.1 of Nakhleh and Nowak says that below some p* > 0 every network of least l^p path norm through the data has the fewest parameters. It does not say how large p* is, nor that training finds such
a network. Here both are measured on ${thresholds.length} random sets: 3 to 6 points in one input, 3 or 4 in two, 3 in three, with integer inputs from -3 to 3 and labels from -5 to 5, skip none. p* and every least cost come from going
through all vertices in rationals, so they are exact: \`sparsest threshold\`.

![p* of random sets, and how often Algorithm 1 ends at the global minimum](equivalence.svg)

## p*

${table(['inputs', 'sets', 'up to 1/4', '1/4 to 1/2', '1/2 to 3/4', '3/4 to 1', 'p* = 1', 'least'], stars)}

Most sets have p* = 1: minimisers are sparsest for every p < 1. But some need p below 0.2: no fixed p works for all data.

## Algorithm 1

One run for every set and p, ${TRAINING.epochs.toLocaleString('en-US')} epochs, width ${TRAINING.width}, learning rate ${TRAINING.learningRate}, lambda ${TRAINING.lambda}. A trained network misses labels a little, and one that misses labels may cost less than the minimum (last column): so each one is first made
exact on its own activation pattern, by a linear program whose answer is decided in rationals. *Reached*: that exact network costs the minimum, to 1e-6. *No exact fit*: no network with this pattern passes through the
labels.

${table(['p', 'inputs', 'runs', `miss no label by ${INTERPOLATES}`, 'reached', 'dearer', 'median ratio', 'no exact fit', 'raw cost below the minimum'], ends)}

The equivalence is one of global minimisers. At p = 1, where the problem is convex, most runs in two and three inputs end at the minimum; below p*, where the minimum is sparsest, most do not.

One row a run: [reproduction/equivalence.csv](reproduction/equivalence.csv). To run it again: \`npm run build && node scripts/equivalence.mjs\`.
`;
}

writeFileSync(new URL('../docs/equivalence.svg', import.meta.url), picture());
writeFileSync(new URL('../docs/equivalence.md', import.meta.url), page());
