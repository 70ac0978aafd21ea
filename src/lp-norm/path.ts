import { logarithm, power } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { finish, type Steps, until } from '../exact/steps.js';
import { curvature } from '../knots/curvature.js';
import { blankVertex, countKnots, type Vertex } from '../knots/family.js';
import { limitVertex } from '../knots/limit.js';
import { type Runs, runsOf } from '../knots/runs.js';
import type { Problem } from '../problem/problem.js';
import { CheapestTilings } from './cheapest-tiling.js';
import { CostDifference } from './cost-difference.js';
import { type Found, findDeviation } from './deviation.js';
import { requireExactLabels } from './minimize.js';
import {
  type Bends,
  formFrom,
  type Savings,
  SavingsTable,
  type TableRun,
  UNIT_FORM_FROM,
} from './savings.js';
import { changesOfRun, type SlopeChanges, slopeChanges } from './slope-changes.js';
import { setTiling, type Tiling, tilingOfVertex } from './tiling.js';

/** Settings of `lpPath`. All p visited are multiples of `grid`, hence exact doubles. */
export interface PathOptions {
  /** Half-width of the bracket of a crossing, at first; multiplied by 4 while the right side cannot be certified. */
  readonly margin: number;
  /** Where no interval could be certified and no crossing is known, the search goes on this far behind. */
  readonly leap: number;
  /** A stretch between two certified pieces that is wider than this is called undecided. */
  readonly width: number;
  /** Length of the first interval of a piece that begins at 0, and of one that begins at a crossing. */
  readonly firstStep: number;
  readonly stepAfterCrossing: number;
  readonly grid: number;
  /** Asked every few milliseconds; true ends the search with the path reached. */
  readonly shouldStop: () => boolean;
}

export const PATH_DEFAULTS: PathOptions = {
  margin: 2 ** -42,
  leap: 2 ** -6,
  width: 1e-12,
  firstStep: 1 / 8,
  stepAfterCrossing: 2 ** -20,
  grid: 2 ** -50,
  shouldStop: () => false,
};

/** Runs take turns: all are followed up to one of that many levels of p before the next. */
const LEVELS = 64;

/** One function is a global l^p minimiser for every p in [from, to] (p > 0). `unique`: and no other is, for p < 1. */
export interface PathPiece {
  readonly from: Rational;
  readonly to: Rational;
  readonly vertex: Vertex;
  readonly knotCount: number;
  readonly unique: boolean;
}

/** The stretch between two pieces: the minimiser changes in it. */
export interface PathStretch {
  readonly lower: Rational;
  readonly upper: Rational;
  /** 'crossing': at most 1e-12 wide; 'undecided': wider, nothing is known inside. */
  readonly kind: 'crossing' | 'undecided';
  /** The runs that change. */
  readonly runs: readonly number[];
}

/** Pieces from left to right; stretches[i] lies between pieces i and i + 1 (or before the first, after the last). */
export interface LpPath {
  readonly pieces: readonly PathPiece[];
  readonly stretches: readonly PathStretch[];
}

/**
 * The global l^p minimiser as a piecewise-constant function of p in (0, 1], with certified enclosures of its crossings.
 * (At p = 1 all vertices of S cost the same; the last piece is the limit as p -> 1-.)
 *
 * @param problem one input, exact labels
 * @throws RangeError when the problem has windows or several inputs
 */
export function lpPath(problem: Problem, options: Partial<PathOptions> = {}): LpPath {
  const search = new PathSearch(problem, options);
  finish(until(search.steps(), options.shouldStop ?? PATH_DEFAULTS.shouldStop));
  return search.result();
}

/**
 * The search for the path, in steps. Whenever it is left, `result` is the path reached.
 *
 * For every run: from the limit vertex at p -> 0+ on, intervals are certified on which no deviation from the current tiling gains
 * (`findDeviation`). Where that fails because another tiling wins, the first root of the difference of costs is the crossing, and the search
 * goes on behind it with the tiling that is exactly optimal there.
 */
export class PathSearch {
  private readonly settings: PathOptions;
  private readonly signs: Int8Array;
  private readonly runs: Runs;
  private readonly searches: RunSearch[] = [];

  /** @throws RangeError when the problem has windows or several inputs */
  constructor(
    private readonly problem: Problem,
    options: Partial<PathOptions> = {},
  ) {
    requireExactLabels(problem);
    this.settings = { ...PATH_DEFAULTS, ...options };
    this.signs = curvature(problem);
    this.runs = runsOf(this.signs);
    const start = limitVertex(problem, this.runs).side;
    const changes = slopeChanges(problem, this.runs);
    for (let r = 0; r < this.runs.count; r++) {
      if (this.runs.points[r]! >= 3)
        this.searches.push(new RunSearch(changes, this.runs, r, start, this.settings));
    }
  }

  /** Up to here the path is known as far as it ever will be. */
  get reached(): number {
    return this.searches.reduce((least, { reached }) => Math.min(least, reached), 1);
  }

  *steps(): Steps<void> {
    const running = this.searches.map((search) => ({ search, steps: search.steps() }));
    for (let level = 1; level <= LEVELS; level++) {
      for (const { search, steps } of running) {
        while (search.reached < level / LEVELS && steps.next().done !== true) yield;
      }
    }
  }

  /** The path reached. */
  result(): LpPath {
    return merge(this.problem, this.signs, this.runs, this.searches, this.settings);
  }
}

interface RunPiece {
  readonly from: number;
  to: number;
  readonly tiling: Tiling;
  unique: boolean;
}

interface RunPath {
  readonly index: number;
  readonly pieces: readonly RunPiece[];
}

/** The search along one run, in steps. */
class RunSearch {
  readonly pieces: RunPiece[] = [];
  private readonly changes: SlopeChanges;
  private readonly table: SavingsTable;
  private readonly run: TableRun;
  /** Where the last piece stopped being a minimiser (a proposal), or 0. */
  private crossing = 0;
  private left: Savings;
  private right: Savings;
  private readonly bends: Bends;
  private fallbacks = 0;

  constructor(
    changes: SlopeChanges,
    runs: Runs,
    readonly index: number,
    private readonly start: Vertex,
    private readonly settings: PathOptions,
  ) {
    const points = runs.points[index]!;
    this.changes = changesOfRun(changes, runs.first[index]!, points);
    this.table = new SavingsTable(changes, runs, (_, run) => run === index);
    this.run = this.table.runs[0]!;
    this.left = this.table.emptySavings();
    this.right = this.table.emptySavings();
    this.bends = this.table.emptyBends();
  }

  /** Up to here the path of this run is known as far as it ever will be. */
  reached = 0;

  *steps(): Steps<void> {
    const { first, points } = this.run;
    let tiling = tilingOfVertex(this.start, first, points);
    let from = 0;
    let step = this.settings.firstStep;
    while (from < 1) {
      yield* this.extend(from, tiling, step);
      if (this.reached >= 1) return;
      // Behind the crossing: the exact minimiser there, at the first distance at which it can be certified.
      const next = yield* this.restart(Math.max(this.reached, this.crossing));
      if (next === null) break;
      from = next.p;
      tiling = next.tiling;
      step = this.settings.stepAfterCrossing;
    }
    this.reached = 1;
  }

  /** The longest certified piece of `tiling` that begins at `from`. */
  private *extend(from: number, tiling: Tiling, firstStep: number): Steps<void> {
    const { grid, margin } = this.settings;
    const piece: RunPiece = { from, to: from, tiling, unique: true };
    let step = firstStep;
    let limit = 1;
    this.crossing = 0;
    while (piece.to < limit) {
      const a = piece.to;
      let b = Math.min(limit, a + Math.max(grid, Math.floor(step / grid) * grid));
      if (a < UNIT_FORM_FROM && b > UNIT_FORM_FROM) b = UNIT_FORM_FROM;
      const found = yield* this.obstacle(a, b, tiling);
      yield;
      if (found !== 'unclear' && found.deviation === null) {
        if (piece.to === from) this.pieces.push(piece);
        piece.to = b;
        if (found.tied) piece.unique = false;
        this.reached = b;
        step *= 2;
        continue;
      }
      const root = this.crossing === 0 ? yield* this.firstCrossing(a, b, tiling) : null;
      if (root !== null) {
        this.crossing = root;
        limit = Math.max(a, Math.floor((root - margin) / grid) * grid);
        step = Math.min(step, (limit - a) / 2);
      } else step = Math.min(step, b - a) / 4;
      if (step < grid) return;
    }
  }

  /** The first p behind `from`, margin, 4 margin, .. away, with a minimiser that is certified on a short interval. */
  private *restart(from: number): Steps<{ p: number; tiling: Tiling } | null> {
    const { margin, leap, grid } = this.settings;
    // Behind a known crossing, or past a stretch that no interval could cover.
    for (let distance = this.crossing > 0 ? margin : leap; distance < 1; distance *= 4) {
      const p = Math.ceil((from + distance) / grid) * grid;
      if (p >= 1) return null;
      const tiling = this.minimiser(p);
      const found = yield* this.obstacle(p, p + grid, tiling);
      yield;
      if (found !== 'unclear' && found.deviation === null) return { p, tiling };
    }
    return null;
  }

  /** The deviation that may gain somewhere on [a, b]; when there is none `tiling` is a minimiser on all of it. */
  private *obstacle(a: number, b: number, tiling: Tiling): Steps<Found> {
    const form = a === 0 ? 'zero' : formFrom(a);
    if (this.left.p !== a || this.left.form !== form) this.table.fill(this.left, a, form);
    this.table.fill(this.right, b, form);
    this.table.fillBends(this.bends, this.left, this.right);
    const found = yield* findDeviation(
      tiling,
      this.run.points,
      this.left,
      this.right,
      this.bends,
      (start, length) => this.changes.exact(start, length),
      ({ given, other }) => ++this.fallbacks <= FALLBACK.perRun && losesOn(given, other, a, b),
    );
    if (found !== 'unclear' && found.deviation === null) [this.left, this.right] = [this.right, this.left];
    return found;
  }

  private minimiser(p: number): Tiling {
    return new CheapestTilings(this.changes, Rational.fromDouble(p)).ofRun(0, this.run.points).starts;
  }

  /**
   * The first p in (a, b] at which `tiling` is beaten, or null when it seems a minimiser at b: Newton's iteration for a minimum of
   * functions, from the right: the root of the difference to the minimiser at p is the next p. Proposals.
   */
  private *firstCrossing(a: number, b: number, tiling: Tiling): Steps<number | null> {
    let p = Math.min(b, 1 - this.settings.grid);
    let found: number | null = null;
    for (let iteration = 0; iteration < 60 && p > a; iteration++) {
      const difference = new CostDifference(this.table, this.run, this.minimiser(p), tiling);
      yield;
      if (!(difference.valueNear(p) < 0)) break;
      const root = difference.rootNear(a, p);
      yield;
      found = root;
      if (root >= p) break;
      p = root;
    }
    return found;
  }
}

/** Bits after the point where doubles fail, the longest interval for which that is worth the time, and how often in one run. */
const FALLBACK = { bits: 192, longest: 2 ** -20, perRun: 150 } as const;

/**
 * True when sum other^p > sum given^p for every p in [a, b], in fixed point: like `RunTiles.boundsOn`, the difference is at least its
 * chord minus (b - a)^2 / 8 max(0, max D''), and x^2 c^p, x = ln c, is monotone in p.
 */
function losesOn(given: readonly Rational[], other: readonly Rational[], a: number, b: number): boolean {
  if (a === 0 || b === 1 || b - a > FALLBACK.longest) return false;
  const { bits } = FALLBACK;
  const shift = BigInt(bits);
  const from = Rational.fromDouble(a);
  const to = Rational.fromDouble(b);
  let atFrom = 0n;
  let atTo = 0n;
  let second = 0n;
  for (const [bases, factor] of [
    [other, 1n],
    [given, -1n],
  ] as const) {
    for (const c of bases) {
      const ends = [power(c, from, bits), power(c, to, bits)] as const;
      const x = logarithm(c, bits);
      const size = x.upper + x.lower > 0n ? x.upper : -x.lower;
      const smaller = x.upper + x.lower > 0n ? x.lower : -x.upper;
      // D from below, D'' from above: a sum of lower ends minus upper ends, and the reverse.
      const [low, high] = ends[0].lower < ends[1].lower ? ends : [ends[1], ends[0]];
      if (factor > 0n) {
        atFrom += ends[0].lower;
        atTo += ends[1].lower;
        second += (((((size * size) >> shift) + 1n) * high.upper) >> shift) + 1n;
      } else {
        atFrom -= ends[0].upper;
        atTo -= ends[1].upper;
        if (smaller > 0n) second -= (((smaller * smaller) >> shift) * low.lower) >> shift;
      }
    }
  }
  const width = to.subtract(from);
  const square = width.multiply(width);
  const bend = second > 0n ? (second * square.numerator) / (8n * square.denominator) + 1n : 0n;
  return atFrom > bend && atTo > bend;
}

/** The product of the paths of all runs: breakpoints of all of them, with overlapping stretches merged. */
function merge(
  problem: Problem,
  signs: Int8Array,
  runs: Runs,
  paths: readonly RunPath[],
  settings: PathOptions,
): LpPath {
  interface Gap {
    lower: number;
    upper: number;
    runs: number[];
  }
  const gaps: Gap[] = [];
  for (const { index: run, pieces } of paths) {
    let end = 0;
    for (const { from, to } of [...pieces, { from: 1, to: 1 }]) {
      if (from > end) gaps.push({ lower: end, upper: from, runs: [run] });
      end = to;
    }
  }
  gaps.sort((a, b) => a.lower - b.lower || a.upper - b.upper);
  const merged: Gap[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last !== undefined && gap.lower <= last.upper) {
      last.upper = Math.max(last.upper, gap.upper);
      last.runs.push(...gap.runs);
    } else merged.push({ ...gap });
  }
  const pieces: PathPiece[] = [];
  let from = 0;
  for (const { lower, upper } of [...merged, { lower: 1, upper: 1 }]) {
    if (lower > from) pieces.push(pieceOf(problem, signs, runs, paths, from, lower));
    from = upper;
  }
  const stretches = merged.map((gap) => ({
    lower: Rational.fromDouble(gap.lower),
    upper: Rational.fromDouble(gap.upper),
    kind: gap.upper - gap.lower <= settings.width ? ('crossing' as const) : ('undecided' as const),
    runs: [...new Set(gap.runs)].sort((a, b) => a - b),
  }));
  return { pieces, stretches };
}

function pieceOf(
  problem: Problem,
  signs: Int8Array,
  runs: Runs,
  paths: readonly RunPath[],
  from: number,
  to: number,
): PathPiece {
  const vertex = blankVertex(problem, runs);
  let unique = true;
  for (const { index: run, pieces } of paths) {
    const piece = pieces.find((own) => own.from <= from && to <= own.to)!;
    setTiling(vertex, runs.first[run]!, runs.points[run]!, piece.tiling);
    unique &&= piece.unique;
  }
  return {
    from: Rational.fromDouble(from),
    to: Rational.fromDouble(to),
    vertex,
    knotCount: countKnots(signs, vertex),
    unique,
  };
}
