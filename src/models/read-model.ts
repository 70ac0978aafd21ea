import { readNpz } from '../files/npz.js';
import { InputError } from '../problem/input-error.js';
import type { LayerMap } from './layer-map.js';
import type { ModelReading } from './layers.js';
import { readOnnx } from './onnx.js';
import { recogniseLayers } from './recognise.js';
import { readSafetensors } from './safetensors.js';
import { readTorch } from './torch.js';

type ModelReader = (bytes: Uint8Array, source: string, map?: LayerMap) => ModelReading;

const torchModel: ModelReader = (bytes, source, map) => {
  const { tensors, entry } = readTorch(bytes, source);
  const reading = recogniseLayers(tensors, source, { map });
  return entry === null ? reading : { ...reading, layers: { ...reading.layers, entry } };
};

/** Readers of model files, by the end of the file name. */
const READERS: ReadonlyMap<string, ModelReader> = new Map<string, ModelReader>([
  ['.npz', (bytes, source, map) => recogniseLayers(readNpz(bytes, source), source, { map })],
  // The format sorts its tensors, so that their order says nothing.
  [
    '.safetensors',
    (bytes, source, map) => recogniseLayers(readSafetensors(bytes, source), source, { map, ordered: false }),
  ],
  ['.pt', torchModel],
  ['.pth', torchModel],
  ['.ckpt', torchModel],
  [
    '.onnx',
    (bytes, source, map) => {
      if (map === undefined) return readOnnx(bytes, source);
      throw new InputError(
        `${source}: --map is not for ONNX files, whose graph tells the layers; leave it out.`,
      );
    },
  ],
]);

/** Endings of the model files that `readModelFile` reads. */
export const MODEL_ENDINGS: readonly string[] = [...READERS.keys()];

/**
 * The network in a binary model file, exactly, and what was read as what; the end of its name tells the format.
 *
 * @param source name of the file
 * @param map names of the parts, where shapes and names do not tell; not for ONNX, whose graph tells
 * @throws InputError for any other ending, a file that cannot be read, or tensors that are not a network of one hidden
 * layer; every message names the file, the reason and the remedy.
 */
export function readModelFile(bytes: Uint8Array, source: string, map?: LayerMap): ModelReading {
  const name = source.toLowerCase();
  for (const [ending, read] of READERS) {
    if (name.endsWith(ending)) return read(bytes, source, map);
  }
  throw new InputError(
    `${source}: unknown kind of model file; expected a name ending in .json, ${MODEL_ENDINGS.join(', ')} (the model comes first, then the data).`,
  );
}
