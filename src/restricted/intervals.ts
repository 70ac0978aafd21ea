import { sign } from '../exact/bigint.js';
import { nearestDouble } from '../exact/rational.js';

/** A value Y / W in integer units of y, W > 0; `near` is the nearest double, or NaN where doubles are not to be trusted. */
export interface Value {
  readonly Y: bigint;
  readonly W: bigint;
  readonly near: number;
}

/** Closed; null: no end. */
export interface Interval {
  readonly low: Value | null;
  readonly high: Value | null;
}

/** Doubles up to here leave room for the products of an orientation test. */
const LARGEST = 2 ** 480;

export function valueFrom(Y: bigint, W: bigint): Value {
  const near = W === 1n ? Number(Y) : nearestDouble({ numerator: Y, denominator: W });
  return { Y, W, near: Math.abs(near) <= LARGEST ? near : Number.NaN };
}

/** Rounding is monotone: different doubles are ordered as the values are. */
export function compareValues(a: Value, b: Value): number {
  const difference = a.near - b.near;
  if (difference < 0 || difference > 0) return difference;
  return sign(a.Y * b.W - b.Y * a.W);
}

/** a <= b for a low end a and a high end b: no end is beyond everything. */
export function isBelow(a: Value | null, b: Value | null): boolean {
  return a === null || b === null || compareValues(a, b) <= 0;
}

/**
 * Closed intervals from left to right, none of which meets another: a set of values. On a grid they are ranges of its values, and
 * neighbouring ranges are one.
 */
export class IntervalSet {
  /** @param step the step of the grid, in integer units; 0: none */
  constructor(
    readonly intervals: readonly Interval[],
    private readonly step: bigint,
  ) {}

  with(added: Interval): IntervalSet {
    let { low, high } = added;
    const before: Interval[] = [];
    const after: Interval[] = [];
    for (const interval of this.intervals) {
      if (!isBelow(low, this.next(interval.high))) before.push(interval);
      else if (!isBelow(interval.low, this.next(high))) after.push(interval);
      else {
        low =
          low === null || interval.low === null
            ? null
            : compareValues(interval.low, low) < 0
              ? interval.low
              : low;
        high =
          high === null || interval.high === null
            ? null
            : compareValues(interval.high, high) > 0
              ? interval.high
              : high;
      }
    }
    return new IntervalSet([...before, { low, high }, ...after], this.step);
  }

  /** What this set has beyond another one, with the ends where the two meet (on a grid: without them). */
  beyond({ intervals }: IntervalSet): Interval[] {
    let rest: Interval[] = [...this.intervals];
    for (const { low, high } of intervals) {
      rest = rest.flatMap((interval) => {
        if (!isBelow(interval.low, high) || !isBelow(low, interval.high)) return [interval];
        const left = low !== null && (interval.low === null || compareValues(interval.low, low) < 0);
        const right = high !== null && (interval.high === null || compareValues(high, interval.high) < 0);
        return [
          ...(left ? [{ low: interval.low, high: this.moved(low, -1n) }] : []),
          ...(right ? [{ low: this.moved(high, 1n), high: interval.high }] : []),
        ];
      });
    }
    return rest;
  }

  private next(high: Value | null): Value | null {
    return high === null ? null : this.moved(high, 1n);
  }

  private moved(value: Value, by: bigint): Value {
    return this.step === 0n ? value : valueFrom(value.Y + by * this.step * value.W, value.W);
  }
}
