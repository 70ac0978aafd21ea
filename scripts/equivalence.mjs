// How far the equivalence of global minimisers reaches, and how often Algorithm 1 ends at the global minimum:
//
//   npm run build
//   sparsest compare --spec experiments/equivalence.json --out equivalence-results
//   node scripts/equivalence.mjs equivalence-results
//
// Reads the rows of that experiment and writes docs/reproduction/equivalence.csv, a row a run, docs/equivalence.svg and docs/equivalence.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.argv[2];
if (directory === undefined) throw new Error('expected the directory of the results: equivalence-results');
const spec = JSON.parse(readFileSync(new URL('../experiments/equivalence.json', import.meta.url), 'utf8'));
/** A network that misses no label by more than this interpolates. */
const INTERPOLATES = 0.05;

// A later line with the same key counts.
const found = new Map();
for (const line of readFileSync(join(directory, 'results.jsonl'), 'utf8').split('\n')) {
  if (line === '') continue;
  const row = JSON.parse(line);
  if (row.status === 'done') found.set(row.key, row);
}
const all = [...found.values()];
const sets = new Map(all.filter(({ kind }) => kind === 'data').map((row) => [row.data, row]));
const number = (text) => (text.includes('/') ? text.split('/').reduce((n, d) => n / d) : Number(text));

/** p* of every set: lower end of its bracket; the middle of an open one would claim too much. */
const thresholds = all
  .filter(({ claim }) => claim === 'theorem-4.1-below')
  .map(({ data, pStar, holds }) => ({
    data,
    inputs: sets.get(data).dimension,
    points: sets.get(data).points,
    pStar: Number(pStar.lower),
    upper: Number(pStar.upper),
    holds,
  }));
const pStarOf = new Map(thresholds.map((own) => [own.data, own]));
const closed = thresholds.filter(({ pStar, upper }) => upper - pStar < 1e-6);
const contradicted = thresholds.filter(({ holds }) => holds === false).length;
const minima = all.filter(({ kind }) => kind === 'path-norm');
const closedMinima = minima.filter(({ result }) => result === 'optimal');

const rows = all
  .filter(({ kind }) => kind === 'training')
  .map(({ data, p, residual, pathNorm, global }) => {
    const { dimension: inputs, points } = sets.get(data);
    const { pStar, upper } = pStarOf.get(data);
    const where = p === '1' ? 'one' : Number(p) < pStar ? 'below' : Number(p) > upper ? 'above' : 'open';
    const { exact, minimum, reached } = global;
    const least = minimum === null ? null : number(minimum.upper);
    const cost = exact === null ? null : Number(exact.cost.upper);
    const outcome =
      exact === null ? 'no exact fit' : reached === 'undecided' ? 'open' : reached ? 'reached' : 'dearer';
    return {
      data,
      inputs,
      points,
      pStar,
      where,
      p: Number(p),
      least,
      raw: pathNorm,
      residual,
      cost,
      outcome,
    };
  })
  .filter(({ where, outcome }) => where !== 'open' && outcome !== 'open');

const columns = [
  'data',
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
  ['below', 'p < p*'],
  ['above', 'p* < p < 1'],
  ['one', 'p = 1'],
];
const runsOf = (where, inputs) => rows.filter((row) => row.where === where && row.inputs === inputs);
const count = (list, outcome) => list.filter((row) => row.outcome === outcome).length;

/** Left: the share of sets with p* at most p. Right: how runs ended. */
function picture() {
  const text = (x, y, words, more = '') =>
    `<text x="${x}" y="${y}" ${more}>${String(words).replaceAll('<', '&lt;')}</text>`;
  const parts = [
    text(20, 24, 'Where minimisers stop being sparsest', 'font-weight="bold"'),
    text(440, 24, 'Where Algorithm 1 ends', 'font-weight="bold"'),
  ];
  const at = (p, share) => [60 + 320 * p, 260 - 200 * share];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const [, y] = at(0, share);
    parts.push(
      `<line x1="60" x2="380" y1="${y}" y2="${y}" stroke="#e5e5e5"/>`,
      text(54, y + 4, `${100 * share} %`, 'text-anchor="end"'),
    );
  }
  for (const p of [0, 0.25, 0.5, 0.75, 1]) parts.push(text(at(p, 0)[0], 278, p, 'text-anchor="middle"'));
  parts.push(text(220, 298, 'p*: sets with p* below p', 'text-anchor="middle"'));
  INPUTS.forEach((inputs, i) => {
    const own = closed
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
        const height = (200 * count(list, outcome)) / Math.max(1, list.length);
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
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="equivalence-title" width="820" height="310" viewBox="0 0 820 310" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#1a1a1a"><title id="equivalence-title">p* of ${closed.length} random sets, and how often Algorithm 1 ends at the global minimum</title><rect width="820" height="310" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`;
}

function page() {
  const table = (header, lines) =>
    [header, header.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
  const stars = INPUTS.map((inputs) => {
    const own = closed.filter((set) => set.inputs === inputs).map(({ pStar }) => pStar);
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
  const { epochs, width, learningRate, lambda, p } = spec;
  const thousands = (n) => n.toLocaleString('en-US');
  return `# How far the equivalence of global minimisers reaches, and how often training ends there

Theorem 4.1 of Nakhleh and Nowak says that below some p* > 0 every network of least l^p path norm through the data has the fewest parameters. It does not say how large p* is, nor that training finds such
a network. Here both are measured on ${sets.size} random sets: 3 to 6 points in one input, 3 or 4 in two, 3 in three, all numbers multiples of 1/10 between -1 and 1, skip none. With one input the cost is that of equation (2), and what is counted are neurons
with a slope. p* comes from going through all vertices in rationals, the least costs from branch and bound; each was accepted by the checker. The experiment is a specification, [experiments/equivalence.json](../experiments/equivalence.json), run by \`sparsest compare\`.

![p* of random sets, and how often Algorithm 1 ends at the global minimum](equivalence.svg)

## p*

${table(['inputs', 'sets', 'up to 1/4', '1/4 to 1/2', '1/2 to 3/4', '3/4 to 1', 'p* = 1', 'least'], stars)}

Of ${thresholds.length} sets p* is closed for ${closed.length}. Where p* = 1 minimisers are sparsest for every p < 1; where it is small, no usual p is small enough. Of ${minima.length} least costs (p = ${p.join(', ')}) ${closedMinima.length} are proved to a gap of 1e-6; the theorem is contradicted ${contradicted} times.

## Algorithm 1

One run for every set and p, ${thousands(epochs)} epochs, width ${width}, learning rate ${learningRate}, lambda ${lambda}. A trained network misses labels a little, and one that misses labels may cost less than the minimum (last column): so each one is first made
exact on its own activation pattern, by a linear program whose answer is decided in rationals. *Reached*: that exact network costs the proved minimum, to 1e-6. *No exact fit*: no network with this pattern passes through the
labels.

${table(['p', 'inputs', 'runs', `miss no label by ${INTERPOLATES}`, 'reached', 'dearer', 'median ratio', 'no exact fit', 'raw cost below the minimum'], ends)}

The equivalence is one of global minimisers, and training is not bound to find one.

One row a run: [reproduction/equivalence.csv](reproduction/equivalence.csv). To run it again:

\`\`\`sh
npm run build
sparsest compare --spec experiments/equivalence.json --out equivalence-results
node scripts/equivalence.mjs equivalence-results
\`\`\`
`;
}

writeFileSync(new URL('../docs/equivalence.svg', import.meta.url), picture());
writeFileSync(new URL('../docs/equivalence.md', import.meta.url), page());
