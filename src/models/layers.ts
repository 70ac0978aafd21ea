import { Rational } from '../exact/rational.js';
import type { Dtype, Tensor } from '../files/tensor.js';
import type { Network, Skip } from '../problem/network.js';

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

/** The tensor that was read as a part. */
export interface PartRead {
  /** As the file calls it; several that are added are joined with " + ". */
  readonly name: string;
  /** Weights: stored the other way round than [K, d], [1, K] and [1, d]. */
  readonly transposed?: boolean;
  /** The mask the weights were multiplied by. */
  readonly mask?: string;
}

/** What was read as what: the parts, and what else the file holds. */
export interface LayersRead extends Readonly<Partial<Record<LayerRole, PartRead>>> {
  /** The entry of a checkpoint that holds the weights; several levels are joined with ".". */
  readonly entry?: string;
  /** Constants around the layers that were folded into the weights, in the order of the graph (ONNX). */
  readonly folded?: readonly { readonly operator: string; readonly name: string }[];
  /** Tensors that the network does not use: counters, and those that --map ignores. */
  readonly leftOut?: readonly string[];
}

/** A network read from a model file. */
export interface ModelReading {
  readonly network: Network;
  /** The architecture the file has room for: a skip whose weights are all 0 is still one. */
  readonly skip: Skip;
  readonly layers: LayersRead;
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

/** The architecture of a model with these parts. */
export function skipOfLayers({ skipWeights, skipBiases }: ModelLayers): Skip {
  return skipWeights !== null ? 'affine' : skipBiases.length > 0 ? 'bias' : 'none';
}

/** The layers of a network whose numbers are floats. A network without neurons gets one that is 0: a file has at least one. */
export function layersFromNetwork({ inputDimension, skip, neurons }: Network): ModelLayers {
  const numbers = (values: readonly Rational[]) => Float64Array.from(values, (value) => value.toNumber());
  const zeros = Array.from({ length: inputDimension }, () => Rational.zero);
  const kept =
    neurons.length > 0
      ? neurons
      : [{ inputWeights: zeros, bias: Rational.zero, outputWeight: Rational.zero }];
  const isAffine = skip?.weights.some((weight) => !weight.isZero()) ?? false;
  return {
    inputDimension,
    width: kept.length,
    inputWeights: numbers(kept.flatMap(({ inputWeights }) => inputWeights)),
    biases: numbers(kept.map(({ bias }) => bias)),
    outputWeights: numbers(kept.map(({ outputWeight }) => outputWeight)),
    skipWeights: isAffine ? numbers(skip!.weights) : null,
    skipBiases: skip === null ? [] : [skip.bias.toNumber()],
  };
}
