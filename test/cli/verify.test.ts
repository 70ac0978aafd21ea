import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkChunks } from '../../src/files/network-format.js';
import { readNpz, writeNpz } from '../../src/files/npz.js';
import { sparsestHere } from '../support/command-line.js';
import { joining } from '../verify/networks.js';

const DATA = 'instances/peak-plateau.csv';

let directory: string;
let model: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'verify-'));
  model = file('model.json', [...networkChunks(joining(DOTS))].join(''));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Joins the dots: four bends where three are enough. */
const DOTS = [
  [-2, 0],
  [-1, 0],
  [0, 1],
  [1, 1],
  [2, 0],
  [3, 0],
] as const;

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const run = sparsestHere;

describe('verify', () => {
  it('says what fails and why, and exits with 1', async () => {
    const { out, code } = await run('verify', model, DATA, '--skip', 'affine');
    expect(code).toBe(1);
    expect(out).toMatch(/interpolates holds\n +every label is met exactly\./);
    expect(out).toMatch(/sparsest fails\n +4 active neurons of 4, 1 more than needed/);
    expect(out).toContain('Neurons that can go');
    expect(out).toContain('--repair fixed.json');
  });

  it('prints one JSON object with every claim', async () => {
    const { out, code } = await run(
      ...['verify', model, DATA, '--skip', 'affine', '--json'],
      ...[
        '--claim',
        'interpolates',
        '--claim',
        'sparsest',
        '--claim',
        'lp-optimal',
        '--claim',
        'theorem-3.1',
      ],
      ...['--p', '0.5'],
    );
    expect(code).toBe(1);
    const json = JSON.parse(out);
    expect(json).toMatchObject({
      command: 'verify',
      model,
      data: { name: DATA, points: 6, dimension: 1 },
      holds: false,
      skip: 'affine',
      tolerance: '0',
      activeThreshold: '1/100000000',
      neurons: { width: 4, active: [0, 1, 2, 3], reduced: 4 },
      redundant: [{ kind: 'surplus', saves: 1 }],
      claims: [
        { claim: 'interpolates', holds: true, measured: '0', required: '0' },
        { claim: 'sparsest', holds: false, measured: 4, required: 3 },
        {
          claim: 'lp-optimal',
          holds: false,
          measured: { lower: '4', upper: '4' },
          p: '1/2',
          gap: '1/1000000',
        },
        { claim: 'theorem-3.1', holds: false, measured: 5, required: 6 },
      ],
    });
    expect(json.data.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Number(json.claims[2].required.lower)).toBeCloseTo(2 + Math.SQRT2, 12);
    expect(json.claims[3].clauses.map(({ clause }: { clause: string }) => clause)).toHaveLength(6);
    expect(json.claims[3].clauses.filter(({ holds }: { holds: boolean }) => !holds)).toMatchObject([
      { clause: 'knots', at: expect.any(String) },
    ]);
  });

  it('writes a certificate that is accepted and a network that passes', async () => {
    const proof = join(directory, 'proof.json');
    const fixed = join(directory, 'fixed.json');
    const first = await run(
      ...['verify', model, DATA, '--skip', 'affine', '--json'],
      ...['--certificate', proof, '--repair', fixed],
    );
    expect(JSON.parse(first.out)).toMatchObject({
      certificate: proof,
      repair: { file: fixed, kind: 'nearest-vertex', neurons: 3, sparsest: true },
    });
    expect(await run('check', DATA, proof)).toMatchObject({ code: 0 });
    const again = await run('verify', fixed, DATA, '--skip', 'affine');
    expect(again.code).toBe(0);
    expect(again.out).toContain('Every claim holds.');
  });

  it('reads a binary model, the tensors named', async () => {
    const array = (name: string, shape: number[], values: number[]) => ({
      name,
      shape,
      dtype: 'float64' as const,
      values: Float64Array.from(values),
    });
    const npz = file(
      'model.npz',
      writeNpz([
        array('first', [3, 1], [1, 1, 1]),
        array('second', [3], [1, -0.5, -2]),
        array('third', [1, 3], [1, -2, 1]),
      ]),
    );
    const map = 'inputWeights=first,bias=second,outputWeights=third';
    const { out, code } = await run('verify', npz, DATA, '--map', map, '--json');
    expect(JSON.parse(out)).toMatchObject({ holds: true, skip: 'none' });
    expect(code).toBe(0);
  });

  it('passes options on and refuses what makes no sense', async () => {
    const loose = await run('verify', model, DATA, '--tolerance', '1/2', '--active-threshold', '5', '--json');
    expect(JSON.parse(loose.out)).toMatchObject({
      tolerance: '1/2',
      activeThreshold: '5',
      neurons: { active: [] },
      holds: true,
    });
    for (const [words, message] of [
      [['--claim', 'best'], /expected one of interpolates.*found "best"/],
      [['--claim', 'interpolates', '--certificate', 'x.json'], /add --claim sparsest/],
      [['--claim', 'lp-optimal'], /give p/],
      [['--tolerance', '-1'], /at least 0/],
      [['--map', 'inputWeights=a,outputWeights=b'], /leave it out/],
    ] as const) {
      const { err, code } = await run('verify', model, DATA, ...words);
      expect(code, words.join(' ')).toBe(2);
      expect(err).toMatch(message);
    }
    expect(readFileSync(model, 'utf8')).toContain('sparsest-network');
  });
});

const CASES = 'test/cases';
const PEAK = [DATA, '--tolerance', '0.0001'];

/** Names of the tensors of a part, and whether it is stored the other way round. */
const part = (name: string, transposed: boolean) => ({ name, transposed });

describe('the model files of test/cases: which are read, as what, and whether their claims hold', () => {
  const net = {
    inputWeights: part('0.weight', false),
    bias: { name: '0.bias' },
    outputWeights: part('2.weight', false),
  };
  it.each<[file: string, data: string[], layers: object]>([
    ['checkpoint.pt', PEAK, { ...net, entry: 'model_state_dict' }],
    [
      'lightning.ckpt',
      PEAK,
      {
        ...{ inputWeights: part('net.0.weight', false), bias: { name: 'net.0.bias' } },
        ...{ outputWeights: part('net.2.weight', false), entry: 'state_dict' },
      },
    ],
    ['legacy.pt', PEAK, net],
    [
      'pruned-masks.pt',
      PEAK,
      { ...net, outputWeights: { name: '2.weight_orig', transposed: false, mask: '2.weight_mask' } },
    ],
    [
      'keras-layout.npz',
      PEAK,
      { inputWeights: part('kernel1', true), bias: { name: 'bias1' }, outputWeights: part('kernel2', true) },
    ],
    [
      'sklearn-coefs.npz',
      PEAK,
      {
        ...{ inputWeights: part('coefs_0', true), bias: { name: 'intercepts_0' } },
        ...{ outputWeights: part('coefs_1', true), outputBias: { name: 'intercepts_1' } },
      },
    ],
    [
      'vector-output.npz',
      PEAK,
      { inputWeights: part('W', false), bias: { name: 'b' }, outputWeights: part('v', false) },
    ],
    [
      'scaled-legacy17.onnx',
      [`${CASES}/tables/scaled-peak.csv`],
      {
        ...{ inputWeights: part('net.0.weight', false), bias: { name: 'net.0.bias' } },
        ...{ outputWeights: part('onnx::MatMul_16', true), outputBias: { name: '/Constant_1_output_0' } },
        folded: [
          { operator: 'Sub', name: 'mean' },
          { operator: 'Div', name: 'scale' },
          { operator: 'Mul', name: '/Constant_output_0' },
        ],
      },
    ],
    [
      'scaled-dynamo.onnx',
      [`${CASES}/tables/scaled-peak.csv`],
      {
        ...{ inputWeights: part('net.0.weight', false), bias: { name: 'net.0.bias' } },
        ...{ outputWeights: part('net.2.weight', false), outputBias: { name: 'scalar_tensor_default_1' } },
        folded: [
          { operator: 'Sub', name: 'mean' },
          { operator: 'Div', name: 'scale' },
          { operator: 'Mul', name: 'scalar_tensor_default' },
        ],
      },
    ],
    [
      'skip-dynamo.onnx',
      [`${CASES}/tables/skewed-peak.csv`],
      {
        ...{ inputWeights: part('net.0.weight', false), bias: { name: 'net.0.bias' } },
        ...{ outputWeights: part('net.2.weight', false), outputBias: { name: 'skip.bias' } },
        skipWeights: part('skip.weight', false),
      },
    ],
    ['square-torch.npz', [`${CASES}/models/plane-data.npz`], { ...net, outputBias: { name: '2.bias' } }],
  ])('%s: both claims hold', async (name, data, layers) => {
    const words = ['verify', `${CASES}/models/${name}`, ...data];
    const { out, code } = await run(...words, '--json');
    const json = JSON.parse(out);
    expect(json.claims).toMatchObject([
      { claim: 'interpolates', holds: true },
      { claim: 'sparsest', holds: true },
    ]);
    expect(json.layers).toEqual(layers);
    expect(code).toBe(0);
    // The page says the same.
    const page = (await run(...words)).out.replace(/\n +/g, ' ');
    for (const [role, read] of Object.entries(layers)) {
      if (typeof read === 'object' && 'name' in read) expect(page).toContain(`${role} = ${read.name}`);
    }
  });

  it.each(['scaled-legacy17.onnx', 'scaled-dynamo.onnx', 'skip-dynamo.onnx'])(
    '%s does not fit the data without its scaling and skip',
    async (name) => {
      const { out, code } = await run('verify', `${CASES}/models/${name}`, ...PEAK, '--json');
      expect(JSON.parse(out).claims[0]).toMatchObject({ claim: 'interpolates', holds: false });
      expect(code).toBe(1);
    },
  );

  // 2 (x - 1)+ + x+ meets the data exactly, and 3 (x - 2/3)+ does so with one neuron.
  it.each<[file: string, layers: object]>([
    [
      'model-inputs-outputs.npz',
      { inputWeights: part('W1', true), bias: { name: 'b1' }, outputWeights: part('W2', true) },
    ],
    [
      'model-int-step.npz',
      {
        ...{ inputWeights: part('fc1.weight', false), bias: { name: 'fc1.bias' } },
        ...{ outputWeights: part('fc2.weight', false), leftOut: ['step'] },
      },
    ],
  ])('%s interpolates; one neuron less would do', async (name, layers) => {
    const { out, code } = await run(
      ...['verify', `${CASES}/models/${name}`, `${CASES}/models/model-data.npz`, '--json'],
    );
    const json = JSON.parse(out);
    expect(json.layers).toEqual(layers);
    expect(json.claims).toMatchObject([
      { claim: 'interpolates', holds: true, measured: '0' },
      { claim: 'sparsest', holds: false, measured: 2, required: 1 },
    ]);
    expect(code).toBe(1);
  });

  it.each<[file: string, data: string[], reason: RegExp]>([
    ['batchnorm.pt', PEAK, /"1\.running_mean" \[3\] belongs to a batch norm, which is not read/],
    ['weight-norm.pt', PEAK, /"0\.parametrizations\.weight\.original0" \[3, 1\] belongs to a weight norm/],
    ['optimizer-only.pt', PEAK, /the state of an optimizer, without the weights of a model/],
    ['f8.pt', PEAK, /"0\.weight" has numbers of type torch\.float8_e4m3fn, which are not read/],
    ['model-norm-weight.npz', [`${CASES}/models/model-data.npz`], /"norm\.weight" \[2\] belongs to a norm/],
    [
      'model-prelu.npz',
      [`${CASES}/models/model-data.npz`],
      /"act\.weight" \[1\] belongs to an activation.*PReLU/,
    ],
  ])('%s is refused with its own reason', async (name, data, reason) => {
    const { out, err, code } = await run('verify', `${CASES}/models/${name}`, ...data);
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err).toMatch(reason);
    expect(err).toContain(`verify: ${CASES}/models/${name}: `);
  });

  it('sawtooth-8.npz interpolates with 8 neurons, and nobody is told to wait longer where nothing was searched', async () => {
    const { out } = await run(
      'verify',
      `${CASES}/models/sawtooth-8.npz`,
      `${CASES}/tables/sawtooth-8.csv`,
      '--json',
    );
    const { claims } = JSON.parse(out);
    expect(claims).toMatchObject([
      { claim: 'interpolates', holds: true, measured: '0' },
      { claim: 'sparsest', measured: 8 },
    ]);
    // 8 is right; as long as that is not proved, it is a bracket.
    const { holds, required, message } = claims[1];
    if (holds === true) expect(required).toBe(8);
    else {
      expect(holds).toBe('undecided');
      expect(required).toMatchObject({ upperBound: 8 });
      expect(message).toMatch(/closed form/);
    }
    expect(message).not.toMatch(/time limit/);
  });

  it('opposite-signs.npz: 1 neuron is enough, and its 2 merge into it although their signs differ', async () => {
    const { out, code } = await run(
      ...['verify', `${CASES}/models/opposite-signs.npz`, `${CASES}/tables/line.csv`, '--json'],
    );
    expect(JSON.parse(out)).toMatchObject({
      claims: [
        { claim: 'interpolates', holds: true },
        { claim: 'sparsest', holds: false, measured: 2, required: 1 },
      ],
      neurons: { width: 2, active: [0, 1], reduced: 1 },
      redundant: [{ kind: 'same-pattern', neurons: [0, 1], saves: 1 }],
    });
    expect(code).toBe(1);
  });
});

describe('--scale-inputs and --scale-output', () => {
  const scaled = `${CASES}/tables/scaled-peak.csv`;
  const array = (name: string, values: number[], shape = [values.length]) => ({
    ...{ name, shape, dtype: 'float64' as const, values: Float64Array.from(values) },
  });

  it('fold a scaling that is not in the file, exactly', async () => {
    // The data are 2 peak((x - 1) / 2) + 3.
    const words = ['verify', `${CASES}/models/checkpoint.pt`, scaled];
    const { out, code } = await run(...words, '--scale-inputs', '1,2', '--scale-output', '3,2', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      skip: 'bias',
      scaling: { inputs: { mean: ['1'], scale: ['2'] }, output: { mean: ['3'], scale: ['2'] } },
      claims: [
        { holds: true, measured: '0' },
        { holds: true, measured: 3 },
      ],
    });
    const files = [
      file('x.npz', writeNpz([array('mean', [1]), array('scale', [2], [1, 1])])),
      file('y.npz', writeNpz([array('mean', [3], []), array('scale', [2], [])])),
    ];
    const { out: page, code: same } = await run(
      ...[...words, '--scale-inputs', files[0]!, '--scale-output', files[1]!],
    );
    expect(same).toBe(0);
    expect(page).toContain('the model sees (x - 1) / 2');
    expect(page).toContain('the model gives (y - 3) / 2');
    expect((await run(...words, '--scale-inputs', '1,2')).code).toBe(1);
  });

  it('mean the decimals that are written', async () => {
    // (x / 0.1)+ / 10 = x+; with the double 0.1 it would not be exact.
    const ray = file('ray.csv', 'x,y\n-1,0\n0,0\n1,1\n2,2\n');
    const net = file('ray.npz', writeNpz([array('W', [1]), array('v', [0.1])]));
    const { out } = await run('verify', net, ray, '--scale-inputs', '0,1/10', '--json');
    expect(JSON.parse(out).claims[0]).toMatchObject({ holds: false });
    const exact = file('exact.npz', writeNpz([array('W', [0.25]), array('v', [1])]));
    const { out: fits } = await run(
      ...['verify', exact, ray, '--scale-inputs', '0,0.25', '--scale-output', '0,1', '--json'],
    );
    expect(JSON.parse(fits)).toMatchObject({ skip: 'none', claims: [{ holds: true }, { holds: true }] });
  });

  it('take one number for each of several inputs', async () => {
    // square-torch.npz on the points (x - (1, -2)) / (2, 4).
    const x = file('x.npz', writeNpz([array('mean', [1, -2]), array('scale', [2, 4])]));
    const plane = readNpz(new Uint8Array(readFileSync(`${CASES}/models/plane-data.npz`)), 'plane');
    const points = plane.find(({ name }) => name === 'x')!;
    const moved = points.values.map((value, i) => (i % 2 === 0 ? 2 * value + 1 : 4 * value - 2));
    const data = file(
      'data.npz',
      writeNpz([{ ...points, values: moved }, plane.find(({ name }) => name === 'y')!]),
    );
    const words = ['verify', `${CASES}/models/square-torch.npz`, data];
    expect((await run(...words, '--scale-inputs', x)).code).toBe(0);
    expect((await run(...words)).code).toBe(1);
    const { err, code } = await run(...words, '--scale-inputs', '1,2');
    expect(code).toBe(2);
    expect(err).toMatch(/--scale-inputs: expected a mean and a scale for each of the 2 inputs.*\.npz/);
  });

  it('refuse what is no scaling', async () => {
    const bad = file('bad.npz', writeNpz([array('mean', [1]), array('scale', [1, 2])]));
    const other = file('other.npz', writeNpz([array('mu', [1])]));
    for (const [flag, value, reason] of [
      ['--scale-inputs', '1', /two numbers MEAN,SCALE/],
      ['--scale-inputs', '1,2,3', /two numbers MEAN,SCALE/],
      ['--scale-inputs', 'one,two', /two numbers MEAN,SCALE/],
      ['--scale-inputs', '1,0', /the scale is 0/],
      ['--scale-output', '0,0', /the scale is 0/],
      ['--scale-output', bad, /mean has 1 numbers and scale 2/],
      ['--scale-output', other, /expected arrays mean and scale, found mu/],
      ['--scale-output', `${CASES}/models/none.npz`, /none\.npz/],
    ] as const) {
      const { err, code } = await run('verify', `${CASES}/models/checkpoint.pt`, scaled, flag, value);
      expect(code, value).toBe(2);
      expect(err).toMatch(reason);
    }
  });
});
