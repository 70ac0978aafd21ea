import { readNpz } from '../files/npz.js';
import type { Tensor } from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import { type LayerMap, type ModelLayers, recogniseLayers } from './layers.js';
import { readOnnx } from './onnx.js';
import { readSafetensors } from './safetensors.js';
import { readTorch } from './torch.js';

/** Readers of files that hold named tensors, by the end of the file name. */
const TENSOR_READERS: ReadonlyMap<string, (bytes: Uint8Array, source: string) => Tensor[]> = new Map([
  ['.npz', readNpz],
  ['.safetensors', readSafetensors],
  ['.pt', readTorch],
  ['.pth', readTorch],
]);

const ONNX_ENDING = '.onnx';

/** Endings of the model files that `readModelFile` reads. */
export const MODEL_ENDINGS: readonly string[] = [...TENSOR_READERS.keys(), ONNX_ENDING];

/**
 * The layers of a trained network from a binary model file; the end of its name tells the format.
 *
 * @param source name of the file
 * @param map names of the tensors, where shapes do not tell; not for ONNX, whose graph tells
 * @throws InputError for any other ending, a file that cannot be read, or tensors that are not a network of one hidden
 * layer; every message names the file, the reason and the remedy.
 */
export function readModelFile(bytes: Uint8Array, source: string, map?: LayerMap): ModelLayers {
  const name = source.toLowerCase();
  if (name.endsWith(ONNX_ENDING)) {
    if (map !== undefined) {
      throw new InputError(
        `${source}: --map is not for ONNX files, whose graph tells the layers; leave it out.`,
      );
    }
    return readOnnx(bytes, source);
  }
  for (const [ending, read] of TENSOR_READERS) {
    if (name.endsWith(ending)) return recogniseLayers(read(bytes, source), source, map);
  }
  throw new InputError(
    `${source}: unknown kind of model file; expected a name ending in .json, ${MODEL_ENDINGS.join(', ')} (the model comes first, then the data).`,
  );
}
