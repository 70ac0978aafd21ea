import { Rational } from '../../src/exact/rational.js';
import type { DatasetArrays } from '../../src/problem/dataset.js';
import type { Network } from '../../src/problem/network.js';
import { fromLines, type PiecewiseLinear, toNetwork } from '../../src/problem/piecewise-linear.js';

export const r = (text: string | number) => Rational.parse(`${text}`);

/** The univariate data of the paper, eq. (81)-(82): three knots are needed, the middle one at 0.5. */
export const peakPlateau: DatasetArrays = {
  name: 'peak',
  x: [-2, -1, 0, 1, 2, 3],
  y: [0, 0, 1, 1, 0, 0],
};

/** One neuron from texts: input weight, bias, output weight. */
export type NeuronTexts = readonly [w: string, b: string, v: string];

/** A network with one input from texts; the skip is [slope, constant], or null. */
export function networkOf(
  neurons: readonly NeuronTexts[],
  skip: readonly [string, string] | null = ['0', '0'],
): Network {
  return {
    inputDimension: 1,
    skip: skip === null ? null : { weights: [r(skip[0])], bias: r(skip[1]) },
    neurons: neurons.map(([w, b, v]) => ({ inputWeights: [r(w)], bias: r(b), outputWeight: r(v) })),
  };
}

/** The network of the function that joins the corners (x, y), straight on at both ends, with an affine skip. */
export function joining(corners: readonly (readonly [string | number, string | number])[]): Network {
  return toNetwork(functionJoining(corners));
}

export function functionJoining(
  corners: readonly (readonly [string | number, string | number])[],
): PiecewiseLinear {
  const points = corners.map(([x, y]) => [r(x), r(y)] as const);
  return fromLines(
    points.slice(1).map(([x, y], i) => {
      const [x0, y0] = points[i]!;
      const slope = y.subtract(y0).divide(x.subtract(x0));
      return { slope, intercept: y.subtract(slope.multiply(x)) };
    }),
  );
}
