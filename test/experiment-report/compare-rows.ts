import type {
  DataRow,
  FailedRow,
  GlobalComparison,
  MinimizerRow,
  PathNormRow,
  Row,
  TheoryRow,
  ThresholdRow,
  TrainingRow,
  TruthRow,
} from '../../src/experiment/rows.js';
import { SPECIFICATION_DEFAULTS, type Specification } from '../../src/experiment/specification.js';
import type { CompareResults } from '../../src/experiment-report/results.js';
import type { Skip } from '../../src/problem/network.js';

/** A name that tries everything: markup, quotes, Markdown, a line break, control and direction characters. */
export const HOSTILE =
  '<script>alert("1")</script> & \'x\' | `code` *b* [l](https://example.org)\u0007\u202e.csv';
export const PLAIN = 'plain.csv';
export const SEVERAL = 'several.json';
export const LOST = 'lost.csv';

const SEEDS = [0, 1, 2, 3, 4];
const HASH = 'ab'.repeat(32);
const square = { x: [-2, -1, 0, 1, 2], y: [4, 1, 0, 1, 4] };

const specification: Specification = {
  ...SPECIFICATION_DEFAULTS,
  data: [HOSTILE, PLAIN, SEVERAL, LOST].map((file) => ({ file })),
  architectures: ['affine', 'none'],
  tolerances: ['0.01'],
  seeds: SEEDS,
};

function base(key: string, data: string) {
  return { key, data, command: `sparsest solve '${data}' --json # ${key}`, timing: { seconds: 0.25 } };
}

function dataRow(data: string, dimension: number): DataRow {
  const shared = { ...base(`data | ${data}`, data), kind: 'data', status: 'done', sha256: HASH } as const;
  return {
    ...shared,
    points: 5,
    dimension,
    ...(dimension === 1 ? { plot: square } : { note: 'No theory.' }),
  };
}

export function truthKey(data: string, skip: Skip): string {
  return `truth | ${data} | skip=${skip} | tolerance=0.01`;
}

function truthRow(data: string, skip: Skip, bounds: [number, number] | null, dimension: number): TruthRow {
  return {
    ...base(truthKey(data, skip), data),
    kind: 'truth',
    status: 'done',
    skip,
    tolerance: '0.01',
    objective: dimension === 1 ? 'neurons' : 'parameters',
    sha256: HASH,
    result: bounds === null ? 'infeasible' : bounds[0] === bounds[1] ? 'optimal' : 'bracket',
    ...(bounds === null
      ? {}
      : {
          lowerBound: bounds[0],
          upperBound: bounds[1],
          network: { neurons: bounds[1], parameters: bounds[1] },
        }),
    provedBy: 'runs & windows',
    certificate: 'certificates/1.json',
    ...(dimension === 1 ? { plot: { x: [-2.5, -1, 1, 2.5], y: [5.5, 1, 1, 5.5] } } : {}),
  };
}

function minimizerRow(data: string, p: string, sparsest: boolean): MinimizerRow {
  return {
    ...base(`minimizer | ${data} | p=${p}`, data),
    kind: 'minimizer',
    status: 'done',
    skip: 'affine',
    tolerance: '0',
    p,
    cost: { lower: '3.319507910', upper: '3.319507911' },
    knotCount: sparsest ? 3 : 4,
    fewestKnots: 3,
    sparsest,
    unique: p === '1' ? 'undecided' : true,
    plot: { x: [-2.5, -1, Number(p), 2.5], y: [5.5, 1, 0, 5.5] },
  };
}

function thresholdRow(data: string): ThresholdRow {
  const p = Array.from({ length: 21 }, (_, i) => i / 20);
  return {
    ...base(`threshold | ${data}`, data),
    kind: 'threshold',
    status: 'done',
    skip: 'affine',
    tolerance: '0',
    pStar: { lower: '0.532100000000', upper: '0.532100000001' },
    result: 'closed',
    lower: '5321/10000',
    upper: '5321000000010/10000000000000',
    certificate: 'certificates/threshold.json',
    curve: {
      p,
      minimum: p.map((at) => 3 + at),
      sparsest: p.map((at) => 3 + at + Math.max(0, at - 0.5321)),
      knots: p.map((at) => (at < 0.5321 ? 3 : 4)),
    },
  };
}

function theoryRow(data: string, claim: TheoryRow['claim'], holds: TheoryRow['holds']): TheoryRow {
  return {
    ...base(`theory | ${data} | ${claim}`, data),
    kind: 'theory',
    status: 'done',
    skip: 'affine',
    tolerance: '0',
    claim,
    holds,
    statement: 'The minimiser lies in S & is no dearer than any vertex.',
    measured: 'cost < 4',
    required: 'cost <= 4',
  };
}

interface Settings {
  readonly data: string;
  readonly dimension: number;
  readonly method: TrainingRow['method'];
  readonly p: string | null;
  readonly skip: Skip;
  readonly minimum: [number, number] | null;
}

/** Runs of every outcome: the numbers follow from the seed and the setting alone, and no two settings agree. */
function trainingRow({ data, dimension, method, p, skip, minimum }: Settings, seed: number): TrainingRow {
  const salt =
    (p === null ? (method === 'adam' ? 7 : 9) : Number(p) * 10) + (skip === 'none' ? 3 : 0) + dimension;
  const least = minimum?.[0] ?? 3;
  // Seed 0 finds it, 1 is larger, 2 misses a label, 3 is too small, 4 is undecided.
  const size = [minimum?.[1] ?? 3, least + 2 + Math.round(salt), least + 1, Math.max(0, least - 1), least][
    seed
  ]!;
  const interpolates = [true, true, false, false, 'undecided' as const][seed]!;
  const success =
    seed === 4 || minimum === null || (seed === 0 && minimum[0] !== minimum[1]) ? 'undecided' : seed === 0;
  const neurons = dimension === 1 ? size : size + 1;
  const reached = seed < 2;
  const comparable = skip === 'affine' && dimension === 1 && method === 'reweighted' && seed !== 3;
  return {
    ...base(`training | ${data} | method=${method} | p=${p} | skip=${skip} | seed=${seed}`, data),
    kind: 'training',
    status: 'done',
    skip,
    tolerance: '0.01',
    method,
    p,
    seed,
    epochs: 1000 + seed,
    residual: interpolates === true ? 1e-5 * (salt + seed) : 0.1 * (salt + seed),
    loss: 1e-6,
    activeNeurons: neurons,
    nonzeroProducts: dimension === 1 ? size : size,
    objective: dimension === 1 ? 'neurons' : 'parameters',
    size,
    minimum: minimum === null ? null : { lowerBound: minimum[0], upperBound: minimum[1] },
    truth: minimum === null ? null : truthKey(data, skip),
    claims: [{ claim: 'interpolates', holds: interpolates, message: 'said' }],
    success,
    cost: comparable
      ? {
          network: { lower: `${3 + salt + seed}.5`, upper: `${3 + salt + seed}.5` },
          least: { lower: '3.0', upper: '3.0' },
          ratio: (3.5 + salt + seed) / 3,
        }
      : null,
    ...(dimension > 1 && skip === 'none' && (p === '0.4' || p === '0.7')
      ? { pathNorm: 3.875, global: globalOf(data, p, seed) }
      : {}),
    ...(comparable ? {} : { note: 'No cost: <like> & unlike.' }),
    firstSparsest: reached ? { epoch: 100 * (seed + 1) + Math.round(salt) } : null,
    history: {
      epoch: [0, 500, 1000],
      activeNeurons: [80, 10 + seed, neurons],
      nonzeroProducts: [160, 20 + seed, size],
      loss: [1, 0.1, 1e-6],
    },
    ...(dimension === 1
      ? {
          knots: [{ at: 0.5, slopeChange: 1 }],
          plot: { x: [-2.5, 0.5, 2.5], y: [5, 0.1 * seed, 5 + salt] },
        }
      : {}),
    timing: { seconds: 1.5 + seed, toFirstSparsest: reached ? 0.25 + seed : null },
  };
}

function pathNormRow(data: string, p: string, result: PathNormRow['result']): PathNormRow {
  const closed = result === 'optimal';
  return {
    ...base(pathNormKey(data, p), data),
    kind: 'path-norm',
    status: 'done',
    ...{ skip: 'none', tolerance: '0.01', p, result },
    ...{ lower: '4', upper: closed ? '4' : '5' },
    cost: { lower: '4.0', upper: closed ? '4.0' : '5.0' },
    network: { neurons: 2, parameters: closed ? 5 : 6 },
    fewest: { lowerBound: 5, upperBound: 5 },
    sparsest: closed,
    certificate: `certificates/p-${p}.json.gz`,
  };
}

const pathNormKey = (data: string, p: string) => `path-norm | ${data} | p=${p}`;

/** By seed: reached, dearer, no exact fit, then within the bracket at p = 0.7, dearer. */
function globalOf(data: string, p: string, seed: number): GlobalComparison {
  const shared = { minimum: { lower: '4', upper: p === '0.4' ? '4' : '5' }, row: pathNormKey(data, p) };
  if (seed === 2) return { ...shared, exact: null, reached: false, note: 'no exact fit: <none>' };
  const cost = ['4.0', '7.5', '', '4.5'][seed] ?? '8.25';
  const reached = seed === 0 ? true : seed === 3 && p !== '0.4' ? 'undecided' : false;
  return { ...shared, exact: { cost: { lower: cost, upper: cost }, neurons: 3, parameters: 7 }, reached };
}

function failedRow(data: string, seed: number, reason: FailedRow['reason']): FailedRow {
  return {
    ...base(`training | ${data} | method=adam | p=null | skip=affine | seed=${seed}`, data),
    kind: 'training',
    status: 'failed',
    reason,
    message: `The loss is <b>not finite</b> & the run ended (${reason}).`,
    skip: 'affine',
    tolerance: '0.01',
    p: null,
    method: 'adam',
    seed,
    objective: 'neurons',
  };
}

/** The failed rows: training runs, and a data set that cannot be read. */
export const FAILED: readonly FailedRow[] = [
  failedRow(HOSTILE, 10, 'diverged'),
  failedRow(HOSTILE, 11, 'crash'),
  {
    ...base(`data | ${LOST}`, LOST),
    kind: 'data',
    status: 'failed',
    reason: 'unreadable',
    message: `${LOST}: no such file; check the path`,
  },
];

/** Rows of all kinds: one input with exact and bracketed truth, several inputs without theory, failures, hostile names. */
export const ROWS: readonly Row[] = [
  ...[HOSTILE, PLAIN].flatMap((data): Row[] => [
    dataRow(data, 1),
    truthRow(data, 'affine', [3, 3], 1),
    truthRow(data, 'none', data === PLAIN ? [3, 4] : [4, 4], 1),
    minimizerRow(data, '0.4', true),
    minimizerRow(data, '0.7', false),
    minimizerRow(data, '1', true),
    thresholdRow(data),
    theoryRow(data, 'theorem-3.1', true),
    theoryRow(data, 'corollary-3.1.2', data !== PLAIN),
    theoryRow(data, 'theorem-3.2-below', 'undecided'),
    theoryRow(data, 'theorem-3.2-above', 'not-applicable'),
  ]),
  dataRow(SEVERAL, 2),
  truthRow(SEVERAL, 'none', [5, 5], 2),
  truthRow(SEVERAL, 'affine', null, 2),
  pathNormRow(SEVERAL, '0.4', 'optimal'),
  pathNormRow(SEVERAL, '0.7', 'bracket'),
  theoryRow(SEVERAL, 'theorem-4.1-below', true),
  theoryRow(SEVERAL, 'proposition-4.1', true),
  ...runs(HOSTILE, 1, { affine: [3, 3], none: [4, 4] }),
  ...runs(PLAIN, 1, { affine: [3, 3], none: [3, 4] }),
  ...runs(SEVERAL, 2, { affine: null, none: [5, 5] }),
  ...FAILED,
];

function runs(
  data: string,
  dimension: number,
  minima: { readonly affine: [number, number] | null; readonly none: [number, number] | null },
): TrainingRow[] {
  const methods = [
    ...['0.4', '0.7', '1'].map((p) => ({ method: 'reweighted', p }) as const),
    { method: 'adam', p: null } as const,
    { method: 'adamw', p: null } as const,
  ];
  return (['affine', 'none'] as const).flatMap((skip) =>
    methods.flatMap((method) =>
      SEEDS.map((seed) => trainingRow({ data, dimension, ...method, skip, minimum: minima[skip] }, seed)),
    ),
  );
}

export function resultsOf(rows: readonly Row[]): CompareResults {
  return {
    spec: specification,
    rows,
    command: `sparsest compare --spec '${HOSTILE}'`,
    planned: rows.length + 1,
    versions: { sparsest: '0.1.0', node: 'v20.1.0' },
    files: [{ name: 'results.jsonl', sha256: 'cd'.repeat(32) }],
  };
}
