import type { Quotient } from '../exact/rational.js';
import { Rational } from '../exact/rational.js';
import {
  type Bends,
  bendsOver,
  FINE_BITS,
  FineSavings,
  type Interval,
  makeRun,
  makeStrip,
  type Run,
  type Savings,
  savingsAtEnds,
  UNIT_BITS,
} from './savings.js';

/** Bits to which bends in doubles are taken over into BigInts. */
const PART_BITS = 300;
/** Precision at which second derivatives at 0 are compared. */
const NEAR_ZERO_BITS = 192;

/**
 * A run with an odd number L >= 5 of points and the offset of the tile 1 of its limit: the tiling that is said to be cheapest for small p.
 *
 * There is a sparsest tiling for every even offset. From the offset k to k + 2 the tile 2 on k + 1, k + 2 gives way to one on k, k + 1, so
 * what the limit saves less what another tiling saves, D, is a sum over the pairs between the two offsets: to the right of the limit
 * s_{k+1} - s_k for every step, to the left s_k - s_{k+1}.
 */
export class OddRun {
  private own: Run | null = null;
  /** By half the offset: 1 when that tiling has the slope changes of the limit in some order, so that D = 0. Found when first needed. */
  private known: Uint8Array | null = null;

  /** @param point the first one of the run */
  constructor(
    readonly point: number,
    readonly differences: readonly Quotient[],
    readonly limit: number,
  ) {}

  get run(): Run {
    this.own ??= makeRun(this.differences);
    return this.own;
  }

  get ties(): Uint8Array {
    this.known ??= tiesOf(this.run, this.limit);
    return this.known;
  }

  /** Whether a tie has been met so far. */
  get hasTies(): boolean {
    return this.known?.includes(1) === true;
  }
}

/** Odd runs one behind the other, so that many short ones cost no more than a long one. */
export class Strip {
  private readonly together: Run;

  constructor(readonly runs: readonly OddRun[]) {
    this.together = runs.length === 1 ? runs[0]!.run : makeStrip(runs.map(({ differences }) => differences));
  }

  get points(): number {
    return this.together.changes.length;
  }

  /**
   * interval -> the runs whose limit is not seen to win there in doubles. A limit wins when it costs less than every other sparsest tiling of
   * its run that does not tie with it, for every p > 0 of the interval.
   */
  *doubtfulRuns(interval: Interval): Generator<OddRun, void, void> {
    const ends = savingsAtEnds(this.together, interval);
    const bends = bendsOver(...ends, interval);
    let at = 0;
    for (const odd of this.runs) {
      if (doubtfulOffsets(odd, ends, bends, at).length > 0) yield odd;
      at += odd.differences.length;
    }
  }
}

/** run, limit, interval -> the limit wins: D(p) > 0 for all the others, first in doubles, then in BigInts. */
export function limitWins(odd: OddRun, interval: Interval): boolean {
  const ends = savingsAtEnds(odd.run, interval);
  const bends = bendsOver(...ends, interval);
  const others = doubtfulOffsets(odd, ends, bends, 0);
  if (others.length === 0) return true;
  const left = stillDoubtful(odd, interval, bends, others);
  return left.length === 0 || (interval.from.isZero() && left.every((k) => winsNearZero(odd, interval, k)));
}

/**
 * The offsets, but those that tie with the limit, for which D > 0 on the interval is not seen in doubles, whose roundings are counted in.
 *
 * D is at least its chord minus (to - from)^2 / 8 max(0, max D''): positive where four sums are, at both ends, with and without bends. From
 * p = 0 on the form is (s - 1) / p, because all sparsest tilings cost the same at 0.
 *
 * @param at where the run begins in the savings
 */
function doubtfulOffsets(
  odd: OddRun,
  [start, end]: readonly [Savings, Savings],
  bends: Bends,
  at: number,
): readonly number[] {
  const { limit, differences } = odd;
  const points = differences.length;
  const doubtful: number[] = [];
  for (const step of [2, -2]) {
    let [first, firstBent, last, lastBent] = [0, 0, 0, 0];
    // The pairs of `pairsBefore`, in the strip.
    const [givenAt, takenAt] = pairsBefore(at, step);
    for (let k = limit + step; k >= 0 && k < points; k += step) {
      const [given, taken] = [givenAt + k, takenAt + k];
      const firstStep =
        start.value[given]! - start.value[taken]! - (start.error[given]! + start.error[taken]!);
      const lastStep = end.value[given]! - end.value[taken]! - (end.error[given]! + end.error[taken]!);
      const bend = bends.upper[given]! - bends.lower[taken]!;
      first = sumBelow(first, firstStep, 0);
      last = sumBelow(last, lastStep, 0);
      firstBent = sumBelow(firstBent, firstStep, -bend);
      lastBent = sumBelow(lastBent, lastStep, -bend);
      // Written so that what is no number stays in doubt.
      if (!(first > 0 && last > 0 && firstBent > 0 && lastBent > 0)) doubtful.push(k);
    }
  }
  return doubtful.length === 0 ? doubtful : doubtful.filter((k) => odd.ties[k / 2] === 0);
}

/** The pair that the limit has and the one that the tiling of offset k has, of the last step from the limit to k. */
function pairsBefore(k: number, step: number): readonly [given: number, taken: number] {
  return step > 0 ? [k - 1, k - 2] : [k, k + 1];
}

/** sum + a + b, from below. The roundings inside a are within its errors, which are twice what they must be, those inside b relative to b. */
function sumBelow(sum: number, a: number, b: number): number {
  const next = sum + a + b;
  return next - 2 ** -50 * (Math.abs(sum) + Math.abs(a) + Math.abs(b));
}

/** Those offsets whose four sums are not positive in BigInts either. */
function stillDoubtful(
  odd: OddRun,
  interval: Interval,
  bends: Bends,
  offsets: readonly number[],
): readonly number[] {
  const { run, limit } = odd;
  const fine = new FineSavings(run, interval);
  let left = offsets;
  for (const [look, bits] of FINE_BITS.entries()) {
    const failed: number[] = [];
    for (const step of [2, -2]) {
      const side = new Set(left.filter((k) => (step > 0 ? k > limit : k < limit)));
      const sums = [0n, 0n];
      let bent = 0n;
      for (let k = limit + step, open = side.size; open > 0; k += step) {
        const [given, taken] = pairsBefore(k, step);
        for (const end of [0, 1] as const)
          sums[end]! += fine.value(given, end, bits)[0] - fine.value(taken, end, bits)[1];
        bent += bendOf(given, 1) - bendOf(taken, 0);
        if (!side.has(k)) continue;
        open--;
        if (!sums.every((sum) => sum > 0n && sum - bent > 0n)) failed.push(k);
      }
    }
    if (failed.length === 0) return failed;
    left = failed;

    /** The first look takes the bends as they were: mostly they do not matter. */
    function bendOf(k: number, side: 0 | 1): bigint {
      const known = (side === 1 ? bends.upper : bends.lower)[k]!;
      if (look > 0 || !Number.isFinite(known)) return fine.bend(k, bits)[side];
      const round = side === 1 ? Math.ceil : Math.floor;
      return BigInt(round(known * 2 ** PART_BITS)) << BigInt(UNIT_BITS - PART_BITS);
    }
  }
  return left;
}

/**
 * D(0) = 0 and D'(0) >= 0, because the product of the slope changes of the limit is at most that of the other tiling, and D'' > 0 on the
 * interval: the second derivative of s is positive and falls in p.
 */
function winsNearZero({ run, limit }: OddRun, { from, to }: Interval, offset: number): boolean {
  const step = offset > limit ? 2 : -2;
  const fine = new FineSavings(run, { from, to, form: 'power' });
  let second = 0n;
  const [own, other] = [[run.changes[limit]!], [run.changes[offset]!]];
  for (let k = limit + step; k !== offset + step; k += step) {
    const [given, taken] = pairsBefore(k, step);
    second += fine.bend(given, NEAR_ZERO_BITS)[0] - fine.bend(taken, NEAR_ZERO_BITS)[1];
    own.push(run.sums[given]!);
    other.push(run.sums[taken]!);
  }
  if (second <= 0n) return false;
  const [a, b] = [productOf(own), productOf(other)];
  return a.numerator * b.denominator <= b.numerator * a.denominator;
}

/** By halves, so that the factors of every product are about equally long. */
function productOf(list: readonly Quotient[]): Quotient {
  if (list.length === 1) return list[0]!;
  const middle = list.length >> 1;
  const [a, b] = [productOf(list.slice(0, middle)), productOf(list.slice(middle))];
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/**
 * The sparsest tilings that have the slope changes of the limit, in some order: cost and limit agree for every p. By counting how often
 * each number occurs more often in one than in the other, first with the nearest doubles in the place of numbers: where these do not agree, nor do the numbers.
 */
function tiesOf(run: Run, limit: number): Uint8Array {
  const [singles, pairs] = run.doubles;
  const near = balanced(run.changes.length, limit, singles.values, pairs.values);
  if (!near.includes(1)) return near;
  const text = ({ numerator, denominator }: Quotient) => Rational.of(numerator, denominator).toString();
  return balanced(run.changes.length, limit, run.changes.map(text), run.sums.map(text));
}

/** The same for names of the numbers: equal ones for equal numbers. */
function balanced<T>(points: number, limit: number, changes: ArrayLike<T>, sums: ArrayLike<T>): Uint8Array {
  const ties = new Uint8Array((points + 1) / 2);
  for (const step of [2, -2]) {
    const surplus = new Map<T, number>();
    let unequal = 0;
    const count = (name: T, by: 1 | -1) => {
      const before = surplus.get(name) ?? 0;
      surplus.set(name, before + by);
      if (before === 0) unequal++;
      else if (before + by === 0) unequal--;
    };
    for (let k = limit + step; k >= 0 && k < points; k += step) {
      const [given, taken] = pairsBefore(k, step);
      count(sums[given]!, 1);
      count(sums[taken]!, -1);
      // The tile 1 moves from k - step to k.
      count(changes[k - step]!, 1);
      count(changes[k]!, -1);
      if (unequal === 0) ties[k / 2] = 1;
    }
  }
  return ties;
}

/** Whether the tiling of an offset costs strictly less than the limit at p. */
export function isCheaperAt({ run, limit }: OddRun, offset: number, p: Rational): boolean {
  const step = offset > limit ? 2 : -2;
  const fine = new FineSavings(run, { from: p, to: p, form: 'power' });
  return FINE_BITS.some((bits) => {
    let saved = 0n;
    for (let k = limit + step; k !== offset + step; k += step) {
      const [given, taken] = pairsBefore(k, step);
      saved += fine.value(taken, 1, bits)[0] - fine.value(given, 1, bits)[1];
    }
    return saved > 0n;
  });
}
