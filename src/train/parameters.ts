import type { Random } from '../exact/random.js';
import { InputError } from '../problem/input-error.js';

/** What is added to the sum of neurons: nothing, an output bias, or an affine function. */
export type Skip = 'none' | 'bias' | 'affine';

/** How parameters and moments are stored. Arithmetic is in doubles and is rounded on every store. */
export type Precision = 'float64' | 'float32';

export type FloatArray = Float64Array | Float32Array;

/**
 * A network f(x) = sum_k v_k (w_k . (x, 1))+ + skip(x) while it is trained. The bias b_k is the weight of column d.
 *
 * Layout: one flat list of *entries* `values[0 .. starts[neuronCount] - 1]`, `columns[e]` telling what entry e multiplies:
 *
 *     | skip: affine c_0 .. c_d, bias c_d, none - | neuron 0: w.. b v | neuron 1: w.. b v | ...
 *     0                                           starts[0]           starts[1]
 *
 * - entries 0 .. starts[0] - 1 are the skip, `columns` 0..d-1 its slopes and d its constant;
 * - entries starts[j] .. starts[j+1] - 2 are input weights of the j-th living neuron, their `columns` increasing in 0..d;
 * - entry starts[j+1] - 1 is its output weight v, with column -1;
 * - `neurons[j]` is that neuron's index in 0..width-1, increasing in j.
 *
 * Entries that are missing are zero for good (see `proximalStep`). A new network has all of them. Optimiser state uses
 * the same entry numbers. Arrays keep their first length; only the prefix is in use.
 */
export interface Parameters {
  readonly inputDimension: number;
  /** K, the neurons the network started with. */
  readonly width: number;
  readonly skip: Skip;
  neuronCount: number;
  readonly neurons: Int32Array;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: FloatArray;
}

/** The same network as nested arrays, dead entries written as 0. */
export interface PlainNetwork {
  /** K x d. */
  inputWeights: number[][];
  /** K. */
  biases: number[];
  /** K. */
  outputWeights: number[];
  /** d, or null when the skip is not affine. */
  skipWeights: number[] | null;
  /** The output bias, or null when there is no skip. */
  skipBias: number | null;
}

/** The column of an output weight. */
export const OUTPUT_COLUMN = -1;

/** The number of entries in use. */
export function entryCount(parameters: Parameters): number {
  return parameters.starts[parameters.neuronCount]!;
}

/** Zeros of the given precision. */
export function floatArray(precision: Precision, length: number): FloatArray {
  return precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
}

/** A network of zeros that has every entry. */
export function createParameters(
  inputDimension: number,
  width: number,
  skip: Skip,
  precision: Precision,
): Parameters {
  const firstSkipColumn = skip === 'affine' ? 0 : skip === 'bias' ? inputDimension : inputDimension + 1;
  const skipEntries = inputDimension + 1 - firstSkipColumn;
  const stride = inputDimension + 2;
  const length = skipEntries + width * stride;
  const columns = new Int32Array(length);
  for (let e = 0; e < skipEntries; e++) columns[e] = firstSkipColumn + e;
  for (let e = skipEntries; e < length; e++) {
    const column = (e - skipEntries) % stride;
    columns[e] = column === stride - 1 ? OUTPUT_COLUMN : column;
  }
  return {
    inputDimension,
    width,
    skip,
    neuronCount: width,
    neurons: Int32Array.from({ length: width }, (_, k) => k),
    starts: Int32Array.from({ length: width + 1 }, (_, k) => skipEntries + k * stride),
    columns,
    values: floatArray(precision, length),
  };
}

/**
 * Starting weights as in PyTorch's `Linear`: every weight and bias of a layer uniform on +-1/sqrt(fan_in). fan_in is d for
 * w, b and the slopes of the skip, K for v and the skip's constant. Drawn neuron by neuron (w, b, v), the skip last.
 *
 * The bits depend on the generator and on IEEE arithmetic with a correctly rounded square root only.
 */
export function initialize(
  inputDimension: number,
  width: number,
  skip: Skip,
  precision: Precision,
  random: Random,
): Parameters {
  const parameters = createParameters(inputDimension, width, skip, precision);
  const inner = 1 / Math.sqrt(inputDimension);
  const outer = 1 / Math.sqrt(width);
  const { values, columns, starts } = parameters;
  for (let e = starts[0]!; e < values.length; e++) {
    values[e] = (2 * random.uniform() - 1) * (columns[e] === OUTPUT_COLUMN ? outer : inner);
  }
  for (let e = 0; e < starts[0]!; e++) {
    values[e] = (2 * random.uniform() - 1) * (columns[e] === inputDimension ? outer : inner);
  }
  return parameters;
}

/** The network as nested arrays. */
export function toPlainNetwork(parameters: Parameters): PlainNetwork {
  const { inputDimension: d, width, skip, neuronCount, neurons, starts, columns, values } = parameters;
  const rows = Array.from({ length: width }, () => new Array<number>(d + 1).fill(0));
  const outputWeights = new Array<number>(width).fill(0);
  for (let j = 0; j < neuronCount; j++) {
    const k = neurons[j]!;
    const last = starts[j + 1]! - 1;
    for (let e = starts[j]!; e < last; e++) rows[k]![columns[e]!] = values[e]!;
    outputWeights[k] = values[last]!;
  }
  return {
    inputWeights: rows.map((row) => row.slice(0, d)),
    biases: rows.map((row) => row[d]!),
    outputWeights,
    skipWeights: skip === 'affine' ? Array.from(values.subarray(0, d)) : null,
    skipBias: skip === 'none' ? null : values[starts[0]! - 1]!,
  };
}

/**
 * The flat form of a network, every entry present.
 * @throws InputError when the arrays do not fit together.
 */
export function fromPlainNetwork(network: PlainNetwork, precision: Precision = 'float64'): Parameters {
  const { inputWeights, biases, outputWeights, skipWeights, skipBias } = network;
  const width = inputWeights.length;
  const d = inputWeights[0]?.length ?? skipWeights?.length ?? 0;
  if (biases.length !== width || outputWeights.length !== width) {
    throw new InputError(
      `expected ${width} biases and output weights, one per row of input weights, ` +
        `found ${biases.length} and ${outputWeights.length}`,
      { source: 'network' },
    );
  }
  if (inputWeights.some((row) => row.length !== d) || (skipWeights !== null && skipWeights.length !== d)) {
    throw new InputError(`expected ${d} input weights in every row and in the skip`, { source: 'network' });
  }
  const skip: Skip = skipWeights !== null ? 'affine' : skipBias !== null ? 'bias' : 'none';
  const parameters = createParameters(d, width, skip, precision);
  const flat = [
    ...(skipWeights ?? []),
    ...(skip === 'none' ? [] : [skipBias ?? 0]),
    ...inputWeights.flatMap((row, k) => [...row, biases[k]!, outputWeights[k]!]),
  ];
  parameters.values.set(flat);
  return parameters;
}
