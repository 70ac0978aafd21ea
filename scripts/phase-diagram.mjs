// How often training reaches the truth, over p and lambda: the paper's data set of one input, skip none, learning rate 0.01.
//
//   node scripts/phase-diagram.mjs --method reweighted|annealed [--seeds 50]      docs/reproduction/phase-METHOD.csv, on from what it holds
//   node scripts/phase-diagram.mjs --draw                                         docs/reproduction/phase-diagram.svg from the committed cells
//
// One row a cell: runs (of the seeds 0, 1, ..), how many of them miss no label by more than 0.01, how many of those have 3 neurons, and Wilson's
// interval of their rate. Seeds go round all cells one after the other; the file is written after each, and a run goes on from it.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { wilson } from '../dist/experiment-report/binomial-interval.js';
import { trainingPoints } from '../dist/train/points.js';
import { largestResidual } from '../dist/train/residual.js';
import { train } from '../dist/train/train.js';

const GRID = {
  p: Array.from({ length: 20 }, (_, i) => (i + 1) / 20),
  lambda: Array.from({ length: 20 }, (_, j) => Number((1e-4 * 1000 ** (j / 19)).toPrecision(3))),
};
const TRUTH = { neurons: 3, tolerance: 0.01 };
const FOLDER = new URL('../docs/reproduction/', import.meta.url);
const METHODS = ['reweighted', 'annealed'];
/** Algorithm 1 as in the paper; `annealed` starts from half as many neurons, which takes less time. */
const SETTINGS = { reweighted: { width: 80, epochs: 100_000 }, annealed: { width: 40, epochs: 100_000 } };

/** Rows of one method, from the file of its cells; none yet when there is no file. */
function cells(method) {
  const file = new URL(`phase-${method}.csv`, FOLDER);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Papa.parse(text, { header: true, skipEmptyLines: true, dynamicTyping: true }).data;
}

function measure({ method, seeds }) {
  const rows = readFileSync(new URL('../instances/peak-plateau.csv', import.meta.url), 'utf8');
  const points = Papa.parse(rows, { header: true, skipEmptyLines: true, dynamicTyping: true }).data;
  const data = trainingPoints(
    points.map(({ x }) => [x]),
    points.map(({ y }) => y),
  );
  const file = fileURLToPath(new URL(`phase-${method}.csv`, FOLDER));
  const done = cells(method);
  const found = GRID.p.flatMap((p, i) =>
    GRID.lambda.map((lambda, j) => {
      const { runs = 0, fit = 0, hits = 0 } = done[20 * i + j] ?? {};
      return { p, lambda, runs, fit, hits };
    }),
  );
  for (let seed = found[0].runs; seed < seeds; seed++) {
    for (const cell of found) {
      const { p, lambda } = cell;
      const { final, network } = train(data, { method, ...SETTINGS[method], p, lambda, seed, every: 0 });
      const fits = largestResidual(network, data) <= TRUTH.tolerance;
      cell.runs++;
      if (fits) cell.fit++;
      if (fits && final.activeNeurons === TRUTH.neurons) cell.hits++;
    }
    const table = found.map((cell) => {
      const { lower, upper } = wilson(cell.hits, cell.runs);
      return { ...cell, lower: lower.toFixed(4), upper: upper.toFixed(4) };
    });
    writeFileSync(`${file}.part`, `${Papa.unparse(table, { newline: '\n' })}\n`);
    renameSync(`${file}.part`, file);
  }
}

/** White for never, dark for always. */
function shadeOf(rate) {
  const shade = Math.round(255 - 215 * rate);
  return `rgb(${shade},${shade},255)`;
}

/** Two squares of cells, white 0 to dark 1, lambda to the right and p upwards; each cell tells its numbers. */
export function diagram() {
  const [size, gap, left, top] = [15, 60, 46, 34];
  const side = 20 * size;
  const panels = METHODS.map((method, m) => {
    const x0 = left + m * (side + gap);
    const squares = cells(method).map(({ p, lambda, runs, hits }) => {
      const i = GRID.p.indexOf(p);
      const j = GRID.lambda.indexOf(lambda);
      const rate = runs === 0 ? 0 : hits / runs;
      const { lower, upper } = wilson(hits, runs);
      const interval = `${Math.floor(100 * lower)} to ${Math.ceil(100 * upper)} %`;
      return `<rect x="${x0 + j * size}" y="${top + (19 - i) * size}" width="${size}" height="${size}" fill="${shadeOf(rate)}"><title>p = ${p}, lambda = ${lambda}: ${hits} of ${runs} (${interval})</title></rect>`;
    });
    const ticks = [0, 9, 19].flatMap((k) => [
      `<text x="${x0 + (k + 0.5) * size}" y="${top + side + 14}" text-anchor="middle">${GRID.lambda[k]}</text>`,
      `<text x="${x0 - 5}" y="${top + (19 - k + 0.7) * size}" text-anchor="end">${GRID.p[k]}</text>`,
    ]);
    const title = `<text x="${x0 + side / 2}" y="${top - 12}" text-anchor="middle" font-weight="bold">${method === 'reweighted' ? 'Algorithm 1' : 'annealed'}</text>`;
    const frame = `<rect x="${x0}" y="${top}" width="${side}" height="${side}" fill="none" stroke="#888"/>`;
    const axis = `<text x="${x0 + side / 2}" y="${top + side + 30}" text-anchor="middle">lambda</text>`;
    return [title, ...squares, frame, ...ticks, axis].join('\n');
  });
  const width = left + 2 * side + gap + 20;
  const bar = top + side + 46;
  const step = 24;
  const legend = Array.from({ length: 11 }, (_, k) => {
    const x = width / 2 - 5.5 * step + k * step;
    const percent = `<text x="${x + step / 2}" y="${bar + 27}" text-anchor="middle">${10 * k} %</text>`;
    return `<rect x="${x}" y="${bar}" width="${step}" height="14" fill="${shadeOf(k / 10)}" stroke="#888"/>${k % 2 === 0 ? percent : ''}`;
  });
  const meaning = 'share of the runs that end with 3 neurons and within 0.01 of every label';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + side + 92}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="${top + side / 2}" text-anchor="middle">p</text>
${panels.join('\n')}
${legend.join('\n')}
<text x="${width / 2}" y="${bar + 42}" text-anchor="middle">${meaning}</text>
</svg>
`;
}

/** What the page says about the cells of a method. */
export function phaseSummary(method) {
  const all = cells(method);
  const runs = all.reduce((sum, cell) => sum + cell.runs, 0);
  const hits = all.reduce((sum, cell) => sum + cell.hits, 0);
  const seeds = Math.min(...all.map((cell) => cell.runs));
  const best = [...all].sort((a, b) => b.hits / b.runs - a.hits / a.runs || b.runs - a.runs)[0];
  const overHalf = all.filter((cell) => 2 * cell.hits >= cell.runs).length;
  return {
    runs,
    hits,
    seeds,
    best,
    overHalf,
    ...SETTINGS[method],
    interval: wilson(best.hits, best.runs),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      method: { type: 'string', default: 'annealed' },
      seeds: { type: 'string', default: '50' },
      draw: { type: 'boolean', default: false },
    },
  });
  if (values.draw) writeFileSync(new URL('phase-diagram.svg', FOLDER), diagram());
  else measure({ method: values.method, seeds: Number(values.seeds) });
}
