import type { ThresholdClaim, ThresholdProof } from '../certificate/threshold.js';
import { type Run, sparsestWinsOn } from '../checker/threshold.js';
import { type DecimalEnclosure, decimalsAround } from '../exact/enclosure.js';
import { signOfPowerSum } from '../exact/power-sum.js';
import { maximum, Rational } from '../exact/rational.js';
import { curvature } from '../knots/curvature.js';
import { type Runs, runsOf } from '../knots/runs.js';
import type { Problem } from '../problem/problem.js';
import { bestSingle, DenserTilings } from './denser-gain.js';
import { requireExactLabels } from './minimize.js';
import { slopeChanges } from './slope-changes.js';
import { boundsAt, type GainForm, RunTiles, type TileGains, UNIT_FORM_FROM } from './tile-gains.js';
import { canBeDenser, sparsestTiling, type Tiling } from './tiling.js';

/** Settings of `threshold`. All p visited are multiples of `grid`, hence exact doubles. */
export interface ThresholdOptions {
  /** The bracket of p* is closed when it is at most this wide. */
  readonly width: number;
  /** Length of the first interval; doubled after a success, quartered after a failure. */
  readonly firstStep: number;
  /** Part of the way to a known crossing that an interval may go. */
  readonly approach: number;
  /** Every breakpoint is a multiple of this power of two; an interval that short which fails is undecided. */
  readonly grid: number;
  /** Intervals at most this long on which doubles fail are tried in fixed point, in runs of at most `exactPoints` points. */
  readonly exactBelow: number;
  readonly exactPoints: number;
  /** Digits after the point in the decimal enclosures. */
  readonly digits: number;
}

export const THRESHOLD_DEFAULTS: ThresholdOptions = {
  width: 2 ** -40,
  firstStep: 1 / 8,
  approach: 15 / 16,
  grid: 2 ** -50,
  exactBelow: 2 ** -20,
  exactPoints: 10_000,
  digits: 18,
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
 * Runs are independent: a minimiser is sparsest exactly when its tiling of every run is, so p* is the least over the runs.
 * From p = 0 upward, intervals are certified: with linear bounds on the gains of all tiles (`RunTiles.boundsOn`) the best
 * tiling that is not sparsest stays below a sparsest one at both ends, hence between them. A failure at the right end
 * yields the denser tiling that wins there; the root where it begins to win bounds p* from above, and the intervals approach it.
 * Doubles with error bounds decide nearly all intervals; short ones on which they fail (costs that nearly cancel) are decided in
 * fixed point by the checker's rule, and the sign at the crossing is exact.
 *
 * @param problem one input, exact labels
 * @throws RangeError when the problem has windows or several inputs
 */
export function threshold(problem: Problem, options: Partial<ThresholdOptions> = {}): Threshold {
  requireExactLabels(problem);
  const settings = { ...THRESHOLD_DEFAULTS, ...options };
  const runs = runsOf(curvature(problem));
  return new ThresholdSearch(problem, runs, settings).result();
}

interface Found {
  readonly run: RunGains;
  readonly denser: Tiling;
}

class ThresholdSearch {
  private readonly runs: RunGains[] = [];
  private upper = 1;
  private found: Found | null = null;

  constructor(
    problem: Problem,
    runs: Runs,
    private readonly settings: ThresholdOptions,
  ) {
    const changes = slopeChanges(problem, runs);
    for (let r = 0; r < runs.count; r++) {
      if (canBeDenser(runs.points[r]!)) {
        this.runs.push(new RunGains(new RunTiles(changes, r, runs.first[r]!, runs.points[r]!)));
      }
    }
  }

  result(): Threshold {
    const { grid, width } = this.settings;
    const breakpoints = [0];
    let lower = 0;
    let step = this.settings.firstStep;
    while (lower < 1 && this.upper - lower > (this.found === null ? 0 : width)) {
      const to = this.next(lower, step);
      const exactly = to - lower <= this.settings.exactBelow;
      const failing = this.runs.find(
        (run) => !run.sparsestWinsOn(lower, to) && !(exactly && this.winsExactly(run, lower, to)),
      );
      if (failing === undefined) {
        for (const run of this.runs) run.advance();
        breakpoints.push(to);
        lower = to;
        step *= 2;
      } else if (failing.isDenserAt(to) && this.improve(failing, lower, to)) {
        step = Math.min(step, to - lower);
      } else if (step <= grid) break;
      else step = Math.max(grid, Math.min(step, to - lower) / 4);
    }
    return this.conclude(breakpoints, lower);
  }

  /** The checker's own rule: fixed point of several precisions. */
  private winsExactly(run: RunGains, from: number, to: number): boolean {
    if (run.tiles.points > this.settings.exactPoints) return false;
    return sparsestWinsOn(run.inRationals(), Rational.fromDouble(from), Rational.fromDouble(to));
  }

  /** The right end of the next interval. */
  private next(lower: number, step: number): number {
    const { grid, approach } = this.settings;
    const room = this.found === null ? 1 - lower : (this.upper - lower) * approach;
    const to = lower + Math.max(grid, Math.floor(Math.min(step, room) / grid) * grid);
    // The last stretch before 1 is compared in another form, whose bounds are sharp there only.
    return lower < UNIT_FORM_FROM && to > UNIT_FORM_FROM ? UNIT_FORM_FROM : to;
  }

  /** Looks for a crossing of this run in (from, to], where a denser tiling wins at `to`. True when p* is bounded by it. */
  private improve(run: RunGains, from: number, to: number): boolean {
    const root = run.firstCrossing(from, to);
    const { grid } = this.settings;
    for (let offset = 1; offset <= 2 ** 20; offset *= 4) {
      const p = Math.ceil(root / grid + offset) * grid;
      if (p >= this.upper) return false;
      const denser = run.strictlyCheaper(p);
      if (denser === null) continue;
      this.upper = p;
      this.found = { run, denser };
      return true;
    }
    return false;
  }

  private conclude(breakpoints: readonly number[], last: number): Threshold {
    const { digits, width } = this.settings;
    const lower = Rational.fromDouble(last);
    const upper = Rational.fromDouble(this.upper);
    const closed = last === 1 || (this.found !== null && this.upper - last <= width);
    const shared = {
      status: closed ? ('closed' as const) : ('undecided' as const),
      lower,
      upper,
      pStar: decimalsAround(lower, upper, digits),
      claim: { kind: 'threshold' as const, lower: lower.toString(), upper: upper.toString() },
    };
    const texts = breakpoints.map((p) => Rational.fromDouble(p).toString());
    if (this.found === null) return { ...shared, proof: { kind: 'threshold', breakpoints: texts } };
    const { run, denser } = this.found;
    const { first, points, run: index } = run.tiles;
    const crossing = { run: index, point: first, sparsest: run.bestSparsest(this.upper), denser };
    return {
      ...shared,
      crossing,
      proof: {
        kind: 'threshold',
        breakpoints: texts,
        crossing: { point: first, tiles: tileLengths(denser, points) },
      },
    };
  }
}

/** "1221": the lengths of the tiles from left to right. */
export function tileLengths(starts: Tiling, points: number): string {
  return Array.from(starts, (start, t) => (t + 1 < starts.length ? starts[t + 1]! : points) - start).join('');
}

/** One run of the search: gains at the left end of the current interval are kept for all attempts at its right end. */
class RunGains {
  private readonly kernel: DenserTilings;
  private left: TileGains | null = null;
  private right: TileGains | null = null;
  private form: GainForm = 'power';

  constructor(readonly tiles: RunTiles) {
    this.kernel = new DenserTilings(tiles.points);
  }

  /** True when every denser tiling loses to a sparsest one for every p in [from, to]. Proved. */
  sparsestWinsOn(from: number, to: number): boolean {
    const form = from >= UNIT_FORM_FROM ? 'unit' : 'power';
    if (this.left === null || this.left.p !== from || this.form !== form) {
      this.left = this.tiles.gainsAt(from, form);
    }
    this.form = form;
    const right = this.tiles.gainsAt(to, form);
    this.right = right;
    const reference = this.reference(right);
    return this.tiles
      .boundsOn(this.left, right, form)
      .every((bounds) => this.kernel.best(bounds, reference).bound < 0);
  }

  /** The run as the checker sees it. */
  inRationals(): Run {
    const { points, first } = this.tiles;
    const changes = Array.from({ length: points }, (_, k) => this.tiles.exact(k, 1));
    const largest = changes.reduce((a, b) => maximum(a, b));
    return { point: first, changes: changes.map((c) => c.divide(largest)) };
  }

  /** The right end becomes the left end. */
  advance(): void {
    this.left = this.right;
  }

  /** Whether a denser tiling seems to win at the right end of the last attempt (a proposal). */
  isDenserAt(p: number): boolean {
    return this.bestDenser(p).gain > 0;
  }

  /**
   * The first p in (from, to] at which the best denser tiling overtakes the best sparsest one, in doubles (a proposal): Newton's
   * iteration for a maximum of functions (Dinkelbach 1967): the root of the currently best pair is the next p.
   */
  firstCrossing(from: number, to: number): number {
    let p = to;
    for (let iteration = 0; iteration < 100; iteration++) {
      const { gain, denser, sparsest } = this.bestDenser(p);
      if (!(gain > 0)) break;
      const root = this.crossingOf(denser, sparsest, from, p);
      if (root >= p) break;
      p = root;
    }
    return p;
  }

  private bestDenser(p: number): { gain: number; denser: Tiling; sparsest: Tiling } {
    const gains = this.tiles.gainsAt(p, p >= UNIT_FORM_FROM ? 'unit' : 'power');
    const sparsest = this.reference(gains);
    const best = this.kernel.best(boundsAt(gains), sparsest);
    const denser = best.bound > 0 ? best.tiling() : sparsest;
    return { gain: best.bound, denser, sparsest };
  }

  /** The root of cost(sparsest) - cost(denser) in [from, to] by bisection on the tiles that differ. */
  private crossingOf(denser: Tiling, sparsest: Tiling, from: number, to: number): number {
    const terms = differingTiles(denser, sparsest, this.tiles.points).map(({ start, length, factor }) => ({
      ln: Math.log(this.tiles.exact(start, length).toNumber()),
      factor,
    }));
    // Divide by the largest term: only the sign matters, and nothing overflows.
    const largest = terms.reduce((value, { ln }) => Math.max(value, ln), Number.NEGATIVE_INFINITY);
    const gain = (p: number) =>
      terms.reduce(
        (sum, { ln, factor }) =>
          sum - factor * Math.expm1(-(1 - p) * ln + (1 - p) * largest) * Math.exp(ln - largest),
        0,
      );
    let [low, high] = [from, to];
    while (high - low > 2 ** -52) {
      const middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      if (gain(middle) > 0) high = middle;
      else low = middle;
    }
    return high;
  }

  /** A denser tiling that is strictly cheaper than every sparsest one at p, or null. Exact. */
  strictlyCheaper(p: number): Tiling | null {
    const { gain, denser } = this.bestDenser(p);
    if (!(gain > 0)) return null;
    const { points } = this.tiles;
    const exponent = Rational.fromDouble(p);
    const candidates = this.sparsestCandidates(p);
    const cheaper = candidates.every((single) => {
      const changed = differingTiles(denser, sparsestTiling(points, single), points);
      const bases = (factor: 1 | -1) =>
        changed
          .filter((tile) => tile.factor === factor)
          .map(({ start, length }) => this.tiles.exact(start, length));
      return signOfPowerSum(bases(-1), bases(1), exponent) === 1;
    });
    return cheaper ? denser : null;
  }

  /** Offsets of the sparsest tilings that doubles cannot tell from the cheapest one at p. */
  private sparsestCandidates(p: number): number[] {
    const { points } = this.tiles;
    if (points % 2 === 0) return [0];
    const gains = this.tiles.gainsAt(p, 'power');
    const value = new Float64Array((points + 1) / 2);
    let error = 0;
    for (let k = 1; k < value.length; k++) {
      const t = 2 * k;
      value[k] =
        value[k - 1]! +
        (gains.double[t - 2]! - gains.double[t - 1]! + (gains.single[t]! - gains.single[t - 2]!));
      error +=
        gains.doubleError[t - 2]! +
        gains.doubleError[t - 1]! +
        gains.singleError[t]! +
        gains.singleError[t - 2]! +
        2 ** -51 * (Math.abs(value[k]!) + Math.abs(gains.double[t - 2]!) + Math.abs(gains.single[t]!));
    }
    const best = value.reduce((a, b) => Math.max(a, b));
    return Array.from(value.keys(), (k) => 2 * k).filter((t) => value[t / 2]! >= best - 2 * error);
  }

  bestSparsest(p: number): Tiling {
    return this.reference(this.tiles.gainsAt(p, 'power'));
  }

  private reference(gains: TileGains): Tiling {
    const { points } = this.tiles;
    return sparsestTiling(points, bestSingle(gains.single, gains.double, points));
  }
}

interface DifferingTile {
  readonly start: number;
  readonly length: 1 | 2;
  /** 1 when only the first tiling has it, -1 when only the second has it. */
  readonly factor: 1 | -1;
}

/** The tiles that exactly one of two tilings has. */
export function differingTiles(a: Tiling, b: Tiling, points: number): DifferingTile[] {
  const lengthAt = (starts: Tiling): Uint8Array => {
    const lengths = new Uint8Array(points);
    for (let t = 0; t < starts.length; t++) {
      lengths[starts[t]!] = (t + 1 < starts.length ? starts[t + 1]! : points) - starts[t]!;
    }
    return lengths;
  };
  const first = lengthAt(a);
  const second = lengthAt(b);
  const tiles: DifferingTile[] = [];
  for (let k = 0; k < points; k++) {
    if (first[k] === second[k]) continue;
    if (first[k] !== 0) tiles.push({ start: k, length: first[k] as 1 | 2, factor: 1 });
    if (second[k] !== 0) tiles.push({ start: k, length: second[k] as 1 | 2, factor: -1 });
  }
  return tiles;
}
