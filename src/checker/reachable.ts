import type { ReachableProof } from '../certificate/restricted.js';
import { floorDivide, lcm, sign } from '../exact/bigint.js';
import { roundedOrientation } from '../exact/orientation.js';
import { nearestDouble, Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { hasLower, hasUpper } from '../problem/windows.js';
import { guard } from './verdict.js';

/** Most values of a grid that sweeps start from: a range of many is short in a file. */
const MOST_STARTS = 4_000_000;

/** The place (X, Y / W) in integer units, W > 0, and the doubles next to it (NaN where they are not to be trusted). */
interface Corner {
  readonly X: bigint;
  readonly Y: bigint;
  readonly W: bigint;
  readonly x: number;
  readonly y: number;
}

/** Values at one place; null: no end. On a grid the multiples of the step between the ends. */
interface Range {
  readonly low: Corner | null;
  readonly high: Corner | null;
}

const rule = 'restricted-reachable';

/**
 * levels -> no function has fewer knots than there are levels and one more (`closed`: no function at all fits).
 *
 * Level 0 is the window of the first point. One piece from a value of level j leads only to values at later positions that are in a level up
 * to j + 1, and never past the last point. So after j knots a function is in levels up to j, and it is not done.
 */
export function checkReachable(
  problem: Problem,
  positions: readonly Rational[],
  valuesOn: Rational | null,
  { levels }: ReachableProof,
  closed: boolean,
): void {
  const places = new Places(problem, positions, valuesOn);
  const known = positions.map((): Range[] => []);
  let starts = 0;
  let level: (readonly [position: number, range: Range])[] = [[-1, places.first()]];
  for (let j = 0; ; j++) {
    const next = levels[j];
    const later = next?.map(([position, low, high]) => {
      guard(
        position >= 0 && position < positions.length,
        rule,
        () => `position ${position}: expected one of 0 .. ${positions.length - 1}`,
      );
      const range = places.range(position, low, high);
      known[position] = places.joined([...known[position]!, range]);
      return [position, range] as const;
    });
    for (const [position, range] of level) {
      for (const start of places.starts(range)) {
        guard(++starts <= MOST_STARTS, rule, () => `more than ${MOST_STARTS} values of a grid`);
        places.sweep(position, start, next === undefined && !closed ? null : known, j);
      }
    }
    if (later === undefined) return;
    level = later;
  }
}

class Places {
  private readonly lows: (Corner | null)[];
  private readonly highs: (Corner | null)[];
  private readonly X: bigint[];
  private readonly at: bigint[];
  /** Units of x and y, and the step of the grid in units of y; 0n: none. */
  private readonly unit: readonly [x: Rational, y: Rational];
  private readonly step: bigint;

  constructor(
    private readonly problem: Problem,
    positions: readonly Rational[],
    valuesOn: Rational | null,
  ) {
    const { inputs, lower, upper, size } = problem;
    const x = inputs[0]!;
    const unitOf = (values: readonly Rational[]) =>
      Rational.of(
        1n,
        values.reduce((d, { denominator }) => lcm(d, denominator), 1n),
      );
    const grid = valuesOn === null ? [] : [valuesOn];
    this.unit = [
      unitOf([x.integerScale, ...positions]),
      unitOf([lower.integerScale, upper.integerScale, ...grid]),
    ];
    const [unitX, unitY] = this.unit;
    const [fx, fl, fu] = [
      x.integerScale.divide(unitX),
      lower.integerScale.divide(unitY),
      upper.integerScale.divide(unitY),
    ];
    this.step = valuesOn === null ? 0n : valuesOn.divide(unitY).numerator;
    this.X = Array.from({ length: size }, (_, i) => x.integer(i) * fx.numerator);
    this.at = positions.map((t) => t.divide(unitX).numerator);
    this.lows = this.X.map((X, i) =>
      hasLower(problem, i) ? corner(X, lower.integer(i) * fl.numerator) : null,
    );
    this.highs = this.X.map((X, i) =>
      hasUpper(problem, i) ? corner(X, upper.integer(i) * fu.numerator) : null,
    );
  }

  /** The window of the first point. */
  first(): Range {
    return this.window(0);
  }

  private window(i: number): Range {
    return { low: this.lows[i]!, high: this.highs[i]! };
  }

  range(position: number, low: string | null, high: string | null): Range {
    const end = (text: string | null) => {
      if (text === null) return null;
      const { numerator, denominator } = Rational.parse(text).divide(this.unit[1]);
      return corner(this.at[position]!, numerator, denominator);
    };
    const range = { low: end(low), high: end(high) };
    guard(isBelow(range.low, range.high), rule, () => `position ${position}: ${low} is above ${high}`);
    return range;
  }

  /** Ranges of one place that meet (on a grid: or are neighbours) as one. */
  joined(ranges: readonly Range[]): Range[] {
    const sorted = [...ranges].sort((a, b) =>
      a.low === null ? -1 : b.low === null ? 1 : compare(a.low, b.low),
    );
    const joined: Range[] = [];
    for (const range of sorted) {
      const last = joined.at(-1);
      const gap = this.step;
      const reach = last?.high && corner(last.high.X, last.high.Y + gap * last.high.W, last.high.W);
      if (last === undefined || !isBelow(range.low, reach ?? null)) joined.push(range);
      else {
        const isLonger = last.high !== null && (range.high === null || compare(last.high, range.high) < 0);
        joined[joined.length - 1] = { low: last.low, high: isLonger ? range.high : last.high };
      }
    }
    return joined;
  }

  /** A range itself, or on a grid each of its values. */
  *starts({ low, high }: Range): Generator<Range> {
    if (this.step === 0n) yield { low, high };
    else {
      guard(low !== null && high !== null, rule, () => 'a range of values on a grid has two ends');
      const [first, last] = this.multiples(low, high);
      for (let Y = first; Y <= last; Y += this.step) {
        const value = corner(low.X, Y);
        yield { low: value, high: value };
      }
    }
  }

  private multiples(low: Fraction, high: Fraction): [first: bigint, last: bigint] {
    const first = -floorDivide(-low.Y, low.W * this.step) * this.step;
    return [first, floorDivide(high.Y, high.W * this.step) * this.step];
  }

  /** Lines from a range at a position (-1: at the first point) to the right, until none is left: where they pass a position they are in `known`. */
  sweep(position: number, start: Range, known: readonly (readonly Range[])[] | null, level: number): void {
    const { X, at, problem } = this;
    const from = position < 0 ? X[0]! : at[position]!;
    const lines = new Lines(start);
    let i = firstAfter(X, from);
    for (let p = position + 1; p < at.length; p++) {
      for (; i < problem.size && X[i]! <= at[p]!; i++) if (!lines.meet(this.lows[i]!, this.highs[i]!)) return;
      if (known === null) continue;
      const window = X[i - 1] === at[p] ? this.window(i - 1) : { low: null, high: null };
      guard(
        this.isIn(lines, at[p]!, window, known[p]!),
        rule,
        () =>
          `one piece from level ${level} at position ${position} reaches position ${p} outside the levels up to ${level + 1}`,
      );
    }
    for (; i < problem.size; i++) if (!lines.meet(this.lows[i]!, this.highs[i]!)) return;
    const end = lines.at(X[problem.size - 1]!, this.window(problem.size - 1));
    const [first, last] =
      this.step === 0n || end.low === null || end.high === null
        ? [0n, 0n]
        : this.multiples(end.low, end.high);
    guard(
      first > last,
      rule,
      () => `one piece from level ${level} at position ${position} passes the last point`,
    );
  }

  /** Are the values of the lines at a place, cut by the window there, in one of the ranges? */
  private isIn(lines: Lines, X: bigint, window: Range, ranges: readonly Range[]): boolean {
    if (this.step === 0n) return ranges.some((range) => lines.areIn(window, range));
    const { low, high } = lines.at(X, window);
    if (low === null || high === null) return false;
    const [first, last] = this.multiples(low, high);
    if (first > last) return true;
    const values = { low: corner(X, first), high: corner(X, last) };
    return ranges.some((range) => isBelow(range.low, values.low) && isBelow(values.high, range.high));
  }
}

/** Y / W, W > 0. */
type Fraction = Pick<Corner, 'Y' | 'W'>;

type Chord = readonly [Corner, Corner];

/**
 * The lines that have met all windows so far, by the lowest and the highest at places further right; null where nothing limits them.
 * The highest goes through a low end and a later high end, and no low end lies above it: its first corner is on the upper hull of low ends.
 */
class Lines {
  private lowest: Chord | null = null;
  private highest: Chord | null = null;
  private readonly lows: Corner[] = [];
  private readonly highs: Corner[] = [];

  constructor({ low, high }: Range) {
    if (low !== null) this.lows.push(low);
    if (high !== null) this.highs.push(high);
  }

  /** @returns false when no line is left */
  meet(low: Corner | null, high: Corner | null): boolean {
    const { lowest, highest, lows, highs } = this;
    if (low !== null && highest !== null && turn(highest, low) > 0) return false;
    if (high !== null && lowest !== null && turn(lowest, high) < 0) return false;
    if (low !== null && highs.length > 0 && (lowest === null || turn(lowest, low) >= 0))
      this.lowest = [tangent(highs, low, -1), low];
    if (high !== null && lows.length > 0 && (highest === null || turn(highest, high) <= 0))
      this.highest = [tangent(lows, high, 1), high];
    if (low !== null) push(lows, low, 1);
    if (high !== null) push(highs, high, -1);
    return true;
  }

  /** The values at a place to the right of all windows met, or at the last of them, whose window is given. */
  at(X: bigint, window: Range): { low: Fraction | null; high: Fraction | null } {
    const { lowest, highest } = this;
    return {
      low: lowest === null ? window.low : valueAt(lowest, X),
      high: highest === null ? window.high : valueAt(highest, X),
    };
  }

  areIn(window: Range, { low, high }: Range): boolean {
    const { lowest, highest } = this;
    const isAbove =
      low === null ||
      (lowest !== null ? turn(lowest, low) <= 0 : window.low !== null && compare(low, window.low) <= 0);
    const isUnder =
      high === null ||
      (highest !== null ? turn(highest, high) >= 0 : window.high !== null && compare(window.high, high) <= 0);
    return isAbove && isUnder;
  }
}

/** The hull keeps what lies on it from left to right: side 1 an upper hull, -1 a lower one. */
function push(hull: Corner[], c: Corner, side: 1 | -1): void {
  while (hull.length >= 2 && turn([hull.at(-2)!, hull.at(-1)!], c) * side >= 0) hull.pop();
  hull.push(c);
}

/** The corner of the hull from which the line to c leaves no other on the wrong side: by bisection, slopes to c change but once. */
function tangent(hull: readonly Corner[], c: Corner, side: 1 | -1): Corner {
  let [low, high] = [0, hull.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (turn([hull[middle]!, hull[middle + 1]!], c) * side <= 0) low = middle + 1;
    else high = middle;
  }
  return hull[low]!;
}

/** Sign of c - (the line through a and b at the place of c), exact. */
function turn([a, b]: Chord, c: Corner): number {
  const rounded = roundedOrientation(a.x, a.y, b.x, b.y, c.x, c.y);
  if (rounded !== 0) return rounded;
  const rise = b.Y * a.W - a.Y * b.W;
  return sign((b.X - a.X) * (c.Y * a.W - a.Y * c.W) * b.W - rise * (c.X - a.X) * c.W);
}

function valueAt([a, b]: Chord, X: bigint): Fraction {
  return { Y: a.Y * b.W * (b.X - X) + b.Y * a.W * (X - a.X), W: a.W * b.W * (b.X - a.X) };
}

function corner(X: bigint, Y: bigint, W = 1n): Corner {
  return { X, Y, W, x: double(X, 1n), y: double(Y, W) };
}

/** The nearest double; NaN beyond what `roundedOrientation` may be given. */
function double(numerator: bigint, denominator: bigint): number {
  const value = nearestDouble({ numerator, denominator });
  return Math.abs(value) <= 2 ** 480 ? value : Number.NaN;
}

function compare(a: Fraction, b: Fraction): number {
  return sign(a.Y * b.W - b.Y * a.W);
}

/** For a low end a and a high end b: no end is beyond everything. */
function isBelow(a: Fraction | null, b: Fraction | null): boolean {
  return a === null || b === null || compare(a, b) <= 0;
}

function firstAfter(X: readonly bigint[], from: bigint): number {
  let [low, high] = [0, X.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (X[middle]! <= from) low = middle + 1;
    else high = middle;
  }
  return low;
}
