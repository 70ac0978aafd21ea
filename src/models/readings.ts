import { LAYER_ROLES, type LayerRole } from './layers.js';
import type { MaskedTensor } from './masks.js';
import { compareLayers, type Position, type TensorName } from './tensor-name.js';

/** A tensor with what its name says. */
export interface NamedTensor extends MaskedTensor {
  readonly says: TensorName;
}

export type Roles = Partial<Record<LayerRole, NamedTensor>>;

/**
 * Which way round weights are stored: `rows`, one row for each number that comes out of the layer ([K, d] and [1, K], as PyTorch does);
 * `columns`, one column for each ([d, K] and [K, 1], as Keras and scikit-learn do); `vector`, one number for each neuron.
 */
export type Layout = 'rows' | 'columns' | 'vector';

/** One way to understand tensors as a network of one hidden layer. */
export interface Reading {
  readonly roles: Roles;
  /** K. */
  readonly width: number;
  /** d. */
  readonly inputDimension: number;
  /** m. A network of several outputs is not read, but a file that may be one must not be taken for another. */
  readonly outputs: number;
  readonly layouts: Readonly<Partial<Record<LayerRole, Layout>>>;
}

const WEIGHT_ROLES: readonly LayerRole[] = ['inputWeights', 'outputWeights', 'skipWeights'];

const POSITIONS: Readonly<Record<LayerRole, Position>> = {
  inputWeights: 'hidden',
  bias: 'hidden',
  outputWeights: 'output',
  outputBias: 'output',
  skipWeights: 'skip',
  skipBias: 'skip',
};

/** Most tensors for which readings are looked for: one for every part. */
export const MOST_TENSORS = LAYER_ROLES.length;

/**
 * Every way to give all tensors different parts that their shapes and names allow.
 *
 * Shapes, with d inputs, K neurons, m outputs: input weights [K, d], [d, K] or, for d = 1, [K]; output weights [m, K], [K, m] or [K]; a
 * skip [m, d], [d, m], [d] or a number; biases [n], [1, n], [n, 1] or a number.
 *
 * A name rules out what it speaks against, see `permits`; what names say together is `contradiction`.
 */
export function candidatesOf(tensors: readonly NamedTensor[]): Reading[] {
  const readings: Reading[] = [];
  const give = (roles: Roles, next: number): void => {
    if (next === tensors.length) {
      if (roles.inputWeights === undefined || roles.outputWeights === undefined) return;
      if (roles.skipBias !== undefined && (roles.skipWeights === undefined || roles.outputBias === undefined))
        return;
      readings.push(...layoutsOf(roles));
      return;
    }
    for (const role of LAYER_ROLES) {
      const tensor = tensors[next]!;
      if (roles[role] === undefined && permits(tensor, role, tensors))
        give({ ...roles, [role]: tensor }, next + 1);
    }
  };
  give({}, 0);
  return readings;
}

/** Every way to store these parts that fits their shapes. */
export function layoutsOf(roles: Roles): Reading[] {
  const { inputWeights, bias, outputWeights, outputBias, skipWeights, skipBias } = roles;
  const readings: Reading[] = [];
  for (const [inputLayout, width, inputDimension] of layouts(inputWeights!)) {
    for (const [outputLayout, outputs, neurons] of layouts(outputWeights!)) {
      // A vector of input weights is one number per neuron; of output weights, one number per neuron for one output.
      const [K, d] = inputLayout === 'vector' ? [inputDimension, 1] : [width, inputDimension];
      if (neurons !== K || K === 0 || d === 0 || outputs === 0) continue;
      const sizes = { width: K, inputDimension: d, outputs };
      if (!fitsBias(bias, K) || !fitsBias(outputBias, outputs) || !fitsBias(skipBias, outputs)) continue;
      if (skipWeights === undefined) {
        readings.push({
          roles,
          ...sizes,
          layouts: { inputWeights: inputLayout, outputWeights: outputLayout },
        });
        continue;
      }
      for (const [skipLayout, out, into] of layouts(skipWeights)) {
        if (out !== outputs || into !== d) continue;
        const all = { inputWeights: inputLayout, outputWeights: outputLayout, skipWeights: skipLayout };
        readings.push({ roles, ...sizes, layouts: all });
      }
    }
  }
  return readings;
}

/** The layouts of weights, with the numbers that come out of and go into the layer. */
function layouts({ shape, values }: NamedTensor): [Layout, out: number, into: number][] {
  if (shape.length === 2) {
    const [m, n] = shape as [number, number];
    return [
      ['rows', m, n],
      ['columns', n, m],
    ];
  }
  return shape.length < 2 ? [['vector', 1, values.length]] : [];
}

function fitsBias(tensor: NamedTensor | undefined, length: number): boolean {
  if (tensor === undefined) return true;
  const { shape, values } = tensor;
  return values.length === length && shape.length <= 2 && shape.filter((size) => size !== 1).length <= 1;
}

/**
 * What a name alone rules out. Weights are not called a bias, nor a bias weights; a layer called hidden, output or skip is nothing else,
 * and a skip must be called so; a weight of PyTorch has two dimensions (that of a norm or PReLU has one). Where other tensors tell their kind,
 * one that does not is told by nothing but its shape, and where others are floats, integers are counts.
 */
function permits(
  { says, shape, dtype }: NamedTensor,
  role: LayerRole,
  tensors: readonly NamedTensor[],
): boolean {
  const weights = WEIGHT_ROLES.includes(role);
  if (says.kind !== null && (says.kind === 'weight') !== weights) return false;
  if (says.position === null ? POSITIONS[role] === 'skip' : says.position !== POSITIONS[role]) return false;
  if (weights && says.kindWord === '.weight' && shape.length !== 2) return false;
  if (says.kind === null && says.position === null && tensors.some((other) => other.says.kind !== null))
    return false;
  return !dtype.includes('int') || tensors.every((other) => other.dtype.includes('int'));
}

/** What the names of a reading say against it, taken together; null when nothing. */
export function contradiction({ roles, outputs }: Reading): string | null {
  const { inputWeights, bias, outputWeights, outputBias, skipWeights, skipBias } = roles;
  const [hidden, output] = [inputWeights!.says, outputWeights!.says];
  if (compareLayers(hidden, output) > 0)
    return `"${outputWeights!.name}" would be the output layer of "${inputWeights!.name}", before which its name puts it`;
  for (const [part, weights] of [
    [bias, inputWeights!],
    [outputBias, outputWeights!],
    [skipBias, skipWeights!],
  ] as const) {
    if (part !== undefined && !isPaired(part.says, weights.says))
      return `"${part.name}" would be the bias of "${weights.name}", which its name does not say`;
  }
  // Of two tensors whose names do not tell which is which, the one with more axes is the weights.
  if (bias !== undefined && bias.says.kind === null && output.kind === null) {
    if (bias.shape.length > outputWeights!.shape.length)
      return `"${outputWeights!.name}" with fewer axes than "${bias.name}" would be the weights`;
  }
  // f = v . (W x + b)+ + c: v is a vector.
  return output.kindWord === 'v' && outputs > 1 ? `"${outputWeights!.name}" would be a matrix` : null;
}

/** A bias has the layer of its weights, or no layer ("b", "bias"), or one that is called by its position alone ("out_bias"). */
function isPaired(bias: TensorName, weights: TensorName): boolean {
  return bias.kind === null || bias.layer === weights.layer || bias.layer === '' || bias.onlyPosition;
}

/** Whether every matrix is stored as is custom for its name. */
export function isCustomary({ roles, layouts: stored }: Reading): boolean {
  return WEIGHT_ROLES.every((role) => {
    const convention = roles[role]?.says.convention ?? null;
    return convention === null || stored[role] === 'vector' || stored[role] === convention;
  });
}

/** Whether the parts stand in the file layer by layer, or weights first and biases after them; a skip may stand anywhere. */
export function isInOrder({ roles }: Reading, tensors: readonly NamedTensor[]): boolean {
  const order = (among: readonly LayerRole[]) =>
    among.filter((role) => roles[role] !== undefined).map((role) => tensors.indexOf(roles[role]!));
  const increasing = (places: readonly number[]) => places.every((at, i) => i === 0 || places[i - 1]! < at);
  return (
    increasing(order(['inputWeights', 'bias', 'outputWeights', 'outputBias'])) ||
    increasing(order(['inputWeights', 'outputWeights', 'bias', 'outputBias']))
  );
}

/** Whether names tell the hidden layer from the output layer. */
export function namesTellLayers({ roles }: Reading): boolean {
  const { inputWeights, outputWeights } = roles;
  const [hidden, output] = [inputWeights!.says, outputWeights!.says];
  return hidden.position !== null || output.position !== null || compareLayers(hidden, output) < 0;
}

/** Equal for readings that are the same network. The two biases of an output are only ever added. */
export function meaningOf({ roles, width, inputDimension, outputs, layouts: stored }: Reading): string {
  const names = (['inputWeights', 'bias', 'outputWeights', 'skipWeights'] as const).map(
    (role) => roles[role]?.name,
  );
  // A matrix of one row or one column is the same list of numbers either way.
  const turned = WEIGHT_ROLES.map((role) =>
    (roles[role]?.shape.filter((size) => size > 1).length ?? 0) > 1 ? stored[role] : null,
  );
  return JSON.stringify([names, width, inputDimension, outputs, turned]);
}
