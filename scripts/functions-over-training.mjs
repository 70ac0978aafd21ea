// The functions over training, as in Fig. 19 of the paper: docs/reproduction/functions.svg. One run a method on the data set of one input in the
// settings of the paper, seed 0; `node scripts/functions-over-training.mjs` trains (seconds) and draws.
import { readFileSync, writeFileSync } from 'node:fs';
import Papa from 'papaparse';
import { trainingPoints } from '../dist/train/points.js';
import { Training } from '../dist/train/train.js';

const METHODS = [
  { label: 'Adam', options: { method: 'adam' } },
  { label: 'AdamW', options: { method: 'adamw' } },
  { label: 'p = 1', options: { p: 1 } },
  { label: 'p = 0.7', options: { p: 0.7 } },
  { label: 'p = 0.4', options: { p: 0.4 } },
  { label: 'annealed, p = 0.4', options: { method: 'annealed', p: 0.4 } },
];
const EPOCHS = [0, 100, 1000, 10_000, 100_000];
const SIZE = { width: 150, height: 96, left: 112, top: 26, gap: 8 };

const table = readFileSync(new URL('../instances/peak-plateau.csv', import.meta.url), 'utf8');
const rows = Papa.parse(table, { header: true, skipEmptyLines: true, dynamicTyping: true }).data;
const points = trainingPoints(
  rows.map(({ x }) => [x]),
  rows.map(({ y }) => y),
);
const xs = rows.map(({ x }) => x);
const ys = rows.map(({ y }) => y);
const [left, right] = [Math.min(...xs) - 0.5, Math.max(...xs) + 0.5];
const [low, high] = [Math.min(...ys) - 0.6, Math.max(...ys) + 0.6];

/** f(x) in doubles. */
function valueAt({ inputWeights, biases, outputWeights }, x) {
  return outputWeights.reduce((sum, v, k) => sum + v * Math.max(0, inputWeights[k][0] * x + biases[k]), 0);
}

/** The corners of the graph: the ends and the knots between them. */
function corners(network) {
  const knots = network.inputWeights.flatMap(([w], k) => (w === 0 ? [] : [-network.biases[k] / w]));
  return [left, ...knots.filter((x) => x > left && x < right).sort((a, b) => a - b), right];
}

function panel(network, neurons, x0, y0) {
  const sx = (x) => (x0 + ((x - left) / (right - left)) * SIZE.width).toFixed(1);
  const sy = (y) => (y0 + ((high - y) / (high - low)) * SIZE.height).toFixed(1);
  const line = corners(network).map((x) => `${sx(x)},${sy(valueAt(network, x))}`);
  const id = `clip-${x0}-${y0}`;
  return [
    `<clipPath id="${id}"><rect x="${x0}" y="${y0}" width="${SIZE.width}" height="${SIZE.height}"/></clipPath>`,
    `<rect x="${x0}" y="${y0}" width="${SIZE.width}" height="${SIZE.height}" fill="#fff" stroke="#bbb"/>`,
    `<polyline points="${line.join(' ')}" fill="none" stroke="#2558b8" stroke-width="1.5" clip-path="url(#${id})"/>`,
    ...xs.map((x, n) => `<circle cx="${sx(x)}" cy="${sy(ys[n])}" r="2.5" fill="#c22"/>`),
    `<text x="${x0 + SIZE.width - 5}" y="${y0 + 13}" text-anchor="end" fill="#555">${neurons} ${neurons === 1 ? 'neuron' : 'neurons'}</text>`,
  ].join('\n');
}

const parts = [];
METHODS.forEach(({ label, options }, row) => {
  const training = Training.start(points, { ...options, epochs: EPOCHS.at(-1), seed: 0, every: 0 });
  const y0 = SIZE.top + row * (SIZE.height + SIZE.gap);
  parts.push(`<text x="${SIZE.left - 8}" y="${y0 + SIZE.height / 2 + 4}" text-anchor="end">${label}</text>`);
  EPOCHS.forEach((epoch, column) => {
    training.advance(epoch - training.epoch);
    const x0 = SIZE.left + column * (SIZE.width + SIZE.gap);
    if (row === 0) {
      const title = `${epoch.toLocaleString('en-US')} epochs`;
      parts.push(`<text x="${x0 + SIZE.width / 2}" y="${SIZE.top - 9}" text-anchor="middle">${title}</text>`);
    }
    parts.push(panel(training.network(), training.row().activeNeurons, x0, y0));
  });
});
const width = SIZE.left + EPOCHS.length * (SIZE.width + SIZE.gap);
const height = SIZE.top + METHODS.length * (SIZE.height + SIZE.gap);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
writeFileSync(new URL('../docs/reproduction/functions.svg', import.meta.url), svg);
