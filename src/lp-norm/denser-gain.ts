import type { GainBounds } from './tile-gains.js';
import type { Tiling } from './tiling.js';

/** The best tiling that is not sparsest, compared with a sparsest one. */
export interface DenserGain {
  /** Upper bound on (sum of gains of it) - (sum of gains of the reference). -Infinity when there is no such tiling. */
  readonly bound: number;
  /** Writes the tiling that attains the bound. */
  tiling(): Tiling;
}

/**
 * The largest gain, over a sparsest reference tiling, of a tiling that is not sparsest, with upper bounds for its tiles and
 * lower bounds for the reference's. Tiles that both have cancel exactly, so only the stretches where they differ count.
 *
 * Automaton: tiles 1 alternate between even and odd positions (see `Tiling`), so a tiling is not sparsest exactly when it has a
 * tile 1 at an odd position. States at boundary k: whether that has happened, and whether the last tile is a 1 (a 1 never
 * follows a 1). O(L) time; sums are carried as pairs of doubles, whose roundings are covered by a slack at the end.
 */
export class DenserTilings {
  private readonly high: Float64Array;
  private readonly low: Float64Array;
  private readonly from: Uint8Array;

  constructor(private readonly points: number) {
    this.high = new Float64Array(4 * (points + 1));
    this.low = new Float64Array(4 * (points + 1));
    this.from = new Uint8Array(4 * (points + 1));
  }

  best(bounds: GainBounds, reference: Tiling): DenserGain {
    const { points, high } = this;
    high.fill(Number.NEGATIVE_INFINITY);
    const { singleUpper, doubleUpper } = bounds;
    // ends[k]: what the reference loses at boundary k (the lower bound of its tile ending there); begins[k]: its tile there.
    const ends = new Float64Array(points + 2);
    const begins = new Uint8Array(points + 1);
    for (let t = 0; t < reference.length; t++) {
      const start = reference[t]!;
      const end = t + 1 < reference.length ? reference[t + 1]! : points;
      begins[start] = end - start;
      ends[end] = end - start === 1 ? bounds.singleLower[start]! : bounds.doubleLower[start]!;
    }
    let largest = 0;
    high[AFTER_DOUBLE] = 0;
    for (let k = 0; k < points; k++) {
      const common = begins[k]!;
      const single = common === 1 ? 0 : difference(singleUpper[k]!, ends[k + 1]!);
      const odd = (k & 1) === 1;
      // Tile 1: never after a tile 1. At an odd position the tiling stops being sparsest.
      this.relax(k, AFTER_DOUBLE, k + 1, odd ? DENSER : 0, single);
      this.relax(k, DENSER + AFTER_DOUBLE, k + 1, DENSER, single);
      if (k + 1 < points) {
        const double = common === 2 ? 0 : difference(doubleUpper[k]!, ends[k + 1]! + ends[k + 2]!);
        for (let state = 0; state < 4; state++) {
          this.relax(k, state, k + 2, (state & DENSER) | AFTER_DOUBLE, double);
        }
      }
      for (let state = 0; state < 4; state++) {
        const size = Math.abs(high[4 * k + state]!);
        if (size !== Number.POSITIVE_INFINITY && size > largest) largest = size;
      }
    }
    const last = 4 * points + DENSER;
    const end = high[last]! >= high[last + AFTER_DOUBLE]! ? DENSER : DENSER + AFTER_DOUBLE;
    // At most two pair additions per boundary, each with relative error below 2^-100, and one rounding of the pair.
    const value = high[4 * points + end]!;
    const bound = value + 2 ** -52 * Math.abs(value) + points * 2 ** -98 * largest;
    return { bound: Number.isNaN(bound) ? Number.POSITIVE_INFINITY : bound, tiling: () => this.trace(end) };
  }

  /** Offers the value of (k, state) + gain to the state at boundary `to`. */
  private relax(k: number, state: number, to: number, target: number, gain: number): void {
    const { high, low, from } = this;
    const a = high[4 * k + state]!;
    if (a === Number.NEGATIVE_INFINITY) return;
    // TwoSum of the high parts, then renormalised.
    const sum = a + gain;
    const part = sum - a;
    const rest = a - (sum - part) + (gain - part) + low[4 * k + state]!;
    const top = sum + rest;
    const index = 4 * to + target;
    const bottom = rest - (top - sum);
    if (top > high[index]! || (top === high[index]! && bottom > low[index]!) || Number.isNaN(top)) {
      high[index] = Number.isNaN(top) ? Number.POSITIVE_INFINITY : top;
      low[index] = Number.isNaN(bottom) ? 0 : bottom;
      from[index] = state;
    }
  }

  private trace(end: number): Tiling {
    const starts: number[] = [];
    for (let k = this.points, state = end; k > 0; ) {
      const before = this.from[4 * k + state]!;
      k -= (state & AFTER_DOUBLE) === 0 ? 1 : 2;
      starts.push(k);
      state = before;
    }
    return Int32Array.from(starts.reverse());
  }
}

/** State bits. */
const AFTER_DOUBLE = 1;
const DENSER = 2;

/** a - b, rounded up enough. */
function difference(a: number, b: number): number {
  return a - b + 2 ** -52 * (Math.abs(a) + Math.abs(b));
}

/** Offsets that tie within this count as equal and the first is taken, so that the checker takes the same one. */
const TIE = 2 ** -40;

/**
 * The even offset whose sparsest tiling has the largest sum of gains (an odd number of points). Plain doubles: any sparsest
 * tiling may serve as reference, a good one makes the bounds sharp.
 */
export function bestSingle(single: Float64Array, double: Float64Array, points: number): number {
  if (points % 2 === 0) return 0;
  let best = 0;
  let value = 0;
  let largest = 0;
  for (let t = 2; t < points; t += 2) {
    // The tiles 1, 2 at t - 2 become 2, 1.
    value += double[t - 2]! + single[t]! - single[t - 2]! - double[t - 1]!;
    if (value > largest + TIE) {
      largest = value;
      best = t;
    }
  }
  return best;
}
