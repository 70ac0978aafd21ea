import { describe, expect, test } from 'vitest';
import {
  compareLayers,
  parseTensorName,
  type TensorName,
  withoutCommonPrefix,
} from '../../src/models/tensor-name.js';

describe('what a name says', () => {
  test.each<[string, Partial<TensorName>]>([
    ['fc1.weight', { kind: 'weight', convention: 'rows', numbers: [1], position: null }],
    ['fc1.bias', { kind: 'bias', convention: null }],
    ['0.weight', { kind: 'weight', convention: 'rows', numbers: [0] }],
    ['weight', { kind: 'weight', convention: null }],
    ['dense_1.kernel:0', { kind: 'weight', convention: 'columns', numbers: [1] }],
    ['coefs_0', { kind: 'weight', convention: 'columns', numbers: [0] }],
    ['intercepts_1', { kind: 'bias', numbers: [1] }],
    ['W1', { kind: 'weight', convention: null, numbers: [1] }],
    ['b2', { kind: 'bias', numbers: [2] }],
    ['W', { kind: 'weight', layer: '' }],
    ['b', { kind: 'bias', layer: '' }],
    ['v', { kind: 'weight', position: 'output' }],
    ['c', { kind: 'bias', position: 'output' }],
    ['a', { kind: null, position: null }],
    ['b.weight', { kind: 'weight' }],
    ['weights.0', { kind: 'weight', numbers: [0] }],
    ['biases.1', { kind: 'bias', numbers: [1] }],
    ['inputWeights', { kind: 'weight', position: 'hidden' }],
    ['out_bias', { kind: 'bias', position: 'output', onlyPosition: true }],
    ['input_to_hidden.weight', { position: 'hidden' }],
    ['hidden_to_output.weight', { position: 'output' }],
    ['in_out.weight', { position: 'unclear' }],
    ['skip.weight', { position: 'skip' }],
    ['act.weight', { kind: 'weight', position: null }],
    ['gain', { kind: null, position: null }],
    ['weight_bias', { kind: null }],
  ])('%s', (name, says) => {
    expect(parseTensorName(name)).toMatchObject(says);
  });

  test('the weights and the bias of a layer have one layer, others another', () => {
    for (const [a, b] of [
      ['fc1.weight', 'fc1.bias'],
      ['W1', 'b1'],
      ['coefs_0', 'intercepts_0'],
      ['weights.0', 'biases.0'],
      ['w_hidden', 'b_hidden'],
      ['W', 'b'],
    ]) {
      expect(parseTensorName(a!).layer).toBe(parseTensorName(b!).layer);
    }
    for (const [a, b] of [
      ['fc1.weight', 'fc2.bias'],
      ['W1', '1.bias'],
      ['fc1.weight', 'norm.bias'],
      ['fc11.weight', 'fc1.1.bias'],
    ]) {
      expect(parseTensorName(a!).layer).not.toBe(parseTensorName(b!).layer);
    }
  });

  test('numbers order layers of one name, and no others', () => {
    const order = (a: string, b: string) => Math.sign(compareLayers(parseTensorName(a), parseTensorName(b)));
    expect(order('fc1.weight', 'fc2.weight')).toBe(-1);
    expect(order('net.10.weight', 'net.9.weight')).toBe(1);
    expect(order('dense.kernel', 'dense_1.kernel')).toBe(-1);
    expect(order('W1', 'W2')).toBe(-1);
    expect(order('fc1.weight', 'head0.weight')).toBe(0);
    expect(order('W1', 'v')).toBe(0);
    expect(order('a.weight', 'b.weight')).toBe(0);
  });

  test('folders that all names share are dropped', () => {
    expect(withoutCommonPrefix(['model.net.0.weight', 'model.net.2.weight'])).toEqual([
      '0.weight',
      '2.weight',
    ]);
    expect(withoutCommonPrefix(['norm_net/dense/kernel', 'norm_net/dense_1/kernel'])).toEqual([
      ...['dense.kernel', 'dense_1.kernel'],
    ]);
    expect(withoutCommonPrefix(['fc1.weight', 'fc1.bias'])).toEqual(['weight', 'bias']);
    expect(withoutCommonPrefix(['only.name'])).toEqual(['only.name']);
  });
});
