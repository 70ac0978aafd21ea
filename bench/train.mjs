// Training speed, side by side with PyTorch: `npm run build && node bench/train.mjs [--epochs N] [--torch-epochs N] [--batched]`.
// --batched: only against PyTorch with 64 seeds as one tensor.
//
// The two experiments of the paper, five methods each, from the same starting weights, in float64. First the answers:
// after 50 steps all weights must equal PyTorch's to 1e-12, and after the timed PyTorch epochs both losses must be alike.
// Then the times: our trainer runs all epochs (dead products get cheaper as training goes on), PyTorch runs a few, whose
// cost does not depend on the weights, and its time is scaled per epoch. Exit code 1 when a check or a ratio fails.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { trainingPoints } from '../dist/train/points.js';
import { Training } from '../dist/train/train.js';
import { CLI, runProcess } from './common.mjs';

const PYTHON = '/usr/bin/python3';
const CHECKED_STEPS = 50;
const CHECKED_DIFFERENCE = 1e-12;

const { values: flags } = parseArgs({
  options: {
    epochs: { type: 'string', default: '100000' },
    'torch-epochs': { type: 'string', default: '1000' },
    batched: { type: 'boolean', default: false },
  },
});
const epochs = Number(flags.epochs);
const torchEpochs = Number(flags['torch-epochs']);

const file = (name) => readFileSync(new URL(`../instances/${name}`, import.meta.url), 'utf8');
const rows = file('peak-plateau.csv').trim().split('\n').slice(1);
const univariate = rows.map((line) => line.split(',').map(Number));
const several = JSON.parse(file('nakhleh-high-d.json'));

const methods = [{ method: 'adam' }, { method: 'adamw' }, { p: 1 }, { p: 0.7 }, { p: 0.4 }];
const experiments = [
  {
    name: 'univariate: 6 points, K = 80',
    file: 'instances/peak-plateau.csv',
    data: { x: univariate.map(([x]) => [x]), y: univariate.map(([, y]) => y) },
    options: { width: 80, lambda: 0.003, threshold: 1e-8 },
    requiredRatio: 25,
  },
  {
    name: '10 points in 50 dimensions, K = 100',
    file: 'instances/nakhleh-high-d.json',
    data: { x: several.x, y: several.y },
    options: { width: 100, lambda: 0.005, threshold: 1e-6 },
    requiredRatio: 5,
  },
];

/** The answers of bench/train_reference.py, or null where PyTorch is not installed. */
function reference(data, runs) {
  try {
    execFileSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const script = new URL('train_reference.py', import.meta.url).pathname;
  // One thread: at these sizes two only get in each other's way.
  const input = JSON.stringify({ threads: 1, data, runs });
  return JSON.parse(execFileSync(PYTHON, [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 }));
}

/** All weights; of a neuron with v = 0 only v, since ours drops it and PyTorch goes on moving its bias. */
function weights({ inputWeights, biases, outputWeights }) {
  return outputWeights.flatMap((v, k) => (v === 0 ? [0] : [v, biases[k], ...inputWeights[k]]));
}

/** Both small against the loss at the start, or within a factor of ten. */
function alike(ours, theirs, start) {
  const floor = 1e-3 * start;
  return Math.max(ours, theirs, floor) <= 10 * Math.max(Math.min(ours, theirs), floor);
}

function check(points, options, [stepped, timed]) {
  const training = Training.start(points, options);
  const start = training.loss();
  training.advance(CHECKED_STEPS);
  const ours = weights(training.network());
  const theirs = weights(stepped.network);
  const difference = Math.max(...ours.map((w, i) => Math.abs(w - theirs[i])));
  if (ours.length !== theirs.length || !(difference <= CHECKED_DIFFERENCE)) {
    return `weights differ by ${difference} after ${CHECKED_STEPS} steps`;
  }
  training.advance(torchEpochs);
  if (alike(training.loss(), timed.loss, start)) return null;
  return `losses differ after ${training.epoch} epochs: ${training.loss()} against ${timed.loss}`;
}

const label = ({ method, p }) => (method === undefined ? `reweighted, p = ${p}` : method);
const cell = (text, width) => String(text).padStart(width);
let failed = false;

for (const { name, file: dataFile, data, options, requiredRatio } of flags.batched ? [] : experiments) {
  const points = trainingPoints(data.x, data.y);
  const full = methods.map((method) => Training.start(points, { ...options, ...method, epochs, every: 0 }));
  const torchRuns = full.flatMap((training) => {
    const run = { ...training.options, network: training.network() };
    return [
      { ...run, warmUp: 0, epochs: CHECKED_STEPS },
      { ...run, warmUp: CHECKED_STEPS, epochs: torchEpochs },
    ];
  });
  const torch = reference(data, torchRuns);
  console.log(`\n${name}: ${epochs} epochs`);
  if (torch === null) console.log('PyTorch is not installed (Debian: python3-torch): its side is skipped.');
  else console.log(`PyTorch ${torch.torch}: ${torchEpochs} epochs timed, scaled to ${epochs}`);
  console.log(
    `${'method'.padEnd(20)}${cell('ours s', 9)}${cell('PyTorch s', 11)}${cell('ratio', 8)}   answer`,
  );

  let oursTotal = 0;
  let torchTotal = 0;
  full.forEach((training, i) => {
    let torchSeconds = Number.NaN;
    if (torch !== null) {
      const pair = torch.runs.slice(2 * i, 2 * i + 2);
      const problem = check(points, { ...training.options, epochs: CHECKED_STEPS + torchEpochs }, pair);
      if (problem !== null) {
        console.log(`${label(methods[i])}: ${problem}`);
        failed = true;
      }
      torchSeconds = (pair[1].seconds / torchEpochs) * epochs;
    }
    const { seconds, stdout } = runProcess(commandOf(dataFile, { ...options, ...methods[i] }));
    oursTotal += seconds;
    torchTotal += torchSeconds;
    const { loss, activeNeurons, nonzeroProducts } = JSON.parse(stdout);
    const answer = `loss ${loss.toExponential(1)}, ${activeNeurons} neurons, ${nonzeroProducts} parameters`;
    console.log(`${label(methods[i]).padEnd(20)}${figures(seconds, torchSeconds)}   ${answer}`);
  });
  console.log(`${'all'.padEnd(20)}${figures(oursTotal, torchTotal)}   required: ${requiredRatio}`);
  if (torch !== null && torchTotal / oursTotal < requiredRatio) failed = true;
}
// All seeds as one tensor: what PyTorch does best. Ours one seed after the other, in one thread each.
const SEEDS = 64;
for (const { name, data, options } of experiments) {
  const points = trainingPoints(data.x, data.y);
  const starts = Array.from({ length: SEEDS }, (_, seed) =>
    Training.start(points, { ...options, p: 0.4, epochs, seed, every: 0 }),
  );
  const { lambda, learningRate, reweightAfter } = starts[0].options;
  const request = {
    ...{ threads: 1, data, p: 0.4, lambda, learningRate, reweightAfter },
    ...{ warmUp: CHECKED_STEPS, epochs: torchEpochs, networks: starts.map((run) => run.network()) },
  };
  const batched = batchedReference(request);
  const begin = performance.now();
  starts.forEach((run, s) => {
    run.advance(CHECKED_STEPS);
    const theirs = batched === null ? null : weights(batched.networks[s]);
    const ours = weights(run.network());
    if (theirs?.some((w, i) => !(Math.abs(w - ours[i]) <= CHECKED_DIFFERENCE))) {
      console.log(`seed ${s}: weights differ from the batched ones after ${CHECKED_STEPS} steps`);
      failed = true;
    }
    while (run.status === 'running') run.advance(1000);
  });
  const ours = (performance.now() - begin) / 1000 / SEEDS;
  const theirs = batched === null ? Number.NaN : (batched.seconds / torchEpochs / SEEDS) * epochs;
  console.log(
    `${name}, p = 0.4, a run of ${SEEDS}: ours ${ours.toFixed(2)} s, PyTorch batched over seeds ${theirs.toFixed(2)} s, ratio ${(theirs / ours).toFixed(1)}`,
  );
}
process.exitCode = failed ? 1 : 0;

/** The answer of bench/train_batched.py, or null where PyTorch is not installed. */
function batchedReference(request) {
  try {
    execFileSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const script = new URL('train_batched.py', import.meta.url).pathname;
  const input = JSON.stringify(request);
  return JSON.parse(execFileSync(PYTHON, [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 }));
}

/** The whole command, as a user runs it. */
function commandOf(dataFile, { method = 'reweighted', p, width, lambda, threshold }) {
  return [
    CLI,
    ...['train', dataFile, '--method', method, ...(p === undefined ? [] : ['--p', String(p)])],
    ...['--width', String(width), '--lambda', String(lambda), '--threshold', String(threshold)],
    ...['--epochs', String(epochs), '--json', '--quiet'],
  ];
}

function figures(ours, theirs) {
  const known = Number.isFinite(theirs);
  return (
    cell(ours.toFixed(2), 9) +
    cell(known ? theirs.toFixed(1) : '-', 11) +
    cell(known ? (theirs / ours).toFixed(1) : '-', 8)
  );
}
