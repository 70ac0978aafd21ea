import { type FloatArray, floatArray, type Precision } from './parameters.js';

/** Adam's constants, PyTorch's defaults. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * First moments smaller than this are set to zero. Such a moment moves a parameter by at most 1e-21 times the learning
 * rate, and without this a neuron that no data point activates would carry subnormal numbers, which are slow, for good.
 */
export const NEGLIGIBLE_MOMENT = 1e-30;

/** Adam's state; the arrays use the entry numbers of the parameters. */
export interface Moments {
  /** Running mean of the gradient. */
  readonly first: FloatArray;
  /** Running mean of its square. */
  readonly second: FloatArray;
  /** beta1^t and beta2^t after t steps, as running products. */
  beta1Power: number;
  beta2Power: number;
}

export function createMoments(precision: Precision, length: number): Moments {
  return {
    first: floatArray(precision, length),
    second: floatArray(precision, length),
    beta1Power: 1,
    beta2Power: 1,
  };
}

/**
 * One step of Adam (Kingma and Ba 2015), or of AdamW (Loshchilov and Hutter 2019) when `weightDecay` is positive, on the
 * first `length` entries, with PyTorch's semantics: bias correction of both moments, epsilon outside the root, and the
 * decay decoupled: every entry, biases too, is first multiplied by 1 - learningRate * weightDecay.
 */
export function adamStep(
  values: FloatArray,
  gradient: FloatArray,
  moments: Moments,
  length: number,
  learningRate: number,
  weightDecay = 0,
): void {
  const { beta1, beta2, epsilon } = ADAM;
  const { first, second } = moments;
  moments.beta1Power *= beta1;
  moments.beta2Power *= beta2;
  const step = learningRate / (1 - moments.beta1Power);
  const rootScale = 1 / Math.sqrt(1 - moments.beta2Power);
  const keep = 1 - learningRate * weightDecay;
  for (let e = 0; e < length; e++) {
    const g = gradient[e]!;
    let m = first[e]!;
    if (g === 0 && m === 0) {
      // Nothing but the decays: same result as below, without a root and a division.
      second[e] = beta2 * second[e]!;
      if (keep !== 1) values[e] = keep * values[e]!;
      continue;
    }
    m = beta1 * m + (1 - beta1) * g;
    if (Math.abs(m) < NEGLIGIBLE_MOMENT) m = 0;
    const s = beta2 * second[e]! + (1 - beta2) * (g * g);
    first[e] = m;
    second[e] = s;
    values[e] = keep * values[e]! - (step * m) / (Math.sqrt(s) * rootScale + epsilon);
  }
}
