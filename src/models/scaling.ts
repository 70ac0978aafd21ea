import { Rational } from '../exact/rational.js';
import { readNpz } from '../files/npz.js';
import { requireFinite } from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import type { Network, Skip } from '../problem/network.js';

/** Standardised numbers: what the network sees, or gives, is (t - mean) / scale. Exact; one number for each coordinate. */
export interface Scaling {
  readonly mean: readonly Rational[];
  /** No 0. */
  readonly scale: readonly Rational[];
}

/**
 * Parses "MEAN,SCALE": two exact numbers, decimals meaning what is written.
 * @returns null when the text is no such pair (it may name a file)
 * @throws InputError for a scale of 0
 */
export function parseScaling(text: string, flag: string): Scaling | null {
  const parts = text.split(',');
  if (parts.length !== 2) return null;
  try {
    const [mean, scale] = parts.map((part) => Rational.parse(part.trim())) as [Rational, Rational];
    return checked({ mean: [mean], scale: [scale] }, `${flag} ${text}`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    return null;
  }
}

/**
 * The arrays `mean` and `scale` of an npz file, the exact values of their floats.
 * @throws InputError when one is missing, is no vector, or holds NaN, an infinity or, in `scale`, 0
 */
export function readScaling(bytes: Uint8Array, source: string): Scaling {
  const tensors = readNpz(bytes, source);
  const vector = (name: keyof Scaling): Rational[] => {
    const tensor = tensors.find((candidate) => candidate.name === name);
    if (tensor === undefined) {
      throw new InputError(
        `${source}: expected arrays mean and scale, found ${tensors.map((found) => found.name).join(', ') || 'none'}; ` +
          'save them with np.savez(file, mean=mean, scale=scale).',
      );
    }
    if (tensor.shape.filter((size) => size !== 1).length > 1) {
      throw new InputError(
        `${source}: ${name} has shape (${tensor.shape.join(', ')}); expected one number for each coordinate.`,
      );
    }
    requireFinite(tensor, source);
    return Array.from(tensor.values, Rational.fromDouble);
  };
  const scaling = { mean: vector('mean'), scale: vector('scale') };
  if (scaling.mean.length !== scaling.scale.length) {
    throw new InputError(
      `${source}: mean has ${scaling.mean.length} numbers and scale ${scaling.scale.length}; they must agree.`,
    );
  }
  return checked(scaling, source);
}

function checked(scaling: Scaling, where: string): Scaling {
  const zero = scaling.scale.findIndex((value) => value.isZero());
  if (zero < 0) return scaling;
  const which = scaling.scale.length === 1 ? '' : ` of coordinate ${zero + 1}`;
  throw new InputError(`${where}: the scale${which} is 0; expected the number that was divided by.`);
}

/**
 * The network on data that are not standardised: x -> mean_y + scale_y N((x - mean_x) / scale_x), its weights folded exactly.
 * @param flags names of the two scalings, for messages
 * @throws InputError when a scaling has another number of coordinates than the network
 */
export function withScaling(
  network: Network,
  { inputs, output }: { readonly inputs?: Scaling; readonly output?: Scaling },
  flags: { readonly inputs: string; readonly output: string },
): Network {
  let result = network;
  if (inputs !== undefined) {
    requireLength(inputs, network.inputDimension, flags.inputs, 'inputs of the model');
    // w . (x - mean) / scale + b = (w / scale) . x + (b - sum w mean / scale)
    const folded = (weights: readonly Rational[], bias: Rational): [Rational[], Rational] => {
      const divided = weights.map((weight, i) => weight.divide(inputs.scale[i]!));
      return [
        divided,
        divided.reduce((sum, weight, i) => sum.subtract(weight.multiply(inputs.mean[i]!)), bias),
      ];
    };
    const skip = network.skip && folded(network.skip.weights, network.skip.bias);
    result = {
      ...network,
      skip: skip && { weights: skip[0], bias: skip[1] },
      neurons: network.neurons.map((neuron) => {
        const [inputWeights, bias] = folded(neuron.inputWeights, neuron.bias);
        return { ...neuron, inputWeights, bias };
      }),
    };
  }
  if (output !== undefined) {
    requireLength(output, 1, flags.output, 'outputs of the model');
    const [mean, scale] = [output.mean[0]!, output.scale[0]!];
    const zeros = new Array<Rational>(network.inputDimension).fill(Rational.zero);
    const skip = result.skip ?? (mean.isZero() ? null : { weights: zeros, bias: Rational.zero });
    result = {
      ...result,
      skip: skip && {
        weights: skip.weights.map((weight) => weight.multiply(scale)),
        bias: skip.bias.multiply(scale).add(mean),
      },
      neurons: result.neurons.map((neuron) => ({
        ...neuron,
        outputWeight: neuron.outputWeight.multiply(scale),
      })),
    };
  }
  return result;
}

/** The architecture of a scaled network: an output mean needs an output bias. */
export function skipWithScaling(skip: Skip, output: Scaling | undefined): Skip {
  return skip === 'none' && output !== undefined && !output.mean[0]!.isZero() ? 'bias' : skip;
}

function requireLength({ mean }: Scaling, expected: number, flag: string, what: string): void {
  if (mean.length === expected) return;
  const remedy = expected > 1 ? '; give an .npz file with arrays mean and scale of that length' : '';
  throw new InputError(
    `${flag}: expected a mean and a scale for each of the ${expected} ${what}, found ${mean.length}${remedy}.`,
  );
}
