import type { Rational } from '../exact/rational.js';

/** What a function of one input must be like. */
export interface Shape {
  /** Every slope is at least this; null: no limit. */
  readonly minSlope: Rational | null;
  /** Every slope is at most this; null: no limit. */
  readonly maxSlope: Rational | null;
  readonly curvature: 'convex' | 'concave' | null;
}

export const ANY_SHAPE: Shape = { minSlope: null, maxSlope: null, curvature: null };

export function isAnyShape({ minSlope, maxSlope, curvature }: Shape): boolean {
  return minSlope === null && maxSlope === null && curvature === null;
}
