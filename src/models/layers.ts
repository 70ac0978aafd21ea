import { Rational } from '../exact/rational.js';
import { type Dtype, requireFinite, type Tensor } from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import type { Network } from '../problem/network.js';
import { TORCH_REMEDY } from './torch.js';

/**
 * The weights of a trained single-hidden-layer ReLU network, f(x) = sum_k v_k (w_k . x + b_k)+ + a . x + c, exactly as
 * stored: every number is finite, and equal to the float of the file.
 */
export interface ModelLayers {
  /** d, at least 1. */
  inputDimension: number;
  /** K, at least 1. */
  width: number;
  /** w, row-major K x d. */
  inputWeights: Float64Array;
  /** b, length K; zeros when the model has none. */
  biases: Float64Array;
  /** v, length K. */
  outputWeights: Float64Array;
  /** a, length d; null when the model has no linear skip. */
  skipWeights: Float64Array | null;
  /** c is the *exact* sum of these: none, one, or the biases of both the output layer and the skip. */
  skipBiases: number[];
}

/** The parts a tensor can play, in the order in which `tensorsFromLayers` writes them. */
export const LAYER_ROLES = [
  'inputWeights',
  'bias',
  'outputWeights',
  'outputBias',
  'skipWeights',
  'skipBias',
] as const;

export type LayerRole = (typeof LAYER_ROLES)[number];

/** Which tensor plays which part; what is not named is absent. */
export type LayerMap = Partial<Record<LayerRole, string>>;

const EXAMPLE_MAP =
  '--map inputWeights=fc1.weight,bias=fc1.bias,outputWeights=fc2.weight,outputBias=fc2.bias';

/**
 * Parses "inputWeights=fc1.weight,bias=fc1.bias,outputWeights=fc2.weight".
 * @throws InputError for an unknown or repeated part, or when inputWeights or outputWeights is missing.
 */
export function parseLayerMap(text: string): LayerMap {
  const map: LayerMap = {};
  for (const pair of text.split(',')) {
    const [role, name] = splitOnce(pair.trim(), '=');
    const known = LAYER_ROLES.find((candidate) => candidate === role);
    if (known === undefined || name === '') {
      throw new InputError(
        `--map: "${pair.trim()}" is not PART=NAME with PART one of ${LAYER_ROLES.join(', ')}.`,
      );
    }
    if (map[known] !== undefined) throw new InputError(`--map: the part ${known} is named twice.`);
    map[known] = name;
  }
  for (const role of ['inputWeights', 'outputWeights'] as const) {
    if (map[role] === undefined)
      throw new InputError(`--map: the part ${role} is missing; e.g. ${EXAMPLE_MAP}.`);
  }
  return map;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/**
 * Finds the layers in the tensors of a state dict, safetensors or npz file.
 *
 * Shapes decide: [K, d] and [K] of the hidden layer, [1, K] and [1] of the output layer, [1, d] and [1] of a linear
 * skip; biases and skip may be absent. Where several readings fit (K = 1, or K = d with a skip), the names decide
 * (a bias shares the prefix of its weights, a skip is called so), then the order (hidden layer before output layer).
 * Tensors named like the parts themselves (`LAYER_ROLES`), and an explicit `map`, need no guessing.
 *
 * @param map names of the parts; other tensors of the file are then ignored
 * @throws InputError naming the tensors and what to do: deeper networks, several outputs, ambiguous or unused tensors,
 * wrong shapes, NaN or infinite weights.
 */
export function recogniseLayers(tensors: readonly Tensor[], source: string, map?: LayerMap): ModelLayers {
  return buildLayers(
    map === undefined ? guessRoles(tensors, source) : applyMap(tensors, map, source),
    source,
  );
}

type Roles = Partial<Record<LayerRole, Tensor>>;

function applyMap(tensors: readonly Tensor[], map: LayerMap, source: string): Roles {
  const roles: Roles = {};
  for (const role of LAYER_ROLES) {
    const name = map[role];
    if (name === undefined) continue;
    const tensor = tensors.find((candidate) => candidate.name === name);
    if (tensor === undefined) {
      throw new InputError(
        `${source}: --map names "${name}" as ${role}, but the file has ${listTensors(tensors)}.`,
      );
    }
    roles[role] = tensor;
  }
  return roles;
}

/** Checks the shapes against each other and collects the numbers. */
function buildLayers(roles: Roles, source: string): ModelLayers {
  const { inputWeights, bias, outputWeights, outputBias, skipWeights, skipBias } = roles;
  if (inputWeights === undefined || outputWeights === undefined) {
    throw new InputError(`${source}: a model needs inputWeights and outputWeights; e.g. ${EXAMPLE_MAP}.`);
  }
  if (inputWeights.shape.length !== 2 || inputWeights.values.length === 0) {
    throw new InputError(
      `${source}: ${describe(inputWeights)} cannot be inputWeights; expected shape [K, d].`,
    );
  }
  const [width, inputDimension] = inputWeights.shape as [number, number];
  const check = (tensor: Tensor | undefined, role: LayerRole, shape: number[]) => {
    const fits =
      tensor === undefined || hasShape(tensor, shape) || (shape.join() === '1' && isScalar(tensor));
    if (!fits) {
      throw new InputError(
        `${source}: ${describe(tensor)} cannot be ${role} of ${width} neurons with ${inputDimension} inputs; expected ` +
          `shape [${shape.join(', ')}].`,
      );
    }
  };
  check(bias, 'bias', [width]);
  check(outputWeights, 'outputWeights', [1, width]);
  check(outputBias, 'outputBias', [1]);
  check(skipWeights, 'skipWeights', [1, inputDimension]);
  check(skipBias, 'skipBias', [1]);
  for (const tensor of Object.values(roles)) requireFinite(tensor, source);
  return {
    inputDimension,
    width,
    inputWeights: inputWeights.values,
    biases: bias?.values ?? new Float64Array(width),
    outputWeights: outputWeights.values,
    skipWeights: skipWeights?.values ?? null,
    skipBiases: [outputBias, skipBias].flatMap((tensor) => (tensor === undefined ? [] : [tensor.values[0]!])),
  };
}

function hasShape(tensor: Tensor, shape: readonly number[]): boolean {
  return tensor.shape.length === shape.length && shape.every((size, k) => tensor.shape[k] === size);
}

/** A number, or a list of one. */
function isScalar(tensor: Tensor): boolean {
  return tensor.shape.length <= 1 && tensor.values.length === 1;
}

function describe(tensor: Tensor): string {
  return `"${tensor.name}" [${tensor.shape.join(', ')}]`;
}

/** The tensors in words; a long list is cut. */
function listTensors(tensors: readonly Tensor[]): string {
  const shown = tensors.slice(0, 10).map(describe);
  if (tensors.length > shown.length) shown.push(`${tensors.length - shown.length} more`);
  return shown.length === 0 ? 'no tensors' : shown.join(', ');
}

/** Finds the parts by shape, then by name, then by order. */
function guessRoles(tensors: readonly Tensor[], source: string): Roles {
  if (tensors.length > 0 && tensors.every(({ name }) => LAYER_ROLES.includes(name as LayerRole))) {
    return Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor]));
  }
  if (tensors.length > LAYER_ROLES.length) throw diagnose(tensors, source);
  let readings = readingsByShape(tensors);
  if (readings.length === 0) throw diagnose(tensors, source);
  // Each kind of hint is used only if it leaves something.
  for (const hint of [skipIsNamed, biasesSharePrefix, hiddenComesFirst]) {
    const remaining = readings.filter((roles) => hint(roles, tensors));
    if (remaining.length > 0) readings = remaining;
  }
  // The two biases of the output are only ever added, so that it does not matter which is which.
  const meanings = new Set(
    readings.map(({ inputWeights, bias, outputWeights, skipWeights }) =>
      JSON.stringify([inputWeights, bias, outputWeights, skipWeights].map((part) => part?.name)),
    ),
  );
  if (meanings.size > 1) {
    throw new InputError(
      `${source}: the shapes and names of ${listTensors(tensors)} fit a network in ${meanings.size} ways; say which ` +
        `is which, e.g. ${EXAMPLE_MAP}.`,
    );
  }
  return readings[0]!;
}

/** Every way to give all tensors different parts so that the shapes fit. */
function readingsByShape(tensors: readonly Tensor[]): Roles[] {
  const readings: Roles[] = [];
  const extend = (roles: Roles, next: number): void => {
    if (next === tensors.length) {
      if (shapesFit(roles)) readings.push(roles);
      return;
    }
    for (const role of LAYER_ROLES) {
      if (roles[role] === undefined) extend({ ...roles, [role]: tensors[next]! }, next + 1);
    }
  };
  extend({}, 0);
  return readings;
}

function shapesFit({ inputWeights, bias, outputWeights, outputBias, skipWeights, skipBias }: Roles): boolean {
  if (inputWeights?.shape.length !== 2 || inputWeights.values.length === 0) return false;
  const [width, dimension] = inputWeights.shape as [number, number];
  return (
    outputWeights !== undefined &&
    hasShape(outputWeights, [1, width]) &&
    (bias === undefined || hasShape(bias, [width])) &&
    (outputBias === undefined || isScalar(outputBias)) &&
    (skipWeights === undefined || hasShape(skipWeights, [1, dimension])) &&
    (skipBias === undefined || (isScalar(skipBias) && skipWeights !== undefined && outputBias !== undefined))
  );
}

/** Words of a name: "fc1.weight" -> fc, 1, weight; "W1" -> w, 1. */
function words(name: string): string[] {
  return (
    name
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]+|\d+/g) ?? []
  );
}

const SKIP_WORDS = ['skip', 'shortcut', 'residual', 'bypass', 'direct'];
const WEIGHT_WORDS = ['weight', 'weights', 'w', 'kernel'];
const BIAS_WORDS = ['bias', 'biases', 'b'];

/** What is left of a name without its word for weight or bias: the same for the weights and the bias of a layer. */
function layerName(tensor: Tensor): string {
  return words(tensor.name)
    .filter((word) => !WEIGHT_WORDS.includes(word) && !BIAS_WORDS.includes(word))
    .join();
}

/** Hint: the skip weights, and no other weights, are called a skip. */
function skipIsNamed({ inputWeights, outputWeights, skipWeights }: Roles): boolean {
  const named = (tensor: Tensor) => words(tensor.name).some((word) => SKIP_WORDS.includes(word));
  return !named(inputWeights!) && !named(outputWeights!) && (skipWeights === undefined || named(skipWeights));
}

/** Hint: every bias has the layer name of its weights. */
function biasesSharePrefix({
  inputWeights,
  bias,
  outputWeights,
  outputBias,
  skipWeights,
  skipBias,
}: Roles): boolean {
  const paired = (weights: Tensor | undefined, part: Tensor | undefined) =>
    part === undefined || (weights !== undefined && layerName(weights) === layerName(part));
  return (
    paired(inputWeights, bias) &&
    (paired(outputWeights, outputBias) || (skipBias === undefined && paired(skipWeights, outputBias))) &&
    paired(skipWeights, skipBias)
  );
}

/** Hint: weights and biases of the hidden layer come before those of the output layer. */
function hiddenComesFirst(
  { inputWeights, bias, outputWeights, outputBias }: Roles,
  tensors: readonly Tensor[],
): boolean {
  const before = (a: Tensor | undefined, b: Tensor | undefined) =>
    a === undefined || b === undefined || tensors.indexOf(a) < tensors.indexOf(b);
  return before(inputWeights, outputWeights) && before(bias, outputBias);
}

/** Why no reading fits. */
function diagnose(tensors: readonly Tensor[], source: string): InputError {
  const matrices = tensors.filter((tensor) => tensor.shape.length === 2);
  const list = listTensors(tensors);
  // Matrices that feed each other, A [K, d] -> B [m, K].
  const feeds = (a: Tensor, b: Tensor) => a !== b && a.shape[0] === b.shape[1];
  const next = (a: Tensor) => matrices[matrices.indexOf(a) + 1];
  const first = matrices[0];
  const second = first && next(first);
  const third = second && next(second);
  if (tensors.some((tensor) => tensor.shape.length > 2)) {
    return new InputError(`${source}: only fully connected layers are read, but the file has ${list}.`);
  }
  if (matrices.length > 3 || (first && second && third && feeds(first, second) && feeds(second, third))) {
    return new InputError(
      `${source}: a network with more than one hidden layer is not read; expected [K, d] and [1, K], found ${list}.`,
    );
  }
  if (first && second && matrices.length <= 3 && feeds(first, second) && second.shape[0]! > 1) {
    return new InputError(
      `${source}: a network with ${second.shape[0]} outputs is not read; keep one, e.g. ` +
        `state["${second.name}"] = state["${second.name}"][:1] and the same for its bias, then torch.save(state, "model.pt").`,
    );
  }
  if (first && second && first.shape[1] === second.shape[0] && second.shape[1] === 1) {
    return new InputError(
      `${source}: the weights of ${list} are stored as [inputs, outputs]; save them transposed (array.T), as PyTorch does.`,
    );
  }
  return new InputError(
    `${source}: expected the tensors of one hidden layer, [K, d], [K], [1, K], [1] and a skip [1, d], found ${list}; ` +
      `save the model with ${TORCH_REMEDY}, or name the parts, e.g. ${EXAMPLE_MAP}.`,
  );
}

/**
 * The tensors of a model, named by their parts, for safetensors and npz files; `recogniseLayers` reads them back.
 * @throws InputError later, in the writer, when a weight is not representable in `dtype`.
 */
export function tensorsFromLayers(layers: ModelLayers, dtype: Dtype = 'float64'): Tensor[] {
  const { inputDimension, width, inputWeights, biases, outputWeights, skipWeights, skipBiases } = layers;
  const tensors: Tensor[] = [
    { name: 'inputWeights', shape: [width, inputDimension], dtype, values: inputWeights },
    { name: 'bias', shape: [width], dtype, values: biases },
    { name: 'outputWeights', shape: [1, width], dtype, values: outputWeights },
  ];
  if (skipWeights !== null) {
    tensors.push({ name: 'skipWeights', shape: [1, inputDimension], dtype, values: skipWeights });
  }
  skipBiases.forEach((value, i) => {
    const name = i === 0 ? 'outputBias' : 'skipBias';
    tensors.push({ name, shape: [1], dtype, values: Float64Array.of(value) });
  });
  return tensors;
}

/** The network with exactly these weights, as rationals; its skip is null when the model has no bias and no skip. */
export function networkFromLayers(layers: ModelLayers): Network {
  const { inputDimension, width, inputWeights, biases, outputWeights, skipWeights, skipBiases } = layers;
  const exact = (values: Float64Array) => Array.from(values, Rational.fromDouble);
  const hasSkip = skipWeights !== null || skipBiases.length > 0;
  return {
    inputDimension,
    skip: hasSkip
      ? {
          weights: exact(skipWeights ?? new Float64Array(inputDimension)),
          bias: skipBiases.reduce((sum, value) => sum.add(Rational.fromDouble(value)), Rational.zero),
        }
      : null,
    neurons: Array.from({ length: width }, (_, k) => ({
      inputWeights: exact(inputWeights.subarray(k * inputDimension, (k + 1) * inputDimension)),
      bias: Rational.fromDouble(biases[k]!),
      outputWeight: Rational.fromDouble(outputWeights[k]!),
    })),
  };
}
