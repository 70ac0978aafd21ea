import type { PlainNetwork } from './parameters.js';
import type { TrainingPoints } from './points.js';

/** Data in standard units, and networks from these units to those of the data and back. */
export interface StandardUnits {
  readonly points: TrainingPoints;
  readonly toData: (network: PlainNetwork) => PlainNetwork;
  readonly toStandard: (network: PlainNetwork) => PlainNetwork;
}

/**
 * Units in which the labels have root mean square 1, about their mean where the network has a constant of its own, and in which one input goes
 * from -1 to 1. Several inputs stay as they are, since their biases are penalised. All l^p path norms change by one common factor: minimisers
 * stay minimisers.
 *
 * f(x) = scale * g((x - centre) / half) + mean, g the network in standard units.
 */
export function standardUnits(points: TrainingPoints, hasConstant: boolean): StandardUnits {
  const { count, inputDimension: d, columns, labels } = points;
  const mean = hasConstant ? labels.reduce((sum, y) => sum + y, 0) / count : 0;
  const scale = Math.sqrt(labels.reduce((sum, y) => sum + (y - mean) ** 2, 0) / count) || 1;
  let [centre, half] = [0, 1];
  if (d === 1) {
    const [least, largest] = columns
      .subarray(0, count)
      .reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)] as const, [Infinity, -Infinity] as const);
    centre = (least + largest) / 2;
    half = (largest - least) / 2 || 1;
  }
  /** What input weights are multiplied by and output weights divided by, so that balanced neurons stay balanced. */
  const balance = Math.sqrt(scale * half);
  const rows = columns.map((x, i) => (d === 1 && i < count ? (x - centre) / half : x));
  return {
    points: { ...points, columns: rows, labels: labels.map((y) => (y - mean) / scale) },
    toData: ({ inputWeights, biases, outputWeights, skipWeights, skipBias }) => ({
      inputWeights: inputWeights.map((row) => row.map((w) => (w * balance) / half)),
      biases: biases.map((b, k) => balance * (b - shift(inputWeights[k]!, centre / half))),
      outputWeights: outputWeights.map((v) => (v * scale) / balance),
      skipWeights: skipWeights?.map((w) => (w * scale) / half) ?? null,
      skipBias: skipBias === null ? null : mean + scale * (skipBias - shift(skipWeights, centre / half)),
    }),
    toStandard: ({ inputWeights, biases, outputWeights, skipWeights, skipBias }) => ({
      inputWeights: inputWeights.map((row) => row.map((w) => (w * half) / balance)),
      biases: biases.map((b, k) => (b + shift(inputWeights[k]!, centre)) / balance),
      outputWeights: outputWeights.map((v) => (v * balance) / scale),
      skipWeights: skipWeights?.map((w) => (w * half) / scale) ?? null,
      skipBias: skipBias === null ? null : (skipBias - mean + shift(skipWeights, centre)) / scale,
    }),
  };
}

/** What a change of the origin adds: 0 unless there is one input, since `by` is 0 then. */
function shift(weights: readonly number[] | null, by: number): number {
  return by === 0 || weights === null ? 0 : weights[0]! * by;
}
