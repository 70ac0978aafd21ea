import type { Pieces } from '../certificate/pieces.js';
import { bitLength } from '../exact/bigint.js';
import { type DecimalEnclosure, decimalsAround, power } from '../exact/enclosure.js';
import { isWithinReach, quotientSum } from '../exact/quotient-sum.js';
import { type Quotient, Rational } from '../exact/rational.js';
import { finish, type Steps } from '../exact/steps.js';
import { curvature } from '../knots/curvature.js';
import {
  blankVertex,
  countKnots,
  firstLine,
  forEachKnot,
  functionOfVertex,
  knotBetween,
  piecesOfVertex,
  type Vertex,
} from '../knots/family.js';
import { limitVertex } from '../knots/limit.js';
import { type Runs, runsOf } from '../knots/runs.js';
import {
  inSlopeUnits,
  leastLipschitz,
  leastPathNorm,
  segmentSlope,
  slopeChangeOver,
  slopeScale,
} from '../knots/slopes.js';
import type { Knot, PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { CheapestTilings } from './cheapest-tiling.js';
import { CostSum, pathNormCost } from './cost.js';
import { PriceFinder, type TilePrices } from './prices.js';
import { slopeChanges } from './slope-changes.js';
import { tileCosts } from './tile-costs.js';
import { setTiling, tilingOfVertex } from './tiling.js';

/** Settings of `minimizeLp`. */
export interface MinimizeOptions {
  /**
   * Digits after the decimal point of the cost enclosure: that many behind the first digit of a cost below 1, and fewer (multiples of powers
   * of ten) for costs beyond 10^300.
   */
  readonly digits: number;
}

export const MINIMIZE_DEFAULTS: MinimizeOptions = { digits: 30 };

/**
 * A global minimiser of the l^p path norm sum |v_k w_k|^p among all interpolants with a free affine part, eq. (2).
 *
 * 0 < p < 1: a vertex of S (Theorem 3.1). p = 0: the sparsest interpolant that is the limit of the minimisers as p -> 0+. p = 1: the
 * same function represents the set of all minimisers, see `freeRuns`.
 */
export interface LpMinimizer {
  readonly kind: 'lp-minimum';
  readonly p: Rational;
  readonly vertex: Vertex;
  readonly knotCount: number;
  /**
   * 0 < p <= 1: whether no other interpolant has this cost; 'undecided' when the digits at hand could not separate two.
   * p = 0: whether the limit as p -> 0+ is one function (the sparsest interpolants themselves are usually many).
   */
  readonly unique: boolean | 'undecided';
  /** Whether this function has the fewest knots of all interpolants. */
  readonly sparsest: boolean;
  /**
   * The runs that leave a choice among the sparsest functions of S when p = 0 (odd numbers of points), and among all
   * minimisers when p = 1 (two or more points); empty for other p.
   *
   * p = 1 (Debarre et al. 2022, Theorem 2; Hanin 2021): the minimisers are exactly the interpolants that join the dots outside
   * these runs and are convex (sign +1) or concave (sign -1) from the point before the run to the one after it. Between two
   * neighbouring points of the run such a function lies in the triangle under (over) their chord that is cut off by the lines
   * of the two neighbouring segments.
   */
  readonly freeRuns: readonly FreeStretch[];
  /** The cost as an enclosure; computed when first read, O(N). */
  readonly cost: DecimalEnclosure;
  /** The cost with fewer digits and in a fraction of the time where there are very many knots; computed when first read. */
  readonly costBracket: { readonly lower: Rational; readonly upper: Rational };
  /** The function in rationals; written out when first read, O(N). */
  readonly function: PiecewiseLinear;
  /** The function piece by piece, as certificates hold it; written out when read. */
  readonly pieces: Pieces;
  /**
   * The dual solution that proves the function a minimiser; computed when first read, O(N). Empty for p = 0 and p = 1; null when the digits at
   * hand could not tell a tie from a difference, or when costs of one run differ by thousands of digits.
   */
  readonly prices: TilePrices | null;
  /** The prices in steps; kept, so that they are there when read. */
  pricesInSteps(): Steps<TilePrices | null>;
  /** The cost in steps; kept, so that it is there when read. */
  costInSteps(): Steps<DecimalEnclosure>;
  /** The function with its first knots only. */
  beginning(knots: number): PiecewiseLinear;
}

/** What is known of the minimum while it is sought. */
export interface LpBracket {
  readonly p: Rational;
  /** The least cost lies between these. */
  readonly cost: DecimalEnclosure;
  /** Runs of three or more points, and how many of them are decided exactly. */
  readonly runs: number;
  readonly runsDecided: number;
  /** An interpolant with the cost `upper` at most. Written out when first read. */
  readonly function: PiecewiseLinear;
  readonly knotCount: number;
}

/** A run as first and last point and the sign of its curvature. */
export interface FreeStretch {
  readonly first: number;
  readonly last: number;
  readonly sign: 1 | -1;
}

/**
 * The global l^p minimiser in O(N) time (the literature enumerates the 2^(m-1) vertices of a run of m + 1 points).
 *
 * @param problem one input, exact labels
 * @param p 0 <= p <= 1
 * @throws RangeError when the problem has windows or several inputs, or p is outside [0, 1]
 */
export function minimizeLp(
  problem: Problem,
  p: Rational,
  options: Partial<MinimizeOptions> = {},
): LpMinimizer {
  return finish(new Minimization(problem, p, options).steps());
}

/** The same as a computation that can be left at any step with what is known by then. */
export class Minimization {
  private readonly digits: number;
  private readonly signs: Int8Array;
  private readonly runs: Runs;
  private readonly side: Vertex;
  private tilings: CheapestTilings | null = null;
  /** Index of the run that is next. */
  private next = 0;

  /** @throws RangeError as `minimizeLp` */
  constructor(
    private readonly problem: Problem,
    private readonly p: Rational,
    options: Partial<MinimizeOptions> = {},
  ) {
    requireExactLabels(problem);
    if (p.sign() < 0 || Rational.one.lessThan(p))
      throw new RangeError(`expected 0 <= p <= 1, found p = ${p}`);
    this.digits = { ...MINIMIZE_DEFAULTS, ...options }.digits;
    this.signs = curvature(problem);
    this.runs = runsOf(this.signs);
    this.side = blankVertex(problem, this.runs);
  }

  *steps(): Steps<LpMinimizer> {
    const { problem, p, signs, runs, side, digits } = this;
    if (p.isZero() || p.equals(Rational.one)) return endOfScale(problem, signs, runs, p, digits);
    this.tilings ??= yield* this.prepare();
    let unique: LpMinimizer['unique'] = true;
    for (; this.next < runs.count; this.next++) {
      const points = runs.points[this.next]!;
      if (points < 3) continue;
      const first = runs.first[this.next]!;
      const tiling = yield* this.tilings.ofRunInSteps(first, points);
      setTiling(side, first, points, tiling.starts);
      if (tiling.unique === false) unique = false;
      else if (tiling.unique === 'undecided' && unique) unique = 'undecided';
    }
    const knotCount = countKnots(signs, side);
    return new LazyMinimizer(problem, signs, runs, side, p, digits, this.tilings, {
      knotCount,
      unique,
      sparsest: knotCount === runs.knots,
      freeRuns: [],
    });
  }

  private *prepare(): Steps<CheapestTilings> {
    const changes = slopeChanges(this.problem, this.runs);
    return new CheapestTilings(changes, this.p, yield* tileCosts(changes, this.p));
  }

  /** Runs of three or more points; only these leave a choice. */
  get choices(): { all: number; decided: number } {
    let all = 0;
    let decided = 0;
    for (let r = 0; r < this.runs.count; r++) {
      if (this.runs.points[r]! < 3) continue;
      all++;
      if (r < this.next) decided++;
    }
    return { all, decided };
  }

  /** What is known now: doubles bound the cost of every run, and choose where its tiling is not decided yet. O(N). */
  bracket(): LpBracket {
    const { problem, signs, runs, p } = this;
    // At p = 0 every tile costs 1, which is no matter of doubles: the sparsest tilings cost as many as they have.
    const side = p.isZero() ? limitVertex(problem, runs).side : this.side.slice();
    let cost: DecimalEnclosure = { lower: `${runs.knots}`, upper: `${runs.knots}` };
    if (!p.isZero()) {
      this.tilings ??= finish(this.prepare());
      const costs = new CostSum();
      for (let r = 0; r < runs.count; r++) {
        const points = runs.points[r]!;
        const first = runs.first[r]!;
        const estimate = this.tilings.estimateRun(first, points);
        costs.add(estimate.cost);
        if (r >= this.next && points >= 3) setTiling(side, first, points, estimate.starts);
      }
      cost = costs.decimals(problem.lower.scale.divide(problem.inputs[0]!.scale), p, this.digits);
    }
    const { all, decided } = this.choices;
    let written: PiecewiseLinear | null = null;
    return {
      p,
      cost,
      runs: all,
      runsDecided: decided,
      knotCount: countKnots(signs, side),
      get function() {
        written ??= functionOfVertex(problem, signs, side);
        return written;
      },
    };
  }
}

/** p = 0 and p = 1: every sparsest function, respectively all of S and more, has the same cost. */
function endOfScale(
  problem: Problem,
  signs: Int8Array,
  runs: Runs,
  p: Rational,
  digits: number,
): LpMinimizer {
  const freeRuns: FreeStretch[] = [];
  for (let r = 0; r < runs.count; r++) {
    const points = runs.points[r]!;
    const free = p.isZero() ? points >= 3 && points % 2 === 1 : points >= 2;
    const first = runs.first[r]!;
    if (free) freeRuns.push({ first, last: first + points - 1, sign: runs.sign[r] as 1 | -1 });
  }
  const limit = limitVertex(problem, runs);
  return new LazyMinimizer(problem, signs, runs, limit.side, p, digits, null, {
    knotCount: runs.knots,
    unique: p.isZero() ? limit.tiedRuns.length === 0 : freeRuns.length === 0,
    sparsest: true,
    freeRuns,
  });
}

class LazyMinimizer implements LpMinimizer {
  readonly kind = 'lp-minimum';
  readonly knotCount: number;
  readonly unique: LpMinimizer['unique'];
  readonly sparsest: boolean;
  readonly freeRuns: readonly FreeStretch[];
  private written: PiecewiseLinear | null = null;
  private priced: DecimalEnclosure | null = null;
  private priceList: { readonly found: TilePrices | null } | null = null;

  constructor(
    private readonly problem: Problem,
    private readonly curvature: Int8Array,
    private readonly runs: Runs,
    readonly vertex: Vertex,
    readonly p: Rational,
    private readonly digits: number,
    private readonly cheapest: CheapestTilings | null,
    found: Pick<LpMinimizer, 'knotCount' | 'unique' | 'sparsest' | 'freeRuns'>,
  ) {
    this.knotCount = found.knotCount;
    this.unique = found.unique;
    this.sparsest = found.sparsest;
    this.freeRuns = found.freeRuns;
  }

  get function(): PiecewiseLinear {
    this.written ??= functionOfVertex(this.problem, this.curvature, this.vertex);
    return this.written;
  }

  get cost(): DecimalEnclosure {
    return finish(this.costInSteps());
  }

  *costInSteps(): Steps<DecimalEnclosure> {
    if (this.priced === null) {
      const { numerator, denominator } = slopeScale(this.problem);
      const changes: Quotient[] = [];
      forEachKnot(this.curvature, this.vertex, (left, right) => {
        const change = slopeChangeOver(this.problem, left + 1, right === left + 1 ? 1 : 2);
        changes.push({
          numerator: change.numerator * numerator,
          denominator: change.denominator * denominator,
        });
      });
      this.priced = yield* pathNormCost(changes, this.p, this.digits);
    }
    return this.priced;
  }

  get costBracket(): { lower: Rational; upper: Rational } {
    const rough = this.knotCount > ALL_DIGITS_UP_TO ? this.roughCost() : null;
    const { lower, upper } = rough ?? this.cost;
    const cut = decimalsAround(Rational.parse(lower), Rational.parse(upper), BRACKET_DIGITS);
    return { lower: Rational.parse(cut.lower), upper: Rational.parse(cut.upper) };
  }

  /** The cost from doubles; null when one is out of their range. */
  private roughCost(): DecimalEnclosure | null {
    const { p, cheapest, problem, runs } = this;
    if (cheapest !== null && cheapest.costs.scales !== null) return null;
    if (p.isZero()) return { lower: `${this.knotCount}`, upper: `${this.knotCount}` };
    const { unit, single, double, singleError, doubleError } =
      cheapest === null ? slopeChanges(problem, runs) : { unit: cheapest.changes.unit, ...cheapest.costs };
    let sum = 0;
    for (const place of this.places) {
      const i = place >> 1;
      const [value, error] = place % 2 === 0 ? [single[i]!, singleError[i]!] : [double[i]!, doubleError[i]!];
      if (!(error < 2 ** -40 * Math.max(value, 1))) return null;
      sum += value;
    }
    // Errors of the terms are below 2^-40 and usually 2^-50 of them; a sum of n terms has n roundings.
    if (!(sum > 2 ** -1000 && sum < 2 ** 1000)) return null;
    const bits = 64 + Math.max(0, bitLength(unit.denominator) - bitLength(unit.numerator));
    const factor = power(unit, p, bits);
    const relative = Rational.fromDouble(ROUGH);
    const total = Rational.fromDouble(sum).divide(Rational.of(1n << BigInt(bits)));
    const lower = total.multiply(Rational.of(factor.lower)).multiply(Rational.one.subtract(relative));
    const upper = total.multiply(Rational.of(factor.upper)).multiply(Rational.one.add(relative));
    return decimalsAround(lower, upper, Math.max(0, 10 - Math.floor(Math.log10(upper.toNumber()))));
  }

  get pieces(): Pieces {
    return piecesOfVertex(this.curvature, this.vertex);
  }

  /** Where its knots lie, from left to right: 2 i on point i, 2 i + 1 between the points i and i + 1. */
  private get places(): Int32Array {
    const places = new Int32Array(this.knotCount);
    let at = 0;
    forEachKnot(this.curvature, this.vertex, (left, right) => {
      places[at++] = right === left + 1 ? 2 * right : 2 * left + 3;
    });
    return places;
  }

  get prices(): TilePrices | null {
    return finish(this.pricesInSteps());
  }

  *pricesInSteps(): Steps<TilePrices | null> {
    this.priceList ??= { found: yield* this.findPrices() };
    return this.priceList.found;
  }

  private *findPrices(): Steps<TilePrices | null> {
    const { cheapest, runs, vertex } = this;
    if (cheapest === null) return { shares: [], other: null };
    const finder = new PriceFinder(cheapest.changes, cheapest.costs, this.p);
    for (let r = 0; r < runs.count; r++) {
      const [first, points] = [runs.first[r]!, runs.points[r]!];
      if (points < 3) continue;
      finder.add(first, points, tilingOfVertex(vertex, first, points));
      if (finder.found === null) return null;
      yield;
    }
    return finder.found;
  }

  beginning(knots: number): PiecewiseLinear {
    if (this.written !== null || this.knotCount <= knots) {
      return { ...this.function, knots: this.function.knots.slice(0, knots) };
    }
    const first: Knot[] = [];
    forEachKnot(this.curvature, this.vertex, (left, right) => {
      if (first.length < knots) first.push(knotBetween(this.problem, left, right));
    });
    return { ...firstLine(this.problem), knots: first };
  }
}

/** Up to this many knots `costBracket` has all digits of `cost`. */
const ALL_DIGITS_UP_TO = 10_000;

/** Digits after the point of a bracket at most: checkers refuse very narrow ones. */
const BRACKET_DIGITS = 120;

/** Relative half-width of a bracket from doubles. */
const ROUGH = 2 ** -28;

/** The l^p path norm sum |slopeChange|^p of a function with its own affine part, as decimals rounded outward. */
export function costOf(f: PiecewiseLinear, p: Rational, digits: number): DecimalEnclosure {
  const changes = f.knots.map(({ slopeChange }) => slopeChange.abs());
  return finish(pathNormCost(changes, p, digits));
}

/** sum |slopeChange|, exact. */
function pathNorm(f: PiecewiseLinear): Rational {
  const { numerator, denominator } = finish(quotientSum(f.knots.map(({ slopeChange }) => slopeChange.abs())));
  return Rational.of(numerator, denominator);
}

/** The two sides of Corollary 3.1.2 for one function, all exact. */
export interface CorollaryBounds {
  /** sum |v_k w_k| of the function, and the least possible, sum |s_{i+1} - s_i|: equal for every vertex of S. */
  readonly pathNorm: Rational;
  readonly leastPathNorm: Rational;
  /** Largest |slope| of the function, and the least possible, max |s_i|. */
  readonly lipschitz: Rational;
  readonly leastLipschitz: Rational;
  readonly hold: boolean;
}

/**
 * Checks Corollary 3.1.2 on a function: its l^1 path norm equals sum |s_{i+1} - s_i|, its Lipschitz constant is at most max |s_i|.
 * (An interpolant's slopes average to s_i on each gap, so neither can be smaller.)
 */
export function corollaryBounds(problem: Problem, f: PiecewiseLinear): CorollaryBounds {
  const norm = pathNorm(f);
  let slope = f.slope;
  let lipschitz = slope.abs();
  for (const { slopeChange } of f.knots) {
    slope = slope.add(slopeChange);
    if (lipschitz.lessThan(slope.abs())) lipschitz = slope.abs();
  }
  const norms = leastPathNorm(problem);
  const slopes = leastLipschitz(problem);
  return {
    pathNorm: norm,
    leastPathNorm: norms,
    lipschitz,
    leastLipschitz: slopes,
    hold: norm.equals(norms) && lipschitz.compare(slopes) <= 0,
  };
}

/**
 * The same for a vertex of S in steps, from its slopes alone: the function is not written out.
 * @returns null where the exact sums are out of reach: gaps of the inputs with thousands of different digits
 */
export function* corollaryOfVertex(problem: Problem, vertex: Vertex): Steps<CorollaryBounds | null> {
  const changes: Quotient[] = [];
  let steepest: Quotient = { numerator: 0n, denominator: 1n };
  const use = (line: number) => {
    const size = segmentSlope(problem, line);
    if (steepest.numerator * size.denominator < size.numerator * steepest.denominator) steepest = size;
  };
  if (problem.size > 1) use(0);
  forEachKnot(curvature(problem), vertex, (left, right) => {
    changes.push(slopeChangeOver(problem, left + 1, right === left + 1 ? 1 : 2));
    use(right);
  });
  yield;
  if (!isWithinReach(changes)) return null;
  const norm = inSlopeUnits(problem, yield* quotientSum(changes));
  yield;
  const norms = leastPathNorm(problem);
  yield;
  const lipschitz = inSlopeUnits(problem, steepest);
  const slopes = leastLipschitz(problem);
  return {
    pathNorm: norm,
    leastPathNorm: norms,
    lipschitz,
    leastLipschitz: slopes,
    hold: norm.equals(norms) && lipschitz.compare(slopes) <= 0,
  };
}

/** @throws RangeError unless the problem has one input and exact labels */
export function requireExactLabels(problem: Problem): void {
  if (problem.dimension !== 1) throw new RangeError(`expected one input, found ${problem.dimension}`);
  if (!problem.exact) {
    throw new RangeError(
      'expected exact labels, found windows: l^p minimisers are known for exact interpolation only; leave the tolerance out',
    );
  }
}
