import {
  DOUBLE_POWER_RANGE,
  exponentialOfProduct,
  logarithms,
  POWER_ERROR,
  SECANT_ERROR,
  unitSecant,
  zeroSecant,
} from '../exact/double-power.js';
import type { Rational } from '../exact/rational.js';
import type { SlopeChanges } from './slope-changes.js';

/**
 * How a tile with slope change c counts in a comparison of tilings of one run. All tilings share sum c, so these agree on which of two
 * is cheaper; each is at its best on a part of the scale:
 *
 * - 'power':  g_c(p) = -c^p
 * - 'unit':   g_c(p) = (c - c^p) / (1 - p), at p = 1 c ln c, where all costs are equal: near p = 1
 * - 'zero':   g_c(p) = -(c^p - 1) / p, at p = 0 -ln c, less a charge for every tile: near p = 0, for tilings with a sparsest one as reference
 */
export type GainForm = 'power' | 'unit' | 'zero';

/** Where 'power' hands over to 'unit'. */
export const UNIT_FORM_FROM = 1 - 2 ** -6;

/** Gains of all tiles of a run at one p: entry k belongs to the tile that begins at k. Errors are absolute. */
export interface TileGains {
  readonly p: number;
  readonly single: Float64Array;
  readonly singleError: Float64Array;
  readonly double: Float64Array;
  readonly doubleError: Float64Array;
}

/** Bounds on the gains of all tiles of a run: upper ones for tiles that are taken, lower ones for tiles that are given up. */
export interface GainBounds {
  readonly singleUpper: Float64Array;
  readonly singleLower: Float64Array;
  readonly doubleUpper: Float64Array;
  readonly doubleLower: Float64Array;
}

/** The tiles of one run with the logarithms of their slope changes, divided by the largest difference of the run. */
export class RunTiles {
  private readonly c: readonly [Float64Array, Float64Array];
  private readonly error: readonly [Float64Array, Float64Array];
  private readonly high: readonly [Float64Array, Float64Array];
  private readonly low: readonly [Float64Array, Float64Array];

  constructor(
    private readonly changes: SlopeChanges,
    readonly run: number,
    readonly first: number,
    readonly points: number,
  ) {
    const last = first + points;
    let largest = 0;
    for (let i = first; i < last; i++) largest = Math.max(largest, changes.single[i]!);
    const scaled = (values: Float64Array) => values.slice(first, last).map((value) => value / largest);
    // One rounding more. Values far below the largest leave the range of the kernels: they are useless then.
    const errors = (values: Float64Array, scaledValues: Float64Array) =>
      values
        .slice(first, last)
        .map((error, k) => (inRange(scaledValues[k]!) ? error + 2 ** -52 : Number.POSITIVE_INFINITY));
    this.c = [scaled(changes.single), scaled(changes.double)];
    this.error = [errors(changes.singleError, this.c[0]), errors(changes.doubleError, this.c[1])];
    for (const values of this.c) for (let k = 0; k < points; k++) if (!inRange(values[k]!)) values[k] = 1;
    const single = logarithms(this.c[0]);
    const double = logarithms(this.c[1]);
    this.high = [single.high, double.high];
    this.low = [single.low, double.low];
  }

  /** The exact slope change of the tile of that length at k (in the common unit of the problem). */
  exact(k: number, length: 1 | 2): Rational {
    return this.changes.exact(this.first + k, length);
  }

  /** Gains of all tiles at p, a double in [0, 1]. */
  gainsAt(p: number, form: GainForm): TileGains {
    const single = this.gains(0, p, form);
    const double = this.gains(1, p, form);
    return {
      p,
      single: single.values,
      singleError: single.errors,
      double: double.values,
      doubleError: double.errors,
    };
  }

  /**
   * With a relative error q of c, c^p moves by at most 1.01 p q c^p, (c - c^p)/(1 - p) by 1.01 q (|value| + max(1, c)) and
   * (c^p - 1)/p by 1.01 q c^p (the derivatives times c, q <= 2^-30); the kernels add their own errors.
   */
  private gains(kind: 0 | 1, p: number, form: GainForm): { values: Float64Array; errors: Float64Array } {
    const c = this.c[kind];
    const q = this.error[kind];
    const high = this.high[kind];
    const low = this.low[kind];
    const values = new Float64Array(c.length);
    const errors = new Float64Array(c.length);
    for (let k = 0; k < c.length; k++) {
      if (form === 'power') {
        const power = exponentialOfProduct(high[k]!, low[k]!, p, 0);
        values[k] = -power;
        errors[k] = power * (1.02 * p * q[k]! + 1.01 * POWER_ERROR);
      } else if (form === 'unit') {
        const value = unitSecant(c[k]!, high[k]!, low[k]!, p);
        const size = Math.max(1, c[k]!);
        values[k] = value;
        errors[k] =
          1.02 * (SECANT_ERROR * Math.abs(value) + 2 ** -56 * size + q[k]! * (Math.abs(value) + size));
      } else {
        const value = zeroSecant(high[k]!, low[k]!, p);
        const size = Math.max(1, exponentialOfProduct(high[k]!, low[k]!, p, 0));
        values[k] = -value;
        errors[k] = 1.02 * (SECANT_ERROR * Math.abs(value) + 2 ** -56 * size + q[k]! * size);
      }
    }
    return { values, errors };
  }

  /**
   * Bounds for a whole interval [a, b] from the gains at its ends: four sets, such that the difference D(p) of the gains of two
   * tilings is negative for every p in [a, b] when its upper bound is negative in all four.
   *
   * D is at most its chord plus (b - a)^2 / 8 max(0, -min D''). Two sets are the gains at a and at b: the chord. The other two add
   * -(b - a)^2 / 8 inf g'' to every tile taken and the same with sup g'' to every tile given up, so that their sum contains
   * -(b - a)^2 / 8 min D'' with the sign of every term: alike tiles cancel. With x = ln c and E(z) = int_0^1 t^2 e^(-z t) dt:
   * - (-c^p)'' = -x^2 c^p, monotone in p;
   * - the mean of c^t x over [p, 1] has the second derivative c x^3 E((1 - p) x), increasing in p;
   * - minus the mean over [0, p] has -x^3 E(-p x), decreasing in p.
   */
  boundsOn(from: TileGains, to: TileGains, form: GainForm): readonly GainBounds[] {
    const square = ((to.p - from.p) * (to.p - from.p)) / 8;
    // 'zero': the number of tiles exceeds the reference's by some D >= 0, which costs D / p >= D / b.
    const charge = form === 'zero' ? 1 / to.p : 0;
    const single = this.curvatures(0, from.single, to.single, from.p, to.p, form);
    const double = this.curvatures(1, from.double, to.double, from.p, to.p, form);
    const sets: GainBounds[] = [];
    for (const ends of [to, from]) {
      for (const weight of [0, square]) {
        const [singleUpper, singleLower] = bounds(ends.single, ends.singleError, single, weight, charge);
        const [doubleUpper, doubleLower] = bounds(ends.double, ends.doubleError, double, weight, charge);
        sets.push({ singleUpper, singleLower, doubleUpper, doubleLower });
      }
    }
    return sets;
  }

  /** inf and sup of g'' over [a, b] for all tiles, from its values at the ends and widened by a relative 2^-20. */
  private curvatures(
    kind: 0 | 1,
    valueA: Float64Array,
    valueB: Float64Array,
    a: number,
    b: number,
    form: GainForm,
  ): Range {
    const n = valueA.length;
    const lower = new Float64Array(n);
    const upper = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const x = this.high[kind][k]!;
      const c = this.c[kind][k]!;
      let atA: number;
      let atB: number;
      if (form === 'power') {
        atA = x * x * valueA[k]!;
        atB = x * x * valueB[k]!;
      } else if (form === 'unit') {
        atA = c * x * x * x * squareMoment((1 - a) * x);
        atB = c * x * x * x * squareMoment((1 - b) * x);
      } else {
        atA = -x * x * x * squareMoment(-a * x);
        atB = -x * x * x * squareMoment(-b * x);
      }
      // ln c itself has the relative error of c (at most 2^-29) and 2^-58, which counts when it is near 0: the rate in x is bounded
      // by (2 |x| + x^2) c^t or (x^2 + |x|^3) max(1, c).
      const size = form === 'power' ? Math.max(-valueA[k]!, -valueB[k]!) : Math.max(1, c);
      const shift =
        4 * (this.error[kind][k]! + 2 ** -58) * (Math.abs(x) + Math.abs(x) ** 3 + 2 ** -50) * size;
      lower[k] = Math.min(atA, atB) - (shift + 2 ** -40 * Math.max(Math.abs(atA), Math.abs(atB)));
      upper[k] = Math.max(atA, atB) + (shift + 2 ** -40 * Math.max(Math.abs(atA), Math.abs(atB)));
    }
    return { lower, upper };
  }
}

/**
 * E(z) = int_0^1 t^2 e^(-z t) dt, relative error below 2^-42: the series sum (-z)^k / (k! (k + 3)) for |z| < 2 (20 terms: tail below
 * 2^-45 of the sum, cancellation at most e^4), else (2 - e^-z (z^2 + 2 z + 2)) / z^3, which loses at most a factor 4.
 */
function squareMoment(z: number): number {
  if (z > 2 || z < -2) return (2 - expOf(-z) * (z * z + 2 * z + 2)) / (z * z * z);
  let sum = 0;
  let term = 1;
  for (let k = 0; k < 24; k++) {
    sum += term / (k + 3);
    term *= -z / (k + 1);
  }
  return sum;
}

/** e^y with relative error below 2^-44 for |y| < 300: y is rounded, which is all that matters here. */
function expOf(y: number): number {
  return exponentialOfProduct(y, 0, 1, 0);
}

interface Range {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** [upper, lower]: value - charge +- error, with -weight * inf g'' and -weight * sup g''. */
function bounds(
  values: Float64Array,
  errors: Float64Array,
  curvature: Range,
  weight: number,
  charge: number,
): [Float64Array, Float64Array] {
  const n = values.length;
  const upper = new Float64Array(n);
  const lower = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    if (!(errors[k]! < Number.POSITIVE_INFINITY)) {
      upper[k] = Number.POSITIVE_INFINITY;
      lower[k] = Number.NEGATIVE_INFINITY;
      continue;
    }
    const value = values[k]! - charge;
    const above = -weight * curvature.lower[k]!;
    const below = -weight * curvature.upper[k]!;
    const error = errors[k]! + 2 ** -50 * (Math.abs(value) + Math.abs(above) + Math.abs(below));
    upper[k] = value + above + error;
    lower[k] = value + below - error;
  }
  return [upper, lower];
}

function inRange(value: number): boolean {
  return value > DOUBLE_POWER_RANGE.smallest && value < DOUBLE_POWER_RANGE.largest;
}

/** The bounds of a single p: values with their errors. */
export function boundsAt(gains: TileGains): GainBounds {
  const none = { lower: new Float64Array(gains.single.length), upper: new Float64Array(gains.single.length) };
  const [singleUpper, singleLower] = bounds(gains.single, gains.singleError, none, 0, 0);
  const [doubleUpper, doubleLower] = bounds(gains.double, gains.doubleError, none, 0, 0);
  return { singleUpper, singleLower, doubleUpper, doubleLower };
}
