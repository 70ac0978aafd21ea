import { InputError } from '../problem/input-error.js';
import { speaksOfScaling } from './foreign-tensors.js';
import { InertObject } from './pickle.js';
import { wordsOf } from './tensor-name.js';

/** Entries beside a model that say nothing about the function it computes, by a word of their name ... */
const TRAINING_WORDS = new Set(
  (
    'optimizer optimizers optim scheduler schedulers lr loss losses epoch epochs step steps iteration iterations rng random seed ' +
    'callbacks loops history metric metrics accuracy acc error mse val amp precision'
  ).split(' '),
);
/** ... unless another word says otherwise ("best_val_model"). */
const MODEL_WORDS = new Set('model net network module weights ema'.split(' '));

/** Settings of a program: their numbers are not looked at, "init_std" says nothing. */
const SETTINGS = new Set(['hyper_parameters', 'hparams', 'args', 'config', 'cfg', 'settings', 'options']);

/** Fields of the states of torch.amp.GradScaler, which scales gradients and not data, and of optimizers. */
const STATES_OF_TRAINING = ['growth_factor', 'param_groups'];

/** Deepest nesting that is followed; what lies deeper is no checkpoint. */
const DEPTH_LIMIT = 100;

/** The tensors of one model in an unpickled file. */
export interface FoundStateDict<T> {
  /** Where they are: keys joined with "."; null for the file's own dict. */
  readonly entry: string | null;
  readonly tensors: readonly (readonly [name: string, tensor: T])[];
}

/** A dict with tensors, and the keys that lead to it. */
interface Found {
  readonly path: readonly string[];
  readonly dict: ReadonlyMap<unknown, unknown>;
}

/**
 * Finds the one state dict (a dict of named tensors) in what a .pt or .ckpt file holds: the file itself, or an entry of a checkpoint,
 * whatever its name, beside the states of optimizers, counts and losses.
 *
 * Every tensor of the file must be in that dict or in an entry of the training; and numbers that speak of a scaling (mean, std) are
 * refused, for the file does not say how the network uses them.
 *
 * @param isTensor tells tensors among the values
 * @param remedy how to save a file that is read
 * @throws InputError when there is no such dict, more than one, or something beside it that may belong to the network
 */
export function findStateDict<T>(
  value: unknown,
  isTensor: (value: unknown) => value is T,
  source: string,
  remedy: string,
): FoundStateDict<T> {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}.`);
  };
  const noDict = () => fail(`holds no state dict (a dict of tensors); save it with ${remedy}`);
  if (!(value instanceof Map)) return noDict();
  if (value.has('param_groups')) {
    return fail(
      `is the state of an optimizer, without the weights of a model; save the model with ${remedy}`,
    );
  }

  // Every dict with a tensor that may be the model's, every tensor outside of a dict, every number of a scaling.
  const found: Found[] = [];
  const inLists: string[] = [];
  const scalings: string[] = [];
  const seen = new Set<unknown>();
  const visit = (node: unknown, path: readonly string[], depth: number, settings: boolean): void => {
    if (depth > DEPTH_LIMIT) fail(`is nested more than ${DEPTH_LIMIT} levels deep; save it with ${remedy}`);
    if (typeof node !== 'object' || node === null || seen.has(node)) return;
    seen.add(node);
    if (Array.isArray(node) || node instanceof InertObject) {
      for (const item of node instanceof InertObject ? node.contents : node) {
        if (isTensor(item)) inLists.push(path.join('.'));
        else visit(item, path, depth + 1, settings);
      }
      return;
    }
    if (!(node instanceof Map) || STATES_OF_TRAINING.some((field) => node.has(field))) return;
    const entries = [...node].map(([key, item]) => [String(key), item] as const);
    if (entries.some(([key, item]) => isTensor(item) && !isOfTraining(key))) found.push({ path, dict: node });
    for (const [key, item] of entries) {
      if (isTensor(item) || isOfTraining(key)) continue;
      if (!settings && speaksOfScaling(key) && isNumeric(item)) scalings.push([...path, key].join('.'));
      visit(item, [...path, key], depth + 1, settings || SETTINGS.has(key));
    }
  };
  visit(value, [], 0, false);

  const at = ({ path }: Found) => path.map((key) => `[${JSON.stringify(key)}]`).join('');
  const inner = found.find(({ path }) => path.length > 0);
  if (found.length === 0) return noDict();
  if (found.length > 1) {
    const own = found.find(({ path }) => path.length === 0);
    const loose =
      own && [...own.dict].find(([key, item]) => isTensor(item) && !isOfTraining(String(key)))?.[0];
    const reason =
      loose !== undefined
        ? `the tensor ${JSON.stringify(loose)} stands beside the network in checkpoint${at(inner!)}, and the file does not say how it is used`
        : `holds ${found.length} dicts of tensors, ${found.slice(0, 4).map(at).join(', ')}, so it is not clear which is the network`;
    return fail(`${reason}; save the network alone, e.g. torch.save(checkpoint${at(inner!)}, "model.pt")`);
  }
  const [model] = found as [Found];
  const saving = model.path.length === 0 ? remedy : `torch.save(checkpoint${at(model)}, "model.pt")`;
  if (inLists.length > 0) {
    return fail(
      `the entry "${inLists[0]}" holds tensors beside the network; save the network alone, ${saving}`,
    );
  }
  if (scalings.length > 0) {
    return fail(
      `the number "${scalings[0]}" speaks of a scaling around the network, and the file does not say how it is used; save the network ` +
        `alone, ${saving}, and give the scaling with --scale-inputs or --scale-output`,
    );
  }
  const tensors = [...model.dict].filter((entry): entry is [unknown, T] => isTensor(entry[1]));
  return {
    entry: model.path.length === 0 ? null : model.path.join('.'),
    tensors: tensors.map(([name, tensor]) =>
      typeof name === 'string'
        ? [name, tensor]
        : fail(`a tensor has the name ${JSON.stringify(name)}, which is not text`),
    ),
  };
}

/** A number, a list, or an object that may hold numbers. */
function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || Array.isArray(value) || value instanceof InertObject;
}

function isOfTraining(key: string): boolean {
  const words = wordsOf(key);
  return (
    !key.includes('.') &&
    words.some((word) => TRAINING_WORDS.has(word)) &&
    !words.some((word) => MODEL_WORDS.has(word)) &&
    !speaksOfScaling(key)
  );
}
