import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { writeNpz } from '../../src/files/npz.js';
import { parseLayerMap } from '../../src/models/layer-map.js';
import { type ModelLayers, tensorsFromLayers } from '../../src/models/layers.js';
import { readOnnx } from '../../src/models/onnx.js';
import { MODEL_ENDINGS, readModelFile } from '../../src/models/read-model.js';
import { writeSafetensors } from '../../src/models/safetensors.js';
import { readTorch } from '../../src/models/torch.js';
import { expectMutationsSafe, fixture, inputError } from '../support/binary-fixtures.js';

const CASES = new URL('../cases/models/', import.meta.url);

test('one model in every format gives the same network', () => {
  const { network, skip } = readOnnx(fixture('skip.onnx'), 'skip.onnx');
  // The weights of skip.pt as the library holds them.
  const values = new Map(readTorch(fixture('skip.pt'), 'skip.pt').tensors.map((t) => [t.name, t.values]));
  const layers: ModelLayers = {
    inputDimension: 2,
    width: 3,
    inputWeights: values.get('fc1.weight')!,
    biases: values.get('fc1.bias')!,
    outputWeights: values.get('fc2.weight')!,
    skipWeights: values.get('skip.weight')!,
    skipBiases: [values.get('fc2.bias')![0]!, values.get('skip.bias')![0]!],
  };
  const files: Record<string, Uint8Array> = {
    '.npz': writeNpz(tensorsFromLayers(layers)),
    '.safetensors': writeSafetensors(tensorsFromLayers(layers, 'float32')),
    '.pt': fixture('skip.pt'),
    '.pth': fixture('skip.pt'),
    '.ckpt': fixture('skip.pt'),
    '.onnx': fixture('skip.onnx'),
  };
  expect(skip).toBe('affine');
  expect(Object.keys(files).sort()).toEqual([...MODEL_ENDINGS].sort());
  for (const [ending, bytes] of Object.entries(files)) {
    expect(readModelFile(bytes, `Model${ending.toUpperCase()}`)).toMatchObject({ network, skip });
  }
});

test('what was read as what is told, with the entry of a checkpoint', () => {
  expect(readModelFile(fixture('skip.pt'), 'a.pt').layers).toEqual({
    inputWeights: { name: 'fc1.weight', transposed: false },
    bias: { name: 'fc1.bias' },
    outputWeights: { name: 'fc2.weight', transposed: false },
    outputBias: { name: 'fc2.bias' },
    skipWeights: { name: 'skip.weight', transposed: false },
    skipBias: { name: 'skip.bias' },
  });
  const checkpoint = readModelFile(fixture('checkpoint.pt'), 'a.ckpt');
  expect(checkpoint.layers).toMatchObject({ entry: 'model', inputWeights: { name: '0.weight' } });
  expect(checkpoint.network).toEqual(readModelFile(fixture('float32.pt'), 'a.pt').network);
});

test('a map is used where tensors have names, and refused where the graph tells', () => {
  const text =
    'inputWeights=fc1.weight,bias=fc1.bias,outputWeights=fc2.weight,outputBias=fc2.bias,skipWeights=skip.weight,' +
    'skipBias=skip.bias';
  const map = parseLayerMap(text);
  expect(readModelFile(fixture('skip.pt'), 'a.pt', map)).toEqual(readModelFile(fixture('skip.pt'), 'a.pt'));
  expect(inputError(() => readModelFile(fixture('skip.onnx'), 'a.onnx', map))).toMatch(
    /--map is not for ONNX/,
  );
});

test('integer weights other than the layers are named, other endings refused', () => {
  expect(inputError(() => readModelFile(fixture('integers.pt'), 'a.pt'))).toMatch(/"int64" \[2\]/);
  expect(inputError(() => readModelFile(fixture('skip.pt'), 'a.h5'))).toMatch(
    /^a\.h5: unknown kind of model file; expected a name ending in \.json, /,
  );
});

describe.each(readdirSync(CASES).filter((name) => !name.endsWith('-data.npz')))('%s of the cases', (name) => {
  test('with bytes changed is read or refused, nothing else', () => {
    const bytes = new Uint8Array(readFileSync(new URL(name, CASES)));
    expect(expectMutationsSafe(bytes, (mutant) => readModelFile(mutant, name), 150)).toBeGreaterThan(20);
  });
});
