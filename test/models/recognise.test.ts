import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/files/tensor.js';
import { parseLayerMap } from '../../src/models/layer-map.js';
import { recogniseLayers } from '../../src/models/recognise.js';
import { readTorch } from '../../src/models/torch.js';
import { fixture, inputError } from '../support/binary-fixtures.js';
import {
  CUSTOMS,
  KERAS,
  type Known,
  known,
  NUMBERED,
  networkOf,
  ORDER,
  PAPER,
  PLACES,
  SEQUENTIAL,
  SKLEARN,
  type Storage,
  storeAndRead,
  stored,
  TORCH,
  tensor,
} from './stored-network.js';

const source = 'model.npz';
const recognise = (...tensors: Tensor[]) => recogniseLayers(tensors, source);
const refusal = (...tensors: Tensor[]) => inputError(() => recognise(...tensors));

describe('files of PyTorch', () => {
  test('of a state dict every tensor is used, and told', () => {
    const { tensors } = readTorch(fixture('skip.pt'), 'skip.pt');
    const { layers, skip } = recogniseLayers(tensors, 'skip.pt');
    expect(skip).toBe('affine');
    const used = Object.values(layers as Record<string, { name: string }>).map(({ name }) => name);
    expect(used.sort()).toEqual(tensors.map(({ name }) => name).sort());
  });
});

describe('the customs of today are read', () => {
  const full = known(3, 4, { b: true, c: true, a: true });
  const square = known(3, 3, { b: true, c: true, a: true });
  const line = known(1, 4, { b: true, c: true, a: true });
  test.each<[string, Known, typeof TORCH, Storage]>([
    ['torch', full, TORCH, 'rows'],
    ['torch, K = d', square, TORCH, 'rows'],
    ['torch, one input', line, TORCH, 'rows'],
    ['a Sequential in a wrapper', full, SEQUENTIAL, 'rows'],
    ['Keras', full, KERAS, 'columns'],
    ['Keras, K = d', square, KERAS, 'columns'],
    ['Keras, one input', line, KERAS, 'columns'],
    ['scikit-learn', full, SKLEARN, 'columns'],
    ['scikit-learn, K = d', square, SKLEARN, 'columns'],
    ['scikit-learn, one input', line, SKLEARN, 'columns'],
    ['W1, W2 in columns', full, NUMBERED, 'columns'],
    ['W1, W2 in rows', full, NUMBERED, 'rows'],
    ['W1, W2 in columns, one input', line, NUMBERED, 'columns'],
    ['W1, W2 in rows, one input', line, NUMBERED, 'rows'],
    ['places', full, PLACES, 'rows'],
    ['letters of the paper, v as a column', full, PAPER, 'mixed'],
    ['vectors', { ...line, a: null }, PAPER, 'vectors'],
    ['nothing but the order', { ...full, a: null }, ORDER, 'rows'],
    ['nothing but the order, in columns', { ...full, a: null }, ORDER, 'columns'],
  ])('%s', (_, net, names, storage) => {
    for (const biases of ['vector', 'row'] as const) {
      // Where names say nothing, a row of K biases looks like a row of K weights.
      if (names === ORDER && biases === 'row') continue;
      const { network, layers, skip } = recognise(...stored(net, names, storage, biases));
      expect(network).toEqual(networkOf(net));
      expect(skip).toBe(net.a === null ? 'bias' : 'affine');
      expect(layers.inputWeights).toEqual({ name: names.w, transposed: storage === 'columns' });
      expect(layers.outputWeights!.name).toBe(names.v);
      expect(layers.bias).toEqual({ name: names.b });
    }
  });

  test('two biases of the output are added exactly', () => {
    const { network, layers } = recognise(...stored(full, TORCH, 'rows'), tensor('skip.bias', [1], [0.1]));
    expect(layers.skipBias).toEqual({ name: 'skip.bias' });
    expect(network.skip!.bias.subtract(networkOf(full).skip!.bias).toNumber()).toBe(0.1);
  });

  test('an output bias may be a scalar', () => {
    const net = known(2, 3, { b: false, c: true, a: false });
    const [w, v] = stored({ ...net, c: null }, TORCH, 'rows') as [Tensor, Tensor];
    expect(recognise(w, v, tensor('fc2.bias', [], [net.c!])).network).toEqual(networkOf(net));
  });

  test('a pruned parameter is multiplied by its mask', () => {
    const net = known(2, 3, { b: true, c: true, a: false });
    const [w, b, v, c] = stored(net, TORCH, 'rows') as [Tensor, Tensor, Tensor, Tensor];
    const mask = [1, 0, 0, 1, 1, 1];
    const tensors = [b, { ...w, name: 'fc1.weight_orig' }, tensor('fc1.weight_mask', [3, 2], mask), c, v];
    const pruned = { ...net, w: net.w.map((row, k) => row.map((value, i) => value * mask[2 * k + i]!)) };
    const { network, layers } = recognise(...tensors);
    expect(network).toEqual(networkOf(pruned));
    expect(layers.inputWeights).toEqual({
      ...{ name: 'fc1.weight_orig', mask: 'fc1.weight_mask', transposed: false },
    });
    expect(
      recogniseLayers(tensors, source, {
        map: parseLayerMap(
          'inputWeights=fc1.weight_orig,bias=fc1.bias,outputWeights=fc2.weight,outputBias=fc2.bias',
        ),
      }).network,
    ).toEqual(networkOf(pruned));
    for (const [spoilt, reason] of [
      [
        { ...tensors[2]!, values: Float64Array.of(1, 0.5, 0, 1, 1, 1) },
        /holds 0\.5; expected zeros and ones/,
      ],
      [
        { ...tensors[2]!, shape: [2, 3] } as Tensor,
        /shape \[2, 3\], its weights "fc1\.weight_orig" \[3, 2\]/,
      ],
      [
        { ...tensors[2]!, name: 'fc1.other_mask' },
        /"fc1\.weight_orig" \[3, 2\] belongs to a parametrization/,
      ],
    ] as const) {
      expect(refusal(b, tensors[1]!, spoilt, c, v)).toMatch(reason);
    }
    expect(refusal(...tensors, w)).toMatch(/"fc1\.weight" is there beside "fc1\.weight_orig"/);
  });

  test('a counter is left out, and told', () => {
    const net = known(2, 3, { b: true, c: true, a: false });
    const { network, layers } = recognise(...stored(net, TORCH, 'rows'), tensor('step', [], [7], 'int64'));
    expect(network).toEqual(networkOf(net));
    expect(layers.leftOut).toEqual(['step']);
  });
});

describe('refused, each with its own sentence', () => {
  const net = known(3, 4, { b: true, c: true, a: false });
  const torch = stored(net, TORCH, 'rows');
  test.each<[string, Tensor[], RegExp]>([
    ['nothing', [], /found no tensors/],
    ['one layer', [tensor('w', [1, 3], [1, 2, 3])], /expected the tensors of one hidden layer/],
    [
      'two hidden layers',
      [
        tensor('p', [4, 3], Array(12).fill(1)),
        tensor('q', [5, 4], Array(20).fill(1)),
        tensor('r', [1, 5], Array(5).fill(1)),
      ],
      /more than one hidden layer/,
    ],
    [
      'two hidden layers in columns',
      [
        tensor('kernel1', [1, 3], Array(3).fill(1)),
        tensor('kernel2', [3, 3], Array(9).fill(1)),
        tensor('kernel3', [3, 1], Array(3).fill(1)),
      ],
      /more than one hidden layer/,
    ],
    [
      'ten layers',
      Array.from({ length: 10 }, (_, i) => tensor(`l${i}`, [3, 3], Array(9).fill(1))),
      /more than one hidden layer/,
    ],
    [
      'two outputs',
      [...torch.slice(0, 2), tensor('fc2.weight', [2, 4], Array(8).fill(1)), tensor('fc2.bias', [2], [1, 2])],
      /2 outputs.*state\["fc2\.weight"\]\[:1\]/,
    ],
    [
      'several outputs of one input and one neuron',
      [tensor('fc1.weight', [1, 3], [1, 2, 3]), tensor('fc2.weight', [3, 1], [1, 2, 3])],
      /3 outputs/,
    ],
    ['a convolution', [tensor('conv', [1, 1, 1, 1], [1])], /only fully connected layers/],
    [
      'a scaling',
      [...torch, tensor('mean', [3], [1, 2, 3])],
      /"mean" \[3\] speaks of a scaling.*--scale-inputs/,
    ],
    [
      'a norm',
      [...torch, tensor('norm.weight', [4], [1, 2, 3, 4])],
      /"norm\.weight" \[4\] belongs to a norm/,
    ],
    [
      'a norm in a Sequential',
      [...stored(net, SEQUENTIAL, 'rows'), tensor('net.1.weight', [4], [1, 2, 3, 4])],
      /"net\.1\.weight" \[4\] has one dimension, as the weights of a norm or of PReLU/,
    ],
    [
      'PReLU',
      [...torch.slice(0, 3), tensor('act.weight', [1], [0.25])],
      /"act\.weight" \[1\] belongs to an activation.*PReLU/,
    ],
    [
      'PReLU in a Sequential',
      [...stored({ ...net, c: null }, SEQUENTIAL, 'rows'), tensor('net.1.weight', [1], [0.25])],
      /"net\.1\.weight" \[1\] has one dimension.*PReLU/,
    ],
    ['a batch norm', [...torch, tensor('bn.running_mean', [4], [1, 2, 3, 4])], /belongs to a batch norm/],
    [
      'the counter of a batch norm',
      [...torch, tensor('1.num_batches_tracked', [], [1], 'int64')],
      /belongs to a batch norm/,
    ],
    [
      'an old weight norm',
      [
        tensor('fc1.weight_g', [4, 1], [1, 2, 3, 4]),
        tensor('fc1.weight_v', [4, 3], Array(12).fill(1)),
        ...torch.slice(2),
      ],
      /belongs to a weight norm/,
    ],
    [
      'a spectral norm',
      [
        tensor('fc1.weight_orig', [4, 3], Array(12).fill(1)),
        tensor('fc1.weight_u', [4], [1, 2, 3, 4]),
        ...torch.slice(2),
      ],
      /belongs to a parametrization/,
    ],
    [
      'a lone mask',
      [...torch, tensor('fc1.mask', [4, 3], Array(12).fill(1))],
      /"fc1\.mask" \[4, 3\] is a mask without weights/,
    ],
    [
      'an integer beside floats',
      [...torch.slice(0, 3), tensor('total.bias', [1], [4], 'int64')],
      /"total\.bias" \[1\] of type int64 beside floats/,
    ],
    [
      'a tensor of unknown use',
      [...torch.slice(0, 3), tensor('gain', [1], [4])],
      /nothing in its name tells what "gain" \[1\] is for/,
    ],
    [
      'a bias of another layer',
      [...torch.slice(0, 3), tensor('fc3.bias', [1], [4])],
      /"fc3\.bias" would be the bias of "fc2\.weight"/,
    ],
    [
      'a skip that is not called so',
      [...torch, tensor('fc3.weight', [1, 3], [1, 2, 3])],
      /found .*name the parts/,
    ],
    [
      'layers in the wrong order',
      [
        tensor('fc2.weight', [4, 3], Array(12).fill(1)),
        tensor('fc2.bias', [4], [1, 2, 3, 4]),
        tensor('fc1.weight', [1, 4], [1, 2, 3, 4]),
      ],
      /before which its name puts it/,
    ],
    ['empty weights', [tensor('w', [0, 3], []), tensor('v', [1, 0], [])], /expected the tensors/],
    ['weights not finite', [tensor('W', [2, 1], [1, NaN]), tensor('v', [1, 2], [1, 2])], /W\[1, 0\].*NaN/],
    ['a role without the others', [tensor('bias', [3], [1, 2, 3])], /needs inputWeights and outputWeights/],
    [
      'parts that do not fit',
      [tensor('inputWeights', [3, 2], Array(6).fill(1)), tensor('outputWeights', [1, 2], [1, 2])],
      /do not fit together/,
    ],
    [
      'a square matrix that may lie either way',
      [tensor('W1', [2, 2], [1, 2, 3, 4]), tensor('b1', [2], [1, 2]), tensor('v', [2, 1], [1, 2])],
      /in 2 ways: .*W1\.T/,
    ],
    [
      'three vectors without names',
      [tensor('p', [3], [1, 2, 3]), tensor('q', [3], [4, 5, 6]), tensor('r', [3], [7, 8, 9])],
      /in 2 ways/,
    ],
    [
      'matrices without names, output first',
      [tensor('p', [1, 4], [1, 2, 3, 4]), tensor('q', [4, 3], Array(12).fill(1))],
      /3 outputs/,
    ],
  ])('%s', (_, tensors, reason) => {
    const error = refusal(...tensors);
    expect(error).toMatch(reason);
    expect(error).toMatch(/^model\.npz: /);
  });

  test('tensors of a format that sorts them need names', () => {
    const bare = stored({ ...net, a: null }, ORDER, 'rows');
    expect(recogniseLayers(bare, source, { ordered: true }).network).toEqual(networkOf(net));
    const letters = bare.map((item, i) => ({ ...item, name: 'pqrs'[i]! }));
    expect(inputError(() => recogniseLayers(letters, source, { ordered: false }))).toMatch(
      /neither names nor order/,
    );
    for (const tensors of [torch, [...torch].reverse()]) {
      expect(recogniseLayers(tensors, source, { ordered: false }).network).toEqual(networkOf(net));
    }
  });

  test('absurdly many tensors are refused at once', () => {
    const tensors = Array.from({ length: 100_000 }, (_, i) => tensor(`t${i}`, [1], [1]));
    expect(inputError(() => recogniseLayers(tensors, source)).length).toBeLessThan(1000);
  });
});

describe('--map', () => {
  const tensors = [
    tensor('p', [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    tensor('q', [1, 3], [10, 11, 12]),
    tensor('r', [1, 3], [13, 14, 15]),
    tensor('s', [3], [16, 17, 18]),
    tensor('mean', [3], [19, 20, 21]),
  ];
  const parts = 'inputWeights=p, bias = s,outputWeights=r,skipWeights=q';
  const read = (map: string) => recogniseLayers(tensors, source, { map: parseLayerMap(map) });
  const square: Known = {
    ...{
      d: 3,
      K: 3,
      w: [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      b: [16, 17, 18],
      v: [13, 14, 15],
      c: null,
    },
    a: [10, 11, 12],
  };

  test('names the parts, ignores what it is told to, and .T turns a matrix round', () => {
    const { network, layers } = read(`${parts},ignore=mean`);
    expect(network).toEqual(networkOf(square));
    expect(layers.leftOut).toEqual(['mean']);
    const turned = read(`${parts.replace('=p', '=p.T')},ignore=mean`);
    expect(turned.network).toEqual(
      networkOf({
        ...square,
        w: [
          [1, 4, 7],
          [2, 5, 8],
          [3, 6, 9],
        ],
      }),
    );
    expect(turned.layers.inputWeights).toEqual({ name: 'p', transposed: true });
  });

  test('drops nothing in silence', () => {
    expect(inputError(() => read(parts))).toMatch(/does not say what "mean" \[3\] is for.*add ignore=mean/);
  });

  test('settles what shapes and names leave open', () => {
    const open = [tensor('W1', [1, 2], [1, 2]), tensor('W2', [2, 1], [3, 4])];
    expect(refusal(...open)).toMatch(/in 2 ways/);
    const { network } = recogniseLayers(open, source, {
      map: parseLayerMap('inputWeights=W1,outputWeights=W2'),
    });
    expect(network).toEqual(networkOf({ d: 1, K: 2, w: [[1], [2]], b: null, v: [3, 4], c: null, a: null }));
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
    [`inputWeights=s,outputWeights=p,bias=r,skipWeights=q,ignore=mean`, /do not fit together/],
    [`${parts},outputBias=mean`, /"mean" \[3\].* do not fit together/],
    ['inputWeights=p,outputWeights=q,bias=q', /names "q" as bias and as outputWeights/],
    [`${parts},ignore=z`, /ignores "z", but the file has/],
  ])('%s does not fit', (text, reason) => {
    expect(inputError(() => read(text))).toMatch(reason);
  });
});

test('a network stored in any way is never read as another one', () => {
  const { refused, read } = storeAndRead(5000, 11);
  expect(refused).toBeGreaterThan(800);
  for (const { names } of CUSTOMS) expect(read.get(names.w), names.w).toBeGreaterThan(50);
});
