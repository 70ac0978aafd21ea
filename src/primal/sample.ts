import { type Cloud, skipWidth } from './cloud.js';

/** The points that least squares looks at, in doubles: all of a cloud or some of it. */
export interface Sample {
  /** Number of points. */
  readonly size: number;
  /** D. */
  readonly width: number;
  /** size x D. */
  readonly x: Float64Array;
  /** The windows aimed at: those of the cloud, perhaps narrowed. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** What was taken off every window at each end. */
  readonly margins: Float64Array;
  /** Columns that enter linearly, the skip: size x linear. */
  readonly linear: number;
  readonly columns: Float64Array;
}

/** The points of a cloud with the given indices (all: null), with the windows of the cloud. */
export function sampleOf(cloud: Cloud, indices: ArrayLike<number> | null = null): Sample {
  const { width } = cloud;
  const size = indices === null ? cloud.size : indices.length;
  const linear = skipWidth(cloud);
  const pick = (values: Float64Array): Float64Array =>
    indices === null ? values.slice() : Float64Array.from(indices, (n) => values[n]!);
  let x = cloud.x;
  if (indices !== null) {
    x = new Float64Array(size * width);
    for (let m = 0; m < size; m++) {
      x.set(cloud.x.subarray(indices[m]! * width, (indices[m]! + 1) * width), m * width);
    }
  }
  return {
    size,
    width,
    x,
    lower: pick(cloud.lower),
    upper: pick(cloud.upper),
    margins: new Float64Array(size),
    linear,
    columns: linear === width ? x : new Float64Array(size * linear).fill(1),
  };
}

/** Takes the given share of its width off every window at each end: what fits then leaves room for rounding. */
export function narrow({ size, lower, upper, margins }: Sample, share: number): void {
  for (let n = 0; n < size; n++) {
    const low = lower[n]! - margins[n]!;
    const high = upper[n]! + margins[n]!;
    const margin = share * (high - low);
    margins[n] = margin;
    lower[n] = low + margin;
    upper[n] = high - margin;
  }
}
