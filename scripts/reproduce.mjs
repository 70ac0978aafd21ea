// The paper's two training experiments, in full: `npm run reproduce`. Both are specifications of `compare`; this runs them and writes the
// page about them from the rows alone.
//
//   --out DIR   where the results of `compare` go, a directory for each (default: reproduction); the same command goes on after a stop
//   --page      run nothing: write docs/reproduction.md anew from docs/reproduction/*.csv
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { wilson } from '../dist/experiment-report/binomial-interval.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `paper`: the counts the paper reports, one run each. `size` of a network: the column that is counted. */
const EXPERIMENTS = [
  {
    name: 'paper-one-input',
    title: 'One input: 6 points',
    size: 'activeNeurons',
    counted: 'neurons',
    about:
      'Fewest neurons, proved for every architecture and tolerance: MINIMA. A run *finds the truth* when it misses no label by more than the\ntolerance and has as few. The paper recorded its curve for p = 1 from the model for p = 0.7, so there is no count for p = 1.',
    paper: { adam: 57, adamw: 46, 'p = 0.4': 3, 'p = 0.7': 4 },
  },
  {
    name: 'paper-many-inputs',
    title: '50 inputs: 10 points',
    size: 'nonzeroProducts',
    counted: 'parameters',
    about:
      'Parameters are the pairs of a neuron and an input (or its bias) with a product above the threshold. Ten are enough: the one-parameter\nneurons (x_i)+, (-x_i)+ and 1 have rank 10 on the data. Proved about the fewest: MINIMA.',
    paper: { adam: 2100, adamw: 255, 'p = 0.4': 11, 'p = 0.7': 12 },
  },
];

/** Every run is held against this one here; the rows have other tolerances too. */
const TOLERANCE = '0.01';

function page(tables) {
  const sections = EXPERIMENTS.map((experiment) => section(experiment, tables[experiment.name]));
  return `# The paper's training experiments, run again

Nakhleh and Nowak, *Global Minimizers of l^p-Regularized Objectives Yield the Sparsest ReLU Neural Networks* (NeurIPS 2025), train on two small
data sets and show one run per method. Here every method runs from several seeds, with our own implementation of their Algorithm 1 and of the two
baselines, and is held against what is proved about the data. Settings as in the paper (100,000 full-batch epochs, learning rate 0.01), weights in double
precision; all of them stand in the specifications.

**A run interpolates when it misses no label by more than ${TOLERANCE}**, measured on the weights after the last epoch. A smaller network that does not
interpolate is no solution.

**The truth beside it.** How far the equivalence of global minimisers reaches (p* of 210 random sets) and how often Algorithm 1 ends at the global minimum is in [equivalence.md](equivalence.md).
For the paper's 10 points in 50 inputs, skip none, the least cost at p = 1 is 1.8978647, proved and closed (\`sparsest minimize instances/nakhleh-high-d.json --p 1\`, in a second). At p = 0.7 it lies between
1.918 and 2.802, at p = 0.4 between 1.947 and 4.260, proved, not closed; the upper ends are exact networks.

![p* of random sets, and how often Algorithm 1 ends at the global minimum](equivalence.svg)

${sections.join('\n\n')}

## To run it again

    npm ci && npm run reproduce

which is \`sparsest compare --spec experiments/paper-one-input.json\` and \`.. paper-many-inputs.json\`, and this page from their rows. All columns but the
times are the same again, bit for bit, with the same version of Node.js (\`**\` is not specified to the last bit). \`compare\` writes a report with pictures
and every single run beside them. The page alone, without training: \`node scripts/reproduce.mjs --page\`.
`;
}

function section({ name, title, size, counted, about, paper }, rows) {
  const at = rows.filter((row) => row.tolerance === TOLERANCE);
  const groups = groupBy(at, methodOf);
  const lines = [...groups].map(([method, runs]) => {
    const fit = runs.filter((row) => Number(row.residual) <= Number(TOLERANCE));
    const hits = runs.filter((row) => row.success === 'true').length;
    const { lower, upper } = wilson(hits, runs.length);
    const rest = runs.filter((row) => !fit.includes(row));
    return [
      method,
      `${fit.length} of ${runs.length}`,
      counted === 'neurons'
        ? `**${hits} of ${runs.length}** (${Math.floor(100 * lower)} to ${Math.ceil(100 * upper)} %)`
        : `${fit.filter((row) => Number(row[size]) <= 10).length} of ${runs.length}`,
      spread(fit.map((row) => Number(row[size]))),
      spread(rest.map((row) => Number(row[size]))),
      paper[method.replace(', skip none', '')] ?? '-',
    ];
  });
  const bounds = new Map(
    rows.map(({ skip, tolerance, lowerBound, upperBound }) => [
      `skip ${skip}, within ${tolerance}`,
      lowerBound === upperBound ? lowerBound : `${lowerBound} to ${upperBound}`,
    ]),
  );
  const minima =
    new Set(bounds.values()).size === 1
      ? `${[...bounds.values()][0]} each`
      : [...bounds].map(([question, bound]) => `${bound} (${question})`).join(', ');
  const found = counted === 'neurons' ? 'finds the truth (95 %)' : 'with 10 or fewer';
  const header = [
    'method',
    'interpolate',
    found,
    `${counted}, interpolating`,
    `${counted}, others`,
    'the paper',
  ];
  return `## ${title}

[experiments/${name}.json](../experiments/${name}.json), one row a run in [reproduction/${name}.csv](reproduction/${name}.csv). ${about.replace('MINIMA', minima)}

${[header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

function methodOf({ method, p, skip }) {
  return `${method === 'reweighted' ? `p = ${p}` : method}, skip ${skip}`;
}

function groupBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** "3 (2), 4 (7)": two runs with 3, seven with 4; many different values as their range. */
function spread(values) {
  if (values.length === 0) return '-';
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length > 6) return `${distinct[0]} to ${distinct.at(-1)}`;
  return distinct.map((value) => `${value} (${values.filter((other) => other === value).length})`).join(', ');
}

/** The page that the committed rows make. */
export function pageOfRows() {
  return page(
    Object.fromEntries(
      EXPERIMENTS.map(({ name }) => [
        name,
        Papa.parse(readFileSync(rowsOf(name), 'utf8'), { header: true, skipEmptyLines: true }).data,
      ]),
    ),
  );
}

const rowsOf = (name) => join(ROOT, 'docs/reproduction', `${name}.csv`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'reproduction' }, page: { type: 'boolean', default: false } },
  });
  for (const { name } of values.page ? [] : EXPERIMENTS) {
    const out = join(values.out, name);
    const spec = join('experiments', `${name}.json`);
    const { status } = spawnSync(
      process.execPath,
      ['dist/cli/main.js', 'compare', '--spec', spec, '--out', out],
      {
        cwd: ROOT,
        stdio: 'inherit',
      },
    );
    if (status !== 0) process.exit(status ?? 1);
    copyFileSync(join(ROOT, out, 'results.csv'), rowsOf(name));
  }
  writeFileSync(join(ROOT, 'docs/reproduction.md'), pageOfRows());
}
