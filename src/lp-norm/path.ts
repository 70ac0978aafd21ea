import { logarithm, power } from '../exact/enclosure.js';
import { equalMultisets, signOfPowerSum } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';
import { curvature } from '../knots/curvature.js';
import { blankVertex, countKnots, type Vertex } from '../knots/family.js';
import { limitVertex } from '../knots/limit.js';
import { type Runs, runsOf } from '../knots/runs.js';
import type { Problem } from '../problem/problem.js';
import { CheapestTilings } from './cheapest-tiling.js';
import { bestDeviation, type Deviation, deviationTiles } from './deviation.js';
import { requireExactLabels } from './minimize.js';
import { changesOfRun, type SlopeChanges, slopeChanges } from './slope-changes.js';
import { differingTiles } from './threshold.js';
import { type GainForm, RunTiles, type TileGains, UNIT_FORM_FROM } from './tile-gains.js';
import { setTiling, type Tiling, tilingOfVertex } from './tiling.js';

/** Settings of `lpPath` and `uniqueBelow`. All p visited are multiples of `grid`, hence exact doubles. */
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
}

export const PATH_DEFAULTS: PathOptions = {
  margin: 2 ** -42,
  leap: 2 ** -6,
  width: 1e-12,
  firstStep: 1 / 8,
  stepAfterCrossing: 2 ** -20,
  grid: 2 ** -50,
};

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
 * For every run: from the limit vertex at p -> 0+ on, intervals are certified on which no deviation from the current tiling gains
 * (`bestDeviation` with the linear bounds of `RunTiles.boundsOn`); near p = 0 gains are divided by p, near 1 by 1 - p. Where that
 * fails because another tiling wins, the first root of the difference of costs is the crossing, and the search
 * goes on behind it with the tiling that is exactly optimal there.
 * @param problem one input, exact labels
 * @throws RangeError when the problem has windows or several inputs
 */
export function lpPath(problem: Problem, options: Partial<PathOptions> = {}): LpPath {
  requireExactLabels(problem);
  const settings = { ...PATH_DEFAULTS, ...options };
  const signs = curvature(problem);
  const runs = runsOf(signs);
  const start = limitVertex(problem, runs).side;
  const changes = slopeChanges(problem, runs);
  const paths: RunPath[] = [];
  for (let r = 0; r < runs.count; r++) {
    if (runs.points[r]! >= 3) paths.push(pathOfRun(changes, runs, r, start, settings, 1));
  }
  return merge(problem, signs, runs, paths, settings);
}

/**
 * Encloses the first p at which the minimiser is not unique: where two minimal vertices cross or touch. 1 when it is unique for
 * every 0 < p < 1; 0 when two vertices tie for all small p.
 */
export function uniqueBelow(
  problem: Problem,
  options: Partial<PathOptions> = {},
): { lower: Rational; upper: Rational } {
  requireExactLabels(problem);
  const settings = { ...PATH_DEFAULTS, ...options };
  const runs = runsOf(curvature(problem));
  const start = limitVertex(problem, runs).side;
  const changes = slopeChanges(problem, runs);
  let lower = 1;
  let upper = 1;
  for (let r = 0; r < runs.count && upper > 0; r++) {
    if (runs.points[r]! < 3) continue;
    const { pieces } = pathOfRun(changes, runs, r, start, settings, upper);
    const first = pieces[0];
    const next = pieces[1]?.from ?? 1;
    if (first === undefined || first.from > 0 || !first.unique) {
      lower = 0;
      upper = first !== undefined && !first.unique ? first.from : Math.min(upper, first?.from ?? 1);
    } else {
      lower = Math.min(lower, first.to);
      upper = Math.min(upper, next);
    }
  }
  return { lower: Rational.fromDouble(lower), upper: Rational.fromDouble(upper) };
}

interface RunPiece {
  readonly from: number;
  to: number;
  readonly tiling: Tiling;
  unique: boolean;
}

interface RunPath {
  readonly run: number;
  readonly pieces: readonly RunPiece[];
}

/** The path of one run up to its first crossing beyond `until`. */
function pathOfRun(
  changes: SlopeChanges,
  runs: Runs,
  r: number,
  start: Vertex,
  settings: PathOptions,
  until: number,
): RunPath {
  const first = runs.first[r]!;
  const points = runs.points[r]!;
  const search = new RunSearch(changesOfRun(changes, first, points), r, points, settings);
  const pieces: RunPiece[] = [];
  let tiling = tilingOfVertex(start, first, points);
  let from = 0;
  let step = settings.firstStep;
  while (from < 1) {
    const piece = search.extend(from, tiling, step, until);
    if (piece !== null) pieces.push(piece);
    const reached = piece?.to ?? from;
    if (reached >= Math.min(1, until)) break;
    // Behind the crossing: the exact minimiser there, at the first distance at which it can be certified.
    const next = search.restart(Math.max(reached, search.crossing));
    if (next === null) break;
    from = next.p;
    tiling = next.tiling;
    step = settings.stepAfterCrossing;
  }
  return { run: r, pieces };
}

/** The search along one run. */
class RunSearch {
  private readonly tiles: RunTiles;
  private readonly points: number;
  /** Where the last piece stopped being optimal (a proposal), or 0. */
  crossing = 0;
  private left: TileGains | null = null;
  private form: GainForm = 'power';
  private fallbacks = 0;

  constructor(
    private readonly changes: SlopeChanges,
    run: number,
    points: number,
    private readonly settings: PathOptions,
  ) {
    this.points = points;
    this.tiles = new RunTiles(changes, run, 0, points);
  }

  /** The longest certified piece of `tiling` that begins at `from`, or null when not even the shortest interval can be certified. */
  extend(from: number, tiling: Tiling, firstStep: number, until: number): RunPiece | null {
    const { grid } = this.settings;
    const excluded = new Map<number, Set<number>>();
    const piece: RunPiece = { from, to: from, tiling, unique: true };
    let step = firstStep;
    let limit = 1;
    this.crossing = 0;
    while (piece.to < Math.min(limit, until)) {
      const a = piece.to;
      let b = Math.min(limit, a + Math.max(grid, Math.floor(step / grid) * grid));
      if (a < UNIT_FORM_FROM && b > UNIT_FORM_FROM) b = UNIT_FORM_FROM;
      const obstacle = this.obstacle(a, b, tiling, excluded);
      if (obstacle === null) {
        piece.to = b;
        step *= 2;
        continue;
      }
      const { given, other } = this.changesOf(tiling, obstacle);
      if (equalMultisets(given, other)) {
        // A tie at every p: this deviation costs the same, always.
        const starts = excluded.get(obstacle.end) ?? new Set<number>();
        excluded.set(obstacle.end, starts.add(obstacle.start));
        piece.unique = false;
        continue;
      }
      const root = this.crossing === 0 ? this.firstCrossing(a, b, tiling) : null;
      if (root !== null) {
        this.crossing = root;
        limit = Math.max(a, Math.floor((root - this.settings.margin) / grid) * grid);
        step = Math.min(step, (limit - a) / 2);
      } else step = Math.min(step, b - a) / 4;
      if (step < grid) break;
    }
    return piece.to > from ? piece : null;
  }

  /** The first p behind `from`, margin, 4 margin, .. away, with a unique exact minimiser or one that ties exactly. */
  restart(from: number): { p: number; tiling: Tiling } | null {
    const { margin, leap, grid } = this.settings;
    // Behind a known crossing, or past a stretch that no interval could cover.
    for (let distance = this.crossing > 0 ? margin : leap; distance < 1; distance *= 4) {
      const p = Math.ceil((from + distance) / grid) * grid;
      if (p >= 1) return null;
      const tiling = this.minimiser(p).starts;
      const obstacle = this.obstacle(p, p + grid, tiling, new Map());
      if (obstacle === null) return { p, tiling };
      const { given, other } = this.changesOf(tiling, obstacle);
      if (equalMultisets(given, other)) return { p, tiling };
    }
    return null;
  }

  /** The deviation that may gain somewhere on [a, b], or null when there is none: then `tiling` is optimal on all of it. */
  private obstacle(
    a: number,
    b: number,
    tiling: Tiling,
    excluded: ReadonlyMap<number, ReadonlySet<number>>,
  ): Deviation | null {
    const form: GainForm = a === 0 ? 'zero' : a >= UNIT_FORM_FROM ? 'unit' : 'power';
    if (this.left === null || this.left.p !== a || this.form !== form)
      this.left = this.tiles.gainsAt(a, form);
    this.form = form;
    const right = this.tiles.gainsAt(b, form);
    const passed = new Map([...excluded].map(([end, starts]) => [end, new Set(starts)]));
    for (const bounds of this.tiles.boundsOn(this.left, right, form)) {
      for (;;) {
        const best = bestDeviation(bounds, tiling, this.points, passed);
        if (best === null || best.gain < 0) break;
        const { start, end } = best.deviation;
        const { given, other } = this.changesOf(tiling, best.deviation);
        if (this.fallbacks >= FALLBACK.perRun || !losesOn(given, other, a, b)) return best.deviation;
        this.fallbacks++;
        passed.set(end, (passed.get(end) ?? new Set<number>()).add(start));
      }
    }
    this.left = right;
    return null;
  }

  /** Slope changes of the tiles on both sides of a deviation. */
  private changesOf(tiling: Tiling, deviation: Deviation): { given: Rational[]; other: Rational[] } {
    const { given, other } = deviationTiles(tiling, this.points, deviation);
    const exact = (tiles: readonly (readonly [number, 1 | 2])[]) =>
      tiles.map(([start, length]) => this.changes.exact(start, length));
    return { given: exact(given), other: exact(other) };
  }

  private minimiser(p: number): { starts: Tiling } {
    return new CheapestTilings(this.changes, Rational.fromDouble(p)).ofRun(0, this.points);
  }

  /**
   * The first p in (a, b] at which `tiling` is beaten, or null when it is still optimal at b: Newton's iteration for a minimum of
   * functions, from the right: the root of the difference to the minimiser at p is the next p.
   */
  private firstCrossing(a: number, b: number, tiling: Tiling): number | null {
    const { grid } = this.settings;
    let p = Math.min(b, 1 - grid);
    let found: number | null = null;
    for (let iteration = 0; iteration < 60 && p > a; iteration++) {
      const { starts } = this.minimiser(p);
      const tiles = differingTiles(starts, tiling, this.points);
      const bases = (factor: 1 | -1) =>
        tiles
          .filter((tile) => tile.factor === factor)
          .map(({ start, length }) => this.changes.exact(start, length));
      const won = bases(1);
      const lost = bases(-1);
      if (signOfPowerSum(lost, won, Rational.fromDouble(p)) !== 1) break;
      // Bisection: cheaper at p, not cheaper at `low` (at a the tiling is optimal).
      let low = a;
      let high = p;
      while (high - low > 2 * grid) {
        const middle = Math.floor((low + high) / 2 / grid) * grid;
        if (middle <= low || middle >= high) break;
        if (signOfPowerSum(lost, won, Rational.fromDouble(middle)) === 1) high = middle;
        else low = middle;
      }
      found = high;
      if (high >= p) break;
      p = low;
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
  for (const { run, pieces } of paths) {
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
  for (const { run, pieces } of paths) {
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
