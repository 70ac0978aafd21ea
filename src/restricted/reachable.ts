import { lcm } from '../exact/bigint.js';
import { maximum, minimum, Rational } from '../exact/rational.js';
import { simplestWithin } from '../exact/simplest.js';
import type { Steps } from '../exact/steps.js';
import { InputError } from '../problem/input-error.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import { throughPlaces } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { hasLower, hasUpper } from '../problem/windows.js';
import { type Interval, IntervalSet, type Value, valueFrom } from './intervals.js';
import { Sweep, type SweepPoints } from './sweep.js';

/** Values at a position that a function can have with a number of knots before it, and not with fewer. */
export interface Reached {
  /** Index of the position. */
  readonly position: number;
  /** Null: no end. */
  readonly low: Rational | null;
  readonly high: Rational | null;
}

/** The fewest knots of a function with knots at given positions. */
export type PositionedSolution = {
  /** levels[j]: what j + 1 knots reach and fewer do not; as many as the bound less 1, or all where no function fits. */
  readonly levels: readonly (readonly Reached[])[];
} & (
  | {
      readonly status: 'optimal';
      readonly knots: number;
      readonly places: readonly Place[];
      readonly function: PiecewiseLinear;
    }
  | { readonly status: 'infeasible' }
);

/** A place and the value there: the ends of the data, and the knots between. */
export type Place = readonly [x: Rational, y: Rational];

/** Values on a grid that are looked at, all positions together: beyond, the question is refused. */
const MOST_GRID_VALUES = 2_000_000;

/** A position between the first and the last point. */
interface Position {
  readonly X: bigint;
  readonly near: number;
  /** The point at this place; -1: none. */
  readonly point: number;
  /** Points up to and at this place: the next one has this number. */
  readonly next: number;
}

/** A part of what is reached at a position; position -1 is the first point, where the function begins. */
interface Piece extends Interval {
  readonly position: number;
}

/**
 * The fewest knots of a function through all windows with knots only at the given positions, and with values on a grid where one is given.
 *
 * Level 0 is the window of the first point. From every interval of level j a sweep to the right (`Sweep`) gives the values that one piece
 * leads to at every later position, until no line goes on: knot j + 1 lies there. Level j + 1 is what this adds to the levels before. The first
 * level from which a sweep gets past the last point has as many knots as are needed; when a level is empty no function fits.
 */
export class ReachableValues {
  /** Levels that are complete: from none of them a sweep gets past the last point. */
  private readonly levels: Piece[][] = [];
  private readonly points: SweepPoints;
  private readonly positions: readonly Position[];
  private readonly reach: IntervalSet[];
  private readonly sweep: Sweep;
  /** A unit of x, of y, and the step of the grid in units of y (0n: none). */
  private readonly unit: { readonly x: Rational; readonly y: Rational };
  private readonly step: bigint;

  /**
   * @param problem one input, no window empty
   * @param knotsOn strictly increasing, strictly between the first and the last point
   * @param valuesOn the step of the grid; null: any values
   * @throws InputError when values are on a grid and a position is no point, or has a window without end, or there are too many values
   */
  constructor(
    private readonly problem: Problem,
    private readonly knotsOn: readonly Rational[],
    valuesOn: Rational | null,
  ) {
    const x = problem.inputs[0]!;
    const { size, lower, upper } = problem;
    const common = (values: readonly Rational[]) =>
      Rational.of(
        1n,
        values.reduce((d, value) => lcm(d, value.denominator), 1n),
      );
    this.unit = {
      x: common([x.integerScale, ...knotsOn]),
      y: common([lower.integerScale, upper.integerScale, ...(valuesOn === null ? [] : [valuesOn])]),
    };
    const { x: unitX, y: unitY } = this.unit;
    this.step = valuesOn === null ? 0n : valuesOn.divide(unitY).numerator;
    const factors = [x, lower, upper].map(({ integerScale }, k) =>
      integerScale.divide(k === 0 ? unitX : unitY),
    );
    const [fx, fl, fu] = factors.map(({ numerator }) => numerator) as [bigint, bigint, bigint];
    const X = Array.from({ length: size }, (_, i) => x.integer(i) * fx);
    const points = Array.from({ length: size }, (_, i) => i);
    this.points = {
      X,
      near: Float64Array.from(X, toDouble),
      low: points.map((i) => (hasLower(problem, i) ? valueFrom(lower.integer(i) * fl, 1n) : null)),
      high: points.map((i) => (hasUpper(problem, i) ? valueFrom(upper.integer(i) * fu, 1n) : null)),
    };
    let next = 0;
    this.positions = knotsOn.map((t): Position => {
      const at = t.divide(unitX).numerator;
      while (X[next]! <= at) next++;
      return { X: at, near: toDouble(at), point: X[next - 1] === at ? next - 1 : -1, next };
    });
    this.reach = this.positions.map(() => new IntervalSet([], this.step));
    this.sweep = new Sweep(this.points);
    if (valuesOn !== null) this.requireGrid(valuesOn);
  }

  private requireGrid(valuesOn: Rational): void {
    const { problem, positions, points, knotsOn } = this;
    let values = 0n;
    for (const p of [-1, ...positions.keys(), positions.length]) {
      const i = p < 0 ? 0 : p === positions.length ? problem.size - 1 : positions[p]!.point;
      if (i < 0)
        throw new InputError(
          `--values-on: the position ${knotsOn[p]} is no point of the data, so that nothing limits the values there; with values on a grid let knots be on data (--knots-on data)`,
        );
      const [low, high] = [points.low[i]!, points.high[i]!];
      if (low === null || high === null)
        throw new InputError(
          `--values-on: the window at x = ${problem.inputs[0]!.value(i)} has no end on one side, and so infinitely many values of the grid; give both ends`,
        );
      values += (high.Y - low.Y) / this.step + 1n;
    }
    if (values > MOST_GRID_VALUES)
      throw new InputError(
        `--values-on: ${values} values of the grid of ${valuesOn} lie in the windows, at most ${MOST_GRID_VALUES} can be looked at; take a larger step or fewer positions`,
      );
  }

  /** Knots that are known to be needed. */
  get lowerBound(): number {
    return this.levels.length;
  }

  /** The levels known so far, as a proof of the lower bound lists them: what is reached from the last of them need not be listed. */
  get reached(): readonly (readonly Reached[])[] {
    return this.levels.slice(1).map((level) => level.map((piece) => this.written(piece)));
  }

  /** Goes on until it is known; yields between sweeps. */
  *solve(): Steps<PositionedSolution> {
    const { points, problem } = this;
    let level: Piece[] = this.onGrid({ low: points.low[0]!, high: points.high[0]! }, -1);
    for (;;) {
      if (level.length === 0) return { status: 'infeasible', levels: this.reached };
      const before = new Map<number, IntervalSet>();
      for (const piece of level) {
        for (const start of this.startsOf(piece)) {
          yield;
          if (this.sweepFrom(start, piece.position, before) && this.ends())
            return this.found(level, this.sweep.valuesAt(points.X[problem.size - 1]!, this.lastWindow()));
        }
      }
      this.levels.push(level);
      level = [...before]
        .sort(([p], [q]) => p - q)
        .flatMap(([position, old]) =>
          this.reach[position]!.beyond(old).map((interval) => ({ ...this.reduced(interval), position })),
        );
    }
  }

  /** Where sweeps start: from an interval, or on a grid from each of its values. */
  private *startsOf({ low, high }: Piece): Generator<Interval> {
    if (this.step === 0n) yield { low, high };
    else
      for (let { Y } = low!; Y <= high!.Y; Y += this.step) {
        const value = valueFrom(Y, 1n);
        yield { low: value, high: value };
      }
  }

  /**
   * One sweep; what it reaches joins `reach`, and `before` keeps what was there.
   * @returns false when no line passes the last window
   */
  private sweepFrom(start: Interval, from: number, before: Map<number, IntervalSet>): boolean {
    const { sweep, points, positions, problem } = this;
    const { size } = problem;
    const place = positions[from];
    let point = place?.next ?? 1;
    sweep.from(place?.X ?? points.X[0]!, place?.near ?? points.near[0]!, start);
    for (let p = from + 1; p < positions.length; p++) {
      const { X, near, point: at, next } = positions[p]!;
      for (; point < next; point++) if (!sweep.meet(point)) return false;
      const cut = at < 0 ? null : { low: points.low[at]!, high: points.high[at]! };
      const known = this.reach[p]!;
      if (known.intervals.some((interval) => sweep.isWithin(X, near, cut, interval))) continue;
      const { low, high } = sweep.valuesAt(X, cut);
      const values = { low: low && valueFrom(low.Y, low.W), high: high && valueFrom(high.Y, high.W) };
      for (const added of this.onGrid(values, p)) {
        if (!before.has(p)) before.set(p, known);
        this.reach[p] = this.reach[p]!.with(added);
      }
    }
    for (; point < size; point++) if (!sweep.meet(point)) return false;
    return true;
  }

  /** Without a grid the interval itself; else the range of its values on the grid, if there are any. */
  private onGrid({ low, high }: Interval, position: number): Piece[] {
    if (this.step === 0n) return [{ low, high, position }];
    const step = this.step;
    const first = ceilingDivide(low!.Y, low!.W * step) * step;
    const last = -ceilingDivide(-high!.Y, high!.W * step) * step;
    return first <= last ? [{ low: valueFrom(first, 1n), high: valueFrom(last, 1n), position }] : [];
  }

  private lastWindow(): Interval {
    const last = this.problem.size - 1;
    return { low: this.points.low[last]!, high: this.points.high[last]! };
  }

  /** Does a line of the sweep that has passed all windows end on the grid? */
  private ends(): boolean {
    const { problem, points } = this;
    if (this.step === 0n || problem.size === 1) return true;
    const { low, high } = this.sweep.valuesAt(points.X[problem.size - 1]!, this.lastWindow());
    return this.onGrid({ low: valueFrom(low!.Y, low!.W), high: valueFrom(high!.Y, high!.W) }, 0).length > 0;
  }

  /** From the values at the last point back through the levels: at each one a piece that leads to the value chosen before. */
  private found(
    last: readonly Piece[],
    ends: { low: { Y: bigint; W: bigint } | null; high: { Y: bigint; W: bigint } | null },
  ): PositionedSolution {
    const { points, problem, positions } = this;
    const levels = [...this.levels, last];
    const size = problem.size;
    const rational = (value: { Y: bigint; W: bigint } | null) =>
      value === null ? null : Rational.of(value.Y, value.W);
    let X = points.X[size - 1]!;
    let y = this.chosen(rational(ends.low), rational(ends.high))!;
    let p = positions.length;
    const places = [this.place(X, y)];
    for (let j = levels.length - 1; j >= 0 && size > 1; j--) {
      const pieces = new Map<number, Piece[]>();
      for (const piece of levels[j]!)
        pieces.set(piece.position, [...(pieces.get(piece.position) ?? []), piece]);
      [p, y] = this.stepBack(p, X, y, pieces);
      X = p < 0 ? points.X[0]! : positions[p]!.X;
      places.push(this.place(X, y));
    }
    places.reverse();
    return {
      status: 'optimal',
      knots: levels.length - 1,
      levels: this.reached,
      places: size > 1 ? places : [places[0]!, [places[0]![0].add(Rational.one), places[0]![1]]],
      function: throughPlaces(places),
    };
  }

  /** A position before p in one of the pieces, from which a line goes through all windows between to (X, y). */
  private stepBack(
    p: number,
    X: bigint,
    y: Rational,
    pieces: ReadonlyMap<number, readonly Piece[]>,
  ): [position: number, y: Rational] {
    const { points, positions, problem } = this;
    // Slopes of lines through (X, y) that have met all windows so far; null: no limit.
    let least: Rational | null = null;
    let most: Rational | null = null;
    let point = (positions[p]?.next ?? problem.size) - 1;
    if (points.X[point] === X) point--;
    for (let q = p - 1; q >= -1; q--) {
      const at = q < 0 ? points.X[0]! : positions[q]!.X;
      for (; point >= 0 && points.X[point]! >= at; point--) {
        const distance = Rational.of(X - points.X[point]!);
        const [low, high] = [points.low[point]!, points.high[point]!];
        if (high !== null) least = greater(least, y.subtract(Rational.of(high.Y)).divide(distance));
        if (low !== null) most = smaller(most, y.subtract(Rational.of(low.Y)).divide(distance));
      }
      const distance = Rational.of(X - at);
      const low: Rational | null = most && y.subtract(most.multiply(distance));
      const high: Rational | null = least && y.subtract(least.multiply(distance));
      for (const piece of pieces.get(q) ?? []) {
        const from = greater(low, piece.low && Rational.of(piece.low.Y, piece.low.W));
        const to = smaller(high, piece.high && Rational.of(piece.high.Y, piece.high.W));
        if (from !== null && to?.lessThan(from)) continue;
        const value = this.chosen(from, to);
        if (value !== null) return [q, value];
      }
    }
    throw new RangeError('no piece leads here');
  }

  /** A short number between the ends, in units; on a grid one of its values, null when there is none. */
  private chosen(low: Rational | null, high: Rational | null): Rational | null {
    const { y } = this.unit;
    if (this.step === 0n)
      return simplestWithin(low?.multiply(y) ?? null, high?.multiply(y) ?? null).divide(y);
    const value = Rational.of(ceilingDivide(low!.numerator, low!.denominator * this.step) * this.step);
    return value.compare(high!) <= 0 ? value : null;
  }

  private place(X: bigint, y: Rational): Place {
    return [Rational.of(X).multiply(this.unit.x), y.multiply(this.unit.y)];
  }

  private reduced({ low, high }: Interval): Interval {
    const reduce = (value: Value | null) => {
      if (value === null || value.W === 1n) return value;
      const { numerator, denominator } = Rational.of(value.Y, value.W);
      return { Y: numerator, W: denominator, near: value.near };
    };
    return { low: reduce(low), high: reduce(high) };
  }

  private written({ position, low, high }: Piece): Reached {
    const rational = (value: Value | null) =>
      value === null ? null : Rational.of(value.Y, value.W).multiply(this.unit.y);
    return { position, low: rational(low), high: rational(high) };
  }
}

function toDouble(value: bigint): number {
  return valueFrom(value, 1n).near;
}

function greater(a: Rational | null, b: Rational | null): Rational | null {
  return a === null ? b : b === null ? a : maximum(a, b);
}

function smaller(a: Rational | null, b: Rational | null): Rational | null {
  return a === null ? b : b === null ? a : minimum(a, b);
}

/** For b > 0. */
function ceilingDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a > 0n && quotient * b !== a ? quotient + 1n : quotient;
}
