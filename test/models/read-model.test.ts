import { expect, test } from 'vitest';
import { writeNpz } from '../../src/files/npz.js';
import { parseLayerMap, tensorsFromLayers } from '../../src/models/layers.js';
import { readOnnx } from '../../src/models/onnx.js';
import { MODEL_ENDINGS, readModelFile } from '../../src/models/read-model.js';
import { writeSafetensors } from '../../src/models/safetensors.js';
import { fixture, inputError } from '../support/binary-fixtures.js';

test('one model in every format gives the same layers', () => {
  const layers = readOnnx(fixture('skip.onnx'), 'skip.onnx');
  const files: Record<string, Uint8Array> = {
    '.npz': writeNpz(tensorsFromLayers(layers)),
    '.safetensors': writeSafetensors(tensorsFromLayers(layers, 'float32')),
    '.pt': fixture('skip.pt'),
    '.pth': fixture('skip.pt'),
    '.onnx': fixture('skip.onnx'),
  };
  expect(Object.keys(files).sort()).toEqual([...MODEL_ENDINGS].sort());
  for (const [ending, bytes] of Object.entries(files)) {
    expect(readModelFile(bytes, `Model${ending.toUpperCase()}`)).toEqual(layers);
  }
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
