import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { PlainNetwork } from '../train/parameters.js';
import { KNOTS_KEPT, type Polyline } from './rows.js';

/** Part of the width of the data that a picture shows on either side of them. */
const MARGIN = 0.1;

/** The stretch that pictures show: the data and a little more. */
export function shownStretch(from: number, to: number): readonly [number, number] {
  const margin = to > from ? MARGIN * (to - from) : 1;
  return [from - margin, to + margin];
}

/** The same for a problem with one input. */
export function stretchOf(problem: Problem): readonly [number, number] {
  const x = problem.inputs[0]!;
  return shownStretch(x.value(0).toNumber(), x.value(problem.size - 1).toNumber());
}

/** The graph of a function between two x, in doubles; null when it has more corners than are kept. */
export function polyline(f: PiecewiseLinear, [from, to]: readonly [number, number]): Polyline | null {
  if (f.knots.length > KNOTS_KEPT) return null;
  const inside = f.knots
    .map(({ at, slopeChange }) => ({ at: at.toNumber(), slopeChange: slopeChange.toNumber() }))
    .filter(({ at }) => at < to);
  return corners(f.slope.toNumber(), f.intercept.toNumber(), inside, from, to);
}

/** A bend of a trained function: doubles. */
export interface Bend {
  readonly at: number;
  readonly slopeChange: number;
}

/** The bends of a trained network with one input, from left to right: products |v w| above the threshold. */
export function bendsOf(network: PlainNetwork, threshold: number): Bend[] {
  const bends: Bend[] = [];
  network.inputWeights.forEach((row, k) => {
    const w = row[0]!;
    const slopeChange = network.outputWeights[k]! * Math.abs(w);
    if (Math.abs(slopeChange) > threshold) bends.push({ at: -network.biases[k]! / w, slopeChange });
  });
  return bends.sort((a, b) => a.at - b.at);
}

/** The graph of a trained network with one input, all neurons counted; null when it has more corners than are kept. */
export function polylineOfNetwork(
  network: PlainNetwork,
  [from, to]: readonly [number, number],
): Polyline | null {
  if (network.outputWeights.length > KNOTS_KEPT) return null;
  const value = (x: number) =>
    network.outputWeights.reduce(
      (sum, v, k) => sum + v * Math.max(0, network.inputWeights[k]![0]! * x + network.biases[k]!),
      (network.skipWeights?.[0] ?? 0) * x + (network.skipBias ?? 0),
    );
  const inside = bendsOf(network, 0).filter(({ at }) => from < at && at < to);
  const x = [from, ...inside.map(({ at }) => at), to];
  return { x, y: x.map(value) };
}

function corners(
  slope: number,
  intercept: number,
  bends: readonly Bend[],
  from: number,
  to: number,
): Polyline {
  const value = (x: number) =>
    bends.reduce((sum, bend) => sum + bend.slopeChange * Math.max(0, x - bend.at), slope * x + intercept);
  const x = [from, ...bends.map(({ at }) => at).filter((at) => at > from), to];
  return { x, y: x.map(value) };
}
