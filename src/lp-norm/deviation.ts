import { equalMultisets } from '../exact/power-sum.js';
import type { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import type { Bends, Savings } from './savings.js';
import { lengthOfTile, type Tiling } from './tiling.js';

/**
 * A stretch start .. end of boundaries on which another tiling leaves a given one, with a boundary of both at its ends and none in common
 * between. There the two alternate, so the stretch determines the other tiling: it takes the tiles 2 at the boundaries of the stretch at which
 * the given one has none. Every tiling differs from the given one by disjoint deviations, whose gains add up. Hence the given tiling
 * is a cheapest one exactly when no deviation gains.
 */
export interface Deviation {
  readonly start: number;
  readonly end: number;
}

/** Exact slope changes of the tiles of the given tiling on the stretch of a deviation, and of those that replace them. */
export interface DeviationChanges {
  readonly given: readonly Rational[];
  readonly other: readonly Rational[];
}

/** The exact slope change of a tile of a run. */
export type ExactChange = (start: number, length: 1 | 2) => Rational;

/** Whether a deviation costs more for every p of the interval, where bounds do not show it. */
export type Loses = (changes: DeviationChanges) => boolean;

/** What `findDeviation` found. */
export type Found =
  /** One that may gain; null: none. */
  | {
      readonly deviation: Deviation | null;
      readonly changes: DeviationChanges | null;
      readonly tied: boolean;
    }
  /** Bounds tell too little: shorten the interval. */
  | 'unclear';

/** A start of deviations, with bounds on the gain since then at both ends of the interval, with and without bends. */
interface Start {
  readonly at: number;
  /** The given tiling has a tile 1 there, over which the other one takes a tile 2; else the other one has the tile 1. */
  readonly overSingle: boolean;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
  /** Tiles 2 taken since then less those given up. */
  count: number;
  /** The last end at which this deviation ties with the given tiling at every p. */
  tie: number;
}

/**
 * Looks for a deviation that may cost no more than the given tiling somewhere on the interval [left.p, right.p]. Proved when there is none:
 * then every tiling either costs more for every p of the interval, or ties with the given one for every p (`tied`: some does).
 *
 * The gain of a deviation is the savings of the tiles 2 taken less those of the tiles 2 given up: between two tiles 1 of the given tiling a
 * difference of prefix sums, G(end) - G(start). So one start is enough at every boundary, the one with the least G: others are
 * dropped when it is certain that their G is larger for every p, or that it is the same for every p because the slope changes in between
 * are the same numbers. Then the later one stays, a normal form that keeps comparisons short. O(points) time when doubles tell starts apart.
 */
export function* findDeviation(
  tiling: Tiling,
  points: number,
  left: Savings,
  right: Savings,
  bends: Bends,
  exact: ExactChange,
  loses: Loses,
): Steps<Found> {
  const scan = new Scan(left, right, bends, exact, loses);
  for (let i = 0; i < tiling.length; i++) {
    const at = tiling[i]!;
    const nextIsSingle = i + 1 < tiling.length && lengthOfTile(tiling, i + 1, points) === 1;
    if (lengthOfTile(tiling, i, points) === 1) {
      scan.starts = [];
      if (i + 1 === tiling.length) break;
      // Two neighbouring tiles 1 always cost more than a tile 2.
      if (nextIsSingle) return scan.found(at, at + 2, true);
      scan.starts.push(emptyStart(at, true));
      scan.take(at);
      continue;
    }
    if (!scan.begin(at)) return 'unclear';
    scan.give(at);
    // The deviation ends with a tile 1 on the second point, or with a tile 2 over that and a tile 1 of the given tiling, or goes on.
    let found = scan.close(at + 2);
    if (found === null && i + 1 < tiling.length) {
      scan.take(at + 1);
      if (nextIsSingle) found = scan.close(at + 3);
    }
    if (found !== null) return found;
    if (i % STARTS_PER_STEP === 0) yield;
  }
  return { deviation: null, changes: null, tied: scan.tied };
}

const STARTS_PER_STEP = 4096;

/** More starts than this that bounds cannot tell apart: the interval is too long. */
const MOST_STARTS = 24;

function emptyStart(at: number, overSingle: boolean): Start {
  return { at, overSingle, upper: new Float64Array(4), lower: new Float64Array(4), count: 0, tie: at };
}

class Scan {
  starts: Start[] = [];
  tied = false;
  /** The savings of the four bounds, and whether they are bent. */
  private readonly sets: readonly (readonly [Savings, boolean])[];

  constructor(
    left: Savings,
    private readonly right: Savings,
    private readonly bends: Bends,
    private readonly exact: ExactChange,
    private readonly loses: Loses,
  ) {
    this.sets = [
      [left, false],
      [right, false],
      [left, true],
      [right, true],
    ];
  }

  /** The tile 2 at t joins the deviations that are open. */
  take(t: number): void {
    for (const start of this.starts) {
      start.count++;
      for (let s = 0; s < 4; s++) {
        const [least, most] = this.bounds(t, s, this.bends.lower, this.bends.upper);
        start.upper[s] = up(start.upper[s]!, most);
        start.lower[s] = -up(-start.lower[s]!, -least);
      }
    }
  }

  /** The tile 2 at t of the given tiling is given up in them. */
  give(t: number): void {
    for (const start of this.starts) {
      start.count--;
      for (let s = 0; s < 4; s++) {
        const [least, most] = this.bounds(t, s, this.bends.lower, this.bends.upper);
        start.upper[s] = up(start.upper[s]!, -least);
        start.lower[s] = -up(-start.lower[s]!, most);
      }
    }
  }

  /** Saving at t, less its largest bend, and less its least one: what bounds a gain from below when taken, and from above. */
  private bounds(
    t: number,
    s: number,
    lower: Float64Array,
    upper: Float64Array,
  ): [least: number, most: number] {
    const [{ high, low, error }, bent] = this.sets[s]!;
    const value = high[t]! + low[t]!;
    const slack = error[t]! + 2 ** -52 * Math.abs(value);
    return bent ? [value - slack - upper[t]!, value + slack - lower[t]!] : [value - slack, value + slack];
  }

  /** Near p = 0 savings count as (s - 1) / p: every tile 2 more has another 1 / p, at least 1 / b and without bound. */
  private extra(count: number, side: 1 | -1): number {
    if (this.right.form !== 'zero' || count === 0) return 0;
    return Math.sign(count) === side ? side * Infinity : count / this.right.p;
  }

  private isBelow(start: Start): boolean {
    const extra = this.extra(start.count, 1);
    return start.upper.every((bound) => bound + extra < 0);
  }

  private isAbove(start: Start): boolean {
    const extra = this.extra(start.count, -1);
    return start.lower.every((bound) => bound + extra > 0);
  }

  /** Deviations may also start here, with a tile 1. False when there are too many starts to choose from. */
  begin(at: number): boolean {
    const kept: Start[] = [];
    let needed = true;
    for (const start of this.starts) {
      // The gain since that start: below 0, this one is better; above 0, that one; 0 for every p, this one will do.
      if (this.isBelow(start)) continue;
      if (this.isAbove(start)) needed = false;
      else if (
        this.mayTie(start) &&
        this.agree(start.at, at + 1, start.overSingle ? 2 : 1, start.overSingle ? 1 : 2)
      )
        continue;
      kept.push(start);
    }
    if (needed) kept.push(emptyStart(at, false));
    this.starts = kept;
    return kept.length <= MOST_STARTS;
  }

  /** Deviations may end here: one that may gain, or null. */
  close(end: number): Found | null {
    for (const start of this.starts) {
      if (this.isBelow(start)) continue;
      if (this.mayTie(start)) {
        // Only what is new since the last tie: there the other tiling would have gone back with a tile 1.
        const ties =
          start.tie > start.at
            ? this.agree(start.tie - 1, end, 2, 1)
            : this.agree(start.at, end, start.overSingle ? 2 : 1, start.overSingle ? 1 : 2);
        if (ties) {
          start.tie = end;
          this.tied = true;
          continue;
        }
      }
      const found = this.found(start.at, end, start.overSingle);
      if (!this.loses(found.changes!)) return found;
    }
    return null;
  }

  found(start: number, end: number, overSingle: boolean) {
    const changes = {
      given: this.tiles(start, end, overSingle ? 1 : 2),
      other: this.tiles(start, end, overSingle ? 2 : 1),
    };
    return { deviation: { start, end }, changes, tied: this.tied };
  }

  private mayTie({ count, lower, upper }: Start): boolean {
    return count === 0 && lower[0]! <= 0 && lower[1]! <= 0 && upper[0]! >= 0 && upper[1]! >= 0;
  }

  /** Whether two tilings of from .. to have the same slope changes: one tile of the given length first, then tiles 2, a tile 1 where one point is left. */
  private agree(from: number, to: number, first: 1 | 2, otherFirst: 1 | 2): boolean {
    return equalMultisets(this.tiles(from, to, first), this.tiles(from, to, otherFirst));
  }

  private tiles(from: number, to: number, first: 1 | 2): Rational[] {
    const changes = [this.exact(from, first)];
    for (let at = from + first; at < to; at += 2) changes.push(this.exact(at, at + 1 < to ? 2 : 1));
    return changes;
  }
}

/** a + b, rounded up enough. */
function up(a: number, b: number): number {
  const sum = a + b;
  return sum + 2 ** -51 * (Math.abs(a) + Math.abs(b));
}
