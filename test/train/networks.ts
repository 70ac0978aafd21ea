import fc from 'fast-check';
import type { PlainNetwork, Skip } from '../../src/train/parameters.js';
import { type TrainingPoints, trainingPoints } from '../../src/train/points.js';

/** The paper's univariate data, eq. (81)-(82). */
export const peakPlateau: TrainingPoints = trainingPoints(
  [[-2], [-1], [0], [1], [2], [3]],
  [0, 0, 1, 1, 0, 0],
);

/** Some points with three inputs. */
export const threeInputs: TrainingPoints = trainingPoints(
  [
    [0.5, -0.25, 1],
    [-1, 0.75, 0.125],
    [0.25, 0.5, -0.5],
    [-0.75, -1, 0.25],
    [1, 0.125, 0.625],
    [-0.375, 0.875, -0.875],
  ],
  [0.5, -1, 0.25, 1, -0.5, 0.75],
);

/** f(x) by the formula, in doubles. */
export function evaluate(network: PlainNetwork, x: readonly number[]): number {
  const dot = (w: readonly number[]) => w.reduce((sum, wi, i) => sum + wi * x[i]!, 0);
  let f = network.skipBias ?? 0;
  if (network.skipWeights !== null) f += dot(network.skipWeights);
  network.inputWeights.forEach((w, k) => {
    f += network.outputWeights[k]! * Math.max(0, dot(w) + network.biases[k]!);
  });
  return f;
}

/** Numbers spread evenly over [-2, 2] (fast-check's doubles are nearly all tiny). */
export const arbitraryNumber = fc.integer({ min: -200_000, max: 200_000 }).map((n) => n / 100_000);

/** Random networks with the given numbers of inputs and neurons. */
export function arbitraryNetwork(d: number, width: number, skip: Skip): fc.Arbitrary<PlainNetwork> {
  const list = (length: number) => fc.array(arbitraryNumber, { minLength: length, maxLength: length });
  return fc.record({
    inputWeights: fc.array(list(d), { minLength: width, maxLength: width }),
    biases: list(width),
    outputWeights: list(width),
    skipWeights: skip === 'affine' ? list(d) : fc.constant(null),
    skipBias: skip === 'none' ? fc.constant(null) : arbitraryNumber,
  });
}
