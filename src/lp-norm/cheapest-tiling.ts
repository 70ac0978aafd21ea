import { doublePair, exponentialOfProduct, logarithms, POWER_ERROR } from '../exact/double-power.js';
import { power } from '../exact/enclosure.js';
import { signOfPowerSum } from '../exact/power-sum.js';
import type { Rational } from '../exact/rational.js';
import type { SlopeChanges } from './slope-changes.js';
import type { Tiling } from './tiling.js';

/** Bits of the middle stage, between doubles and `signOfPowerSum`. */
export const MIDDLE_BITS = 192;

/** What is known of the choice of the last tile at a boundary. */
const SINGLE = 1;
const DOUBLE = 2;
const TIE = 3;
const UNDECIDED = 4;

/** The costs c^p of all tiles, in doubles with absolute error bounds. Same layout as `SlopeChanges`. */
export interface TileCosts {
  readonly single: Float64Array;
  readonly singleError: Float64Array;
  readonly double: Float64Array;
  readonly doubleError: Float64Array;
}

/** One run's cheapest tiling. `unique` speaks of tilings; what rationals and 12288 bits cannot separate is 'undecided'. */
export interface CheapestTiling {
  readonly starts: Tiling;
  readonly unique: boolean | 'undecided';
}

/**
 * Global l^p minimisers, 0 < p < 1, of all runs of one problem by dynamic programming over tilings (Theorem 3.1: the minimisers
 * are vertices of S).
 *
 * best(k) = cost of the cheapest tiling of 0 .. k = min(best(k-1) + w1(k-1), best(k-2) + w2(k-2)). Only differences are needed:
 * D(k) = best(k) - best(k-1) satisfies D(1) = w1(0) and
 *
 *     D(k) = min( w1(k-1), w2(k-2) - D(k-1) ),
 *
 * where the first branch (the last tile is a 1) forgets the past: errors never accumulate beyond it, and two candidates are compared on the
 * stretch on which they differ only. Doubles decide nearly always; then fixed point with MIDDLE_BITS, carried along the stretch;
 * then the exact sign of the sum of powers. Time O(L) per run.
 */
export class CheapestTilings {
  readonly costs: TileCosts;
  private readonly middle: MiddleStage;

  constructor(
    readonly changes: SlopeChanges,
    private readonly p: Rational,
  ) {
    this.costs = tileCosts(changes, p);
    this.middle = new MiddleStage(changes, p);
  }

  /** The cheapest tiling of the run of that many points at `first`. */
  ofRun(first: number, points: number): CheapestTiling {
    if (points <= 2) return { starts: Int32Array.of(0), unique: true };
    const { single, singleError, double, doubleError } = this.costs;
    const choice = new Uint8Array(points + 1);
    // Phase 1: the recursion. `base` is the last boundary with D(base) = w1(base - 1), -1 when a stretch began undecided.
    choice[1] = SINGLE;
    let base = 1;
    let difference = single[first]!;
    let error = singleError[first]!;
    for (let k = 2; k <= points; k++) {
      const i = first + k;
      const one = single[i - 1]!;
      const two = double[i - 2]! - difference;
      const twoError = doubleError[i - 2]! + error + 2 ** -52 * Math.abs(two);
      const gap = one - two;
      const bound = singleError[i - 1]! + twoError + 2 ** -52 * Math.abs(gap);
      let decision = gap > bound ? DOUBLE : gap < -bound ? SINGLE : 0;
      if (decision === 0) decision = this.decide(first, base, k);
      choice[k] = decision;
      if (decision === DOUBLE) {
        difference = two;
        error = twoError;
      } else {
        // On a tie both branches have this value; the shorter expression of it is kept.
        difference = one;
        error = decision === UNDECIDED ? singleError[i - 1]! + Math.abs(gap) + bound : singleError[i - 1]!;
        base = decision === UNDECIDED ? -1 : k;
      }
    }
    // Phase 2: back from the end; only choices on the way matter for uniqueness.
    const starts: number[] = [];
    let unique: CheapestTiling['unique'] = true;
    for (let k = points; k > 0; ) {
      const decision = choice[k]!;
      if (decision === TIE) unique = false;
      else if (decision === UNDECIDED && unique) unique = 'undecided';
      k -= decision === SINGLE ? 1 : 2;
      starts.push(k);
    }
    return { starts: Int32Array.from(starts.reverse()), unique };
  }

  /** e_i = e_j, exactly. */
  private equalSingles(i: number, j: number): boolean {
    const { single, singleError } = this.changes;
    if (singleError[i] === 0 && singleError[j] === 0) return single[i] === single[j];
    const slack = (singleError[i]! + singleError[j]! + 2 ** -50) * single[i]!;
    if (Math.abs(single[i]! - single[j]!) > slack) return false;
    return this.changes.exact(i, 1).equals(this.changes.exact(j, 1));
  }

  /**
   * Sign of w1(k-1) + D(k-1) - w2(k-2) on the stretch that began at `base`:
   * D(k-1) = w2(k-3) - w2(k-4) + .. -+ w2(base-1) +- w1(base-1).
   */
  private decide(first: number, base: number, k: number): number {
    if (base < 0) return UNDECIDED;
    // The most common tie: 1 2 against 2 1 over e, e', e, on uniform grids.
    if (base === k - 2 && this.equalSingles(first + k - 3, first + k - 1)) return TIE;
    const early = this.middle.compare(first, base, k);
    if (early !== 0) return early > 0 ? DOUBLE : SINGLE;
    const plus: Rational[] = [this.changes.exact(first + k - 1, 1)];
    const minus: Rational[] = [];
    for (let t = k; t > base; t--) {
      const into = (k - t) % 2 === 0 ? minus : plus;
      into.push(this.changes.exact(first + t - 2, 2));
    }
    const last = (k - base) % 2 === 1 ? plus : minus;
    last.push(this.changes.exact(first + base - 1, 1));
    const sign = signOfPowerSum(plus, minus, this.p);
    return sign === null ? UNDECIDED : sign === 0 ? TIE : sign > 0 ? DOUBLE : SINGLE;
  }
}

/** D in fixed point along one stretch, so that a run with many close decisions still takes O(L) powers. */
class MiddleStage {
  private first = -1;
  private base = -1;
  /** D(at) lies in [lower, upper] * 2^-MIDDLE_BITS. */
  private at = -1;
  private lower = 0n;
  private upper = 0n;

  constructor(
    private readonly changes: SlopeChanges,
    private readonly p: Rational,
  ) {}

  /** Sign of w1(k-1) + D(k-1) - w2(k-2), 0 when these digits do not tell. */
  compare(first: number, base: number, k: number): -1 | 0 | 1 {
    if (this.first !== first || this.base !== base) {
      const start = power(this.changes.exact(first + base - 1, 1), this.p, MIDDLE_BITS);
      this.first = first;
      this.base = base;
      this.at = base;
      this.lower = start.lower;
      this.upper = start.upper;
    }
    for (; this.at < k - 1; this.at++) {
      const tile = power(this.changes.exact(first + this.at - 1, 2), this.p, MIDDLE_BITS);
      [this.lower, this.upper] = [tile.lower - this.upper, tile.upper - this.lower];
    }
    const one = power(this.changes.exact(first + k - 1, 1), this.p, MIDDLE_BITS);
    const two = power(this.changes.exact(first + k - 2, 2), this.p, MIDDLE_BITS);
    if (one.lower + this.lower > two.upper) return 1;
    if (one.upper + this.upper < two.lower) return -1;
    return 0;
  }
}

function tileCosts(changes: SlopeChanges, p: Rational): TileCosts {
  const single = powers(changes.single, changes.singleError, p);
  const double = powers(changes.double, changes.doubleError, p);
  return {
    single: single.values,
    singleError: single.errors,
    double: double.values,
    doubleError: double.errors,
  };
}

/**
 * c^p in doubles for c known with relative error q <= 2^-30: (1 +- q)^p is within 1 +- 1.01 p q, and the kernel adds
 * POWER_ERROR; rounded up.
 */
function powers(
  bases: Float64Array,
  relativeErrors: Float64Array,
  p: Rational,
): { values: Float64Array; errors: Float64Array } {
  const { high, low } = logarithms(bases);
  const pair = doublePair(p);
  const values = high;
  const errors = low;
  for (let i = 0; i < bases.length; i++) {
    const value = exponentialOfProduct(high[i]!, low[i]!, pair.high, pair.low);
    values[i] = value;
    errors[i] = value * (1.02 * pair.high * relativeErrors[i]! + 1.01 * POWER_ERROR);
  }
  return { values, errors };
}
