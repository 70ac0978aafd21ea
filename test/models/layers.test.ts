import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { readNpz, writeNpz } from '../../src/files/npz.js';
import type { Tensor } from '../../src/files/tensor.js';
import {
  LAYER_ROLES,
  type ModelLayers,
  networkFromLayers,
  parseLayerMap,
  recogniseLayers,
  tensorsFromLayers,
} from '../../src/models/layers.js';
import { readOnnx } from '../../src/models/onnx.js';
import { readSafetensors, writeSafetensors } from '../../src/models/safetensors.js';
import { readTorch } from '../../src/models/torch.js';
import { evaluate } from '../../src/problem/network.js';
import { fixture, inputError } from '../support/binary-fixtures.js';

let next = 0;
/** A tensor of distinct numbers. */
function tensor(name: string, ...shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, dtype: 'float64', values: Float64Array.from({ length: count }, () => ++next) };
}

const source = 'model.pt';
const recognise = (...tensors: Tensor[]) => recogniseLayers(tensors, source);

describe('files of PyTorch', () => {
  test('a state dict and the ONNX export of the same model give the same layers', () => {
    for (const [pt, onnx] of [
      ['float32.pt', 'gemm.onnx'],
      ['float64.pt', 'gemm-float64.onnx'],
      ['parameters.pt', 'gemm.onnx'],
      ['skip.pt', 'skip.onnx'],
    ] as const) {
      const layers = readOnnx(fixture(onnx), onnx);
      expect(recogniseLayers(readTorch(fixture(pt), pt), pt)).toEqual(layers);
      expect(layers.skipWeights !== null).toBe(pt === 'skip.pt');
      expect(layers.skipBiases).toHaveLength(pt === 'skip.pt' ? 2 : 1);
    }
  });
});

describe('layers by shape', () => {
  const w = tensor('a', 4, 3);
  const b = tensor('b', 4);
  const v = tensor('c', 1, 4);
  const c = tensor('d', 1);
  const a = tensor('e', 1, 3);

  test('every combination of optional parts, in every order', () => {
    fc.assert(
      fc.property(
        fc.record({ b: fc.boolean(), c: fc.boolean(), a: fc.boolean() }),
        fc.infiniteStream(fc.nat(5)),
        (has, keys) => {
          const tensors = [w, v, ...(has.b ? [b] : []), ...(has.c ? [c] : []), ...(has.a ? [a] : [])];
          const shuffled = tensors
            .map((item) => ({ item, key: keys.next().value! }))
            .sort((x, y) => x.key - y.key)
            .map(({ item }) => item);
          expect(recognise(...shuffled)).toEqual({
            inputDimension: 3,
            width: 4,
            inputWeights: w.values,
            biases: has.b ? b.values : new Float64Array(4),
            outputWeights: v.values,
            skipWeights: has.a ? a.values : null,
            skipBiases: has.c ? [c.values[0]] : [],
          });
        },
      ),
    );
  });

  test('two biases of the output are both returned', () => {
    const layers = recognise(w, b, v, c, a, tensor('f', 1));
    expect(layers.skipBiases).toEqual([c.values[0], next]);
  });

  test('an output bias may be a scalar', () => {
    const scalar = tensor('s');
    expect(recognise(w, v, scalar).skipBiases).toEqual([...scalar.values]);
  });

  test('one neuron: the biases are told by their names, else by their order', () => {
    const tensors = [
      tensor('fc2.bias', 1),
      tensor('fc1.weight', 1, 3),
      tensor('fc2.weight', 1, 1),
      tensor('fc1.bias', 1),
    ];
    const layers = recognise(...tensors);
    expect([...layers.biases]).toEqual([...tensors[3]!.values]);
    expect(layers.skipBiases).toEqual([...tensors[0]!.values]);
    const unnamed = [tensor('p', 1, 3), tensor('q', 1), tensor('r', 1, 1), tensor('s', 1)];
    expect([...recognise(...unnamed).biases]).toEqual([...unnamed[1]!.values]);
  });

  test('one neuron and one input: the hidden layer comes first', () => {
    const tensors = [tensor('W1', 1, 1), tensor('b1', 1), tensor('W2', 1, 1), tensor('b2', 1)];
    const layers = recognise(...tensors);
    expect([...layers.inputWeights]).toEqual([...tensors[0]!.values]);
    expect([...layers.biases]).toEqual([...tensors[1]!.values]);
    expect([...layers.outputWeights]).toEqual([...tensors[2]!.values]);
  });

  test('K = d with a skip: the name of the skip tells, and nothing else does', () => {
    const fc1 = tensor('fc1.weight', 3, 3);
    const fc2 = tensor('fc2.weight', 1, 3);
    const skip = tensor('skip.weight', 1, 3);
    expect([...recognise(skip, fc1, fc2).skipWeights!]).toEqual([...skip.values]);
    expect([...recognise(fc1, fc2, skip).outputWeights]).toEqual([...fc2.values]);
    const error = inputError(() => recognise(fc1, fc2, { ...skip, name: 'fc3.weight' }));
    expect(error).toMatch(
      /fit a network in 2 ways; say which is which, e\.g\. --map inputWeights=fc1\.weight/,
    );
  });
});

describe('refused with the reason', () => {
  test.each<[string, Tensor[], RegExp]>([
    ['nothing', [], /found no tensors/],
    ['one layer', [tensor('w', 1, 3)], /expected the tensors of one hidden layer/],
    [
      'two hidden layers',
      [
        tensor('a', 4, 3),
        tensor('b', 4),
        tensor('c', 5, 4),
        tensor('d', 5),
        tensor('e', 1, 5),
        tensor('f', 1),
      ],
      /more than one hidden layer/,
    ],
    ['ten layers', Array.from({ length: 10 }, (_, i) => tensor(`l${i}`, 3, 3)), /more than one hidden layer/],
    [
      'two outputs',
      [tensor('fc1.weight', 4, 3), tensor('fc1.bias', 4), tensor('fc2.weight', 2, 4), tensor('fc2.bias', 2)],
      /2 outputs.*state\["fc2\.weight"\]\[:1\]/,
    ],
    [
      'transposed weights',
      [tensor('W1', 3, 4), tensor('b1', 4), tensor('W2', 4, 1)],
      /transposed \(array\.T\)/,
    ],
    ['a convolution', [tensor('conv', 4, 3, 3, 3)], /only fully connected layers/],
    ['an unused tensor', [tensor('w', 4, 3), tensor('v', 1, 4), tensor('mean', 7)], /"mean" \[7\]/],
    ['empty weights', [tensor('w', 0, 3), tensor('v', 1, 0)], /expected the tensors/],
    [
      'weights not finite',
      [{ ...tensor('w', 2, 1), values: Float64Array.of(1, NaN) }, tensor('v', 1, 2)],
      /w\[1, 0\].*NaN/,
    ],
    ['a role without the others', [tensor('bias', 3)], /needs inputWeights and outputWeights/],
  ])('%s', (_, tensors, reason) => {
    const error = inputError(() => recognise(...tensors));
    expect(error).toMatch(reason);
    expect(error).toMatch(/^model\.pt: /);
  });

  test('absurdly many tensors are refused at once', () => {
    const tensors = Array.from({ length: 100_000 }, (_, i) => tensor(`t${i}`, 1));
    expect(inputError(() => recognise(...tensors)).length).toBeLessThan(1000);
  });
});

describe('--map', () => {
  const tensors = [
    tensor('p', 3, 3),
    tensor('q', 1, 3),
    tensor('r', 1, 3),
    tensor('s', 3),
    tensor('unused', 7, 7),
  ];

  test('names the parts, and ignores the rest', () => {
    const map = parseLayerMap('inputWeights=p, bias = s,outputWeights=r,skipWeights=q');
    const layers = recogniseLayers(tensors, source, map);
    expect([...layers.outputWeights]).toEqual([...tensors[2]!.values]);
    expect([...layers.skipWeights!]).toEqual([...tensors[1]!.values]);
    expect([...layers.biases]).toEqual([...tensors[3]!.values]);
  });

  test.each<[string, RegExp]>([
    ['', /"" is not PART=NAME/],
    ['inputWeights', /"inputWeights" is not PART=NAME/],
    ['inputWeights=', /not PART=NAME/],
    ['weights=a', /"weights=a" is not PART=NAME/],
    ['__proto__=a', /not PART=NAME/],
    ['inputWeights=a,inputWeights=b', /named twice/],
    ['inputWeights=a', /outputWeights is missing/],
    ['outputWeights=a', /inputWeights is missing/],
  ])('%j is refused', (text, reason) => {
    expect(inputError(() => parseLayerMap(text))).toMatch(reason);
  });

  test.each<[string, RegExp]>([
    ['inputWeights=p,outputWeights=z', /names "z" as outputWeights, but the file has "p" \[3, 3\]/],
    [
      'inputWeights=p,outputWeights=s',
      /"s" \[3\] cannot be outputWeights of 3 neurons with 3 inputs; expected shape \[1, 3\]/,
    ],
    ['inputWeights=s,outputWeights=q', /"s" \[3\] cannot be inputWeights/],
    ['inputWeights=p,outputWeights=q,bias=q', /cannot be bias/],
    ['inputWeights=p,outputWeights=q,outputBias=s', /cannot be outputBias/],
  ])('%s does not fit', (text, reason) => {
    expect(inputError(() => recogniseLayers(tensors, source, parseLayerMap(text)))).toMatch(reason);
  });
});

const arbitraryLayers: fc.Arbitrary<ModelLayers> = fc
  .record({
    d: fc.integer({ min: 1, max: 3 }),
    K: fc.integer({ min: 1, max: 3 }),
    skip: fc.boolean(),
    biases: fc.nat(2),
  })
  .chain(({ d, K, skip, biases }) => {
    const list = (length: number) =>
      fc
        .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: length, maxLength: length })
        .map((values) => Float64Array.from(values));
    return fc.record({
      inputDimension: fc.constant(d),
      width: fc.constant(K),
      inputWeights: list(K * d),
      biases: list(K),
      outputWeights: list(K),
      skipWeights: skip ? list(d) : fc.constant(null),
      skipBiases: list(skip ? biases : Math.min(biases, 1)).map((values) => [...values]),
    });
  });

test('layers written to npz and safetensors come back exactly, whatever the shapes', () => {
  fc.assert(
    fc.property(arbitraryLayers, (layers) => {
      const tensors = tensorsFromLayers(layers);
      expect(tensors.every(({ name }) => (LAYER_ROLES as readonly string[]).includes(name))).toBe(true);
      expect(recogniseLayers(readNpz(writeNpz(tensors), 'a.npz'), 'a.npz')).toEqual(layers);
      expect(recogniseLayers(readSafetensors(writeSafetensors(tensors), 'a'), 'a')).toEqual(layers);
    }),
  );
});

test('networkFromLayers computes the function that the layers describe, exactly', () => {
  fc.assert(
    fc.property(arbitraryLayers, fc.array(fc.integer(), { minLength: 3, maxLength: 3 }), (layers, point) => {
      const {
        inputDimension: d,
        width,
        inputWeights,
        biases,
        outputWeights,
        skipWeights,
        skipBiases,
      } = layers;
      const x = point.slice(0, d).map((value) => Rational.of(value));
      const exact = Rational.fromDouble;
      let expected = skipBiases.reduce((sum, value) => sum.add(exact(value)), Rational.zero);
      for (let k = 0; k < width; k++) {
        let activation = exact(biases[k]!);
        for (let i = 0; i < d; i++)
          activation = activation.add(exact(inputWeights[k * d + i]!).multiply(x[i]!));
        if (activation.sign() > 0) expected = expected.add(exact(outputWeights[k]!).multiply(activation));
      }
      for (let i = 0; i < d; i++) expected = expected.add(exact(skipWeights?.[i] ?? 0).multiply(x[i]!));
      const network = networkFromLayers(layers);
      expect(evaluate(network, x).equals(expected)).toBe(true);
      expect(network.skip === null).toBe(skipWeights === null && skipBiases.length === 0);
    }),
  );
});
