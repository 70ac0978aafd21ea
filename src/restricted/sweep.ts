import { sign } from '../exact/bigint.js';
import { roundedOrientation } from '../exact/orientation.js';
import type { Interval, Value } from './intervals.js';

/** Points with windows, on integer units; `near` is the nearest double, NaN where doubles are not to be trusted. Null: no end. */
export interface SweepPoints {
  readonly X: readonly bigint[];
  readonly near: Float64Array;
  readonly low: readonly (Value | null)[];
  readonly high: readonly (Value | null)[];
}

const LOW = 0;
const HIGH = 1;

/** Ends of windows that can still limit a line, as a stack whose front moves right: points by their numbers. */
interface Hull {
  readonly points: Int32Array;
  front: number;
  back: number;
}

/**
 * The lines from an interval of values at one place through windows to the right of it, by their two extremes: U of largest slope, through a
 * low end and a later high end, and L of smallest slope, through a high end and a later low end (`fewestKnotsThroughWindows`; there all ends
 * are data, here the first window is any interval, and ends may be missing). An extreme that nothing limits is vertical: -1.
 *
 * To the right of all windows met, the lines take exactly the values [L, U].
 */
export class Sweep {
  /** The number of the interval that the lines start from. */
  private readonly start: number;
  private startX = 0n;
  private startNear = 0;
  private readonly ends: readonly [(Value | null)[], (Value | null)[]];
  private upA = -1;
  private upB = -1;
  private loA = -1;
  private loB = -1;
  private readonly below: Hull;
  private readonly above: Hull;

  constructor(private readonly points: SweepPoints) {
    const size = points.X.length;
    this.start = size;
    this.ends = [
      [...points.low, null],
      [...points.high, null],
    ];
    this.below = { points: new Int32Array(size + 1), front: 0, back: 0 };
    this.above = { points: new Int32Array(size + 1), front: 0, back: 0 };
  }

  /** Starts anew at an interval; `near` is the double next to X. */
  from(X: bigint, near: number, { low, high }: Interval): void {
    const { start, below, above } = this;
    this.startX = X;
    this.startNear = near;
    this.ends[LOW][start] = low;
    this.ends[HIGH][start] = high;
    this.upA = this.upB = this.loA = this.loB = -1;
    below.front = below.back = above.front = above.back = 0;
    if (low !== null) below.points[below.back++] = start;
    if (high !== null) above.points[above.back++] = start;
  }

  /** Meets the window of point c, right of all before. @returns false when no line reaches it */
  meet(c: number): boolean {
    const low = this.ends[LOW][c]!;
    const high = this.ends[HIGH][c]!;
    if (low !== null && this.upA >= 0 && this.turn(this.upA, LOW, this.upB, HIGH, c, low) > 0) return false;
    if (high !== null && this.loA >= 0 && this.turn(this.loA, HIGH, this.loB, LOW, c, high) < 0) return false;
    const { below, above } = this;
    const moveLower =
      low !== null &&
      (this.loA < 0 ? above.back > above.front : this.turn(this.loA, HIGH, this.loB, LOW, c, low) >= 0);
    const moveUpper =
      high !== null &&
      (this.upA < 0 ? below.back > below.front : this.turn(this.upA, LOW, this.upB, HIGH, c, high) <= 0);
    if (moveLower) {
      this.loA = this.tangent(above, HIGH, -1, c, low);
      this.loB = c;
    }
    if (moveUpper) {
      this.upA = this.tangent(below, LOW, 1, c, high);
      this.upB = c;
    }
    if (low !== null) this.push(below, LOW, 1, c, low);
    if (high !== null) this.push(above, HIGH, -1, c, high);
    return true;
  }

  /**
   * Are the values that the lines take at a place within an interval?
   * @param cut the window of that very place, which has been met; null: it has none
   */
  isWithin(X: bigint, near: number, cut: Interval | null, { low, high }: Interval): boolean {
    if (low !== null) {
      if (this.loA >= 0) {
        if (this.side(this.loA, HIGH, this.loB, LOW, X, near, low) > 0) return false;
      } else if (cut?.low == null || cut.low.Y * low.W < low.Y * cut.low.W) return false;
    }
    if (high === null) return true;
    if (this.upA >= 0) return this.side(this.upA, LOW, this.upB, HIGH, X, near, high) >= 0;
    return cut?.high != null && cut.high.Y * high.W <= high.Y * cut.high.W;
  }

  /** The values that the lines take at a place: Y and W of each end, not in lowest terms. */
  valuesAt(X: bigint, cut: Interval | null): { low: Ratio | null; high: Ratio | null } {
    return {
      low: this.loA < 0 ? (cut?.low ?? null) : this.value(this.loA, HIGH, this.loB, LOW, X),
      high: this.upA < 0 ? (cut?.high ?? null) : this.value(this.upA, LOW, this.upB, HIGH, X),
    };
  }

  /** The line through (a, endA) and (b, endB) at X; b is no start. */
  private value(a: number, endA: 0 | 1, b: number, endB: 0 | 1, X: bigint): Ratio {
    const { Y, W } = this.ends[endA][a]!;
    const [Xa, Xb] = [a === this.start ? this.startX : this.points.X[a]!, this.points.X[b]!];
    const Yb = this.ends[endB][b]!.Y * W;
    return { Y: Y * (Xb - X) + Yb * (X - Xa), W: W * (Xb - Xa) };
  }

  private turn(a: number, endA: 0 | 1, b: number, endB: 0 | 1, c: number, value: Value): number {
    return this.side(a, endA, b, endB, this.points.X[c]!, this.points.near[c]!, value);
  }

  /** Sign of value - (the line through a and b at X), exact; b is no start, and values at points are integers. */
  private side(
    a: number,
    endA: 0 | 1,
    b: number,
    endB: 0 | 1,
    X: bigint,
    near: number,
    value: Value,
  ): number {
    const { points, start } = this;
    const va = this.ends[endA][a]!;
    const vb = this.ends[endB][b]!;
    const xa = a === start ? this.startNear : points.near[a]!;
    const rounded = roundedOrientation(xa, va.near, points.near[b]!, vb.near, near, value.near);
    if (rounded !== 0) return rounded;
    const Xa = a === start ? this.startX : points.X[a]!;
    const [Wa, W] = [va.W, value.W];
    return sign((points.X[b]! - Xa) * (value.Y * Wa - va.Y * W) - (vb.Y * Wa - va.Y) * (X - Xa) * W);
  }

  private push(hull: Hull, end: 0 | 1, side: 1 | -1, c: number, value: Value): void {
    const { points } = hull;
    while (
      hull.back - hull.front >= 2 &&
      this.turn(points[hull.back - 2]!, end, points[hull.back - 1]!, end, c, value) * side >= 0
    )
      hull.back--;
    points[hull.back++] = c;
  }

  private tangent(hull: Hull, end: 0 | 1, side: 1 | -1, c: number, value: Value): number {
    const { points } = hull;
    while (
      hull.back - hull.front >= 2 &&
      this.turn(points[hull.front]!, end, points[hull.front + 1]!, end, c, value) * side <= 0
    )
      hull.front++;
    return points[hull.front]!;
  }
}

export interface Ratio {
  readonly Y: bigint;
  readonly W: bigint;
}
