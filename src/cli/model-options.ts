import type { Command } from 'commander';
import { parseNetwork } from '../files/network-format.js';
import { readBytes, readText } from '../files/read-file.js';
import { parseLayerMap } from '../models/layer-map.js';
import type { LayersRead } from '../models/layers.js';
import { MODEL_ENDINGS, readModelFile } from '../models/read-model.js';
import { parseScaling, readScaling, type Scaling, skipWithScaling, withScaling } from '../models/scaling.js';
import { InputError } from '../problem/input-error.js';
import { type Network, type Skip, skipOf } from '../problem/network.js';

/** How a model file is read. */
export interface ModelOptions {
  readonly map?: string;
  readonly scaleInputs?: string;
  readonly scaleOutput?: string;
}

/** What the argument <model> of a command is. */
export const MODEL_ARGUMENT = `model file: .json (sparsest-network), ${MODEL_ENDINGS.join(', ')}; read exactly`;

const SCALE_FLAGS = { inputs: '--scale-inputs', output: '--scale-output' } as const;

/** Adds the options that say how a model file is read. */
export function withModelOptions(command: Command): Command {
  return command
    .option(
      '--map <parts>',
      'name the tensors: inputWeights=..,bias=..,outputWeights=..,outputBias=..,skipWeights=..,skipBias=..,ignore=.. (NAME.T: transposed)',
    )
    .option(
      '--scale-inputs <mean,scale>',
      'the model was trained on (x - mean) / scale: exact numbers, or an .npz file with arrays mean and scale',
    )
    .option('--scale-output <mean,scale>', 'the model gives (y - mean) / scale, likewise');
}

/** A model on the data as they are: with the scaling that it was trained on folded in. */
export function readScaledModel(
  path: string,
  { map, scaleInputs, scaleOutput }: ModelOptions,
): {
  network: Network;
  skip: Skip;
  layers: LayersRead | null;
  scaling: { inputs: Scaling | undefined; output: Scaling | undefined };
} {
  const scaling = {
    inputs: readScalingOption(SCALE_FLAGS.inputs, scaleInputs),
    output: readScalingOption(SCALE_FLAGS.output, scaleOutput),
  };
  const { network, skip, layers } = readModel(path, map);
  return {
    network: withScaling(network, scaling, SCALE_FLAGS),
    skip: skipWithScaling(skip, scaling.output),
    layers,
    scaling,
  };
}

/** The network of a model file, the architecture the file has room for, and what was read as what. */
export function readModel(
  path: string,
  map: string | undefined,
): { network: Network; skip: Skip; layers: LayersRead | null } {
  if (/\.json(\.gz)?$/i.test(path)) {
    if (map !== undefined) {
      throw new InputError(`${path}: --map names tensors, and a network file has none; leave it out`);
    }
    const network = parseNetwork(readText(path), path);
    return { network, skip: skipOf(network), layers: null };
  }
  return readModelFile(readBytes(path), path, map === undefined ? undefined : parseLayerMap(map));
}

/** Two numbers, or the name of a file with two arrays. */
function readScalingOption(flag: string, text: string | undefined): Scaling | undefined {
  if (text === undefined) return undefined;
  const numbers = parseScaling(text, flag);
  if (numbers !== null) return numbers;
  if (!/\.npz$/i.test(text)) {
    throw new InputError(
      `${flag}: expected two numbers MEAN,SCALE such as 1.5,2 or an .npz file with arrays mean and scale, found "${text}"`,
    );
  }
  return readScaling(readBytes(text), text);
}
