import { DECIMAL_LIMITS, Rational } from '../exact/rational.js';
import { InputError } from '../problem/input-error.js';
import type { Network, Neuron, SkipConnection } from '../problem/network.js';
import {
  DEFAULT_JSON_OPTIONS,
  describeJson,
  JsonLeaf,
  type JsonLeafPattern,
  type JsonValue,
  parseJson,
  requireArray,
  requireFormat,
  requireKeys,
  requireObject,
  requireRational,
} from './json.js';

/** The format of network files that is read and written. */
export const NETWORK_FORMAT = { format: 'sparsest-network', version: 1 } as const;

/** Characters of text that are collected before they are handed on. */
const CHUNK = 65_536;

/**
 * Reads network JSON:
 *
 *   { "format": "sparsest-network", "version": 1, "inputDimension": d, "skip": {"weights": [..], "bias"} | null,
 *     "neurons": [{"inputWeights": [..], "bias", "outputWeight"}, ..] }
 *
 * with d numbers in `weights` and in every `inputWeights`. A number is a string "p/q", or a JSON number, which means the
 * decimal that is written.
 *
 * @param source name of the file, for messages
 * @throws InputError naming the source and the field
 */
export function parseNetwork(text: string, source: string): Network {
  return networkFromJson(parseJson(text, source, { ...DEFAULT_JSON_OPTIONS, leaf: NEURON_LEAF }), source);
}

/**
 * The network of a JSON value, as `parseNetwork` reads it.
 * @param where the file, or the field of a file, for messages
 * @throws InputError naming the field
 */
export function networkFromJson(value: JsonValue | undefined, where: string): Network {
  const json = requireObject(value, where);
  requireFormat(json, NETWORK_FORMAT, where);
  requireKeys(json, ['format', 'version', 'inputDimension', 'skip', 'neurons'], where);
  const dimension = json.inputDimension;
  if (typeof dimension !== 'number' || dimension < 1) {
    throw new InputError(
      `${where}: field "inputDimension": expected a positive integer, found ${describeJson(dimension)}`,
    );
  }
  return {
    inputDimension: dimension,
    skip: json.skip === null ? null : readSkip(json.skip, dimension, `${where}: skip`),
    neurons: requireArray(json.neurons, `${where}: field "neurons"`).map((neuron, k) =>
      dimension === 1 && neuron instanceof JsonLeaf
        ? (neuron.value as Neuron)
        : readNeuron(neuron, dimension, `${where}: neurons[${k}]`),
    ),
  };
}

function readSkip(value: JsonValue | undefined, dimension: number, where: string): SkipConnection {
  if (value === undefined) throw new InputError(`${where}: expected an object or null, found nothing`);
  const json = requireObject(value, where);
  requireKeys(json, ['weights', 'bias'], where);
  return {
    weights: readWeights(json.weights, dimension, `${where}.weights`),
    bias: requireRational(json.bias, `${where}.bias`),
  };
}

function readNeuron(value: JsonValue, dimension: number, where: string): Neuron {
  const json = requireObject(value, where);
  requireKeys(json, ['inputWeights', 'bias', 'outputWeight'], where);
  return {
    inputWeights: readWeights(json.inputWeights, dimension, `${where}.inputWeights`),
    bias: requireRational(json.bias, `${where}.bias`),
    outputWeight: requireRational(json.outputWeight, `${where}.outputWeight`),
  };
}

/** The unit weights that nearly every neuron with one input has, made once. */
const UNIT_WEIGHTS = new Map(['1', '-1'].map((text) => [text, [Rational.parse(text)] as const]));

/**
 * The usual neuron with one input as `networkChunks` writes it. Given to `parseJson` as its `leaf`, it lets files of a million
 * neurons be read without their JSON objects; a neuron in any other notation is read the usual way.
 */
export const NEURON_LEAF: JsonLeafPattern = {
  pattern:
    /\{"inputWeights":\["(-?1)"\],"bias":"(-?\d+)(?:\/(\d+))?","outputWeight":"(-?\d+)(?:\/(\d+))?"\}/y,
  make: ([whole, weight, biasOver, biasUnder, outputOver, outputUnder]): Neuron | null => {
    if (whole.length > DECIMAL_LIMITS.characters) return null;
    try {
      return {
        inputWeights: UNIT_WEIGHTS.get(weight!)!,
        bias: fraction(biasOver!, biasUnder),
        outputWeight: fraction(outputOver!, outputUnder),
      };
    } catch {
      return null;
    }
  },
};

/** @throws RangeError when the denominator is 0 */
function fraction(numerator: string, denominator: string | undefined): Rational {
  return Rational.of(BigInt(numerator), denominator === undefined ? 1n : BigInt(denominator));
}

function readWeights(value: JsonValue | undefined, dimension: number, where: string): Rational[] {
  return requireArray(value, where, dimension).map((weight, i) => requireRational(weight, `${where}[${i}]`));
}

/** The network as JSON text, one neuron per line, in pieces of about 64 KiB; all numbers are strings "p" or "p/q". */
export function* networkChunks(network: Network): Generator<string> {
  const { format, version } = NETWORK_FORMAT;
  let text =
    `{"format":"${format}","version":${version},"inputDimension":${network.inputDimension},` +
    `"skip":${skipText(network.skip)},"neurons":[`;
  let separator = '\n';
  for (const neuron of network.neurons) {
    text += separator + neuronText(neuron);
    separator = ',\n';
    if (text.length >= CHUNK) {
      yield text;
      text = '';
    }
  }
  yield `${text}]}\n`;
}

function skipText(skip: SkipConnection | null): string {
  return skip === null ? 'null' : `{"weights":${weightsText(skip.weights)},"bias":"${skip.bias}"}`;
}

function neuronText({ inputWeights, bias, outputWeight }: Neuron): string {
  return `{"inputWeights":${weightsText(inputWeights)},"bias":"${bias}","outputWeight":"${outputWeight}"}`;
}

function weightsText(weights: readonly Rational[]): string {
  return `[${weights.map((weight) => `"${weight}"`).join(',')}]`;
}
