import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkChunks } from '../../src/files/network-format.js';
import { writeNpz } from '../../src/files/npz.js';
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
