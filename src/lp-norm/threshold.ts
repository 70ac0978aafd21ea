import type { ThresholdClaim, ThresholdProof } from '../certificate/threshold.js';
import { type DecimalEnclosure, decimalsAround } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { finish, type Steps, until } from '../exact/steps.js';
import { curvature } from '../knots/curvature.js';
import { runsOf } from '../knots/runs.js';
import type { Problem } from '../problem/problem.js';
import { Ascent } from './ascent.js';
import { CostDifference } from './cost-difference.js';
import { type DenserExcess, DenserTilings } from './denser-tilings.js';
import { requireExactLabels } from './minimize.js';
import {
  type Bends,
  formFrom,
  type Savings,
  SavingsTable,
  type TableRun,
  UNIT_FORM_FROM,
} from './savings.js';
import { slopeChanges } from './slope-changes.js';
import { cheapestSingle, emptyShifts, shiftExcess, shiftedPairs } from './sparsest-shifts.js';
import {
  canBeDenser,
  type DifferingPair,
  differingPairs,
  sparsestTiling,
  type Tiling,
  tileLengths,
} from './tiling.js';

/** Settings of `threshold`. All p visited are multiples of `grid`, hence exact doubles. */
export interface ThresholdOptions {
  /** Length of the first interval. */
  readonly firstStep: number;
  /** Half of the width of the bracket of p* at most. */
  readonly margin: number;
  /** Every breakpoint is a multiple of this power of two; an interval that short which fails is undecided. */
  readonly grid: number;
  /** Digits after the point in the decimal enclosures. */
  readonly digits: number;
  /** Asked every few milliseconds; true ends the search with the bracket reached. */
  readonly shouldStop: () => boolean;
}

export const THRESHOLD_DEFAULTS: ThresholdOptions = {
  firstStep: 1 / 8,
  margin: 2 ** -42,
  grid: 2 ** -50,
  digits: 18,
  shouldStop: () => false,
};

/** The run that limits p* and the two vertices that cross there. */
export interface Crossing {
  readonly run: number;
  /** First point of the run. */
  readonly point: number;
  readonly sparsest: Tiling;
  readonly denser: Tiling;
}

/**
 * p*: the largest number such that for every 0 < p < p* each l^p minimiser has the fewest knots.
 * `lower` and `upper` are exact and certified by `proof`; status 'undecided' says that they are further apart than asked for.
 */
export interface Threshold {
  readonly kind: 'threshold';
  readonly status: 'closed' | 'undecided';
  readonly lower: Rational;
  readonly upper: Rational;
  readonly pStar: DecimalEnclosure;
  /** Absent when upper is 1. */
  readonly crossing?: Crossing;
  readonly claim: ThresholdClaim;
  readonly proof: ThresholdProof;
}

/**
 * Computes p* with a proof (the literature shows that p* > 0 exists and leaves its computation open).
 *
 * @param problem one input, exact labels
 * @throws RangeError when the problem has windows or several inputs
 */
export function threshold(problem: Problem, options: Partial<ThresholdOptions> = {}): Threshold {
  const search = new ThresholdSearch(problem, options);
  finish(until(search.steps(), options.shouldStop ?? THRESHOLD_DEFAULTS.shouldStop));
  return search.result();
}

/** Tiles whose bounds are worked out between two places where the search may be left. */
const TILES_PER_STEP = 1 << 16;
/** The same for exact costs. */
const REFINED_PER_STEP = 64;

/**
 * The search for p*, in steps. Whenever it is left, `result` is the bracket reached.
 *
 * Runs are independent: a minimiser is sparsest exactly when its tiling of every run is, so p* is the least over the runs. From p = 0
 * upward, intervals are proved: with bounds on the savings of all tiles (chord and bend, see `sparsestWins`) the cheapest tiling that is
 * not sparsest stays dearer than a sparsest one. Where a denser tiling wins at the right end, Newton's iteration finds the root where it
 * begins to win, which bounds p* from above, and the intervals approach it.
 * Doubles decide nearly all intervals. Where their errors are to blame (not the bends), the savings of the tiles on which the critical
 * tilings differ are replaced by sharp ones from exact arithmetic.
 */
export class ThresholdSearch {
  private readonly table: SavingsTable;
  private readonly settings: ThresholdOptions;
  private readonly ascent: Ascent;
  private readonly kernel = new DenserTilings();
  private left: Savings;
  private right: Savings;
  private readonly other: Savings;
  /** The reference of every run of the table, the offset of its tile 1: at hand, and in the last interval that was proved. */
  private readonly singles: Int32Array;
  private readonly recorded: Int32Array;
  private readonly breakpoints = [0];
  /** Changes of the references from interval to interval, see FORMAT.md. */
  private readonly references: [point: number, offset: number][][] = [];
  private found: { readonly run: TableRun; readonly sparsest: number; readonly denser: Tiling } | null = null;

  /** @throws RangeError when the problem has windows or several inputs */
  constructor(problem: Problem, options: Partial<ThresholdOptions> = {}) {
    requireExactLabels(problem);
    this.settings = { ...THRESHOLD_DEFAULTS, ...options };
    const { grid, firstStep, margin } = this.settings;
    this.ascent = new Ascent(grid, firstStep, margin, [UNIT_FORM_FROM]);
    const runs = runsOf(curvature(problem));
    this.table = new SavingsTable(slopeChanges(problem, runs), runs, canBeDenser);
    this.left = this.table.emptySavings();
    this.right = this.table.emptySavings();
    this.other = this.table.emptySavings();
    this.singles = new Int32Array(this.table.runs.length);
    this.recorded = new Int32Array(this.table.runs.length);
  }

  get lower(): number {
    return this.ascent.lower;
  }

  get upper(): number {
    return this.ascent.upper;
  }

  *steps(): Steps<void> {
    const { ascent, table } = this;
    const bends = table.emptyBends();
    let doubtful = 0;
    while (!ascent.arrived) {
      const to = ascent.next();
      if (to <= ascent.lower) return;
      const form = formFrom(ascent.lower);
      if (this.left.p !== ascent.lower || this.left.form !== form) table.fill(this.left, ascent.lower, form);
      yield;
      table.fill(this.right, to, form);
      yield;
      table.fillBends(bends, this.left, this.right);
      yield;
      let failed = -1;
      let work = 0;
      for (let i = 0; i < table.runs.length && failed < 0; i++) {
        // The run that failed last comes first.
        const r = i === 0 ? doubtful : i <= doubtful ? i - 1 : i;
        if (!(yield* this.sparsestWins(r, bends))) failed = r;
        work += table.runs[r]!.points;
        if (work >= TILES_PER_STEP) {
          work = 0;
          yield;
        }
      }
      if (failed < 0) this.record(to);
      else {
        doubtful = failed;
        if (!(yield* this.improve(table.runs[failed]!, this.singles[failed]!)) && !ascent.failed()) return;
      }
    }
  }

  /** The interval up to `to` is proved with the references at hand. */
  private record(to: number): void {
    const changed: [point: number, offset: number][] = [];
    this.table.runs.forEach(({ first, points }, r) => {
      if (points % 2 === 0 || this.singles[r] === this.recorded[r]) return;
      this.recorded[r] = this.singles[r]!;
      changed.push([first, this.singles[r]!]);
    });
    this.references.push(changed);
    this.breakpoints.push(to);
    this.ascent.succeeded();
    [this.left, this.right] = [this.right, this.left];
  }

  /**
   * Whether every denser tiling of a run costs more than its reference for every p of the interval. Proved when true.
   *
   * The difference D(p) of two costs is at least its chord minus (b - a)^2 / 8 max(0, max D''): positive on the whole interval when the
   * chord is positive at both ends, with and without the bends.
   */
  private *sparsestWins(r: number, bends: Bends): Steps<boolean> {
    const { table, left, right } = this;
    const run = table.runs[r]!;
    const single = cheapestSingle(right, run);
    this.singles[r] = single;
    for (;;) {
      let worst: (DenserExcess & { readonly savings: Savings }) | null = null;
      for (const [savings, bent] of [
        [right, bends],
        [left, bends],
        [right, null],
        [left, null],
      ] as const) {
        const least = this.kernel.least(savings, bent, run, single);
        if (run.points >= TILES_PER_STEP) yield;
        if (!(least.excess > 0)) {
          worst = { ...least, savings };
          break;
        }
      }
      if (worst === null) return true;
      const { excess, savings } = worst;
      const tiles = differingPairs(worst.tiling(), sparsestTiling(run.points, single), run.points);
      // May the errors of those savings alone be to blame?
      const error = tiles.reduce((sum, { start }) => sum + savings.error[run.at + start]!, 0);
      if (!(excess + 2.1 * error > 0 && (yield* this.refine(run, tiles, savings)))) return false;
    }
  }

  /** Sharp savings for some tiles of a run. True when that is news. */
  private *refine(run: TableRun, tiles: readonly DifferingPair[], savings: Savings): Steps<boolean> {
    let news = 0;
    for (const { start } of tiles) {
      if (this.table.refine(savings, run.at + start) && ++news % REFINED_PER_STEP === 0) yield;
    }
    return news > 0;
  }

  /** Looks for a crossing of this run in the interval that failed, where a denser tiling wins at its right end. True when p* is bounded by it. */
  private *improve(run: TableRun, reference: number): Steps<boolean> {
    const { ascent, table, kernel, other } = this;
    const { grid, margin } = this.settings;
    const from = ascent.lower;
    // Newton's iteration for a maximum of functions (Dinkelbach 1967), in doubles: the root of the best pair at p is the next p.
    let p = this.right.p;
    let denser: Tiling | null = null;
    let single = reference;
    let difference: CostDifference | null = null;
    for (let iteration = 0; iteration < 100; iteration++) {
      table.fill(other, p, formFrom(p), run);
      const offset = cheapestSingle(other, run);
      const tiling = kernel.least(other, null, run, offset).tiling();
      const pair = this.difference(run, tiling, offset);
      yield;
      if (!(pair.valueNear(p) < 0)) break;
      denser = tiling;
      single = offset;
      difference = pair;
      const root = pair.rootNear(from, p);
      yield;
      if (root >= p) break;
      p = root;
    }
    if (denser === null || difference === null) return false;
    // The root of that pair, sharper than doubles, as long as no other sparsest tiling is cheaper there.
    for (let iteration = 0; iteration < 20; iteration++) {
      const { lower, upper, bits } = yield* difference.enclosure(onGrid(p, grid), 128);
      const value = Number(lower + upper) / 2 ** (bits + 1);
      const root = onGrid(p, grid) - value / difference.slopeNear(p);
      const above = onGrid(root + margin / 2, grid);
      if (!(root > from && above < ascent.upper)) return false;
      const there = yield* difference.decided(above);
      if (!(there.upper < 0n)) return false;
      const cheaper = yield* this.cheaperSparsest(run, single, above, -there.upper, there.bits);
      if (cheaper === null) {
        this.found = { run, sparsest: single, denser };
        ascent.found(root, above);
        return true;
      }
      single = cheaper;
      difference = this.difference(run, denser, single);
      p = difference.rootNear(p, Math.min(1, p + 2 ** -20));
    }
    return false;
  }

  private difference(run: TableRun, tiling: Tiling, single: number): CostDifference {
    const { points } = run;
    return new CostDifference(this.table, run, tiling, sparsestTiling(points, single));
  }

  /**
   * The denser tiling is cheaper than the sparsest one at `single` by at least gap 2^-bits: another sparsest one of which that is not proved,
   * or null: then it is cheaper than all of them.
   */
  private *cheaperSparsest(
    run: TableRun,
    single: number,
    p: number,
    gap: bigint,
    bits: number,
  ): Steps<number | null> {
    if (run.points % 2 === 0) return null;
    const { table, other } = this;
    const least = -0.99 * Rational.of(gap, 1n << BigInt(bits)).toNumber();
    table.fill(other, p, 'power', run);
    const shifts = emptyShifts(run.points);
    shiftExcess(other, null, run, single, shifts);
    for (let k = 0; k < run.points; k += 2) {
      if (k === single || shifts.excess[k / 2]! > least) continue;
      let news = 0;
      for (const t of Object.values(shiftedPairs(run, k, single)).flat()) {
        if (table.refine(other, t) && ++news % REFINED_PER_STEP === 0) yield;
      }
      if (news === 0) return k;
      shiftExcess(other, null, run, single, shifts);
      if (!(shifts.excess[k / 2]! > least)) return k;
    }
    return null;
  }

  /** The bracket reached, with its proof. */
  result(): Threshold {
    const { ascent, found } = this;
    const { digits, margin, grid } = this.settings;
    const lower = Rational.fromDouble(ascent.lower);
    const upper = Rational.fromDouble(ascent.upper);
    const closed = ascent.upper - ascent.lower <= (found === null ? 0 : 2 * margin + 2 * grid);
    const shared = {
      kind: 'threshold' as const,
      status: closed ? ('closed' as const) : ('undecided' as const),
      lower,
      upper,
      pStar: decimalsAround(lower, upper, digits),
      claim: { kind: 'threshold' as const, lower: lower.toString(), upper: upper.toString() },
    };
    const proof = {
      kind: 'threshold' as const,
      breakpoints: this.breakpoints.map((p) => Rational.fromDouble(p).toString()),
      references: this.references.map((changes) => [...changes]),
      unitFrom: Rational.fromDouble(UNIT_FORM_FROM).toString(),
    };
    if (found === null) return { ...shared, proof };
    const { first, points, run } = found.run;
    const sparsest = sparsestTiling(points, found.sparsest);
    return {
      ...shared,
      crossing: { run, point: first, sparsest, denser: found.denser },
      proof: { ...proof, crossing: { point: first, tiles: tileLengths(found.denser, points) } },
    };
  }
}

/** The nearest multiple of the grid. */
function onGrid(p: number, grid: number): number {
  return Math.round(p / grid) * grid;
}
