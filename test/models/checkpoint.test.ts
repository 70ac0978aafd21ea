import { describe, expect, test } from 'vitest';
import { findStateDict } from '../../src/models/checkpoint.js';
import { InertObject } from '../../src/models/pickle.js';
import { inputError } from '../support/binary-fixtures.js';

/** What stands for a tensor here. */
class Fake {}
const T = new Fake();
const isFake = (value: unknown): value is Fake => value instanceof Fake;

/** A dict of Python: objects become Maps, also inside. */
function dict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dict);
  if (typeof value !== 'object' || value === null || value instanceof Fake || value instanceof InertObject)
    return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, dict(item)]));
}

const remedy = 'torch.save(model.state_dict(), "model.pt")';
const find = (value: unknown) => findStateDict(dict(value), isFake, 'a.pt', remedy);
const model = { '0.weight': T, '0.bias': T, '2.weight': T };
const names = Object.keys(model);

/** The state of Adam after a step. */
const adam = {
  state: { 0: { step: T, exp_avg: T, exp_avg_sq: T } },
  param_groups: [{ lr: 0.001, betas: [0.9, 0.999], params: [0, 1, 2] }],
};
const inert = (...contents: unknown[]) => {
  const object = new InertObject();
  object.contents.push(...contents);
  return object;
};

describe('the one dict of tensors is found', () => {
  test.each<[string, unknown, string | null]>([
    ['the file itself', model, null],
    ['with counts beside the tensors', { ...model, epoch: 3, note: 'best' }, null],
    [
      'model_state_dict',
      { epoch: 3, model_state_dict: model, optimizer_state_dict: adam, loss: 0.5 },
      'model_state_dict',
    ],
    ['state_dict', { state_dict: model, optimizer: adam, best_loss: T }, 'state_dict'],
    ['any other name', { net_g: model, trainer: adam }, 'net_g'],
    [
      'a name that speaks of training and of a model',
      { best_val_model: model, val_loss: T },
      'best_val_model',
    ],
    ['deeper', { checkpoint: { model: { weights: model } } }, 'checkpoint.model.weights'],
    [
      'beside a gradient scaler',
      { model, scaler: { scale: 65536, growth_factor: 2, _growth_tracker: 0 } },
      'model',
    ],
    ['beside random states', { model, rng_state: T, cuda_rng_state: [T, T] }, 'model'],
    ['beside arguments', { model, args: inert({ lr: 1 }), hyper_parameters: { init_std: 0.02 } }, 'model'],
    [
      'beside callbacks that keep tensors',
      { state_dict: model, callbacks: { ModelCheckpoint: { best_model_score: T } } },
      'state_dict',
    ],
  ])('%s', (_, value, entry) => {
    const found = find(value);
    expect(found.entry).toBe(entry);
    expect(found.tensors.map(([name]) => name)).toEqual(names);
  });
});

describe('refused, because it is not clear what the network is', () => {
  test.each<[string, unknown, RegExp]>([
    ['no dict', [T], /holds no state dict.*torch\.save\(model\.state_dict/],
    ['an empty dict', {}, /holds no state dict/],
    ['no tensors', { epoch: 1 }, /holds no state dict/],
    ['an optimizer', adam, /is the state of an optimizer, without the weights/],
    [
      'two models',
      { generator: model, discriminator: model },
      /holds 2 dicts of tensors, \["generator"\], \["discriminator"\]/,
    ],
    ['a model and its average', { model, model_ema: model }, /holds 2 dicts/],
    [
      'a mean beside the model',
      { model, mean: T },
      /the tensor "mean" stands beside the network in checkpoint\["model"\]/,
    ],
    [
      'a tensor with a training word in a module',
      { model, 'val_head.weight': T },
      /the tensor "val_head\.weight" stands beside/,
    ],
    [
      'numbers of a scaling',
      { model, x_mean: 0.5, x_std: 2 },
      /the number "x_mean" speaks of a scaling.*--scale-inputs/,
    ],
    [
      'a list of them',
      { model, normalization: { mean: [0.5, 1] } },
      /"normalization\.mean" speaks of a scaling/,
    ],
    ['an object of them', { model, scale: inert([2]) }, /"scale" speaks of a scaling/],
    ['a list of tensors', { model, extra: [1, [T]] }, /the entry "extra" holds tensors beside the network/],
    [
      'an object with tensors',
      { model, extra: inert([], dict({ a: [T] })) },
      /the entry "extra\.a" holds tensors/,
    ],
  ])('%s', (_, value, reason) => {
    const error = inputError(() => find(value));
    expect(error).toMatch(reason);
    expect(error).toMatch(/^a\.pt: /);
  });

  test('a tensor without a text for a name', () => {
    const numbered = new Map<unknown, unknown>([[5, T]]);
    expect(inputError(() => findStateDict(numbered, isFake, 'a.pt', remedy))).toMatch(
      /name 5, which is not text/,
    );
  });
});

test('nested without end, or in itself, a file is refused or read, nothing else', () => {
  let deep: unknown = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const nested = new Map<unknown, unknown>([
    ['model', dict(model)],
    ['deep', deep],
  ]);
  expect(inputError(() => findStateDict(nested, isFake, 'a.pt', remedy))).toMatch(
    /more than 100 levels deep/,
  );
  const ring = new Map<unknown, unknown>([['model', dict(model)]]);
  ring.set('self', ring);
  expect(findStateDict(ring, isFake, 'a.pt', remedy).entry).toBe('model');
});
