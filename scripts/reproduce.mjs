// The paper's two training experiments, in full: `npm run reproduce` (`npm run build && node scripts/reproduce.mjs`).
//
//   --out DIR             where reproduction.csv and reproduction.md go (default: docs)
//   --workers N           threads (default: one per core)
//   --univariate-seeds N  seeds 0 .. N-1 of the first experiment (default 20)
//   --several-seeds N     seeds 0 .. N-1 of the second (default 5)
//   --epochs N            epochs of every run (default 100000, as in the paper)
//   --page                train nothing: write reproduction.md anew from the rows in reproduction.csv
//
// The rows are the measurement; every number on the page is computed from them, or proved anew from the data.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { rank } from '../dist/exact/elimination.js';
import { Rational } from '../dist/exact/rational.js';
import { readDataset } from '../dist/files/read-dataset.js';
import { writeFileAtomically } from '../dist/files/write-file.js';
import { minimizeLp } from '../dist/lp-norm/minimize.js';
import { makeProblem } from '../dist/problem/problem.js';
import { solve } from '../dist/solve/solve.js';
import { pointsFromDataset } from '../dist/train/from-dataset.js';
import { largestResidual } from '../dist/train/residual.js';
import { DivergenceError, Training } from '../dist/train/train.js';

/** A run interpolates when |f(x_n) - y_n| is at most this at every point. The same for all methods. */
const TOLERANCE = '0.01';
/** The success counts are also given for these. */
const TOLERANCES = [0.1, 0.03, 0.01, 0.001];

const adam = { name: 'Adam', method: 'adam' };
const adamw = { name: 'AdamW', method: 'adamw' };
const reweighted = (p, more = {}) => ({ name: `p = ${p}`, method: 'reweighted', p, ...more });

/** What is run. `paper` is the count the paper reports for a method. */
const EXPERIMENTS = {
  univariate: {
    data: 'instances/peak-plateau.csv',
    seedsFlag: 'univariate-seeds',
    options: { width: 80, lambda: 0.003, learningRate: 0.01, threshold: 1e-8 },
    paper: { Adam: 57, AdamW: 46, 'p = 0.4': 3, 'p = 0.7': 4 },
    methods: [
      adam,
      adamw,
      reweighted(1),
      reweighted(0.7),
      reweighted(0.4),
      reweighted(0.4, { name: 'p = 0.4, skip bias', skip: 'bias' }),
      reweighted(0.4, { name: 'p = 0.4, skip affine', skip: 'affine' }),
      reweighted(0.4, { name: 'p = 0.4, weights from the current product', reweightFrom: 'current' }),
    ],
  },
  several: {
    data: 'instances/nakhleh-high-d.json',
    seedsFlag: 'several-seeds',
    options: { width: 100, lambda: 0.005, learningRate: 0.01, threshold: 1e-6 },
    paper: { Adam: 2100, AdamW: 255, 'p = 0.4': 11, 'p = 0.7': 12 },
    methods: [adam, adamw, reweighted(1), reweighted(0.7), reweighted(0.4)],
  },
};

const COLUMNS = [
  'experiment',
  'method',
  'skip',
  'seed',
  'epochs',
  'loss',
  'largestResidual',
  'activeNeurons',
  'nonzeroProducts',
  'pathNorm',
  'seconds',
  'threads',
];
const TEXT_COLUMNS = new Set(['experiment', 'method', 'skip']);

const root = fileURLToPath(new URL('..', import.meta.url));
const load = (experiment) => readDataset(join(root, EXPERIMENTS[experiment].data));

/** One training run as a row; a run that diverges has the loss NaN and no counts. */
function run({ experiment, index, seed, epochs, threads }) {
  const { name, ...method } = EXPERIMENTS[experiment].methods[index];
  const points = pointsFromDataset(load(experiment));
  const training = Training.start(points, {
    ...EXPERIMENTS[experiment].options,
    ...method,
    seed,
    epochs,
    every: 0,
  });
  const identity = { experiment, method: name, skip: training.options.skip, seed, threads };
  const started = performance.now();
  try {
    training.advance(epochs);
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const nothing = {
      largestResidual: Number.NaN,
      activeNeurons: 0,
      nonzeroProducts: 0,
      pathNorm: Number.NaN,
    };
    return { ...identity, epochs: error.epoch, loss: Number.NaN, ...nothing, seconds: 0 };
  }
  const seconds = Number(((performance.now() - started) / 1000).toFixed(2));
  const { loss, activeNeurons, nonzeroProducts, pathNorm } = training.row();
  const residual = largestResidual(training.network(), points);
  return {
    ...identity,
    epochs,
    loss,
    largestResidual: residual,
    activeNeurons,
    nonzeroProducts,
    pathNorm,
    seconds,
  };
}

/** All runs on `workers` threads; rows in the order of the plan, whoever is first. */
async function runAll(plan, workers) {
  const rows = [];
  let next = 0;
  let done = 0;
  // The long runs are in the second experiment: start with them, so that no thread is left with one at the end.
  const order = plan.map((_, i) => plan.length - 1 - i);
  await Promise.all(
    Array.from({ length: Math.min(workers, plan.length) }, async () => {
      const worker = new Worker(new URL(import.meta.url));
      while (next < plan.length) {
        const task = order[next++];
        rows[task] = await new Promise((resolve, reject) => {
          worker.once('message', resolve).once('error', reject);
          worker.postMessage(plan[task]);
        });
        worker.removeAllListeners('error');
        done++;
        if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${plan.length} runs`);
      }
      await worker.terminate();
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\n');
  return rows;
}

function csv(rows) {
  const cell = (value) => (/[",]/.test(String(value)) ? `"${value}"` : String(value));
  return [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))]
    .map((cells) => `${cells.map(cell).join(',')}\n`)
    .join('');
}

function parseRows(text) {
  const [header, ...lines] = text.trim().split('\n');
  if (header !== COLUMNS.join(',')) {
    throw new Error(
      `reproduction.csv: expected the columns ${COLUMNS.join(',')}, found ${header}; run it anew`,
    );
  }
  return lines.map((line) => {
    const cells = line.match(/("[^"]*"|[^,]+)/g);
    return Object.fromEntries(
      COLUMNS.map((column, i) => {
        const cell = cells[i].replaceAll('"', '');
        return [column, TEXT_COLUMNS.has(column) ? cell : Number(cell)];
      }),
    );
  });
}

// What is proved about the two data sets.

/**
 * Least number of neurons within TOLERANCE of the univariate labels: [lower, upper], both proved. What passes through
 * every label is also within any tolerance of it.
 */
async function neuronBounds(skip) {
  const bounds = (tolerance) => solve(makeProblem(load('univariate'), Rational.parse(tolerance)), { skip });
  const [exact, within] = await Promise.all([bounds('0'), bounds(TOLERANCE)]);
  return { exact, within: [within.lowerBound, Math.min(within.upperBound, exact.upperBound)] };
}

/** The rank of the one-parameter neurons (x_i)+, (-x_i)+, 1 on the data: when it is N, N parameters suffice. */
function atomRank() {
  const { inputs, size } = makeProblem(load('several'));
  const positive = (z) => (z > 0n ? z : 0n);
  const matrix = Array.from({ length: size }, (_, n) => {
    const row = inputs.map((column) => column.integer(n));
    return [...row.map(positive), ...row.map((z) => positive(-z)), 1n];
  });
  return { rank: rank(matrix), points: size };
}

// The page.

const SKIPS = ['none', 'bias', 'affine'];

async function page(rows) {
  const runs = rows.map((row) => ({ ...row, interpolates: row.largestResidual <= Number(TOLERANCE) }));
  const bounds = {};
  for (const skip of SKIPS) bounds[skip] = await neuronBounds(skip);
  // A network that beats a proof would mean that one of the two is wrong.
  for (const { experiment, skip, interpolates, activeNeurons, seed, method } of runs) {
    if (experiment === 'univariate' && interpolates && activeNeurons < bounds[skip].within[0]) {
      throw new Error(`${method}, seed ${seed}: ${activeNeurons} neurons are fewer than proved necessary`);
    }
  }
  return `${[introduction(runs), ...univariate(runs, bounds), ...several(runs), again(runs)].join('\n\n')}\n`;
}

function introduction(runs) {
  const epochs = Math.max(...runs.map((run) => run.epochs)).toLocaleString('en-US');
  return `# The paper's training experiments, run again

Nakhleh and Nowak, *Global Minimizers of l^p-Regularized Objectives Yield the Sparsest ReLU Neural Networks* (NeurIPS
2025), train on two small data sets and show one run per method. Here every method runs from several seeds, with our own
implementation of their Algorithm 1 and of the two baselines, and the outcome is held against what is proved about the
data. Written by \`npm run reproduce\`; each number below comes from [reproduction.csv](reproduction.csv), one row per run.

Settings of all runs, as in the paper: ${epochs} full-batch epochs, learning rate 0.01, no skip unless a row says so,
starting weights uniform on ±1/sqrt(fan-in); AdamW with weight decay lambda. Ours: weights in double precision.
**A run interpolates when it misses no label by more than ${TOLERANCE}**, the same for all methods, measured on the
weights after the last epoch. A smaller network that does not interpolate is not a sparser solution; it is no solution.`;
}

function univariate(runs, bounds) {
  const { options, paper, methods } = EXPERIMENTS.univariate;
  const own = runs.filter((run) => run.experiment === 'univariate');
  const of = (name) => own.filter((run) => run.method === name);
  const least = bounds.none.within[1];
  const success = (run) => run.interpolates && run.activeNeurons === least;

  const table = markdown(
    [
      'method',
      'interpolate',
      `**${least} neurons and interpolate**`,
      '95 % interval',
      'neurons, interpolating runs',
    ].concat(['neurons, other runs', 'residual, median (largest)', 'seconds, median', 'the paper']),
    methods.map(({ name }) => {
      const all = of(name);
      const fit = all.filter((run) => run.interpolates);
      const hits = all.filter(success).length;
      return [
        name,
        `${fit.length} of ${all.length}`,
        `**${hits} of ${all.length}**`,
        interval(hits, all.length),
        distribution(fit.map((run) => run.activeNeurons)),
        distribution(all.filter((run) => !run.interpolates).map((run) => run.activeNeurons)),
        residuals(all),
        median(all.map((run) => run.seconds)).toFixed(1),
        paper[name] ?? '-',
      ];
    }),
  );

  const sensitivity = markdown(
    ['method', ...TOLERANCES.map((tolerance) => `residual <= ${tolerance}`)],
    methods.map(({ name }) => [
      name,
      ...TOLERANCES.map((tolerance) => {
        const fit = of(name).filter((run) => run.largestResidual <= tolerance);
        return `${fit.length} interpolate, ${fit.filter((run) => run.activeNeurons === least).length} with ${least}`;
      }),
    ]),
  );

  const truth = SKIPS.map((skip) => {
    const { exact, within } = bounds[skip];
    return `${bracket([exact.lowerBound, exact.upperBound])} with skip ${skip} (within ${TOLERANCE} of every label: ${bracket(within)})`;
  });

  return [
    `## One input: 6 points, K = ${options.width}, lambda = ${options.lambda}`,
    `Data: \`instances/peak-plateau.csv\`. Fewest neurons, proved: ${truth.join(', ')}.
A neuron is active when |v w| > ${options.threshold.toExponential()}. The last column is the number the paper reports; its curve for p = 1 was recorded from the
p = 0.7 model, so there is none for p = 1. Here p = 1 is trained like the others.`,
    table,
    'How much the tolerance matters:',
    sensitivity,
    `What this says:\n\n${univariateReading(own, of, success, least)}`,
  ];
}

function univariateReading(own, of, success, least) {
  const problem = makeProblem(load('univariate'));
  const exactCost = (p) => Number(minimizeLp(problem, Rational.parse(String(p))).cost.lower);
  const interpolating = (name) => of(name).filter((run) => run.interpolates);
  const lines = [];
  for (const p of [0.4, 0.7]) {
    const name = `p = ${p}`;
    const all = of(name);
    const hits = all.filter(success);
    const rest = interpolating(name).filter((run) => !success(run));
    const minimum = exactCost(p);
    lines.push(
      `p = ${p}: ${hits.length} of ${all.length} runs reach the truth. The exact minimum of the path norm is ` +
        `${minimum.toFixed(4)}${range(hits, ', and these runs end at')}${range(rest, '; the interpolating runs with more neurons end at')}. ` +
        'A run that ends above the minimum sits in a local minimum of the training objective or on the way to one; it says nothing ' +
        'against the theorem, which speaks of global minimisers.',
    );
  }
  const one = interpolating('p = 1');
  const l1 = exactCost(1);
  const off = Math.max(...one.map((run) => Math.abs(run.pathNorm / l1 - 1)));
  lines.push(
    `p = 1: the exact minimum of the path norm is ${l1.toFixed(4)}, and the interpolating runs end at ` +
      `${spread(one.map((run) => run.pathNorm))}, within ${(100 * off).toFixed(1)} % of it (a little below is possible within the ` +
      `tolerance). ${one.filter(success).length} of these ${one.length} runs have ${least} neurons: the l^1 path norm does not ` +
      'tell them from denser networks that cost the same.',
  );
  const reweightedRuns = own.filter((run) => run.method.startsWith('p = '));
  const died = reweightedRuns.filter((run) => run.activeNeurons === 0).length;
  const stuck = reweightedRuns.filter((run) => run.activeNeurons > 0 && run.largestResidual > 0.1).length;
  lines.push(
    `Of the ${reweightedRuns.length} reweighted runs, ${died} died (no neuron left, the network is zero) and ${stuck} more ` +
      'miss a label by more than 0.1. A neuron that is zero has no gradient, so such a run cannot recover. A count of neurons ' +
      'without the residual beside it would take them for very sparse solutions.',
  );
  const baselines = own.filter((run) => run.method.startsWith('Adam'));
  lines.push(
    `Adam and AdamW keep ${spread(baselines.map((run) => run.activeNeurons))} neurons. Their residuals are those of one ` +
      'epoch: with a constant learning rate they go up and down until the end.',
  );
  return lines.map((line) => `- ${line}`).join('\n');
}

function several(runs) {
  const { options, paper, methods } = EXPERIMENTS.several;
  const own = runs.filter((run) => run.experiment === 'several');
  const of = (name) => own.filter((run) => run.method === name);
  const atoms = atomRank();
  if (atoms.rank !== atoms.points) throw new Error('the one-parameter neurons do not have full rank');
  const enough = atoms.points;
  const labels = load('several').labels;
  const label = (n) => Math.abs(labels.value(n).toNumber());
  const smallest = Math.min(...Array.from({ length: labels.length }, (_, n) => label(n)));
  const zeroThere = own.filter((run) => Math.abs(run.largestResidual - smallest) < 1e-9);

  const table = markdown(
    [
      'method',
      'interpolate',
      'parameters, interpolating runs',
      'parameters, other runs',
      'neurons, all runs',
    ].concat(['residual, median (largest)', 'seconds, median', 'the paper']),
    methods.map(({ name }) => {
      const all = of(name);
      const parameters = (list) => distribution(list.map((run) => run.nonzeroProducts));
      return [
        name,
        `${all.filter((run) => run.interpolates).length} of ${all.length}`,
        parameters(all.filter((run) => run.interpolates)),
        parameters(all.filter((run) => !run.interpolates)),
        distribution(all.map((run) => run.activeNeurons)),
        residuals(all),
        median(all.map((run) => run.seconds)).toFixed(1),
        paper[name] ?? '-',
      ];
    }),
  );

  const found = own.filter((run) => run.interpolates).map((run) => run.nonzeroProducts);
  const lines = [
    found.length === 0
      ? 'No run interpolates.'
      : `The sparsest interpolating run has ${Math.min(...found)} parameters, against the ${enough} that suffice; ` +
        `${found.filter((count) => count <= enough).length} of the ${found.length} interpolating runs, over all methods, ` +
        `need no more than ${enough}.`,
    ...[0.4, 0.7].map((p) => {
      const fit = of(`p = ${p}`).filter((run) => run.interpolates);
      return (
        `p = ${p}: ${fit.length} of ${of(`p = ${p}`).length} runs interpolate` +
        (fit.length === 0
          ? '.'
          : `, with ${spread(fit.map((run) => run.nonzeroProducts))} parameters in ${spread(fit.map((run) => run.activeNeurons))} neurons.`)
      );
    }),
    `p = 1: ${of('p = 1').filter((run) => run.interpolates).length} of ${of('p = 1').length} runs interpolate, with ` +
      `${spread(of('p = 1').map((run) => run.nonzeroProducts))} parameters over all runs. Few neurons are not few parameters.`,
  ];
  if (zeroThere.length > 0) {
    lines.push(
      `The largest residual of ${zeroThere.length} of the ${own.length} runs *is* the smallest label, ${smallest.toPrecision(3)}: ` +
        'the network is zero at that point. Where no neuron is active the loss has no gradient, so the run stays there. A tolerance of 0.03 would have called them solutions.',
    );
  }
  return [
    `## Many inputs: 10 points in 50 dimensions, K = ${options.width}, lambda = ${options.lambda}`,
    `Data: \`instances/nakhleh-high-d.json\`. Parameters are the pairs (k, i) with |v_k w_ki| > ${options.threshold.toExponential()}, biases
counted. ${enough} parameters suffice, proved when this page is written: the one-parameter neurons (x_i)+, (-x_i)+ and 1
have rank ${atoms.rank} on the ${atoms.points} points, in exact arithmetic, so some ${enough} of them interpolate any
labels. That fewer than ${enough} do not suffice for these labels is not claimed here. Every method runs from ${
      of('Adam').length
    } seeds.`,
    table,
    `What this says:\n\n${lines.map((line) => `- ${line}`).join('\n')}`,
  ];
}

function again(runs) {
  const threads = Math.max(...runs.map((run) => run.threads));
  return `## To run it again

    npm ci && npm run reproduce

All rows but their times are the same again, bit for bit, on any machine with the same version of Node.js (\`**\` is
not specified to the last bit by the language). Times were measured with ${threads} runs at a time on as many cores, and depend
on what else the machine had to do. To write this page anew from the rows, without training:

    node scripts/reproduce.mjs --page`;
}

// Small figures.

function markdown(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function bracket([lower, upper]) {
  return lower === upper ? String(lower) : `${lower} to ${upper}`;
}

/** "3 (2), 4 (7)": two runs with 3, seven with 4; many different values as their range and median. */
function distribution(values) {
  if (values.length === 0) return '-';
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length > 6) return `${spread(values)}, median ${median(values)}`;
  return distinct.map((value) => `${value} (${values.filter((other) => other === value).length})`).join(', ');
}

function spread(values) {
  if (values.length === 0) return 'none';
  const text = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(4));
  const [least, most] = [text(Math.min(...values)), text(Math.max(...values))];
  return least === most ? least : `${least} to ${most}`;
}

function range(runs, words) {
  return runs.length === 0 ? '' : `${words} ${spread(runs.map((run) => run.pathNorm))}`;
}

function residuals(runs) {
  const values = runs.map((run) => run.largestResidual);
  return `${median(values).toExponential(1)} (${Math.max(...values).toExponential(1)})`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The Wilson score interval of a success rate, 95 %. */
function interval(hits, count) {
  const z = 1.96;
  const rate = hits / count;
  const centre = rate + (z * z) / (2 * count);
  const half = z * Math.sqrt((rate * (1 - rate)) / count + (z * z) / (4 * count * count));
  const percent = (value) => Math.round((100 * value) / (1 + (z * z) / count));
  return `${percent(centre - half)} to ${percent(centre + half)} %`;
}

async function main() {
  const { values: flags } = parseArgs({
    options: {
      out: { type: 'string', default: join(root, 'docs') },
      workers: { type: 'string', default: String(availableParallelism()) },
      'univariate-seeds': { type: 'string', default: '20' },
      'several-seeds': { type: 'string', default: '5' },
      epochs: { type: 'string', default: '100000' },
      page: { type: 'boolean', default: false },
    },
  });
  const table = join(flags.out, 'reproduction.csv');
  let rows;
  if (flags.page) rows = parseRows(readFileSync(table, 'utf8'));
  else {
    const plan = Object.entries(EXPERIMENTS).flatMap(([experiment, { methods, seedsFlag }]) =>
      methods.flatMap((_, index) =>
        Array.from({ length: Number(flags[seedsFlag]) }, (_, seed) => ({
          experiment,
          index,
          seed,
          epochs: Number(flags.epochs),
          threads: Number(flags.workers),
        })),
      ),
    );
    rows = await runAll(plan, Number(flags.workers));
    await writeFileAtomically(table, [csv(rows)]);
  }
  await writeFileAtomically(join(flags.out, 'reproduction.md'), [await page(rows)]);
}

if (isMainThread) await main();
else parentPort.on('message', (task) => parentPort.postMessage(run(task)));
