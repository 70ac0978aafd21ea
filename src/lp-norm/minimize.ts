import type { KnotValues } from '../certificate/knot-values.js';
import { bitLength } from '../exact/bigint.js';
import {
  type DecimalEnclosure,
  decimalsAround,
  type Enclosure,
  power,
  toDecimalEnclosure,
} from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { curvature } from '../knots/curvature.js';
import { blankVertex, countKnots, forEachKnot, functionOfVertex, type Vertex } from '../knots/family.js';
import { knotValuesOfVertex } from '../knots/knot-values.js';
import { limitVertex } from '../knots/limit.js';
import { type Runs, runsOf } from '../knots/runs.js';
import { leastLipschitz, leastPathNorm } from '../knots/slopes.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { CheapestTilings } from './cheapest-tiling.js';
import { PriceFinder, type TilePrices } from './prices.js';
import { slopeChanges } from './slope-changes.js';
import { setTiling, tilingOfVertex } from './tiling.js';

/** Settings of `minimizeLp`. */
export interface MinimizeOptions {
  /** Digits after the decimal point of the cost enclosure. */
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
  /** The function by its values at the knots, as certificates hold it; written out when first read. */
  readonly values: KnotValues;
  /** Where its knots lie, from left to right: 2 i on point i, 2 i + 1 between the points i and i + 1; written out when first read. */
  readonly places: Int32Array;
  /**
   * The dual solution that proves the function a minimiser; computed when first read, O(N). Empty for p = 0 and p = 1; null when the digits at
   * hand could not tell a tie from a difference.
   */
  readonly prices: TilePrices | null;
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
  requireExactLabels(problem);
  if (p.sign() < 0 || Rational.one.lessThan(p)) throw new RangeError(`expected 0 <= p <= 1, found p = ${p}`);
  const { digits } = { ...MINIMIZE_DEFAULTS, ...options };
  const signs = curvature(problem);
  const runs = runsOf(signs);
  if (p.isZero() || p.equals(Rational.one)) return endOfScale(problem, signs, runs, p, digits);
  const side = blankVertex(problem, runs);
  const cheapest = new CheapestTilings(slopeChanges(problem, runs), p);
  let unique: LpMinimizer['unique'] = true;
  for (let r = 0; r < runs.count; r++) {
    const points = runs.points[r]!;
    if (points < 3) continue;
    const tiling = cheapest.ofRun(runs.first[r]!, points);
    setTiling(side, runs.first[r]!, points, tiling.starts);
    if (tiling.unique === false) unique = false;
    else if (tiling.unique === 'undecided' && unique) unique = 'undecided';
  }
  const knotCount = countKnots(signs, side);
  return new LazyMinimizer(problem, signs, runs, side, p, digits, cheapest, {
    knotCount,
    unique,
    sparsest: knotCount === runs.knots,
    freeRuns: [],
  });
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
  readonly knotCount: number;
  readonly unique: LpMinimizer['unique'];
  readonly sparsest: boolean;
  readonly freeRuns: readonly FreeStretch[];
  private written: PiecewiseLinear | null = null;

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
    return costOf(this.function, this.p, this.digits);
  }

  get costBracket(): { lower: Rational; upper: Rational } {
    const rough = this.knotCount > ALL_DIGITS_UP_TO ? this.roughCost() : null;
    const { lower, upper } = rough ?? this.cost;
    return { lower: Rational.parse(lower), upper: Rational.parse(upper) };
  }

  /** The cost from doubles; null when one is out of their range. */
  private roughCost(): DecimalEnclosure | null {
    const { p, cheapest, problem, runs } = this;
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

  get values(): KnotValues {
    return knotValuesOfVertex(this.problem, this.curvature, this.vertex);
  }

  get places(): Int32Array {
    const places = new Int32Array(this.knotCount);
    let at = 0;
    forEachKnot(this.curvature, this.vertex, (left, right) => {
      places[at++] = right === left + 1 ? 2 * right : 2 * left + 3;
    });
    return places;
  }

  get prices(): TilePrices | null {
    const { cheapest, runs, vertex } = this;
    if (cheapest === null) return { shares: [], other: null };
    const finder = new PriceFinder(cheapest.changes, cheapest.costs, this.p);
    for (let r = 0; r < runs.count; r++) {
      const [first, points] = [runs.first[r]!, runs.points[r]!];
      if (points >= 3) finder.add(first, points, tilingOfVertex(vertex, first, points));
    }
    return finder.found;
  }
}

/** Up to this many knots `costBracket` has all digits of `cost`. */
const ALL_DIGITS_UP_TO = 10_000;

/** Relative half-width of a bracket from doubles. */
const ROUGH = 2 ** -28;

/** The l^p path norm sum |slopeChange|^p of a function with its own affine part, as decimals rounded outward. */
export function costOf(f: PiecewiseLinear, p: Rational, digits: number): DecimalEnclosure {
  if (p.equals(Rational.one)) {
    const sum = pathNorm(f);
    return decimalsAround(sum, sum, digits);
  }
  return toDecimalEnclosure(costEnclosure(f, p, digits), digits);
}

/** The cost with enough bits that `digits` decimals are lost to nothing but rounding. */
function costEnclosure(f: PiecewiseLinear, p: Rational, digits: number): Enclosure {
  const bits = Math.ceil(digits * Math.log2(10)) + 8 + Math.ceil(Math.log2(f.knots.length + 1));
  let lower = 0n;
  let upper = 0n;
  for (const { slopeChange } of f.knots) {
    const term = power(slopeChange.abs(), p, bits);
    lower += term.lower;
    upper += term.upper;
  }
  return { lower, upper, bits };
}

/** sum |slopeChange|, exact. */
function pathNorm(f: PiecewiseLinear): Rational {
  return f.knots.reduce((sum, { slopeChange }) => sum.add(slopeChange.abs()), Rational.zero);
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

/** @throws RangeError unless the problem has one input and exact labels */
export function requireExactLabels(problem: Problem): void {
  if (problem.dimension !== 1) throw new RangeError(`expected one input, found ${problem.dimension}`);
  if (!problem.exact) {
    throw new RangeError(
      'expected exact labels, found windows: l^p minimisers are known for exact interpolation only; leave the tolerance out',
    );
  }
}
