import type { BracketText, TilingName, UniqueClaim, UniqueProof } from '../certificate/threshold.js';
import { equalMultisets } from '../exact/power-sum.js';
import { type Quotient, Rational } from '../exact/rational.js';
import { finish, type Steps, until } from '../exact/steps.js';
import { curvature } from '../knots/curvature.js';
import { limitVertex } from '../knots/limit.js';
import { runsOf } from '../knots/runs.js';
import type { Problem } from '../problem/problem.js';
import { Ascent } from './ascent.js';
import { CostDifference } from './cost-difference.js';
import { requireExactLabels } from './minimize.js';
import {
  BEND_ERROR,
  type Bends,
  formFrom,
  type Savings,
  SavingsTable,
  type TableRun,
  UNIT_FORM_FROM,
} from './savings.js';
import { slopeChanges } from './slope-changes.js';
import { emptyShifts, shiftExcess, shiftedPairs } from './sparsest-shifts.js';
import { THRESHOLD_DEFAULTS, type Threshold, type ThresholdOptions } from './threshold.js';
import { lengthOfTile, sparsestTiling, tilingOfVertex } from './tiling.js';

/** A number known to lie between two others. */
export interface Bracket {
  readonly lower: Rational;
  readonly upper: Rational;
}

/** Up to which p the l^p minimiser is unique, in two senses. 1: for every 0 < p < 1. */
export interface Uniqueness {
  /** As a function. 0: two minimisers share their costs for all small p. */
  readonly uniqueBelow: Bracket;
  /**
   * Up to equal multisets of slope changes: minimisers whose slope changes are the same numbers in another order count as one (they cost the
   * same for every p). For data on a grid this is the sense in which a minimiser can be unique at all.
   */
  readonly uniqueUpToMultisetsBelow: Bracket;
  /** What a claim about p* and its proof say of it, see `withUniqueness`. */
  readonly claim: UniqueClaim;
  readonly proof: UniqueProof;
}

/** p* with one claim, and proof, that says what is known of uniqueness too. */
export function withUniqueness(pStar: Threshold, unique: Uniqueness): Threshold {
  return {
    ...pStar,
    claim: { ...pStar.claim, unique: unique.claim },
    proof: { ...pStar.proof, unique: unique.proof },
  };
}

/**
 * Encloses the first p at which two l^p minimisers are different.
 *
 * Below p* minimisers are sparsest, and at p* itself a denser one joins them. So what remains is to compare the sparsest tilings of every run
 * with the one that is the limit as p -> 0+, for p < p*. In a run with an even number of points there is only one. In the others all
 * comparisons are prefix sums, and those tilings that tie at every p, with equal multisets of slope changes, are found in passing and left out.
 *
 * @param problem one input, exact labels
 * @param pStar what is known about p*
 */
export function uniqueness(
  problem: Problem,
  pStar: Threshold,
  options: Partial<ThresholdOptions> = {},
): Uniqueness {
  const search = new UniquenessSearch(problem, pStar, options);
  finish(until(search.steps(), options.shouldStop ?? THRESHOLD_DEFAULTS.shouldStop));
  return search.result();
}

/**
 * Tilings of nearly equal slope changes can differ by so little on long stretches that no interval of a useful length is proved: after that
 * many intervals the bracket reached is the answer.
 */
const MOST_INTERVALS = 4000;

/** Savings refined, or tiles compared, between two places where the search may be left. */
const WORK_PER_STEP = 64;
/** Points of runs that are looked at in between. */
const POINTS_PER_STEP = 1 << 16;

/** A sparsest tiling, by its offset, that may cost no more than the reference at the right end of an interval. */
interface Rival {
  readonly run: TableRun;
  readonly single: number;
  readonly offset: number;
}

/** The search, in steps. Whenever it is left, `result` is the brackets reached. */
export class UniquenessSearch {
  private readonly table: SavingsTable;
  private readonly settings: ThresholdOptions;
  private readonly ascent: Ascent;
  private left: Savings;
  private right: Savings;
  /** The limit as p -> 0+ of every run, and offsets that are known to tie with it at every p. */
  private readonly singles: Int32Array;
  private readonly tied: readonly Uint8Array[];
  /** In a run of three points, where there is one: a tiling that ties with the limit at every p. */
  private readonly tieOfThree: TilingName | null;
  private readonly breakpoints = [0];
  /** The rival that is cheaper at `ascent.upper`. */
  private found: Rival | null = null;

  /** @throws RangeError when the problem has windows or several inputs */
  constructor(
    problem: Problem,
    private readonly pStar: Threshold,
    options: Partial<ThresholdOptions> = {},
  ) {
    requireExactLabels(problem);
    this.settings = { ...THRESHOLD_DEFAULTS, ...options };
    const { grid, firstStep, margin } = this.settings;
    this.ascent = new Ascent(grid, firstStep, margin, [UNIT_FORM_FROM], pStar.lower.toNumber());
    const runs = runsOf(curvature(problem));
    const limit = limitVertex(problem, runs);
    // In a run of three points one of two tilings is cheaper at every p, or they tie.
    const ofThree = limit.tiedRuns.find((r) => runs.points[r] === 3);
    this.tieOfThree = ofThree === undefined ? null : [runs.first[ofThree]!, 2];
    this.table = new SavingsTable(
      slopeChanges(problem, runs),
      runs,
      (points) => points >= 5 && points % 2 === 1,
    );
    this.left = this.table.emptySavings();
    this.right = this.table.emptySavings();
    this.singles = Int32Array.from(this.table.runs, ({ first, points }) => {
      const tiling = tilingOfVertex(limit.side, first, points);
      return tiling[tiling.findIndex((_, i) => lengthOfTile(tiling, i, points) === 1)]!;
    });
    this.tied = this.table.runs.map(({ points }) => new Uint8Array((points + 1) / 2));
  }

  get lower(): number {
    return this.ascent.lower;
  }

  get upper(): number {
    return Math.min(this.ascent.upper, this.pStar.upper.toNumber());
  }

  *steps(): Steps<void> {
    const { ascent, table } = this;
    const bends = table.emptyBends();
    for (let interval = 0; interval < MOST_INTERVALS && !ascent.arrived; interval++) {
      const to = ascent.next();
      if (to <= ascent.lower) return;
      const form = ascent.lower === 0 ? 'zero' : formFrom(ascent.lower);
      if (this.left.p !== ascent.lower || this.left.form !== form) table.fill(this.left, ascent.lower, form);
      yield;
      table.fill(this.right, to, form);
      yield;
      table.fillBends(bends, this.left, this.right);
      yield;
      let failed: { readonly rival: Rival | null } | null = null;
      let work = 0;
      for (let r = 0; r < table.runs.length && failed === null; r++) {
        failed = yield* this.limitWins(r, bends);
        work += table.runs[r]!.points;
        if (work >= POINTS_PER_STEP) {
          work = 0;
          yield;
        }
      }
      if (failed === null) {
        this.breakpoints.push(to);
        ascent.succeeded();
        [this.left, this.right] = [this.right, this.left];
      } else {
        const improved = failed.rival !== null && (yield* this.improve(failed.rival));
        if (!improved && !ascent.failed()) return;
      }
    }
  }

  /**
   * Whether the limit of a run costs less than every other sparsest tiling that does not tie with it, for every p of the interval (p > 0):
   * null. Otherwise one that may not, when it seems cheaper at the right end.
   */
  private *limitWins(r: number, bends: Bends): Steps<{ readonly rival: Rival | null } | null> {
    const { left, right } = this;
    const run = this.table.runs[r]!;
    const tied = this.tied[r]!;
    const shifts = emptyShifts(run.points);
    // Offsets that are settled for this interval by other means.
    const settled = new Uint8Array(tied.length);
    // Without bends first: there ties show.
    for (const [savings, bent] of [
      [left, null],
      [right, null],
      [right, bends],
      [left, bends],
    ] as const) {
      const single = this.singles[r]!;
      shiftExcess(savings, bent, run, single, shifts);
      for (const offset of outward(single, run.points)) {
        const i = offset / 2;
        if (shifts.excess[i]! > 0 || tied[i] === 1 || settled[i] === 1) continue;
        if (shifts.excess[i]! + 2 * shifts.error[i]! > 0) {
          // Errors may be to blame, or there is nothing to be seen.
          if (yield* this.tiesAlways(r, offset)) continue;
          const order = savings.p === 0 ? yield* this.orderNearZero(run, offset, single) : null;
          if (order === 'earlier') {
            this.singles[r] = offset;
            tied.fill(0);
            return yield* this.limitWins(r, bends);
          }
          if (order === 'later') {
            settled[i] = 1;
            continue;
          }
          // Nothing crosses here: a shorter interval will tell.
          if (order === 'unclear') return { rival: null };
          if (yield* this.refine(run, offset, single, savings)) {
            shiftExcess(savings, bent, run, single, shifts);
            if (shifts.excess[i]! > 0) continue;
          }
        }
        const rival = { run, single, offset };
        return { rival: this.difference(rival).valueNear(right.p) < 0 ? rival : null };
      }
    }
    return null;
  }

  /** Whether an offset ties with the limit at every p: the slope changes on the stretch to the nearest known tie are the same numbers. */
  private *tiesAlways(r: number, offset: number): Steps<boolean> {
    const run = this.table.runs[r]!;
    const tied = this.tied[r]!;
    const single = this.singles[r]!;
    const step = offset > single ? -2 : 2;
    let nearest = offset + step;
    while (nearest !== single && tied[nearest / 2] === 0) nearest += step;
    const { taken, given } = shiftedPairs(run, offset, nearest);
    const changes = (list: readonly number[], alone: number) =>
      [this.table.exact(run.at + alone, 1), ...list.map((t) => this.table.exact(t, 2))].map(
        ({ numerator, denominator }) => Rational.of(numerator, denominator),
      );
    yield;
    if (!equalMultisets(changes(taken, offset), changes(given, nearest))) return false;
    tied[offset / 2] = 1;
    return true;
  }

  /**
   * Two tilings whose products of slope changes agree: D(p) = cost of `offset` - cost of `single` has D(0) = D'(0) = 0, so its sign up to the
   * right end is that of D'' when that does not change: 'later' when `offset` costs more, 'unclear' when it may change. Null when the products
   * differ.
   */
  private *orderNearZero(
    run: TableRun,
    offset: number,
    single: number,
  ): Steps<'earlier' | 'later' | 'unclear' | null> {
    const { table } = this;
    const { taken, given } = shiftedPairs(run, offset, single);
    const product = (list: readonly number[], alone: number): Quotient =>
      list.reduce((sum: Quotient, t) => productOf(sum, table.exact(t, 2)), table.exact(run.at + alone, 1));
    const [a, b] = [product(taken, offset), product(given, single)];
    yield;
    if (a.numerator * b.denominator !== b.numerator * a.denominator) return null;
    const [start, end] = [table.emptySavings(), table.emptySavings()];
    table.fill(start, 0, 'power', run);
    table.fill(end, this.right.p, 'power', run);
    // Second derivatives of savings fall in p.
    const sum = (list: readonly number[], { second }: Savings) => list.reduce((s, t) => s + second[t]!, 0);
    const slack = 1 + 2 * BEND_ERROR;
    if (sum(given, end) > sum(taken, start) * slack) return 'later';
    if (sum(taken, end) > sum(given, start) * slack) return 'earlier';
    return 'unclear';
  }

  /** Sharp savings between two offsets. True when that is news. */
  private *refine(run: TableRun, offset: number, single: number, savings: Savings): Steps<boolean> {
    let news = 0;
    for (const t of Object.values(shiftedPairs(run, offset, single)).flat()) {
      if (this.table.refine(savings, t) && ++news % WORK_PER_STEP === 0) yield;
    }
    return news > 0;
  }

  private difference({ run, single, offset }: Rival): CostDifference {
    const tiling = (k: number) => sparsestTiling(run.points, k);
    return new CostDifference(this.table, run, tiling(offset), tiling(single));
  }

  /** A rival is cheaper at the right end: bounds the first p at which one is. True when that is news. */
  private *improve(rival: Rival): Steps<boolean> {
    const { ascent } = this;
    const { grid, margin } = this.settings;
    const difference = this.difference(rival);
    const near = difference.rootNear(ascent.lower, this.right.p);
    yield;
    const p = Math.round(near / grid) * grid;
    const { lower, upper, bits } = yield* difference.enclosure(p, 128);
    const root = p - Rational.of(lower + upper, 1n << BigInt(bits + 1)).toNumber() / difference.slopeNear(p);
    const above = Math.round((root + margin / 2) / grid) * grid;
    if (!(root > ascent.lower && above < ascent.upper)) return false;
    if (!((yield* difference.decided(above)).upper < 0n)) return false;
    ascent.found(root, above);
    this.found = rival;
    return true;
  }

  /** The brackets reached. */
  result(): Uniqueness {
    const { ascent, pStar } = this;
    const reached = Rational.fromDouble(ascent.lower);
    // A crossing just behind the lower end of p* may lead the walk beyond it.
    const lower = reached.lessThan(pStar.lower) ? reached : pStar.lower;
    const breakpoints = this.breakpoints.map(Rational.fromDouble).filter((p) => p.lessThan(lower));
    breakpoints.push(lower);
    // A rival counts only when the limit is known: it is what wins for small p.
    const { found } = this;
    const known =
      ascent.lower > 0 && found !== null && this.singles[this.table.runs.indexOf(found.run)] === found.single;
    const crossed = known && Rational.fromDouble(ascent.upper).lessThan(pStar.upper);
    const bracket = { lower, upper: crossed ? Rational.fromDouble(ascent.upper) : pStar.upper };
    const tie = this.tie();
    const below = tie === null ? bracket : { lower: Rational.zero, upper: Rational.zero };
    return {
      uniqueUpToMultisetsBelow: bracket,
      uniqueBelow: below,
      claim: { below: textOf(below), upToMultisetsBelow: textOf(bracket) },
      proof: {
        limits: this.table.runs.flatMap(({ first }, r): TilingName[] =>
          this.singles[r] === 0 ? [] : [[first, this.singles[r]!]],
        ),
        breakpoints: breakpoints.map(String),
        ...(crossed ? { crossing: [found.run.first, found.offset] } : {}),
        ...(tie === null ? {} : { tie }),
      },
    };
  }

  /** A tiling that ties with the limit of its run at every p. */
  private tie(): TilingName | null {
    if (this.tieOfThree !== null || this.ascent.lower === 0) return this.tieOfThree;
    const r = this.tied.findIndex((ties) => ties.includes(1));
    return r < 0 ? null : [this.table.runs[r]!.first, 2 * this.tied[r]!.indexOf(1)];
  }
}

function textOf({ lower, upper }: Bracket): BracketText {
  return { lower: lower.toString(), upper: upper.toString() };
}

/** The even offsets of a run but one, from that one to the right, then to the left. */
function* outward(single: number, points: number): Generator<number> {
  for (let k = single + 2; k < points; k += 2) yield k;
  for (let k = single - 2; k >= 0; k -= 2) yield k;
}

function productOf(a: Quotient, b: Quotient): Quotient {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}
