import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import type { ModelReading } from '../../src/models/layers.js';
import { readOnnx } from '../../src/models/onnx.js';
import { evaluate } from '../../src/problem/network.js';
import {
  expectedTensors,
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
} from '../support/binary-fixtures.js';
import { inputInfo, node, onnxModel, tensor } from './onnx-encoder.js';
import { bytesField, concatenate, varintField } from './protobuf-encoder.js';

const files = Object.keys(expectedTensors).filter((file) => file.endsWith('.onnx'));

describe.each(files)('%s, written by PyTorch or onnx.helper', (file) => {
  test('is read bit for bit', () => {
    const { network, skip } = readOnnx(fixture(file), file);
    // The parts with their exact numbers, as the file of expectations has them.
    const found = new Map<string, Rational[]>([
      ['inputWeights', network.neurons.flatMap(({ inputWeights }) => [...inputWeights])],
      ['bias', network.neurons.map(({ bias }) => bias)],
      ['outputWeights', network.neurons.map(({ outputWeight }) => outputWeight)],
      ['skipWeights', [...(network.skip?.weights ?? [])]],
      ['outputBias', network.skip === null ? [] : [network.skip.bias]],
    ]);
    const expected = new Map(
      expectedTensors[file]!.map(({ name, bits }) => [
        name,
        bits.map((text) => Rational.fromDouble(fromBits(text))),
      ]),
    );
    // The output and the skip have one bias together.
    const [a, b] = [expected.get('outputBias'), expected.get('skipBias')];
    if (a !== undefined && b !== undefined) expected.set('outputBias', [a[0]!.add(b[0]!)]);
    expected.delete('skipBias');
    expect(skip).toBe(expected.has('skipWeights') ? 'affine' : expected.has('outputBias') ? 'bias' : 'none');
    for (const [name, values] of found) {
      const zeros = values.map(() => Rational.zero);
      expect(values, name).toEqual(expected.get(name) ?? zeros);
    }
    expect([...expected.keys()].filter((name) => !found.has(name))).toEqual([]);
  });

  test('is refused when truncated, and safe when mutated', () => {
    expectTruncationsRefused(fixture(file), (bytes) => readOnnx(bytes, file));
    expect(expectMutationsSafe(fixture(file), (bytes) => readOnnx(bytes, file))).toBeGreaterThan(500);
  });
});

function fromBits(hexadecimal: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hexadecimal}`));
  return view.getFloat64(0);
}

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

const weights = [
  tensor('W', [2, 2], [1, 2, 3, 4]),
  tensor('b', [2], [0.1, 0.2]),
  tensor('b2', [2], [0.7, 0.1]),
  tensor('v', [2, 1], [5, 6]),
  tensor('v2', [2, 2], [5, 6, 7, 8]),
  tensor('c', [1], [0.3]),
  tensor('axis', [1], [-1], 7),
];

const model = (nodes: Uint8Array[], extra: Uint8Array[] = [], initializers = weights) =>
  onnxModel(nodes, initializers, extra);

const hidden = [node('MatMul', ['x', 'W'], 'h'), node('Relu', ['h'], 'r')];
const read = (...nodes: Uint8Array[]) => readOnnx(model(nodes), 'a.onnx');

/** Input weights, biases, output weights, skip weights and bias as texts. */
function parts({ network }: ModelReading): Record<string, string[] | string[][]> {
  const { neurons, skip } = network;
  return {
    w: neurons.map(({ inputWeights }) => inputWeights.map(String)),
    b: neurons.map(({ bias }) => bias.toString()),
    v: neurons.map(({ outputWeight }) => outputWeight.toString()),
    skip: skip === null ? [] : [...skip.weights, skip.bias].map(String),
  };
}
const exact = (value: number) => Rational.fromDouble(value);

test('the hand-built graph is read: MatMul stores its weights transposed', () => {
  const reading = read(...hidden, node('MatMul', ['r', 'v'], 'y'));
  expect(parts(reading)).toEqual({
    w: [
      ['1', '3'],
      ['2', '4'],
    ],
    b: ['0', '0'],
    v: ['5', '6'],
    skip: [],
  });
  expect(reading.layers).toEqual({
    inputWeights: { name: 'W', transposed: true },
    outputWeights: { name: 'v', transposed: true },
  });
});

test('Transpose of a weight, Gemm with and without transB, and a final Squeeze say the same', () => {
  const plain = read(...hidden, node('MatMul', ['r', 'v'], 'y')).network;
  const transposed = [
    node('Transpose', ['W'], 'T', { perm: [1, 0] }),
    node('Gemm', ['x', 'T'], 'h', { transB: 1 }),
  ];
  expect(read(...transposed, hidden[1]!, node('MatMul', ['r', 'v'], 'y')).network).toEqual(plain);
  expect(read(node('Gemm', ['x', 'W', ''], 'h'), hidden[1]!, node('Gemm', ['r', 'v'], 'y')).network).toEqual(
    plain,
  );
  const last = node('MatMul', ['r', 'v'], 'o');
  expect(read(...hidden, last, node('Squeeze', ['o', 'axis'], 'y')).network).toEqual(plain);
  expect(read(...hidden, last, node('Squeeze', ['o'], 'y', { axes: [1] })).network).toEqual(plain);
});

test('several output biases are added exactly, a scalar bias is spread over the neurons', () => {
  const reading = read(
    node('MatMul', ['x', 'W'], 'm'),
    node('Add', ['m', 'c'], 'h'),
    hidden[1]!,
    node('Gemm', ['r', 'v', 'c'], 'o1'),
    node('Gemm', ['x', 'v', 'c'], 'o2'),
    node('Add', ['o2', 'o1'], 'y'),
  );
  const c = exact(0.3);
  expect(parts(reading).b).toEqual([c.toString(), c.toString()]);
  expect(parts(reading).skip).toEqual(['5', '6', c.add(c).toString()]);
  expect(reading.skip).toBe('affine');
  expect(reading.layers.outputBias).toEqual({ name: 'c + c' });
});

test('alpha, beta and several hidden biases are exact, whether a double equals the result or not', () => {
  const output = node('MatMul', ['r', 'v'], 'y');
  const gemm = read(node('Gemm', ['x', 'W', 'b'], 'h', { alpha: 0.25, beta: -2 }), hidden[1]!, output);
  expect(parts(gemm).w).toEqual([
    ['1/4', '3/4'],
    ['1/2', '1'],
  ]);
  expect(parts(gemm).b).toEqual([exact(-0.2).toString(), exact(-0.4).toString()]);
  // 0.1 + 0.7 is not a double.
  const sum = read(node('Gemm', ['x', 'W', 'b'], 'm'), node('Add', ['b2', 'm'], 'h'), hidden[1]!, output);
  expect(parts(sum).b).toEqual([
    exact(0.1).add(exact(0.7)).toString(),
    exact(0.2).add(exact(0.1)).toString(),
  ]);
  const odd = read(node('Gemm', ['x', 'W', 'b'], 'h', { beta: 3.3 }), hidden[1]!, output);
  expect(parts(odd).b![0]).toBe(
    exact(0.1)
      .multiply(exact(Math.fround(3.3)))
      .toString(),
  );
});

describe('constants around the layers are folded in exactly', () => {
  const plain = () => read(...hidden, node('MatMul', ['r', 'v'], 'y')).network;
  /** f(x) of the network, exactly. */
  const at = ({ network }: ModelReading, x: readonly Rational[]) => evaluate(network, x);
  const grid = [-3, -1, 0, 1, 2.5].flatMap((a) => [-2, 0, 0.5, 3].map((b) => [exact(a), exact(b)]));

  test('Sub, Div before, Mul, Add behind', () => {
    // The factors 0.3 and 0.1 have no short inverse: 1 / 0.3 is no double.
    const scaled = read(
      node('Sub', ['x', 'b'], 'x1'),
      node('Div', ['x1', 'c'], 'x2'),
      node('MatMul', ['x2', 'W'], 'h'),
      hidden[1]!,
      node('MatMul', ['r', 'v'], 'm'),
      node('Mul', ['m', 'c'], 'm2'),
      node('Add', ['c', 'm2'], 'y'),
    );
    const inner = plain();
    for (const x of grid) {
      const seen = [x[0]!.subtract(exact(0.1)), x[1]!.subtract(exact(0.2))].map((t) => t.divide(exact(0.3)));
      const expected = evaluate(inner, seen).multiply(exact(0.3)).add(exact(0.3));
      expect(at(scaled, x).equals(expected)).toBe(true);
    }
    expect(scaled.skip).toBe('bias');
    expect(scaled.layers.folded).toEqual([
      { operator: 'Sub', name: 'b' },
      { operator: 'Div', name: 'c' },
      { operator: 'Mul', name: 'c' },
    ]);
    expect(scaled.layers.outputBias).toEqual({ name: 'c' });
  });

  test('between the layers and on both sides of a difference', () => {
    const odd = read(
      node('MatMul', ['x', 'W'], 'm0'),
      node('Mul', ['b2', 'm0'], 'm1'),
      node('Sub', ['b', 'm1'], 'h'),
      hidden[1]!,
      node('Add', ['r', 'b'], 'r2'),
      node('Mul', ['r2', 'b2'], 'r3'),
      node('MatMul', ['r3', 'v'], 'o'),
      node('MatMul', ['x', 'v'], 's'),
      node('Sub', ['s', 'o'], 'y'),
    );
    const relu = (t: Rational) => (t.sign() > 0 ? t : Rational.zero);
    for (const [a, b] of grid) {
      const h = [
        exact(0.1).subtract(exact(0.7).multiply(a!.add(b!.multiply(exact(3))))),
        exact(0.2).subtract(exact(0.1).multiply(a!.multiply(exact(2)).add(b!.multiply(exact(4))))),
      ].map(relu);
      const o = [h[0]!.add(exact(0.1)).multiply(exact(0.7)), h[1]!.add(exact(0.2)).multiply(exact(0.1))];
      const skip = a!.multiply(exact(5)).add(b!.multiply(exact(6)));
      const expected = skip.subtract(o[0]!.multiply(exact(5)).add(o[1]!.multiply(exact(6))));
      expect(at(odd, [a!, b!]).equals(expected)).toBe(true);
    }
    expect(odd.skip).toBe('affine');
  });

  test('a Scaler of ONNX-ML is (x - offset) * scale', () => {
    const scaled = read(
      node('Scaler', ['x'], 'x1', { offset: [0.5, 2.25], scale: [0.125, 3.5] }, 'ai.onnx.ml'),
      node('MatMul', ['x1', 'W'], 'h'),
      hidden[1]!,
      node('MatMul', ['r', 'v'], 'y'),
    );
    for (const [a, b] of grid) {
      const seen = [
        a!.subtract(exact(0.5)).multiply(exact(0.125)),
        b!.subtract(exact(2.25)).multiply(exact(3.5)),
      ];
      expect(at(scaled, [a!, b!]).equals(evaluate(plain(), seen))).toBe(true);
    }
  });

  test('casts, reshapes, dropout in inference and constants of every kind change nothing', () => {
    const last = node('MatMul', ['r', 'v'], 'o');
    const read2 = (...nodes: Uint8Array[]) =>
      readOnnx(
        model(nodes, [], [...weights, tensor('rows', [2], [-1, 1], 7), tensor('flat', [1], [-1], 7)]),
        'a',
      ).network;
    expect(
      read2(
        node('Cast', ['x'], 'x1', { to: 1 }),
        node('Dropout', ['x1', ''], 'x2'),
        node('Flatten', ['x2'], 'x3'),
        node('Cast', ['W'], 'W1', { to: 1 }),
        node('MatMul', ['x3', 'W1'], 'h'),
        hidden[1]!,
        node('Flatten', ['r'], 'r1'),
        node('MatMul', ['r1', 'v'], 'o'),
        node('Reshape', ['o', 'rows'], 'o1'),
        node('Reshape', ['o1', 'flat'], 'o2'),
        node('Unsqueeze', ['o2', 'axis'], 'y'),
      ),
    ).toEqual(plain());
    const twice = read(
      ...hidden,
      last,
      node('Constant', [], 't', { value_float: 2 }),
      node('Mul', ['t', 'o'], 'y'),
    );
    expect(parts(twice).v).toEqual(['10', '12']);
    const both = read(
      ...[node('Constant', [], 't', { value_floats: [2, 0.5] }), node('Mul', ['x', 't'], 'x1')],
      ...[node('MatMul', ['x1', 'W'], 'h'), hidden[1]!, node('MatMul', ['r', 'v'], 'y')],
    );
    expect(parts(both).w).toEqual([
      ['2', '3/2'],
      ['4', '2'],
    ]);
  });

  test('the plain input added to the output of one input is a skip', () => {
    const one = [tensor('W', [1, 2], [1, 2]), tensor('v', [2, 1], [5, 6]), tensor('c', [1], [0.5])];
    const residual = readOnnx(
      model(
        [
          ...hidden,
          node('MatMul', ['r', 'v'], 'm'),
          node('Mul', ['x', 'c'], 's'),
          node('Add', ['m', 's'], 'y'),
        ],
        [],
        one,
      ),
      'a.onnx',
    );
    expect(residual.skip).toBe('affine');
    expect(parts(residual).skip).toEqual(['1/2', '0']);
  });
});

const m = node('MatMul', ['r', 'v'], 'm');
test.each<[string, Uint8Array[], RegExp]>([
  ['no Relu', [node('MatMul', ['x', 'v'], 'y')], /does not depend on a Relu/],
  ['only constants', [node('Identity', ['c'], 'y')], /output does not depend on the input/],
  ['Relu last', [hidden[0]!, node('Relu', ['h'], 'y')], /the output is a Relu/],
  [
    'plain input added',
    [...hidden, m, node('Add', ['m', 'x'], 'y')],
    /contains the plain input of 2 numbers/,
  ],
  ['Relu of the plain input', [node('Relu', ['x'], 'y')], /no weights before it/],
  [
    'two linear layers',
    [node('MatMul', ['x', 'W'], 'h'), node('MatMul', ['h', 'W'], 'y')],
    /multiplies something/,
  ],
  ['two Relus side by side', [...hidden, node('Relu', ['h'], 'r2')], /second Relu/],
  ['two skips', [...hidden, node('MatMul', ['x', 'v'], 's'), node('Add', ['s', 's'], 'y')], /same layer/],
  ['two outputs', [...hidden, node('MatMul', ['r', 'v2'], 'y')], /2 outputs/],
  ['bias per data point', [...hidden, m, node('Add', ['m', 'v'], 'y')], /combines "v"/],
  ['bias that widens', [...hidden, m, node('Add', ['m', 'b'], 'y')], /combines "b"/],
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
  [
    'squeezed, so that a matrix would be broadcast',
    [...hidden, m, node('Squeeze', ['m', 'axis'], 'q'), node('Add', ['q', 'c1'], 'y')],
    /combines "c1"/,
  ],
  [
    'squeezed on one side of a sum',
    [
      ...hidden,
      m,
      node('Squeeze', ['m', 'axis'], 'q'),
      node('MatMul', ['x', 'v'], 's'),
      node('Add', ['q', 's'], 'y'),
    ],
    /adds values of different sizes/,
  ],
  ['squeezed without axes', [...hidden, m, node('Squeeze', ['m'], 'y')], /squeezes something/],
  ['squeezed neurons', [...hidden, node('Squeeze', ['r', 'axis'], 'q')], /squeezes something/],
  ['flattened to one axis', [node('Flatten', ['x'], 'f', { axis: 0 })], /flattens more than/],
  ['reshaped across data points', [...hidden, node('Reshape', ['r', 'flat'], 'q')], /reshapes to \(-1\)/],
  ['cast to integers', [node('Cast', ['x'], 'x1', { to: 7 })], /casts to the type 7/],
  ['a constant that a cast would round', [node('Cast', ['b'], 'b1', { to: 1 })], /rounds a constant/],
  ['dropout in training', [node('Dropout', ['x', '', 'yes'], 'x1')], /training mode/],
  ['divided by zero', [node('Div', ['x', 'zero'], 'x1')], /divides by "zero", which is 0/],
  ['divided by the input', [node('Div', ['b', 'x'], 'x1')], /divides by a function of the input/],
  ['the product of two signals', [node('Mul', ['x', 'x'], 'x1')], /two functions of the input/],
  ['constants alone', [node('Mul', ['b', 'b2'], 'x1')], /computes with two constants/],
  [
    'a constant wider than a single input',
    [node('MatMul', ['x', 'v'], 'h'), node('Mul', ['h', 'b'], 'h2')],
    /combines "b"/,
  ],
  [
    'a batch norm',
    [node('BatchNormalization', ['x', 'b', 'b', 'b', 'b'], 'n')],
    /batch norm, which is not read/,
  ],
  ['a layer norm', [node('LayerNormalization', ['x', 'b'], 'n')], /is a norm, which is not read/],
  ['PReLU', [hidden[0]!, node('PRelu', ['h', 'c'], 'r')], /PReLU\); only Relu is read/],
  ['a weight norm', [node('ReduceL2', ['W'], 'n')], /weight norm/],
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
  const more = [
    tensor('c1', [1, 1], [1]),
    tensor('zero', [1], [0]),
    tensor('yes', [], [1], 7),
    tensor('flat', [1], [-1], 7),
  ];
  const bytes = model(nodes, [], [...weights, ...more]);
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

test('the shape of the input, when it is there, must agree with the weights', () => {
  const graph = (shape: (number | null)[], ...nodes: Uint8Array[]) =>
    onnxModel(nodes, weights, [], inputInfo(shape));
  const nodes = [...hidden, node('MatMul', ['r', 'v'], 'y')];
  expect(readOnnx(graph([null, 2], ...nodes), 'a').network).toEqual(read(...nodes).network);
  expect(inputError(() => readOnnx(graph([null, 3], ...nodes), 'a'))).toMatch(
    /takes 2 inputs, but the input has 3/,
  );
  // Two numbers beside one input would widen it.
  const widening = [node('Sub', ['x', 'b'], 'x1'), node('MatMul', ['x1', 'W'], 'h'), ...nodes.slice(1)];
  expect(inputError(() => readOnnx(graph([null, 1], ...widening), 'a'))).toMatch(/combines "b"/);
  // Images are flattened first.
  const flattened = [node('Flatten', ['x'], 'x1'), node('MatMul', ['x1', 'W'], 'h'), ...nodes.slice(1)];
  expect(readOnnx(graph([null, 1, 2], ...flattened), 'a').network).toEqual(read(...nodes).network);
  expect(inputError(() => readOnnx(graph([null, 1, 2], ...nodes), 'a'))).toMatch(
    /not \[data points, numbers\]/,
  );
});
