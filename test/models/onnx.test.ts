import { describe, expect, test } from 'vitest';
import { tensorsFromLayers } from '../../src/models/layers.js';
import { readOnnx } from '../../src/models/onnx.js';
import {
  expectedTensors,
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
  withBits,
} from '../support/binary-fixtures.js';
import { bytesField, concatenate, floatField, varintField } from './protobuf-encoder.js';

const files = Object.keys(expectedTensors).filter((file) => file.endsWith('.onnx'));

describe.each(files)('%s, written by PyTorch or onnx.helper', (file) => {
  test('is read bit for bit', () => {
    const expected = expectedTensors[file]!;
    const found = new Map(
      tensorsFromLayers(readOnnx(fixture(file), file)).map((tensor) => [tensor.name, withBits(tensor)]),
    );
    for (const { name, shape, bits } of expected) {
      expect(found.get(name)).toEqual({ name, shape, dtype: 'float64', bits });
      found.delete(name);
    }
    // Only a bias of zeros may come on top.
    for (const { name, bits } of found.values()) {
      expect(name).toBe('bias');
      expect(new Set(bits)).toEqual(new Set(['0'.repeat(16)]));
    }
  });

  test('is refused when truncated, and safe when mutated', () => {
    expectTruncationsRefused(fixture(file), (bytes) => readOnnx(bytes, file));
    expect(expectMutationsSafe(fixture(file), (bytes) => readOnnx(bytes, file))).toBeGreaterThan(500);
  });
});

const remedy = /torch\.onnx\.export\(.*torch\.save\(model\.state_dict\(\), "model\.pt"\)/;

test.each<[string, RegExp]>([
  ['refused-deep.onnx', /node "\/3\/Relu" \(Relu\) is a second Relu/],
  ['refused-outputs.onnx', /the model has 2 outputs/],
  ['refused-tanh.onnx', /node "\/1\/Tanh" \(Tanh\) is an operator that is not read/],
  ['refused-external.onnx', /weights "0\.weight" are in another file \(external data\)/],
])('%s is refused with the reason and a remedy', (file, reason) => {
  const error = inputError(() => readOnnx(fixture(file), file));
  expect(error).toMatch(reason);
  expect(error).toMatch(remedy);
});

// ---- graphs built by hand: x has 2 numbers, the hidden layer 2 neurons ----

interface Attribute {
  [name: string]: number | number[];
}

/** A NodeProto; whole numbers become integer attributes, others floats. */
function node(
  op: string,
  inputs: string[],
  output: string,
  attributes: Attribute = {},
  domain = '',
): Uint8Array {
  return concatenate([
    ...inputs.map((name) => bytesField(1, name)),
    bytesField(2, output),
    bytesField(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(
        5,
        concatenate([
          bytesField(1, name),
          ...(Array.isArray(value)
            ? value.map((item) => varintField(8, item))
            : [name === 'alpha' || name === 'beta' ? floatField(2, value) : varintField(3, value)]),
        ]),
      ),
    ),
    bytesField(7, domain),
  ]);
}

/** A float64 or int64 TensorProto. */
function tensor(name: string, shape: number[], values: number[], dtype: 7 | 11 = 11): Uint8Array {
  const raw = dtype === 11 ? Float64Array.from(values) : BigInt64Array.from(values, BigInt);
  return concatenate([
    ...shape.map((size) => varintField(1, size)),
    varintField(2, dtype),
    bytesField(8, name),
    bytesField(9, new Uint8Array(raw.buffer)),
  ]);
}

const weights = [
  tensor('W', [2, 2], [1, 2, 3, 4]),
  tensor('b', [2], [0.1, 0.2]),
  tensor('b2', [2], [0.7, 0.1]),
  tensor('v', [2, 1], [5, 6]),
  tensor('v2', [2, 2], [5, 6, 7, 8]),
  tensor('c', [1], [0.3]),
  tensor('axis', [1], [-1], 7),
];

function model(nodes: Uint8Array[], extra: Uint8Array[] = [], initializers = weights): Uint8Array {
  const graph = concatenate([
    ...nodes.map((bytes) => bytesField(1, bytes)),
    ...initializers.map((bytes) => bytesField(5, bytes)),
    bytesField(11, bytesField(1, 'x')),
    bytesField(12, bytesField(1, 'y')),
    ...extra,
  ]);
  return concatenate([bytesField(7, graph), bytesField(8, varintField(2, 17))]);
}

const hidden = [node('MatMul', ['x', 'W'], 'h'), node('Relu', ['h'], 'r')];
const read = (...nodes: Uint8Array[]) => readOnnx(model(nodes), 'a.onnx');

test('the hand-built graph is read: MatMul stores its weights transposed', () => {
  expect(read(...hidden, node('MatMul', ['r', 'v'], 'y'))).toEqual({
    inputDimension: 2,
    width: 2,
    inputWeights: Float64Array.of(1, 3, 2, 4),
    biases: new Float64Array(2),
    outputWeights: Float64Array.of(5, 6),
    skipWeights: null,
    skipBiases: [],
  });
});

test('Transpose of a weight, Gemm with and without transB, and a final Squeeze say the same', () => {
  const plain = read(...hidden, node('MatMul', ['r', 'v'], 'y'));
  const transposed = [
    node('Transpose', ['W'], 'T', { perm: [1, 0] }),
    node('Gemm', ['x', 'T'], 'h', { transB: 1 }),
  ];
  expect(read(...transposed, hidden[1]!, node('MatMul', ['r', 'v'], 'y'))).toEqual(plain);
  expect(read(node('Gemm', ['x', 'W', ''], 'h'), hidden[1]!, node('Gemm', ['r', 'v'], 'y'))).toEqual(plain);
  const last = node('MatMul', ['r', 'v'], 'o');
  expect(read(...hidden, last, node('Squeeze', ['o', 'axis'], 'y'))).toEqual(plain);
  expect(read(...hidden, last, node('Squeeze', ['o'], 'y', { axes: [1] }))).toEqual(plain);
});

test('several output biases are kept apart, a scalar bias is spread over the neurons', () => {
  const layers = read(
    node('MatMul', ['x', 'W'], 'm'),
    node('Add', ['m', 'c'], 'h'),
    hidden[1]!,
    node('Gemm', ['r', 'v', 'c'], 'o1'),
    node('Gemm', ['x', 'v', 'c'], 'o2'),
    node('Add', ['o2', 'o1'], 'y'),
  );
  expect([...layers.biases]).toEqual([0.3, 0.3]);
  expect(layers.skipBiases).toEqual([0.3, 0.3]);
  expect([...layers.skipWeights!]).toEqual([5, 6]);
});

test('alpha and several hidden biases are multiplied in and added when that is exact', () => {
  const output = node('MatMul', ['r', 'v'], 'y');
  const exact = read(node('Gemm', ['x', 'W', 'b'], 'h', { alpha: 0.25, beta: -2 }), hidden[1]!, output);
  expect([...exact.inputWeights]).toEqual([0.25, 0.75, 0.5, 1]);
  expect([...exact.biases]).toEqual([-0.2, -0.4]);
  const twice = (bias: string) =>
    read(node('Gemm', ['x', 'W', 'b'], 'm'), node('Add', [bias, 'm'], 'h'), hidden[1]!, output);
  expect([...twice('b').biases]).toEqual([0.2, 0.4]);
  // 0.1 + 0.7 is not a double.
  expect(inputError(() => twice('b2'))).toMatch(/sum is not exact/);
  expect(
    inputError(() => read(node('Gemm', ['x', 'W', 'b'], 'h', { beta: 3.3 }), hidden[1]!, output)),
  ).toMatch(/has beta = 3\.299\d+, which is not exact/);
});

const m = node('MatMul', ['r', 'v'], 'm');
test.each<[string, Uint8Array[], RegExp]>([
  ['no Relu', [node('MatMul', ['x', 'v'], 'y')], /does not depend on a Relu/],
  ['only constants', [node('Identity', ['c'], 'y')], /output does not depend on the input/],
  ['Relu last', [hidden[0]!, node('Relu', ['h'], 'y')], /the output is a Relu/],
  ['plain input added', [...hidden, m, node('Add', ['m', 'x'], 'y')], /adds values of different sizes/],
  ['Relu of the plain input', [node('Relu', ['x'], 'y')], /no weights before it/],
  [
    'two linear layers',
    [node('MatMul', ['x', 'W'], 'h'), node('MatMul', ['h', 'W'], 'y')],
    /multiplies something/,
  ],
  ['two Relus side by side', [...hidden, node('Relu', ['h'], 'r2')], /second Relu/],
  ['two skips', [...hidden, node('MatMul', ['x', 'v'], 's'), node('Add', ['s', 's'], 'y')], /same layer/],
  ['two outputs', [...hidden, node('MatMul', ['r', 'v2'], 'y')], /2 outputs/],
  ['bias per data point', [...hidden, m, node('Add', ['m', 'v'], 'y')], /adds "v"/],
  ['bias that widens', [...hidden, m, node('Add', ['m', 'b'], 'y')], /adds "b"/],
  ['weights on the left', [node('MatMul', ['W', 'x'], 'h')], /a constant where/],
  ['computed weights', [...hidden, node('MatMul', ['x', 'h'], 'y')], /a computed value where a weight/],
  ['a vector as matrix', [node('MatMul', ['x', 'b'], 'h')], /shape \(2\)/],
  ['integers as weights', [node('MatMul', ['x', 'axis'], 'h')], /int64/],
  [
    'neurons that do not fit',
    [...hidden, node('Gemm', ['r', 'v'], 'y', { transB: 1 })],
    /takes 1 neurons, but/,
  ],
  [
    'skip that does not fit',
    [...hidden, m, node('Gemm', ['x', 'c1'], 's'), node('Add', ['m', 's'], 'y')],
    /skip takes 1/,
  ],
  ['transA', [node('Gemm', ['x', 'W'], 'h', { transA: 1 })], /transA/],
  ['infinite alpha', [node('Gemm', ['x', 'W'], 'h', { alpha: Infinity })], /alpha = Infinity/],
  ['squeezed before an addition', [...hidden, m, node('Squeeze', ['m', 'axis'], 'q')], /squeezes something/],
  ['flattened to one axis', [node('Flatten', ['x'], 'f', { axis: 0 })], /flattens something/],
  [
    'used before computed',
    [node('Relu', ['h'], 'r'), node('MatMul', ['x', 'W'], 'h')],
    /"h", which nothing before/,
  ],
  ['an empty name', [node('MatMul', ['', 'W'], 'h')], /"", which nothing before/],
  ['a name twice', [hidden[0]!, hidden[0]!], /no output of its own/],
  ['too many inputs', [node('Relu', ['x', 'x'], 'r')], /has 2 inputs and 1 outputs/],
  ['an operator of another domain', [node('Relu', ['x'], 'r', {}, 'evil')], /\(evil\.Relu\) is an operator/],
  ['control flow', [node('If', ['x'], 'r')], /\(If\) is an operator that is not read/],
  ['hundreds of nodes', new Array(65).fill(hidden[0]!), /graph of 65 nodes/],
])('refused: %s', (_, nodes, reason) => {
  const bytes = model(nodes, [], [...weights, tensor('c1', [1, 1], [1])]);
  const error = inputError(() => readOnnx(bytes, 'a.onnx'));
  expect(error).toMatch(reason);
  expect(error).toMatch(remedy);
});

test('refused: weights that are malformed', () => {
  const withWeight = (bytes: Uint8Array) => inputError(() => readOnnx(model(hidden, [], [bytes]), 'a.onnx'));
  expect(withWeight(tensor('W', [2, 2], [1]))).toMatch(/need 32 bytes, but have 8/);
  expect(withWeight(tensor('W', [2 ** 40, 2], [1]))).toMatch(/absurd shape/);
  expect(withWeight(tensor('W', [-1], [1]))).toMatch(/impossible dimension -1/);
  expect(withWeight(tensor('W', [1, 2], [1, NaN]))).toMatch(/W\[0, 1\].*NaN/);
  expect(withWeight(concatenate([varintField(2, 8), bytesField(8, 'W')]))).toMatch(/data type 8/);
  const twice = [tensor('W', [1, 1], [1]), tensor('W', [1, 1], [2])];
  expect(inputError(() => readOnnx(model(hidden, [], twice), 'a.onnx'))).toMatch(/there twice/);
  expect(inputError(() => readOnnx(model(hidden, [bytesField(11, bytesField(1, 'z'))]), 'a.onnx'))).toMatch(
    /found 2 and 1/,
  );
  expect(inputError(() => readOnnx(model(hidden, [bytesField(15, '')]), 'a.onnx'))).toMatch(/sparse/);
});
