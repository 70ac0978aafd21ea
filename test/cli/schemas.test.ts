import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/files/npz.js';
import { runProgram, SPARSEST_CHECK, sparsest } from '../support/command-line.js';
import { JsonSchemas } from '../support/json-schema.js';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const schemas = new JsonSchemas(join(DOCS, 'schemas'));
const FILES = readdirSync(join(DOCS, 'schemas')).sort();

const PEAK = 'instances/peak-plateau.csv';
const CROSSING = 'instances/crossing.json';
const MCYCLE = 'instances/mcycle.csv';
const NILE = 'instances/nile.csv';
const XOR = 'instances/xor.json';

let directory: string;
const at = (name: string) => join(directory, name);
const met = new Set<string>();

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'schemas-'));
  writeFileSync(at('positions.txt'), '-1\n0\n1\n2\n');
  writeFileSync(at('table.csv'), 'id,t,note,y\n1,0,first,0\n2,1,second,1\n3,2,third,0\n');
  writeFileSync(at('days.csv'), 't,y\n2024-01-01,0\n2024-01-02T12:00,1\n2024-02-01,0\n');
  writeFileSync(at('zoned.csv'), 't,y\n2024-01-01T00:00Z,0\n2024-01-02T12:00Z,1\n');
  writeFileSync(at('windows.csv'), 'x,lower,upper\n-2,-1,1\n-1,-1,1\n0,0,2\n1,0,2\n2,-1,1\n3,-1,1\n');
  writeFileSync(
    at('dots.json'),
    JSON.stringify({
      format: 'sparsest-network',
      version: 1,
      inputDimension: 1,
      skip: { weights: ['0'], bias: '0' },
      neurons: [
        { inputWeights: ['1'], bias: '1', outputWeight: '1' },
        { inputWeights: ['1'], bias: '0', outputWeight: '-1' },
        { inputWeights: ['1'], bias: '-1', outputWeight: '-1' },
        { inputWeights: ['1'], bias: '-2', outputWeight: '1' },
      ],
    }),
  );
  writeFileSync(
    at('hat.json'),
    JSON.stringify({
      format: 'sparsest-network',
      version: 1,
      inputDimension: 1,
      skip: null,
      neurons: [{ inputWeights: ['1'], bias: '0', outputWeight: '1' }],
    }),
  );
  const array = (name: string, values: number[], dtype: 'float64' | 'int64' = 'float64') => ({
    ...{ name, shape: [values.length], dtype, values: Float64Array.from(values) },
  });
  writeFileSync(
    at('pruned.npz'),
    writeNpz([
      array('W', [1, 1]),
      ...[array('bias_orig', [0, 1]), array('bias_mask', [0, 1])],
      ...[array('v', [1, -1]), array('step', [7], 'int64')],
    ]),
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs with --json; the object, after checking the exit code, that it stands alone on one line, and the schema. */
function json(code: number, ...words: string[]): Record<string, never> {
  const { code: found, out, err } = sparsest(...words, '--json');
  return valid(words[0]!, code, found, out, err);
}

function valid(command: string, code: number, found: number | null, out: string, err: string) {
  expect(found, err).toBe(code);
  expect(out.indexOf('\n')).toBe(out.length - 1);
  const document = JSON.parse(out);
  expect(document.command).toBe(command);
  const outcome = schemas.validate(`${command}.schema.json`, document);
  expect(outcome.errors).toEqual([]);
  for (const place of outcome.met) met.add(place);
  // A schema that takes everything would be no contract.
  const spoilt = { ...document, surprise: 1 };
  expect(schemas.validate(`${command}.schema.json`, spoilt).errors.join()).toContain('surprise');
  return document;
}

/** The words of the command line, with files of the directory as @name. */
const words = (line: string) =>
  line.split(' ').map((word) => word.replace(/^(\w+=)?@(.*)$/, (_, kind = '', name) => kind + at(name)));

/** What every answer with a function can be taken away as. */
const AWAY = '--table @t.csv --export c=@t.c --export latex=@t.tex';

/** In this order: later lines read what earlier ones wrote. */
const LINES: readonly (readonly [code: number, line: string, expected: object])[] = [
  [
    0,
    `solve ${PEAK} --certificate @peak.json`,
    { status: 'optimal', unique: true, tiedRuns: 0, provedBy: 'runs' },
  ],
  [
    0,
    `solve ${NILE} --all --predict @t.csv ${AWAY}`,
    { unique: false, exports: [{ kind: 'c' }, { kind: 'latex', largestError: null }] },
  ],
  [0, 'solve instances/pressure.csv --skip bias', { provedBy: 'runs', objective: { value: 9 } }],
  [0, 'solve instances/pressure.csv --skip none', { provedBy: 'facings', objective: { value: 10 } }],
  [
    3,
    'solve instances/lynx.csv --skip none --tolerance 10',
    { status: 'bracket', objective: { lowerBound: 65, upperBound: 66 }, open: expect.any(String) },
  ],
  [0, `solve ${MCYCLE} --tolerance 50`, { provedBy: 'windows', objective: { value: 9, tolerance: '50' } }],
  [
    0,
    `solve ${MCYCLE} --budget 9 --certificate @budget.json --predict @t.csv ${AWAY}`,
    { objective: { budget: 9, tolerance: '10223/220', floor: false } },
  ],
  [0, 'solve @windows.csv --budget 1 --widen', { objective: { tolerance: '-3/4' } }],
  [0, 'solve @table.csv --budget 0 --inputs t --weights id', { objective: { tolerance: '1/4' } }],
  [0, `tradeoff ${MCYCLE} --certificate @curve.json`, { complete: true, elbow: 2 }],
  [0, `tradeoff ${NILE} --max-knots 2`, { complete: false, curve: [{ tolerance: '417' }, {}, {}] }],
  [3, `tradeoff ${NILE} --time-limit 1e-9`, { status: 'bracket', ended: 'time limit' }],
  [0, `check ${MCYCLE} @budget.json`, { claim: { kind: 'least-tolerance' } }],
  [0, `check ${MCYCLE} @curve.json --verified`, { accepted: true }],
  [0, `compare ${PEAK} --p 0.5 --seeds 0 --shard 0/1 --out @shard`, { status: 'complete' }],
  [0, 'compare --merge @shard --out @merged', { shards: { count: 1, open: [] } }],
  [0, `compare ${PEAK} --p 0.5 --seeds 0 --shard 0/2 --out @half`, { status: 'complete' }],
  [
    3,
    'compare --merge @half --out @half-merged',
    {
      status: 'interrupted',
      shards: { count: 2, open: [{ shard: '1/2', why: 'missing', directory: null }] },
    },
  ],
  [
    0,
    'submit @merged/spec.json --engine slurm --shards 3 --out @submitted --dry-run',
    { jobs: null, files: ['spec.json', 'array.sh', 'join.sh'] },
  ],
  [0, `canonical ${PEAK}`, { dimension: 1, points: 6 }],
  [
    0,
    `solve --formula x^2 --from=-1 --to 1 --tolerance 1/10 --certificate @f.json --samples @s.json ${AWAY}`,
    { formula: { samples: 'exact' }, objective: { value: 2 }, between: { pieces: 3 } },
  ],
  [0, 'check @s.json @f.json', { accepted: true, claim: { lowerBound: 2 } }],
  [0, 'solve --formula exp(x) --from 0 --to 1 --tolerance 0.05', { between: { method: 'interval bounds' } }],
  [
    3,
    'solve --formula abs(x^2) --from 0 --to 1 --tolerance 1/8',
    { objective: { lowerBound: 0, upperBound: 1 }, open: expect.any(String) },
  ],
  [0, `canonical ${PEAK}`, { dimension: 1, points: 6 }],
  [0, 'solve @windows.csv --monotone increasing', { shape: { minSlope: '0' }, objective: { value: 0 } }],
  [
    0,
    `solve @windows.csv --concave --max-slope 1 --min-slope=-1 --certificate @shape.json --predict @t.csv ${AWAY}`,
    { status: 'optimal' },
  ],
  [0, 'check @windows.csv @shape.json', { claim: { kind: 'shape' } }],
  [
    1,
    `solve ${NILE} --convex --certificate @none.json`,
    { breaks: [{ x: '1871' }, {}, {}], least: { rows: expect.any(Array) } },
  ],
  [0, `check ${NILE} @none.json --verified`, { accepted: true }],
  [
    0,
    'solve @table.csv --inputs t',
    { data: { dimension: 1, columns: { inputs: ['t'], target: 'y', unused: ['id', 'note'] } } },
  ],
  [0, 'solve @days.csv', { data: { columns: { dates: [{ origin: '2024-01-01', zone: null }] } } }],
  [0, 'solve @zoned.csv', { data: { columns: { dates: [{ zone: 'UTC' }] } } }],
  [0, 'solve @windows.csv', { status: 'optimal', objective: { tolerance: '0' } }],
  [1, `solve ${MCYCLE} --tolerance 20 --certificate @empty.json.gz`, { least: { tolerance: '214/5' } }],
  [1, `solve ${MCYCLE} --tolerance 20 --engine milp --backend glpk`, { status: 'infeasible' }],
  [
    0,
    `solve ${XOR} --certificate @xor.json`,
    { objective: { value: 2, skip: 'none' }, search: { ended: 'optimal' } },
  ],
  [0, `solve ${XOR} --objective parameters`, { objective: { value: 4 }, generic: 4 }],
  [0, `solve ${PEAK} --skip none --engine search`, { provedBy: 'search' }],
  [
    3,
    'solve instances/nakhleh-high-d.json --time-limit 0.5 --objective parameters',
    { search: { ended: 'time limit' } },
  ],
  [
    0,
    `solve ${PEAK} --engine milp --certificate @milp.json`,
    { runsEngine: 3, backend: { verdict: 'agrees' } },
  ],
  [1, `solve ${PEAK} --max-knots 2`, { status: 'infeasible', limit: 2, least: { tolerance: '1/4' } }],
  [1, `solve ${PEAK} --max-slope-change 1/4`, { limit: null, restriction: { maxSlopeChange: '1/4' } }],
  [
    0,
    `solve ${PEAK} --knots-on @positions.txt --certificate @sweeps.json --predict @t.csv ${AWAY}`,
    { provedBy: 'sweeps', objective: { value: 4, lowerBound: 4 }, restriction: { maxKnots: null } },
  ],
  [0, `check ${PEAK} @sweeps.json`, { claim: { kind: 'restricted', lowerBound: 4 } }],
  [
    0,
    'solve @windows.csv --knots-on data --values-on grid:1/2 --certificate @grid.json',
    { restriction: { valuesOn: '1/2' }, objective: { value: 0 } },
  ],
  [0, 'check @windows.csv @grid.json', { claim: { valuesOn: '1/2' } }],
  [
    1,
    `solve ${PEAK} --knots-on grid:1/2 --max-knots 1`,
    { limit: 1, least: null, reason: expect.any(String) },
  ],
  [1, `solve ${PEAK} --knots-on grid:7/2`, { limit: null, least: { rows: expect.any(Array) } }],
  [3, `solve ${NILE} --knots-on data --time-limit 1e-9`, { status: 'bracket', ended: 'time limit' }],
  [
    3,
    `solve ${NILE} --budget 4 --time-limit 1e-9 --certificate @open.json`,
    { status: 'bracket', ended: 'time limit', objective: { lowerBound: '135' } },
  ],
  [0, `check ${NILE} @open.json`, { claim: { curve: [{ atLeast: '135' }] } }],
  [
    0,
    `solve ${NILE} --budget 3 --monotone decreasing --certificate @falling.json`,
    { shape: { maxSlope: '0' }, objective: { tolerance: '357' } },
  ],
  [0, `check ${NILE} @falling.json`, { claim: { kind: 'least-tolerance', shape: { maxSlope: '0' } } }],
  [
    0,
    `solve ${NILE} --budget 2 --convex --min-slope=-50 --certificate @bowl.json`,
    { shape: { curvature: 'convex' } },
  ],
  [0, `check ${NILE} @bowl.json`, { claim: { shape: { curvature: 'convex', minSlope: '-50' } } }],
  [
    0,
    `solve ${PEAK} --knots-on @positions.txt --engine milp --predict @t.csv ${AWAY}`,
    { objective: { value: 4 }, restriction: { knotsOn: ['-1', '0', '1', '2'] } },
  ],
  [3, `solve ${NILE} --engine milp --time-limit 0.01`, { status: 'bracket' }],
  [
    0,
    `minimize ${CROSSING} --p 0`,
    { p: '0', knotCount: 2, sparsest: true, cost: { lower: '2', upper: '2' } },
  ],
  [
    0,
    `minimize ${CROSSING} --p 0.55 --certificate @least.json`,
    { checked: true, certificate: expect.stringMatching(/least\.json$/) },
  ],
  [0, `minimize ${CROSSING} --p 0.4 --predict @t.csv ${AWAY}`, { p: '2/5', knotCount: 2, unique: true }],
  [0, `minimize ${CROSSING} --p 1/2`, { knotCount: 3, sparsest: false, unique: true }],
  [3, `minimize ${CROSSING} --p 0.4 --time-limit 1e-9`, { status: 'bracket', ended: 'time limit', runs: 1 }],
  [0, `minimize ${CROSSING} --p 1`, { unique: false, freeRuns: [{ sign: 1 }] }],
  [
    0,
    `threshold ${CROSSING} --path --certificate @pstar.json`,
    { status: 'closed', crossing: { runFrom: '-35/2' } },
  ],
  [
    0,
    `minimize ${XOR} --p 1/2 --certificate @norm.json`,
    { status: 'optimal', cost: { upper: '4' }, neurons: 2, parameters: 4, sparsest: true, checked: true },
  ],
  [0, 'minimize @windows.csv --p 1/2 --skip bias --gap 0.01', { skip: 'bias', search: { majorant: 'rays' } }],
  [3, `minimize ${XOR} --p 0.3 --time-limit 1e-9`, { status: 'bracket', ended: 'time limit' }],
  [
    0,
    `threshold ${CROSSING} --skip none --path --certificate @crossing.json`,
    { status: 'closed', fewest: 2, crossing: { denser: { size: 3 } }, checked: true },
  ],
  [3, 'threshold instances/nakhleh-high-d.json', { status: 'undecided', pStar: { lower: '0', upper: '1' } }],
  [0, `threshold ${PEAK}`, { pStar: { lower: '1', upper: '1' }, pStarExact: { lower: '1', upper: '1' } }],
  [
    3,
    `threshold ${CROSSING} --time-limit 1e-9`,
    { status: 'undecided', checked: false, ended: 'time limit' },
  ],
  [0, `patterns ${XOR}`, { status: 'complete', count: 14, atMost: '14', generalPosition: true }],
  [0, `patterns ${XOR} --certificate @patterns.json`, { checked: true }],
  [3, `patterns ${XOR} --limit 3`, { checked: false, status: 'limit', count: 3, generalPosition: false }],
  [0, 'regions @dots.json', { status: 'complete', count: 5, model: { kind: 'network' } }],
  [0, `regions @hat.json ${PEAK} --box data`, { count: 2, data: { outside: 0 } }],
  [3, `regions @dots.json ${PEAK} --limit 2`, { checked: false, status: 'limit', count: 2 }],
  [3, 'regions @dots.json --time-limit 1e-9', { status: 'bracket', ended: 'time limit', count: 0 }],
  [3, `patterns ${XOR} --time-limit 1e-9`, { status: 'bracket', ended: 'time limit', count: 0 }],
  [
    3,
    'generate walk --out @late.csv --time-limit 1e-9',
    { status: 'bracket', ended: 'time limit', file: null },
  ],
  [0, 'generate walk --points 12 --out @walk.csv', { known: { provedBy: 'runs' }, points: 12 }],
  [0, 'generate teacher --points 12 --out @teacher.json', { known: { provedBy: 'network' }, dimension: 2 }],
  [0, 'generate uniform --points 12 --out @uniform.json', { known: null }],
  [
    0,
    `train ${PEAK} --epochs 40 --width 8 --stop-after-sparse 0 --network @model.json --history @history.csv --checkpoint @checkpoint.json`,
    { status: 'finished', epoch: 40, options: { width: 8, stopAfterSparse: 0 } },
  ],
  [3, `train ${PEAK} --epochs 40 --time-limit 1e-9`, { status: 'stopped', epoch: 0 }],
  [1, `train ${PEAK} --epochs 40 --lr 1e300`, { status: 'diverged' }],
  [
    1,
    `verify @dots.json ${PEAK} --claim interpolates --claim sparsest --claim lp-optimal --claim theorem-3.1 --p 0.4 --repair @fixed.json --certificate @verify.json`,
    {
      holds: false,
      neurons: { width: 4, reduced: 4 },
      repair: { kind: 'nearest-vertex', neurons: 3, sparsest: true },
    },
  ],
  [1, `verify @dots.json @windows.csv`, { claims: [{ holds: true, required: '0' }, { holds: false }] }],
  [0, `verify @fixed.json ${PEAK}`, { holds: true, redundant: [] }],
  [1, `verify @hat.json ${PEAK} --skip bias`, { skip: 'bias' }],
  [
    1,
    `verify @dots.json ${MCYCLE} --tolerance 20 --repair @none.json`,
    { repair: null, claims: [{}, { required: null }] },
  ],
  [
    0,
    `verify test/cases/models/pruned-masks.pt ${PEAK}`,
    { layers: { outputWeights: { mask: '2.weight_mask' } } },
  ],
  [
    0,
    'verify test/cases/models/checkpoint.pt test/cases/tables/scaled-peak.csv --scale-inputs 1,2 --scale-output 3,2',
    { layers: { entry: 'model_state_dict' }, scaling: { inputs: { scale: ['2'] } } },
  ],
  [
    0,
    'verify test/cases/models/scaled-dynamo.onnx test/cases/tables/scaled-peak.csv',
    { layers: { folded: [{ operator: 'Sub' }, { operator: 'Div' }, { operator: 'Mul' }] } },
  ],
  [
    1,
    'verify test/models/fixtures/skip.pt test/cases/models/plane-data.npz --claim interpolates',
    { skip: 'affine', layers: { skipWeights: { name: 'skip.weight' } } },
  ],
  [
    1,
    `verify @pruned.npz ${PEAK} --claim interpolates`,
    { layers: { bias: { mask: 'bias_mask' }, leftOut: ['step'] } },
  ],
  [
    1,
    'verify @hat.json instances/lynx.csv --skip none --tolerance 10',
    { claims: [{}, { required: { lowerBound: 65, upperBound: 66 } }] },
  ],
  [
    0,
    `train ${PEAK} --method annealed --epochs 400 --width 6 --restarts 2 --threads 1 --until cost=1e9 --fit 100 --polish @polished.json`,
    { restarts: { status: 'until' }, polished: {} },
  ],
  [0, `prune @hat.json ${PEAK} --network @vertex.json`, { status: 'vertex', change: '0' }],
  [
    3,
    `prune @pruned.npz ${PEAK} --network @partial.json --time-limit 1e-9`,
    { status: 'partial', ended: 'time limit' },
  ],
  [
    0,
    `prune @pruned.npz ${PEAK} --network @vertex.npz --p 0.3 --tolerance 0.01`,
    { status: 'vertex', p: '3/10' },
  ],
  [
    0,
    `verify @vertex.json ${PEAK} --claim vertex --certificate @vertex-proof.json`,
    { claims: [{ holds: true, by: 'full-rank' }] },
  ],
  [0, `check ${PEAK} @vertex-proof.json`, { accepted: true, claim: { kind: 'vertex', holds: true } }],
  [
    0,
    `check ${PEAK} @peak.json`,
    { accepted: true, claim: { kind: 'minimum', lowerBound: 3, upperBound: 3 } },
  ],
  [0, `check ${PEAK} @milp.json`, { accepted: true, claim: { lowerBound: 3, upperBound: 3 } }],
  [0, `check ${PEAK} @verify.json`, { accepted: true }],
  [0, `check ${MCYCLE} @empty.json.gz`, { accepted: true, claim: { kind: 'infeasible' } }],
  [0, `check ${XOR} @xor.json`, { accepted: true }],
  [0, `check ${CROSSING} @least.json`, { accepted: true, claim: { kind: 'lp-minimum', unique: true } }],
  [0, `check ${XOR} @patterns.json`, { accepted: true, claim: { kind: 'patterns', count: 14 } }],
  [0, `solve ${PEAK} --all --certificate @all.json`, { solutions: { unique: true, functions: '1' } }],
  [0, `check ${PEAK} @all.json`, { accepted: true, claim: { kind: 'solution-set', functions: '1' } }],
  [
    0,
    `solve ${PEAK} --max-slope-change 1 --certificate @slopes.json`,
    { checked: true, objective: { value: 4 } },
  ],
  [
    0,
    `check ${PEAK} @slopes.json`,
    { claim: { kind: 'restricted', maxSlopeChange: '1', lowerBound: 4, upperBound: 4 } },
  ],
  [0, `check ${PEAK} @verify.json`, { accepted: true, claim: { kind: 'model', bound: { kind: 'minimum' } } }],
  [0, `check ${XOR} @norm.json`, { accepted: true, claim: { kind: 'lp-minimum-several' } }],
  [0, `check ${CROSSING} @crossing.json`, { accepted: true, claim: { kind: 'threshold-several' } }],
  [0, `check ${CROSSING} @pstar.json`, { accepted: true, claim: { kind: 'threshold' } }],
  [1, `check ${NILE} @peak.json`, { accepted: false, rule: 'problem-size' }],
  [
    3,
    `compare ${PEAK} ${XOR} @missing.csv --p 0.4,1 --tolerance 0.1 --epochs 20 --width 4 --seeds 1 --threads 1 --out @results`,
    { status: 'complete', theory: { fail: 0, failing: [] }, rows: { theory: 14 } },
  ],
  [
    0,
    `compare ${PEAK} ${XOR} @missing.csv --p 1 --epochs 20 --seeds 1 --out @none --dry-run`,
    { dryRun: true },
  ],
];

describe('the JSON of every command', () => {
  it.each(LINES)('exit %i: sparsest %s', (code, line, expected) => {
    const document = json(code, ...words(line));
    expect(document).toMatchObject(expected);
    if (line.includes('@results')) writeFileSync(at('summary.json'), JSON.stringify(document));
  });

  it('is the same from sparsest-check', () => {
    const { code, out, err } = runProgram(SPARSEST_CHECK, PEAK, at('peak.json'), '--json');
    expect(valid('check', 0, code, out, err)).toMatchObject({ accepted: true });
  });

  it('exit 0: sparsest submit, where there is Slurm', () => {
    const bin = at('bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'sbatch'), '#!/bin/sh\necho 17\n', { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${bin}${delimiter}${PATH}`;
    try {
      const words = ['--engine', 'slurm', '--shards', '2', '--out', at('sent'), '--json', '--quiet'];
      const { out, code } = sparsest('submit', at('merged/spec.json'), ...words);
      const { errors, met: fields } = schemas.validate('submit.schema.json', JSON.parse(out));
      expect({ code, errors }).toEqual({ code: 0, errors: [] });
      expect(JSON.parse(out)).toMatchObject({ jobs: { array: '17', join: '17' } });
      for (const place of fields) met.add(place);
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('has room for a test of the theory that fails', () => {
    const rows = readFileSync(at('results/results.jsonl'), 'utf8').trim().split('\n');
    const theory = rows
      .map((row) => JSON.parse(row))
      .filter(({ kind, status }) => kind === 'theory' && status === 'done');
    const document = JSON.parse(readFileSync(at('summary.json'), 'utf8'));
    document.theory.failing = theory.map((row) => ({ ...row, holds: false }));
    const { errors, met: fields } = schemas.validate('compare.schema.json', document);
    expect(errors).toEqual([]);
    expect(theory.length).toBeGreaterThan(4);
    for (const place of fields) met.add(place);
  });

  it('has been seen with every field that the schemas declare', () => {
    expect(FILES.flatMap((file) => schemas.properties(file)).filter((place) => !met.has(place))).toEqual([]);
  });
});

describe('the schemas', () => {
  it.each(FILES)('%s: every field is described, and no object is open', (file) => {
    const walk = (value: unknown, path: string): string[] => {
      if (typeof value !== 'object' || value === null) return [];
      const schema = value as Record<string, unknown>;
      const open =
        schema.type === 'object' && schema.additionalProperties !== false ? [`${path} is open`] : [];
      const silent = Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)
        .filter(([key, { description, $ref }]) => !description && !$ref && key !== 'command')
        .map(([key]) => `${path}/${key} is not described`);
      return [
        ...open,
        ...silent,
        ...Object.entries(schema).flatMap(([key, inner]) => walk(inner, `${path}/${key}`)),
      ];
    };
    expect(walk(schemas.file(file), file)).toEqual([]);
  });

  it('are explained in words: every field of a result is named in the documentation', () => {
    const pages = readdirSync(DOCS).filter((name) => /^json.*\.md$/.test(name));
    const text = pages.map((name) => readFileSync(join(DOCS, name), 'utf8')).join('\n');
    const fields = FILES.flatMap((file) => schemas.properties(file)).map((place) => place.split('/').at(-1)!);
    expect([...new Set(fields)].filter((field) => !new RegExp(`\\b${field}\\b`).test(text))).toEqual([]);
  });
});
