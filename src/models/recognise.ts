import { requireFinite, type Tensor } from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import { foreignPart, isHarmlessCounter } from './foreign-tensors.js';
import { EXAMPLE_MAP, type LayerMap } from './layer-map.js';
import {
  LAYER_ROLES,
  type LayerRole,
  type LayersRead,
  type ModelLayers,
  type ModelReading,
  networkFromLayers,
  type PartRead,
  skipOfLayers,
} from './layers.js';
import { applyMasks, type MaskedTensor } from './masks.js';
import {
  candidatesOf,
  contradiction,
  isCustomary,
  isInOrder,
  layoutsOf,
  MOST_TENSORS,
  meaningOf,
  type NamedTensor,
  namesTellLayers,
  type Reading,
  type Roles,
} from './readings.js';
import { parseTensorName, withoutCommonPrefix } from './tensor-name.js';
import { TORCH_REMEDY } from './torch.js';

/** How tensors are to be recognised. */
export interface RecogniseOptions {
  /** Names of the parts, from --map. */
  readonly map?: LayerMap;
  /** Whether the order of the tensors is that of the program that wrote them (default); safetensors files are sorted. */
  readonly ordered?: boolean;
}

/**
 * Finds the layers in the tensors of a state dict, safetensors or npz file.
 *
 * Shapes are a constraint, names and order are evidence. Every way to use *all* tensors as the parts of a network of one hidden layer
 * that shapes allow and no name contradicts is a reading (`readings.ts`), readings with several outputs among them. The network is read
 * when one reading is left; otherwise first the customary layout of the names (`fc1.weight` is [out, in], `kernel` is [in, out]) and then
 * the order in the file may choose, and what they leave open is refused. Where no name tells anything, the order must agree. Pruned weights are
 * multiplied by their masks before; a counter such as `step` is left out; whatever else belongs to no linear layer is refused by name.
 *
 * Tensors named like the parts themselves (`LAYER_ROLES`), and a map, need no guessing.
 *
 * @throws InputError naming the tensors and what to do: deeper networks, several outputs, norms and other parts that are no linear layer,
 * readings that stay open, tensors that stay unused, wrong shapes, NaN or infinite weights.
 */
export function recogniseLayers(
  tensors: readonly Tensor[],
  source: string,
  { map, ordered = true }: RecogniseOptions = {},
): ModelReading {
  const masked = applyMasks(tensors, source);
  if (map !== undefined) return applyMap(masked, map, source);
  if (masked.length > 0 && masked.every(({ name }) => LAYER_ROLES.includes(name as LayerRole))) {
    return fromParts(masked, source);
  }
  const kept: MaskedTensor[] = [];
  const leftOut: string[] = [];
  for (const tensor of masked) {
    if (isHarmlessCounter(tensor, tensor.name)) leftOut.push(tensor.name);
    else kept.push(tensor);
  }
  const named = withNames(kept);
  const reading = choose(named, ordered, source);
  return modelOf(reading, leftOut, source);
}

function withNames(tensors: readonly MaskedTensor[]): NamedTensor[] {
  const short = withoutCommonPrefix(tensors.map(({ name }) => name));
  return tensors.map((tensor, i) => ({ ...tensor, says: parseTensorName(short[i]!) }));
}

/** The one reading that shapes, names and order leave. */
function choose(tensors: readonly NamedTensor[], ordered: boolean, source: string): Reading {
  const short = withoutCommonPrefix(tensors.map(({ name }) => name));
  tensors.forEach((tensor, i) => {
    const reason = foreignPart(short[i]!);
    if (reason !== null) throw new InputError(`${source}: ${describe(tensor)} ${reason}.`);
  });
  if (tensors.length > MOST_TENSORS) throw diagnose(tensors, source);
  const candidates = candidatesOf(tensors);
  let readings = candidates.filter((reading) => contradiction(reading) === null);
  if (readings.length === 0) throw diagnose(tensors, source, candidates);
  if (tensors.every(({ says }) => says.kind === null)) {
    // Nothing but the order tells a bias from anything else of its length, and nothing a name that stands out.
    const stems = new Set(tensors.flatMap(({ says }) => (says.position === null ? [says.stem] : [])));
    const alike = stems.size <= 1 || [...stems].every((stem) => stem.length <= 1);
    readings = readings.filter(
      (reading) => alike && (ordered ? isInOrder(reading, tensors) : namesTellLayers(reading)),
    );
    if (readings.length === 0) {
      throw new InputError(
        `${source}: neither names nor order tell what ${listTensors(tensors)} are for; say which is which, e.g. ${EXAMPLE_MAP}.`,
      );
    }
  }
  const prefer = (evidence: (reading: Reading) => boolean) => {
    if (distinct(readings).length > 1 && readings.some(evidence)) readings = readings.filter(evidence);
  };
  prefer(isCustomary);
  if (ordered) prefer((reading) => isInOrder(reading, tensors));
  const meanings = distinct(readings);
  if (meanings.every(({ outputs }) => outputs > 1)) {
    throw isChain(matricesOf(tensors)) ? deeper(tensors, source) : severalOutputs(meanings[0]!, source);
  }
  if (meanings.length > 1) throw ambiguous(meanings, tensors, source);
  return readings.find(isCustomary) ?? readings[0]!;
}

/** The first reading of every meaning. */
function distinct(readings: readonly Reading[]): Reading[] {
  const first = new Map<string, Reading>();
  for (const reading of readings) {
    const meaning = meaningOf(reading);
    if (!first.has(meaning)) first.set(meaning, reading);
  }
  return [...first.values()];
}

/** The parts as a map names them. Pruned weights may be named with and without "_orig". */
function applyMap(
  tensors: readonly MaskedTensor[],
  { parts, ignored }: LayerMap,
  source: string,
): ModelReading {
  const named = withNames(tensors);
  const find = (name: string): NamedTensor | undefined =>
    named.find((tensor) => tensor.name === name) ?? named.find(({ product }) => product?.weights === name);
  const roles: Roles = {};
  const turned = new Set<LayerRole>();
  for (const role of LAYER_ROLES) {
    const name = parts[role];
    if (name === undefined) continue;
    let tensor = find(name);
    if (tensor === undefined && name.endsWith('.T')) {
      tensor = find(name.slice(0, -2));
      turned.add(role);
    }
    if (tensor === undefined) {
      throw new InputError(
        `${source}: --map names "${name}" as ${role}, but the file has ${listTensors(tensors)}.`,
      );
    }
    const before = LAYER_ROLES.find((other) => roles[other] === tensor);
    if (before !== undefined) {
      throw new InputError(`${source}: --map names "${tensor.name}" as ${before} and as ${role}.`);
    }
    roles[role] = tensor;
  }
  for (const name of ignored) {
    if (find(name) === undefined) {
      throw new InputError(
        `${source}: --map ignores "${name}", but the file has ${listTensors(tensors)} (a mask belongs to its weights).`,
      );
    }
  }
  const unused = named.filter(
    (tensor) =>
      !LAYER_ROLES.some((role) => roles[role] === tensor) &&
      !ignored.includes(tensor.name) &&
      !isHarmlessCounter(tensor, tensor.name),
  );
  if (unused.length > 0) {
    throw new InputError(
      `${source}: --map does not say what ${listTensors(unused)} ${unused.length === 1 ? 'is' : 'are'} for; give it a part, or, ` +
        `if the network does not use it, add ignore=${unused[0]!.name}.`,
    );
  }
  const leftOut = named.filter((tensor) => !LAYER_ROLES.some((role) => roles[role] === tensor));
  const layouts = layoutsOf(roles).filter(
    (reading) => reading.outputs === 1 && [...turned].every((role) => reading.layouts[role] === 'columns'),
  );
  // A square matrix is [K, d] unless its name or ".T" says otherwise.
  const reading = layouts.find(isCustomary) ?? layouts[0];
  if (reading === undefined) throw misfit(roles, source);
  return modelOf(
    reading,
    leftOut.map(({ name }) => name),
    source,
  );
}

/** Tensors named like the parts: [K, d], [K], [1, K], [1], [1, d], [1]. */
function fromParts(tensors: readonly MaskedTensor[], source: string): ModelReading {
  const roles: Roles = Object.fromEntries(withNames(tensors).map((tensor) => [tensor.name, tensor]));
  const reading =
    roles.inputWeights !== undefined && roles.outputWeights !== undefined
      ? layoutsOf(roles).find(
          ({ layouts, outputs }) =>
            outputs === 1 && Object.values(layouts).every((layout) => layout === 'rows'),
        )
      : undefined;
  if (reading === undefined) throw misfit(roles, source);
  return modelOf(reading, [], source);
}

/** Collects the numbers of a reading with one output. */
function modelOf(
  { roles, width, inputDimension, layouts }: Reading,
  leftOut: readonly string[],
  source: string,
): ModelReading {
  for (const tensor of Object.values(roles)) requireFinite(tensor, source);
  const { inputWeights, bias, outputWeights, outputBias, skipWeights, skipBias } = roles;
  const layers: ModelLayers = {
    inputDimension,
    width,
    inputWeights:
      layouts.inputWeights === 'columns'
        ? transposed(inputWeights!.values, inputDimension, width)
        : inputWeights!.values,
    biases: bias?.values ?? new Float64Array(width),
    outputWeights: outputWeights!.values,
    skipWeights: skipWeights?.values ?? null,
    skipBiases: [outputBias, skipBias].flatMap((part) => (part === undefined ? [] : [part.values[0]!])),
  };
  const read: Partial<Record<LayerRole, PartRead>> = {};
  for (const role of LAYER_ROLES) {
    const tensor = roles[role];
    if (tensor === undefined) continue;
    const layout = layouts[role];
    read[role] = {
      name: tensor.product?.weights ?? tensor.name,
      ...(layout === undefined ? {} : { transposed: layout === 'columns' }),
      ...(tensor.product === undefined ? {} : { mask: tensor.product.mask }),
    };
  }
  return {
    network: networkFromLayers(layers),
    skip: skipOfLayers(layers),
    layers: leftOut.length === 0 ? (read satisfies LayersRead) : { ...read, leftOut },
  };
}

/** The transpose of a row-major rows x columns matrix. */
function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j]!;
  return result;
}

// ---- refusals ----

function describe(tensor: Tensor): string {
  return `"${tensor.name}" [${tensor.shape.join(', ')}]`;
}

/** The tensors in words; a long list is cut. */
function listTensors(tensors: readonly Tensor[]): string {
  const shown = tensors.slice(0, 10).map(describe);
  if (tensors.length > shown.length) shown.push(`${tensors.length - shown.length} more`);
  return shown.length === 0 ? 'no tensors' : shown.join(', ');
}

function ambiguous(readings: readonly Reading[], tensors: readonly Tensor[], source: string): InputError {
  const ways = readings.slice(0, 2).map(({ roles, width, inputDimension, outputs, layouts }) => {
    const parts = LAYER_ROLES.flatMap((role) =>
      roles[role] === undefined
        ? []
        : [`${role}=${roles[role].name}${layouts[role] === 'columns' ? '.T' : ''}`],
    );
    return `${parts.join(',')} (${inputDimension} inputs, ${width} neurons, ${outputs} outputs)`;
  });
  return new InputError(
    `${source}: the shapes and names of ${listTensors(tensors)} fit a network in ${readings.length} ways: ${ways.join('; ')}` +
      `${readings.length > 2 ? '; ...' : ''}. Say which is right with --map (.T turns a matrix round).`,
  );
}

function severalOutputs({ roles, outputs }: Reading, source: string): InputError {
  const name = roles.outputWeights!.name;
  return new InputError(
    `${source}: a network with ${outputs} outputs ("${name}") is not read; keep one, e.g. ` +
      `state["${name}"] = state["${name}"][:1] and the same for its bias, then torch.save(state, "model.pt").`,
  );
}

/** Parts that are named but do not fit together. */
function misfit(roles: Roles, source: string): InputError {
  const { inputWeights, outputWeights } = roles;
  if (inputWeights === undefined || outputWeights === undefined) {
    return new InputError(`${source}: a model needs inputWeights and outputWeights; e.g. ${EXAMPLE_MAP}.`);
  }
  const parts = LAYER_ROLES.flatMap((role) =>
    roles[role] === undefined ? [] : [`${role} ${describe(roles[role])}`],
  );
  return new InputError(
    `${source}: ${parts.join(', ')} do not fit together; expected inputWeights [K, d], bias [K], outputWeights [1, K], outputBias [1], ` +
      'skipWeights [1, d], skipBias [1] for K neurons and d inputs.',
  );
}

/** Why no reading fits. */
function diagnose(
  tensors: readonly NamedTensor[],
  source: string,
  candidates: readonly Reading[] = [],
): InputError {
  const list = listTensors(tensors);
  if (tensors.some(({ shape }) => shape.length > 2)) {
    return new InputError(`${source}: only fully connected layers are read, but the file has ${list}.`);
  }
  // PyTorch's linear layers have matrices; a ".weight" of one dimension is that of a norm or of PReLU.
  const vector = tensors.find(({ says, shape }) => says.kindWord === '.weight' && shape.length < 2);
  if (vector !== undefined) {
    return new InputError(
      `${source}: ${describe(vector)} has one dimension, as the weights of a norm or of PReLU have; only two linear layers with ReLU ` +
        `between them are read, and the file has ${list}. If the network does not use it, name the parts and add ignore=${vector.name}.`,
    );
  }
  if (isChain(matricesOf(tensors))) return deeper(tensors, source);
  const integer = tensors.find(({ dtype }) => dtype.includes('int'));
  if (integer !== undefined && tensors.some(({ dtype }) => !dtype.includes('int'))) {
    return new InputError(
      `${source}: ${describe(integer)} of type ${integer.dtype} beside floats is no weight; take it out of the file, or name the parts and ` +
        `add ignore=${integer.name}, e.g. ${EXAMPLE_MAP},ignore=${integer.name}.`,
    );
  }
  const silent = tensors.find(({ says }) => says.kind === null && says.position === null);
  if (silent !== undefined && tensors.some(({ says }) => says.kind !== null)) {
    return new InputError(
      `${source}: nothing in its name tells what ${describe(silent)} is for; name the parts, e.g. ${EXAMPLE_MAP}, with ` +
        `ignore=${silent.name} if the network does not use it. The file has ${list}.`,
    );
  }
  const objection = candidates.map(contradiction).find((reason) => reason !== null);
  if (objection !== undefined) {
    return new InputError(
      `${source}: ${objection}, in the only network that the shapes of ${list} fit; say which is which, e.g. ${EXAMPLE_MAP}.`,
    );
  }
  return new InputError(
    `${source}: expected the tensors of one hidden layer, [K, d], [K], [1, K], [1] and a skip [1, d], found ${list}; ` +
      `save the model with ${TORCH_REMEDY}, or name the parts, e.g. ${EXAMPLE_MAP}.`,
  );
}

function deeper(tensors: readonly Tensor[], source: string): InputError {
  return new InputError(
    `${source}: a network with more than one hidden layer is not read; expected [K, d] and [1, K], found ${listTensors(tensors)}. If one ` +
      `of them is a linear skip, say so, e.g. ${EXAMPLE_MAP},skipWeights=skip.weight.`,
  );
}

function matricesOf(tensors: readonly NamedTensor[]): NamedTensor[] {
  return tensors.filter(({ shape, says }) => shape.length === 2 && says.kind !== 'bias');
}

/** More matrices than two layers and a skip have, or three in a row that feed each other, in either layout. */
function isChain(matrices: readonly Tensor[]): boolean {
  if (matrices.length > 3) return true;
  if (matrices.length < 3) return false;
  const [a, b, c] = matrices.map(({ shape }) => shape as [number, number]);
  const rows = a![0] === b![1] && b![0] === c![1];
  const columns = a![1] === b![0] && b![1] === c![0];
  return rows || columns;
}
