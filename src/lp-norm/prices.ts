import { type OtherTiling, SHARE, type Share } from '../certificate/lp-minimum.js';
import { bitLength } from '../exact/bigint.js';
import { powerExponent, scaledPower } from '../exact/enclosure.js';
import { POWER_SUM_PRECISIONS, PowerSum } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';
import { InternalError } from '../problem/internal-error.js';
import type { SlopeChanges } from './slope-changes.js';
import type { TileCosts } from './tile-costs.js';
import type { Tiling } from './tiling.js';

/** The dual of the cheapest tilings: shares as certificates hold them, and a tie when there is one. */
export interface TilePrices {
  readonly shares: readonly Share[];
  readonly other: OtherTiling | null;
}

/** Doubles are taken as integers of this many binary digits. */
const DOUBLE_BITS = 58;

/** Binary digits between the largest and the least cost of a stretch beyond which no prices are sought. */
const WIDEST = 4096;

/** A tile as a place and a length. */
type Tile = readonly [point: number, length: 1 | 2];

/** signs and tiles: sum of signed costs. */
type Sum = readonly (readonly [sign: 1 | -1, tile: Tile])[];

/**
 * Prices of points, 0 < p < 1: the dual solution that proves tilings cheapest. The price of a point is part of the cost of the tile that
 * covers it, and no tile costs less than the prices of its points.
 *
 * Tiles 1 leave no choice. A stretch of neighbouring tiles 2 at t_1 .. t_r is a path: the price a_j of the first point of each may lie between
 *
 *     A_j = min(w1(t_j), w2(t_j - 1) - w2(t_{j-1}) + A_{j-1})      what the tilings allow that begin like the tiling,
 *     L_j = max(w2(t_j) - w1(t_j + 1), L_{j+1} - w2(t_j + 1) + w2(t_j))      and those that end like it,
 *
 * both at the end of the stretch with the tile 1 beside it in place of the tile 2. The tiling is cheapest exactly when L_j <= A_j. Where these are
 * equal there is another cheapest tiling and the price is written as the sum that it is; else a_j = A_j - theta_j (A_j - L_j) with theta_j
 * growing where neighbours hang together from both sides, so that every inequality is strict and a few digits suffice.
 */
export class PriceFinder {
  private readonly shares: Share[] = [];
  private other: OtherTiling | null = null;

  constructor(
    private readonly changes: SlopeChanges,
    private readonly costs: TileCosts,
    private readonly p: Rational,
  ) {}

  /** null when some tie could not be told from a difference, or costs differ by too many digits. */
  private isDecided = true;

  get found(): TilePrices | null {
    return this.isDecided ? { shares: this.shares, other: this.other } : null;
  }

  /** Adds the shares of one run of three points or more, with its cheapest tiling. */
  add(first: number, points: number, starts: Tiling): void {
    const lengthOf = (k: number): number => (starts[k + 1] ?? points) - starts[k]!;
    for (let k = 0; k < starts.length; ) {
      if (lengthOf(k) === 1) {
        k++;
        continue;
      }
      const from = k;
      while (k < starts.length && lengthOf(k) === 2) k++;
      const stretch: Stretch = {
        start: first + starts[from]!,
        tiles: k - from,
        hasBefore: from > 0,
        hasAfter: k < starts.length,
      };
      this.addStretch(stretch, first, points, starts);
    }
  }

  private addStretch(stretch: Stretch, first: number, points: number, starts: Tiling): void {
    let ties: Ties | null = null;
    try {
      for (const level of [DOUBLE_BITS, ...POWER_SUM_PRECISIONS]) {
        const costs = level === DOUBLE_BITS ? this.fromDoubles(stretch) : this.fromPowers(stretch, level);
        const bounds = new Bounds(stretch, costs);
        ties ??= new Ties(bounds, this.changes, this.p);
        const shares = sharesOf(bounds, ties);
        if (shares === null) continue;
        this.shares.push(...shares);
        const tied = shares.findIndex((share) => typeof share === 'number' && share < 0);
        if (tied >= 0) this.other ??= otherTiling(ties, stretch, tied, { first, points, starts });
        return;
      }
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
    }
    this.isDecided = false;
  }

  /** The costs around a stretch from doubles, in units that make the largest a number of DOUBLE_BITS binary digits. */
  private fromDoubles(stretch: Stretch): Fixed {
    const { from, to } = reach(stretch);
    const { single, double, singleError, doubleError, scales } = this.costs;
    let largest = 0;
    // Costs in units of several sizes are no matter of doubles.
    let error = scales === null ? 0 : Number.POSITIVE_INFINITY;
    for (let t = from; t <= to; t++) {
      largest = Math.max(largest, single[t]!, t < to ? double[t]! : 0);
      error = Math.max(error, singleError[t]!, t < to ? doubleError[t]! : 0);
    }
    // A cost that is known from rationals only makes this level useless: nothing is separated.
    const unit = 2 ** (DOUBLE_BITS - Math.ceil(Math.log2(largest)));
    if (!(error < largest) || !Number.isFinite(unit) || unit < 2 ** -1000) error = largest;
    const round = (value: number) => BigInt(Math.round(value * unit));
    return {
      error: error < largest ? BigInt(Math.ceil(error * unit)) + 1n : 1n << BigInt(2 * DOUBLE_BITS),
      single: (t) => round(single[t]!),
      double: (t) => round(double[t]!),
    };
  }

  private fromPowers(stretch: Stretch, level: number): Fixed {
    const { from, to } = reach(stretch);
    let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let t = from; t <= to; t++) {
      const size = powerExponent(this.changes.quotient(t, 1), this.p);
      least = Math.min(least, size);
      largest = Math.max(largest, size);
    }
    // In units in which the largest cost is about 1, and the least still has its digits.
    if (largest - least > WIDEST) throw new Undecided();
    const bits = level + largest - least;
    const cost = (length: 1 | 2) => {
      const known = new Map<number, bigint>();
      return (t: number): bigint => {
        let value = known.get(t);
        if (value === undefined) {
          value = scaledPower(this.changes.quotient(t, length), this.p, bits, largest).lower;
          known.set(t, value);
        }
        return value;
      };
    };
    return { error: 3n, single: cost(1), double: cost(2) };
  }
}

/** A sum of powers that 12288 binary digits do not tell from 0, or costs that differ by too many digits. */
class Undecided extends Error {}

/** null: more digits are needed. */
function sharesOf(bounds: Bounds, ties: Ties): Share[] | null {
  const { tiles } = bounds.stretch;
  const shares: Share[] = [];
  const steps = bounds.steps();
  for (let j = 0; j < tiles; j++) {
    const slack = bounds.above[j]! - bounds.below[j]!;
    if (slack < -bounds.error)
      throw new InternalError(`a tiling at point ${bounds.at(j)} is not the cheapest`);
    const margin = slack / BigInt(steps.last + 2);
    if (margin > 8n * bounds.error) {
      const price = bounds.above[j]! - (slack * BigInt(steps.at[j]! + 1)) / BigInt(steps.last + 2);
      shares.push(shareOf(price, bounds.double(j), margin));
    } else if (ties.isTie(j)) shares.push(ties.isOwnAbove(j) ? SHARE.single : SHARE.across);
    else return null;
  }
  return shares;
}

/**
 * What is exact about the bounds A_j and L_j of one stretch, for where the integers do not tell. A sum that is carried along the stretch is
 * kept reduced, so many equal changes of slope cost no time. All is found when first needed.
 */
class Ties {
  private found: { ownAbove: Uint8Array; ownBelow: Uint8Array; isTie: Uint8Array } | null = null;

  constructor(
    private readonly bounds: Bounds,
    private readonly changes: SlopeChanges,
    private readonly p: Rational,
  ) {}

  isTie(j: number): boolean {
    return this.all().isTie[j] === 1;
  }

  /** Is A_j the cost of the tile 1? Where both sums are equal, that shorter one is taken. */
  isOwnAbove(j: number): boolean {
    return this.all().ownAbove[j] === 1;
  }

  /** Is L_j the cost of the tile 2 less that of the tile 1? */
  isOwnBelow(j: number): boolean {
    return this.all().ownBelow[j] === 1;
  }

  private all() {
    this.found ??= this.find();
    return this.found;
  }

  private find() {
    const { bounds } = this;
    const { tiles, hasAfter } = bounds.stretch;
    const ownAbove = new Uint8Array(tiles);
    const isEqualAbove = new Uint8Array(tiles);
    const isOwnTie = new Uint8Array(tiles);
    // From left to right with A_j as `sum`.
    let sum = new PowerSum();
    let lastTie = false;
    for (let j = 0; j < tiles; j++) {
      const t = bounds.at(j);
      const across = bounds.acrossAbove(j);
      if (j > 0)
        this.add(sum, [
          [1, [t - 1, 2]],
          [-1, [t - 2, 2]],
        ]);
      else if (across !== null)
        this.add(sum, [
          [1, [t - 1, 2]],
          [-1, [t - 1, 1]],
        ]);
      const sign = across === null ? 1 : this.sign(across - bounds.single(j), sum, [[-1, [t, 1]]]);
      if (sign === 0) isEqualAbove[j] = 1;
      if (sign >= 0) {
        ownAbove[j] = 1;
        sum = this.add(new PowerSum(), [[1, [t, 1]]]);
      }
      const above = bounds.above[j]!;
      const own = this.sign(above - bounds.ownBelow(j), sum, [
        [-1, [t, 2]],
        [1, [t + 1, 1]],
      ]);
      if (own === 0) isOwnTie[j] = 1;
      if (j === tiles - 1 && hasAfter) {
        const end: Sum = [
          [-1, [t, 2]],
          [1, [t + 1, 2]],
          [-1, [t + 2, 1]],
        ];
        lastTie = this.sign(above - bounds.acrossBelow(j)!, sum, end) === 0;
      }
    }
    // From right to left with L_j as `sum`. A_j - L_j = (A_{j+1} - L_{j+1}) + (what A_{j+1} is below the sum across), when L_j comes from L_{j+1}.
    const ownBelow = new Uint8Array(tiles);
    const isTie = new Uint8Array(tiles);
    sum = new PowerSum();
    for (let j = tiles - 1; j >= 0; j--) {
      const t = bounds.at(j);
      const across = bounds.acrossBelow(j);
      if (across !== null) {
        this.add(sum, [
          [1, [t, 2]],
          [-1, [t + 1, 2]],
        ]);
        if (j === tiles - 1) this.add(sum, [[1, [t + 2, 1]]]);
      }
      const isOwn =
        across === null ||
        this.sign(across - bounds.ownBelow(j), sum, [
          [-1, [t, 2]],
          [1, [t + 1, 1]],
        ]) <= 0;
      if (isOwn) {
        ownBelow[j] = 1;
        isTie[j] = isOwnTie[j]!;
        sum = this.add(new PowerSum(), [
          [1, [t, 2]],
          [-1, [t + 1, 1]],
        ]);
      } else if (j === tiles - 1) isTie[j] = Number(lastTie);
      else isTie[j] = Number(isTie[j + 1] === 1 && (ownAbove[j + 1] === 0 || isEqualAbove[j + 1] === 1));
    }
    return { ownAbove, ownBelow, isTie };
  }

  private add(sum: PowerSum, terms: Sum, factor: 1 | -1 = 1): PowerSum {
    for (const [sign, [point, length]] of terms) sum.add(this.changes.exact(point, length), factor * sign);
    return sum;
  }

  /** Sign of sum + terms, which is about `value`. */
  private sign(value: bigint, sum: PowerSum, terms: Sum): number {
    const { error } = this.bounds;
    if (value > error || value < -error) return value > 0n ? 1 : -1;
    const sign = this.add(sum, terms).sign(this.p);
    this.add(sum, terms, -1);
    if (sign === null) throw new Undecided();
    return sign;
  }
}

/** The other cheapest tiling of the run through the price j, where A_j = L_j: tiles that A_j and L_j add up, and the tiling elsewhere. */
function otherTiling(
  ties: Ties,
  { start, tiles: count, hasBefore, hasAfter }: Stretch,
  j: number,
  { first, points, starts }: { readonly first: number; readonly points: number; readonly starts: Tiling },
): OtherTiling {
  let from = j;
  while (from > 0 && !ties.isOwnAbove(from)) from--;
  let to = j;
  while (to < count - 1 && !ties.isOwnBelow(to)) to++;
  const isBefore = hasBefore && !ties.isOwnAbove(from);
  const isAfter = hasAfter && !ties.isOwnBelow(to);
  const begin = start + 2 * from - (isBefore ? 1 : 0) - first;
  const end = start + 2 * to + (isAfter ? 3 : 2) - first;
  const within = (k: number) => (starts[k + 1] ?? points) - starts[k]!;
  let [left, right] = ['', ''];
  for (let k = 0; k < starts.length; k++) {
    if (starts[k]! < begin) left += within(k);
    else if (starts[k]! >= end) right += within(k);
  }
  const pairs = (end - begin - (isBefore ? 0 : 1) - (isAfter ? 0 : 1)) / 2;
  return {
    point: first,
    tiles: `${left}${isBefore ? '' : '1'}${'2'.repeat(pairs)}${isAfter ? '' : '1'}${right}`,
  };
}

/** Neighbouring tiles 2, the first at `start`; is there a tile 1 on either side? */
interface Stretch {
  readonly start: number;
  readonly tiles: number;
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

/** The points whose tiles matter. */
function reach({ start, tiles, hasBefore, hasAfter }: Stretch): { from: number; to: number } {
  return { from: start - (hasBefore ? 1 : 0), to: start + 2 * tiles - (hasAfter ? 0 : 1) };
}

/** Costs as integers, each off by at most `error`. */
interface Fixed {
  readonly error: bigint;
  single(point: number): bigint;
  double(point: number): bigint;
}

/** The bounds A_j and L_j of one stretch as integers. */
class Bounds {
  readonly above: bigint[] = [];
  readonly below: bigint[];
  /** Of any of these numbers: a sum of at most 2 r + 2 costs from either side. */
  readonly error: bigint;

  constructor(
    readonly stretch: Stretch,
    private readonly costs: Fixed,
  ) {
    const { tiles } = stretch;
    this.error = costs.error * BigInt(4 * tiles + 6);
    this.below = new Array<bigint>(tiles);
    for (let j = 0; j < tiles; j++) {
      const across = this.acrossAbove(j);
      const own = this.single(j);
      this.above.push(across !== null && across < own ? across : own);
    }
    for (let j = tiles - 1; j >= 0; j--) {
      const across = this.acrossBelow(j);
      const own = this.ownBelow(j);
      this.below[j] = across !== null && across > own ? across : own;
    }
  }

  at(j: number): number {
    return this.stretch.start + 2 * j;
  }

  single(j: number): bigint {
    return this.costs.single(this.at(j));
  }

  double(j: number): bigint {
    return this.costs.double(this.at(j));
  }

  acrossAbove(j: number): bigint | null {
    const t = this.at(j);
    if (j > 0) return this.costs.double(t - 1) - this.costs.double(t - 2) + this.above[j - 1]!;
    return this.stretch.hasBefore ? this.costs.double(t - 1) - this.costs.single(t - 1) : null;
  }

  ownBelow(j: number): bigint {
    const t = this.at(j);
    return this.costs.double(t) - this.costs.single(t + 1);
  }

  acrossBelow(j: number): bigint | null {
    const t = this.at(j);
    const { tiles, hasAfter } = this.stretch;
    if (j === tiles - 1 && !hasAfter) return null;
    const into = this.costs.double(t) - this.costs.double(t + 1);
    return into + (j < tiles - 1 ? this.below[j + 1]! : this.costs.single(t + 2));
  }

  /** How many neighbours up to j hang together from both sides, or nearly so. */
  steps(): { readonly at: Int32Array; readonly last: number } {
    const { tiles } = this.stretch;
    const at = new Int32Array(tiles);
    for (let j = 1; j < tiles; j++) {
      const near = (this.double(j) >> 16n) + this.error;
      const hangs =
        this.acrossAbove(j)! - this.above[j]! < near && this.below[j - 1]! - this.acrossBelow(j - 1)! < near;
      at[j] = at[j - 1]! + (hangs ? 1 : 0);
    }
    return { at, last: tiles === 0 ? 0 : at[tiles - 1]! };
  }
}

/** price / cost with as few digits as the margin allows. */
function shareOf(price: bigint, cost: bigint, margin: bigint): Share {
  const bits = Math.max(SHARE.bits, bitLength(cost) - bitLength(margin) + 5);
  const share = (price << BigInt(bits)) / cost;
  return bits === SHARE.bits ? Number(share) : Rational.of(share, 1n << BigInt(bits)).toString();
}
