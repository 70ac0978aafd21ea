import { expect } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import type { Dtype, Tensor } from '../../src/files/tensor.js';
import { networkFromLayers } from '../../src/models/layers.js';
import { recogniseLayers } from '../../src/models/recognise.js';
import type { Network } from '../../src/problem/network.js';

/** A network to be stored in many ways, and found again or refused. */
export interface Known {
  readonly d: number;
  readonly K: number;
  readonly w: readonly (readonly number[])[];
  readonly b: readonly number[] | null;
  readonly v: readonly number[];
  readonly c: number | null;
  readonly a: readonly number[] | null;
}

/** Distinct numbers, so that no two networks of different meaning are equal. */
export function known(d: number, K: number, has: { b: boolean; c: boolean; a: boolean }): Known {
  let next = 1;
  const take = () => next++;
  const list = (length: number) => Array.from({ length }, take);
  return {
    ...{ d, K, w: Array.from({ length: K }, () => list(d)), b: has.b ? list(K) : null },
    ...{ v: list(K), c: has.c ? take() : null, a: has.a ? list(d) : null },
  };
}

export function networkOf({ d, K, w, b, v, c, a }: Known): Network {
  return networkFromLayers({
    inputDimension: d,
    width: K,
    inputWeights: Float64Array.from(w.flat()),
    biases: Float64Array.from(b ?? new Array<number>(K).fill(0)),
    outputWeights: Float64Array.from(v),
    skipWeights: a && Float64Array.from(a),
    skipBiases: c === null ? [] : [c],
  });
}

export function tensor(
  name: string,
  shape: number[],
  values: readonly number[],
  dtype: Dtype = 'float64',
): Tensor {
  return { name, shape, dtype, values: Float64Array.from(values) };
}

export type Storage = 'rows' | 'columns' | 'vectors' | 'mixed';

/** The tensors of a network under given names, in the order w, b, v, c, a; what has no name is left out. */
export function stored(
  net: Known,
  names: { w: string; b: string; v: string; c: string; a: string },
  storage: Storage,
  biases: 'vector' | 'row' = 'vector',
): Tensor[] {
  const { d, K, w, b, v, c, a } = net;
  const turned = Array.from({ length: d }, (_, i) => w.map((row) => row[i]!));
  const long = (length: number) => (biases === 'vector' ? [length] : [1, length]);
  const hidden =
    storage === 'vectors'
      ? tensor(names.w, [K], w.flat())
      : storage === 'columns'
        ? tensor(names.w, [d, K], turned.flat())
        : tensor(names.w, [K, d], w.flat());
  const output = tensor(names.v, storage === 'rows' ? [1, K] : storage === 'vectors' ? [K] : [K, 1], v);
  return [
    hidden,
    ...(b === null ? [] : [tensor(names.b, long(K), b)]),
    output,
    ...(c === null ? [] : [tensor(names.c, long(1), [c])]),
    ...(a === null ? [] : [tensor(names.a, storage === 'columns' ? [d, 1] : [1, d], a)]),
  ];
}

export const TORCH = { w: 'fc1.weight', b: 'fc1.bias', v: 'fc2.weight', c: 'fc2.bias', a: 'skip.weight' };
export const SEQUENTIAL = {
  w: 'net.0.weight',
  b: 'net.0.bias',
  v: 'net.2.weight',
  c: 'net.2.bias',
  a: 'skip.weight',
};
export const KERAS = {
  ...{ w: 'dense/kernel:0', b: 'dense/bias:0', v: 'dense_1/kernel:0', c: 'dense_1/bias:0' },
  a: 'skip/kernel:0',
};
export const SKLEARN = { w: 'coefs_0', b: 'intercepts_0', v: 'coefs_1', c: 'intercepts_1', a: 'skip_coefs' };
export const NUMBERED = { w: 'W1', b: 'b1', v: 'W2', c: 'b2', a: 'W_skip' };
export const PLACES = { w: 'w_in', b: 'b_in', v: 'w_out', c: 'b_out', a: 'w_skip' };
export const PAPER = { w: 'W', b: 'b', v: 'v', c: 'c', a: 'skip' };
const WORDS = { w: 'hidden.weight', b: 'hidden.bias', v: 'out.weight', c: 'out.bias', a: 'bypass.weight' };
const KERNELS = { w: 'kernel1', b: 'bias1', v: 'kernel2', c: 'bias2', a: 'skip_kernel' };
const LISTS = { w: 'weights.0', b: 'biases.0', v: 'weights.1', c: 'biases.1', a: 'shortcut.weights' };
export const ORDER = { w: 'arr_0', b: 'arr_1', v: 'arr_2', c: 'arr_3', a: 'skip' };

export const CUSTOMS: readonly { names: typeof TORCH; storages: readonly Storage[]; shuffles: boolean }[] = [
  { names: TORCH, storages: ['rows'], shuffles: true },
  { names: SEQUENTIAL, storages: ['rows'], shuffles: true },
  { names: KERAS, storages: ['columns'], shuffles: true },
  { names: SKLEARN, storages: ['columns'], shuffles: true },
  { names: NUMBERED, storages: ['rows', 'columns', 'mixed'], shuffles: true },
  { names: PLACES, storages: ['rows', 'columns', 'mixed'], shuffles: true },
  { names: PAPER, storages: ['rows', 'columns', 'mixed', 'vectors'], shuffles: true },
  { names: WORDS, storages: ['rows'], shuffles: true },
  { names: KERNELS, storages: ['columns'], shuffles: true },
  { names: LISTS, storages: ['rows', 'columns', 'mixed'], shuffles: true },
  // Where names say nothing the order is what the file says.
  { names: ORDER, storages: ['rows', 'columns', 'mixed'], shuffles: false },
  {
    names: { w: 'p', b: 'q', v: 'r', c: 's', a: 'skip' },
    storages: ['rows', 'columns', 'mixed'],
    shuffles: false,
  },
];
const STRANGERS: readonly [name: string, shape: (net: Known) => number[], dtype?: Dtype][] = [
  ['act.weight', () => [1]],
  ['norm.weight', ({ K }) => [K]],
  ['1.weight', ({ K }) => [K]],
  ['1.bias', ({ K }) => [K]],
  ['scale', () => [1]],
  ['x_mean', ({ d }) => [1, d]],
  ['fc3.weight', ({ d }) => [1, d]],
  ['fc3.bias', () => [1]],
  ['gain', () => []],
  ['counts', ({ K }) => [K], 'int64'],
  ['bn.weight', ({ K }) => [K]],
  ['norm_b', ({ d }) => [d]],
  ['0.mask', ({ K, d }) => [K, d]],
  ['fc1.weight_mask', ({ K, d }) => [K, d]],
  ['fc1.scale', ({ K }) => [K, 1]],
  ['3.weight', () => [1, 1]],
  ['3.bias', () => [1]],
  ['m', ({ K }) => [K]],
  ['alpha', () => [1]],
  ['log_sigma', () => [1]],
];

/**
 * Stores known networks under names of a custom or of none, in any order that the names allow, in every layout, with and without a
 * stranger, and reads them: what comes back must be the network or a refusal, never another network.
 * @returns how many were refused, and how many were read for each custom
 */
export function storeAndRead(count: number, seed: number): { refused: number; read: Map<string, number> } {
  const { uniform } = createRandom(seed);
  const whole = (count: number) => Math.floor(uniform() * count);
  let refused = 0;
  const read = new Map<string, number>();
  for (let run = 0; run < count; run++) {
    const { names, storages, shuffles } = CUSTOMS[whole(CUSTOMS.length)]!;
    const storage = storages[whole(storages.length)]!;
    const d = storage === 'vectors' ? 1 : 1 + whole(3);
    const K = 1 + whole(4);
    const net = known(d, K, {
      b: whole(4) > 0,
      c: whole(2) > 0,
      a: storage !== 'vectors' && whole(3) === 0,
    });
    const tensors = stored(net, names, storage, whole(4) === 0 ? 'row' : 'vector');
    // Among letters another letter is no stranger.
    const strangers = STRANGERS.filter(([name]) => name.length > 1 || names.w.length > 1);
    const stranger = whole(4) === 0 ? strangers[whole(strangers.length)]! : null;
    if (stranger !== null) {
      const [name, shapeOf, dtype] = stranger;
      const shape = shapeOf(net);
      const values = new Array<number>(shape.reduce((product, size) => product * size, 1)).fill(99);
      tensors.splice(whole(tensors.length + 1), 0, tensor(name, shape, values, dtype));
    }
    const ordered = whole(3) > 0;
    if (shuffles || !ordered) {
      for (let i = tensors.length - 1; i > 0; i--) {
        const j = whole(i + 1);
        [tensors[i], tensors[j]] = [tensors[j]!, tensors[i]!];
      }
    }
    let found: Network;
    try {
      found = recogniseLayers(tensors, 'model.npz', { ordered }).network;
    } catch (error) {
      expect((error as Error).name, `run ${run}`).toBe('InputError');
      refused++;
      continue;
    }
    const list = tensors.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ');
    expect(stranger, `run ${run}: ${list}`).toBeNull();
    expect(textOf(found), `run ${run}: ${list}`).toBe(textOf(networkOf(net)));
    read.set(names.w, (read.get(names.w) ?? 0) + 1);
  }
  return { refused, read };
}

function textOf(network: Network): string {
  return JSON.stringify(network);
}
