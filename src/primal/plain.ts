import { Rational } from '../exact/rational.js';
import type { Network } from '../problem/network.js';
import type { Cloud } from './cloud.js';

/** A cloud as plain data, for other threads: its two scales, which only matter for networks in the units of the problem, as texts. */
export type PlainCloud = Omit<Cloud, 'featureScales' | 'labelScale'> & {
  readonly featureScales: readonly string[];
  readonly labelScale: string;
};

export function plainCloud(cloud: Cloud): PlainCloud {
  return {
    ...cloud,
    featureScales: cloud.featureScales.map(String),
    labelScale: String(cloud.labelScale),
  };
}

export function fromPlainCloud(plain: PlainCloud): Cloud {
  return {
    ...plain,
    featureScales: plain.featureScales.map((text) => Rational.parse(text)),
    labelScale: Rational.parse(plain.labelScale),
  };
}

/** A network as plain data: numerators and denominators. */
export interface PlainNetwork {
  readonly inputDimension: number;
  readonly skip: readonly PlainRational[] | null;
  /** Input weights, bias, output weight. */
  readonly neurons: readonly (readonly PlainRational[])[];
}

type PlainRational = readonly [bigint, bigint];

export function plainNetwork({ inputDimension, skip, neurons }: Network): PlainNetwork {
  const plain = ({ numerator, denominator }: Rational): PlainRational => [numerator, denominator];
  return {
    inputDimension,
    skip: skip && [...skip.weights, skip.bias].map(plain),
    neurons: neurons.map(({ inputWeights, bias, outputWeight }) =>
      [...inputWeights, bias, outputWeight].map(plain),
    ),
  };
}

export function fromPlainNetwork({ inputDimension, skip, neurons }: PlainNetwork): Network {
  const rational = ([numerator, denominator]: PlainRational): Rational => Rational.of(numerator, denominator);
  const affine = (values: readonly PlainRational[]): Rational[] =>
    values.slice(0, inputDimension).map(rational);
  return {
    inputDimension,
    skip: skip && { weights: affine(skip), bias: rational(skip[inputDimension]!) },
    neurons: neurons.map((values) => ({
      inputWeights: affine(values),
      bias: rational(values[inputDimension]!),
      outputWeight: rational(values[inputDimension + 1]!),
    })),
  };
}
