import { powerExponent, scaledPower } from '../exact/enclosure.js';
import { powerSumSign } from '../exact/power-sum.js';
import type { Rational } from '../exact/rational.js';
import { finish, type Steps } from '../exact/steps.js';
import type { SlopeChanges } from './slope-changes.js';
import { type ScaledCost, scaleFactor, scaleLoss, type TileCosts, tileCosts } from './tile-costs.js';
import type { Tiling } from './tiling.js';

/** Bits of the middle stages, between doubles and the exact sign; relative to the largest cost of a stretch. */
const MIDDLE_BITS = [192, 768, 3072] as const;

/** Points of a stretch from which on a middle stage of more bits is cheaper than sums over the whole stretch. */
const LONG_STRETCH = 32;

/** Points of the recursion between two steps. */
const POINTS_PER_STEP = 65_536;

/** What is known of the choice of the last tile at a boundary. */
const SINGLE = 1;
const DOUBLE = 2;
const TIE = 3;
const UNDECIDED = 4;

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
  private readonly middle: readonly MiddleStage[];

  /** @param costs of all tiles at p */
  constructor(
    readonly changes: SlopeChanges,
    private readonly p: Rational,
    readonly costs: TileCosts = finish(tileCosts(changes, p)),
  ) {
    this.middle = MIDDLE_BITS.map((bits) => new MiddleStage(changes, p, bits));
  }

  /** The cheapest tiling of the run of that many points at `first`. */
  ofRun(first: number, points: number): CheapestTiling {
    return finish(this.ofRunInSteps(first, points));
  }

  *ofRunInSteps(first: number, points: number): Steps<CheapestTiling> {
    if (points <= 2) return { starts: Int32Array.of(0), unique: true };
    // Phase 1: the recursion.
    const recursion = new Recursion(this.costs, first, points);
    for (let until = POINTS_PER_STEP; recursion.k < points; until += POINTS_PER_STEP) {
      while (!recursion.advance(Math.min(until, points))) {
        recursion.choose(yield* this.decide(first, recursion.base, recursion.k + 1));
        yield;
      }
      yield;
    }
    // Phase 2: back from the end; only choices on the way matter for uniqueness.
    const { choice } = recursion;
    let unique: CheapestTiling['unique'] = true;
    for (let k = points; k > 0; k -= choice[k] === SINGLE ? 1 : 2) {
      if (choice[k] === TIE) unique = false;
      else if (choice[k] === UNDECIDED && unique) unique = 'undecided';
    }
    return { starts: startsOf(choice), unique };
  }

  /**
   * What doubles say of the same: a tiling that is about the cheapest, and the cheapest cost within an error. No decision is asked for: the
   * minimum of two numbers is known as well as these are.
   */
  estimateRun(first: number, points: number): { starts: Tiling; cost: ScaledCost } {
    const { single, singleError, double, doubleError, scales } = this.costs;
    const scale = (i: number) =>
      scales === null ? 0 : Math.max(scales.single[i]!, i < first + points - 1 ? scales.double[i]! : 0);
    let most = scales === null ? 0 : -Infinity;
    if (scales !== null) for (let i = first; i < first + points; i++) most = Math.max(most, scale(i));
    const at = (values: Float64Array, own: Int16Array | undefined, i: number) =>
      values[i]! * scaleFactor(own === undefined ? 0 : most - own[i]!);
    const choice = new Uint8Array(points + 1);
    choice[1] = SINGLE;
    // best(k - 1) and best(k - 2) with their errors, and once a step what falls out of the doubles.
    const loss = scales === null ? 0 : 2 * scaleLoss(1);
    let before = 0;
    let beforeError = 0;
    let best = at(single, scales?.single, first);
    let error = at(singleError, scales?.single, first) + loss;
    for (let k = 2; k <= points; k++) {
      const one = best + at(single, scales?.single, first + k - 1);
      const two = before + at(double, scales?.double, first + k - 2);
      const oneError = error + at(singleError, scales?.single, first + k - 1);
      const twoError = beforeError + at(doubleError, scales?.double, first + k - 2);
      choice[k] = two <= one ? DOUBLE : SINGLE;
      before = best;
      beforeError = error;
      best = Math.min(one, two);
      error = Math.max(oneError, twoError) * (1 + 2 ** -50) + 2 ** -52 * Math.max(one, two) + loss;
    }
    return { starts: startsOf(choice), cost: { value: best, error, scale: most } };
  }

  /** e_i = e_j, exactly. */
  private equalSingles(i: number, j: number): boolean {
    const { single, singleError } = this.changes;
    if (singleError[i] === 0 && singleError[j] === 0) return single[i] === single[j];
    const slack = (singleError[i]! + singleError[j]! + 2 ** -50) * single[i]!;
    if (Math.abs(single[i]! - single[j]!) > slack) return false;
    const a = this.changes.quotient(i, 1);
    const b = this.changes.quotient(j, 1);
    return a.numerator * b.denominator === b.numerator * a.denominator;
  }

  /**
   * Sign of w1(k-1) + D(k-1) - w2(k-2) on the stretch that began at `base`:
   * D(k-1) = w2(k-3) - w2(k-4) + .. -+ w2(base-1) +- w1(base-1).
   */
  private *decide(first: number, base: number, k: number): Steps<number> {
    if (base < 0) return UNDECIDED;
    // The most common tie: 1 2 against 2 1 over e, e', e, on uniform grids.
    if (base === k - 2 && this.equalSingles(first + k - 3, first + k - 1)) return TIE;
    for (const stage of this.middle.slice(0, k - base < LONG_STRETCH ? 1 : undefined)) {
      const early = yield* stage.compare(first, base, k);
      if (early !== 0) return early > 0 ? DOUBLE : SINGLE;
    }
    const plus: Rational[] = [this.changes.exact(first + k - 1, 1)];
    const minus: Rational[] = [];
    for (let t = k; t > base; t--) {
      const into = (k - t) % 2 === 0 ? minus : plus;
      into.push(this.changes.exact(first + t - 2, 2));
      if (t % POWERS_PER_STEP === 0) yield;
    }
    const last = (k - base) % 2 === 1 ? plus : minus;
    last.push(this.changes.exact(first + base - 1, 1));
    const sign = yield* powerSumSign(plus, minus, this.p);
    return sign === null ? UNDECIDED : sign === 0 ? TIE : sign > 0 ? DOUBLE : SINGLE;
  }
}

/** The recursion of one run as far as doubles take it. */
class Recursion {
  /** For each boundary what is known of the last tile before it. */
  readonly choice: Uint8Array;
  /** The last boundary that is done. */
  k = 1;
  /** The last boundary with D(base) = w1(base - 1), -1 when a stretch began undecided. */
  base = 1;
  /** D(k) in units of 2^(SCALE_BITS scale). */
  private difference: number;
  private error: number;
  private scale: number;

  constructor(
    private readonly costs: TileCosts,
    private readonly first: number,
    points: number,
  ) {
    this.choice = new Uint8Array(points + 1);
    this.choice[1] = SINGLE;
    this.difference = costs.single[first]!;
    this.error = costs.singleError[first]!;
    this.scale = costs.scales?.single[first] ?? 0;
  }

  /** Goes on to a boundary; false where doubles do not tell what comes next: then `choose`. */
  advance(until: number): boolean {
    const { single, singleError, double, doubleError, scales } = this.costs;
    const { choice, first } = this;
    if (scales !== null) return this.advanceScaled(until);
    let { k, base, difference, error } = this;
    let told = true;
    while (told && k < until) {
      const i = first + k + 1;
      const one = single[i - 1]!;
      const two = double[i - 2]! - difference;
      const twoError = doubleError[i - 2]! + error + 2 ** -52 * Math.abs(two);
      const gap = one - two;
      const bound = singleError[i - 1]! + twoError + 2 ** -52 * Math.abs(gap);
      if (gap > bound) {
        choice[++k] = DOUBLE;
        difference = two;
        error = twoError;
      } else if (gap < -bound) {
        choice[++k] = SINGLE;
        difference = one;
        error = singleError[i - 1]!;
        base = k;
      } else told = false;
    }
    this.k = k;
    this.base = base;
    this.difference = difference;
    this.error = error;
    return told;
  }

  private advanceScaled(until: number): boolean {
    while (this.k < until) {
      const { one, two, gap, bound } = this.next();
      if (gap > bound) this.take(DOUBLE, two);
      else if (gap < -bound) this.take(SINGLE, one);
      else return false;
    }
    return true;
  }

  /** Goes on by the one boundary that doubles left open. */
  choose(decision: number): void {
    const { one, two, gap, bound } = this.next();
    if (decision === DOUBLE) this.take(DOUBLE, two);
    else if (decision === UNDECIDED)
      this.take(UNDECIDED, { ...one, error: one.error + Math.abs(gap) + bound });
    // On a tie both branches have this value; the shorter expression of it is kept.
    else this.take(decision, one);
  }

  private take(decision: number, { value, error, scale }: ScaledCost): void {
    this.choice[++this.k] = decision;
    this.difference = value;
    this.error = error;
    this.scale = scale;
    if (decision !== DOUBLE) this.base = decision === UNDECIDED ? -1 : this.k;
  }

  /** The two branches of D(k + 1), and their difference with its error bound. */
  private next(): { one: ScaledCost; two: ScaledCost; gap: number; bound: number } {
    const { single, singleError, double, doubleError, scales } = this.costs;
    const i = this.first + this.k + 1;
    const oneScale = scales?.single[i - 1] ?? 0;
    const doubleScale = scales?.double[i - 2] ?? 0;
    const twoScale = Math.max(doubleScale, this.scale);
    const upDouble = twoScale - doubleScale;
    const upDifference = twoScale - this.scale;
    const two = double[i - 2]! * scaleFactor(upDouble) - this.difference * scaleFactor(upDifference);
    const twoError =
      doubleError[i - 2]! * scaleFactor(upDouble) +
      this.error * scaleFactor(upDifference) +
      scaleLoss(upDouble) +
      scaleLoss(upDifference) +
      2 ** -52 * Math.abs(two);
    const scale = Math.max(oneScale, twoScale);
    const upOne = scaleFactor(scale - oneScale);
    const upTwo = scaleFactor(scale - twoScale);
    const gap = single[i - 1]! * upOne - two * upTwo;
    const bound =
      singleError[i - 1]! * upOne +
      twoError * upTwo +
      scaleLoss(scale - oneScale) +
      scaleLoss(scale - twoScale) +
      2 ** -52 * Math.abs(gap);
    return {
      one: { value: single[i - 1]!, error: singleError[i - 1]!, scale: oneScale },
      two: { value: two, error: twoError, scale: twoScale },
      gap,
      bound,
    };
  }
}

/** Where the tiles of the chosen tiling begin. */
function startsOf(choice: Uint8Array): Tiling {
  const starts: number[] = [];
  for (let k = choice.length - 1; k > 0; ) {
    k -= choice[k] === SINGLE ? 1 : 2;
    starts.push(k);
  }
  return Int32Array.from(starts.reverse());
}

/** Powers of a middle stage between two steps. */
const POWERS_PER_STEP = 64;

/** D in fixed point along one stretch, so that a run with many close decisions still takes O(L) powers. */
class MiddleStage {
  private first = -1;
  private base = -1;
  /** D(at) lies in [lower, upper] * 2^(exponent - bits). */
  private at = -1;
  private lower = 0n;
  private upper = 0n;
  private exponent = 0;

  constructor(
    private readonly changes: SlopeChanges,
    private readonly p: Rational,
    private readonly bits: number,
  ) {}

  /** Sign of w1(k-1) + D(k-1) - w2(k-2), 0 when these digits do not tell. */
  *compare(first: number, base: number, k: number): Steps<-1 | 0 | 1> {
    if (this.first !== first || this.base !== base) {
      this.lower = 0n;
      this.upper = 0n;
      const start = this.cost(first + base - 1, 1, true);
      this.first = first;
      this.base = base;
      this.at = base;
      this.lower = start.lower;
      this.upper = start.upper;
    }
    for (; this.at < k - 1; this.at++) {
      const tile = this.cost(first + this.at - 1, 2);
      [this.lower, this.upper] = [tile.lower - this.upper, tile.upper - this.lower];
      if (this.at % POWERS_PER_STEP === 0) yield;
    }
    const one = this.cost(first + k - 1, 1);
    const exponent = this.exponent;
    const two = this.cost(first + k - 2, 2);
    const moved = BigInt(this.exponent - exponent);
    if ((one.lower >> moved) + this.lower > two.upper) return 1;
    if (-(-one.upper >> moved) + this.upper < two.lower) return -1;
    return 0;
  }

  /**
   * A tile's cost in the units of D. A cost above 2^exponent moves the units up first, so that all digits go to the larger numbers: one
   * that is far larger than all others decides alone.
   * @param begins take the units of this cost
   */
  private cost(i: number, length: 1 | 2, begins = false): { lower: bigint; upper: bigint } {
    const change = this.changes.quotient(i, length);
    const exponent = powerExponent(change, this.p);
    if (begins) this.exponent = exponent;
    const up = exponent - this.exponent;
    if (up > 0) {
      this.lower >>= BigInt(up);
      this.upper = -(-this.upper >> BigInt(up));
      this.exponent = exponent;
    }
    return scaledPower(change, this.p, this.bits, this.exponent);
  }
}
