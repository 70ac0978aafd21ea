import { networkChunks } from '../files/network-format.js';
import { writeNpz } from '../files/npz.js';
import type { Dtype } from '../files/tensor.js';
import { type ModelLayers, networkFromLayers, tensorsFromLayers } from './layers.js';
import { writeSafetensors } from './safetensors.js';

type ModelWriter = (layers: ModelLayers, dtype: Dtype) => Iterable<string | Uint8Array>;

/** How a model is written, by the ending of the file name. */
export const MODEL_WRITERS = {
  /** Network JSON: the exact rationals of the floats. */
  '.json': (layers) => networkChunks(networkFromLayers(layers)),
  '.npz': (layers, dtype) => [writeNpz(tensorsFromLayers(layers, dtype))],
  '.safetensors': (layers, dtype) => [writeSafetensors(tensorsFromLayers(layers, dtype))],
} as const satisfies Record<string, ModelWriter>;

/** An ending that `MODEL_WRITERS` knows. */
export type ModelEnding = keyof typeof MODEL_WRITERS;

/**
 * The bytes of a model file: what is read back from it is exactly `layers`.
 * @throws InputError when a weight is not representable in `dtype`
 */
export function modelChunks(
  layers: ModelLayers,
  ending: ModelEnding,
  dtype: Dtype = 'float64',
): Iterable<string | Uint8Array> {
  return MODEL_WRITERS[ending](layers, dtype);
}
