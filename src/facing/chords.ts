import { abs, bitLength, gcd } from '../exact/bigint.js';
import type { Problem } from '../problem/problem.js';
import type { CutGraph } from './cuts.js';
import { POINT } from './cuts.js';
import type { Interval } from './ends.js';

/**
 * Most bits of all slopes together over their common denominator. Inputs without a common unit have denominators as long as all of them in
 * a row; then only what needs few slopes at a time is tried.
 */
const MOST_BITS = 2 ** 28;

/** The chords of exact labels in the integer units of the columns: slope of chord g = slopes[g] / denominator. */
export interface Chords {
  readonly x: readonly bigint[];
  readonly y: readonly bigint[];
  readonly slopes: readonly bigint[];
  readonly denominator: bigint;
  /** What an addition of such numbers costs, 1 up to 1,024 binary digits. */
  readonly cost: number;
}

/** The slopes of all chords over one denominator, or null when that is too long. */
export function chordsOf(problem: Problem): Chords | null {
  const { size } = problem;
  const x = Array.from({ length: size }, (_, i) => problem.inputs[0]!.integer(i));
  const y = Array.from({ length: size }, (_, i) => problem.lower.integer(i));
  let denominator = 1n;
  for (let g = 0; g < size - 1; g++) {
    const run = x[g + 1]! - x[g]!;
    const rise = y[g + 1]! - y[g]!;
    const own = run / gcd(run, rise);
    if (denominator % own === 0n) continue;
    denominator *= own / gcd(denominator, own);
    if (bitLength(denominator) * size > MOST_BITS) return null;
  }
  const slopes = x.slice(1).map((right, g) => ((y[g + 1]! - y[g]!) * denominator) / (right - x[g]!));
  const height = bitLength(y.reduce((all, value) => all | abs(value), 0n));
  // Values of chords anywhere on the data are at most that long.
  const bits = bitLength(denominator) + height + bitLength(x.at(-1)! - x[0]!) + 2;
  return { x, y, slopes, denominator, cost: 1 + (bits >> 10) };
}

/** A linear functional of a line that a refutation uses: its slope, or its value at a data point. */
export type Direction = 'slope' | number;

/**
 * What a direction makes of every piece of a graph: the closed interval of its values, in integers over the denominator of the chords.
 *
 * The lines through a data point whose slopes lie between those of two chords at this point have values between the values of those
 * chords: so the value of every chord is all that is needed, and for each piece whether values rise or fall with the slope.
 */
export function pieceIntervals(chords: Chords, { pieces }: CutGraph, direction: Direction): Interval[] {
  const values = chordValues(chords, direction);
  const intervals: Interval[] = [];
  for (let piece = 0; piece < pieces.count; piece++) {
    const at = pieces.at[piece]!;
    const low = pieces.low[piece]!;
    const high = pieces.high[piece]!;
    // Rising: right of the point, or of the gap of a cone (a data point never lies inside it).
    const rising = direction === 'slope' || direction > at;
    if (pieces.kind[piece] === POINT && direction === at) {
      const value = values[low < 0 ? high : low]!;
      intervals.push([value, value]);
    } else {
      const least = low < 0 ? null : values[low]!;
      const greatest = high < 0 ? null : values[high]!;
      intervals.push(rising ? [least, greatest] : [greatest, least]);
    }
  }
  return intervals;
}

/** The slope of every chord, or its value at a data point; over the denominator of the chords. */
export function chordValues({ x, y, slopes, denominator }: Chords, direction: Direction): readonly bigint[] {
  if (direction === 'slope') return slopes;
  const place = x[direction]!;
  return slopes.map((slope, g) => y[g]! * denominator + slope * (place - x[g]!));
}
