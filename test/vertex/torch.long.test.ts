import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { readDataset } from '../../src/files/read-dataset.js';
import { layersFromNetwork } from '../../src/models/layers.js';
import { readModelFile } from '../../src/models/read-model.js';
import { modelChunks } from '../../src/models/write-model.js';
import { evaluate } from '../../src/problem/network.js';
import { problemOfInputs } from '../../src/problem/problem-of-inputs.js';
import { decidedVertex } from '../../src/verify/vertex-claim.js';
import { prune } from '../../src/vertex/prune.js';
import { largestChange, rounded } from '../../src/vertex/rounding.js';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('train_with_torch.py', import.meta.url));
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch, numpy']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'sparsest-torch-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!hasTorch)(
  '100 networks of PyTorch, one to ten inputs: pruned exactly, and back in PyTorch',
  () => {
    execFileSync(PYTHON, [SCRIPT, folder]);
    const exact: number[][] = [];
    let smaller = 0;
    for (let i = 0; i < 100; i++) {
      const at = (name: string) => join(folder, `${name}-${i}.npz`);
      const { network, skip } = readModelFile(readFileSync(at('net')), at('net'));
      const problem = problemOfInputs(readDataset(at('data')));
      const { network: pruned } = finish(prune(problem, network, skip, Rational.of(1, 2)));
      expect(largestChange(problem, network, pruned).isZero()).toBe(true);
      expect(pruned.neurons.length).toBeLessThanOrEqual(problem.size + (problem.dimension === 1 ? 1 : 0));
      expect(decidedVertex(problem, pruned, skip).verdict.holds).toBe(true);
      if (pruned.neurons.length < network.neurons.length) smaller++;
      const floats = rounded(pruned, 'float64');
      const change = largestChange(problem, network, floats);
      expect(change.toNumber()).toBeLessThan(1e-9);
      writeFileSync(
        at('pruned'),
        Buffer.concat([...modelChunks(layersFromNetwork(floats), '.npz')].map((part) => Buffer.from(part))),
      );
      exact.push(
        Array.from({ length: problem.size }, (_, n) =>
          evaluate(
            floats,
            problem.inputs.map((column) => column.value(n)),
          ).toNumber(),
        ),
      );
    }
    expect(smaller).toBeGreaterThan(40);
    const lines = execFileSync(PYTHON, [SCRIPT, folder, 'check'], { encoding: 'utf8' }).trim().split('\n');
    expect(lines).toHaveLength(100);
    lines.forEach((line, i) => {
      const theirs = JSON.parse(line) as number[];
      // Rows in the order of the file against the order of the problem: as sorted numbers.
      const [a, b] = [theirs, exact[i]!].map((list) => [...list].sort((x, y) => x - y));
      a!.forEach((value, n) => {
        expect(Math.abs(value - b![n]!)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
      });
    });
  },
);
