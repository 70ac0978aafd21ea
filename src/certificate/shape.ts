/** What a function must be like; at least one is there. */
export interface ShapeText {
  /** Every slope is at least this, "p/q". */
  readonly minSlope?: string;
  /** Every slope is at most this. */
  readonly maxSlope?: string;
  readonly curvature?: 'convex' | 'concave';
}

/** Every function of the shape through all windows has at least lowerBound knots, and `function` has upperBound; without bounds: there is none. */
export interface ShapeClaim {
  readonly kind: 'shape';
  readonly shape: ShapeText;
  /** Together with the upper bound. */
  readonly lowerBound?: number;
  readonly upperBound?: number;
}

/**
 * Points that no function of the shape serves: two whose windows are too far apart for the slopes, or three, of which the middle one lies on
 * the wrong side.
 */
export interface ShapeConflictProof {
  readonly kind: 'shape-conflict';
  readonly points: readonly number[];
}
