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

/** Bounds on the gains at the two ends of an interval, valid in the sense of `boundsOn`. */
export interface GainBounds {
  readonly singleUpper: Float64Array;
  readonly singleLower: Float64Array;
  readonly doubleUpper: Float64Array;
  readonly doubleLower: Float64Array;
  /** Upper bound of (gain of the tile 2 at k) - (gain of the tile 2 at k - 1), sharper than the two apart; entry 0 is unused. */
  readonly shiftUpper: Float64Array;
}

/** The tiles of one run with the logarithms of their slope changes, divided by the median of the run's differences. */
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
    const median = changes.single.slice(first, last).sort()[points >> 1]!;
    const scaled = (values: Float64Array) => values.slice(first, last).map((value) => value / median);
    // One rounding more. Values far from the median leave the range of the kernels: they are useless then.
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
   * Bounds for a whole interval [a, b] from the gains at its ends. For every tile there are linear functions upper(p) >= g(p) >= lower(p)
   * on [a, b]; the results are their values at a and at b.
   *
   * The chord of g deviates from g by at most w = (b - a)^2 / 8 max |g''|, above g where g is convex and below where it is concave:
   * - -c^p is concave, |g''| <= ln^2 c max(c^a, c^b);
   * - (c - c^p)/(1 - p) is the mean of c^t ln c over t in [p, 1]: g'' = int_0^1 (1-s)^2 ln^3 c c^(s + (1-s) p) ds, of the sign of ln c, and
   *   |g''| <= |ln c|^3 / 3 max(c, c^a);
   * - -(c^p - 1)/p is minus the mean over [0, p]: of the sign of -ln c, |g''| <= |ln c|^3 / 3 max(1, c^b).
   *
   * The difference of two gains deviates from its chord by (b - a)^2 / 8 max |g''_c - g''_c'|. With x = ln c and X = max(|x|, |x'|), the
   * derivative of g'' in x is bounded like g'' itself, with ln^2 c replaced by 2 X + X^2 and |ln c|^3 / 3 by X^2 + X^3 / 3, so smooth
   * data, where neighbouring tiles are alike, cost next to nothing.
   */
  boundsOn(from: TileGains, to: TileGains, form: GainForm): readonly [GainBounds, GainBounds] {
    const a = from.p;
    const b = to.p;
    const single = this.bounds(0, from.single, from.singleError, to.single, to.singleError, a, b, form);
    const double = this.bounds(1, from.double, from.doubleError, to.double, to.doubleError, a, b, form);
    const at = (end: 0 | 1): GainBounds => {
      const { double: values, doubleError: errors } = end === 0 ? from : to;
      return {
        singleUpper: single.upper[end],
        singleLower: single.lower[end],
        doubleUpper: double.upper[end],
        doubleLower: double.lower[end],
        shiftUpper: this.shifts(values, errors, double.size, ((b - a) * (b - a)) / 8, form),
      };
    };
    return [at(0), at(1)];
  }

  /** See `boundsOn`; `size` is the largest c^t that enters g''. */
  private shifts(
    values: Float64Array,
    errors: Float64Array,
    size: Float64Array,
    square: number,
    form: GainForm,
  ): Float64Array {
    const ln = this.high[1];
    const shift = new Float64Array(values.length);
    for (let k = 1; k < this.points - 1; k++) {
      const error = 2 * (this.error[1][k]! + this.error[1][k - 1]!);
      const x = Math.max(Math.abs(ln[k]!), Math.abs(ln[k - 1]!)) + error;
      const rate = form === 'power' ? 2 * x + x * x : x * x + (x * x * x) / 3;
      const apart = Math.abs(ln[k]! - ln[k - 1]!) + error + 2 ** -50 * (1 + x);
      const bend = 1.01 * square * apart * rate * Math.max(size[k]!, size[k - 1]!);
      const difference = values[k]! - values[k - 1]!;
      shift[k] = difference + (errors[k]! + errors[k - 1]! + bend + 2 ** -51 * (Math.abs(difference) + bend));
    }
    return shift;
  }

  private bounds(
    kind: 0 | 1,
    valueA: Float64Array,
    errorA: Float64Array,
    valueB: Float64Array,
    errorB: Float64Array,
    a: number,
    b: number,
    form: GainForm,
  ): Bounds {
    const n = valueA.length;
    const make = () => new Float64Array(n);
    const result: Bounds = { upper: [make(), make()], lower: [make(), make()], size: make() };
    const square = ((b - a) * (b - a)) / 8;
    // 'zero': the number of tiles differs by some D >= 0 from the reference's, which costs D / p >= D / b.
    const charge = form === 'zero' ? 1 / b : 0;
    for (let k = 0; k < n; k++) {
      // ln of the true c: the relative error of c (at most 2^-29) moves it, beside that of the kernel.
      const ln = Math.abs(this.high[kind][k]!) + 2 * this.error[kind][k]! + 2 ** -50;
      const above = this.high[kind][k]! > 0;
      let size: number;
      let concave: boolean;
      if (form === 'power') {
        size = Math.max(-valueA[k]! + errorA[k]!, -valueB[k]! + errorB[k]!);
        concave = true;
      } else if (form === 'unit') {
        const c = this.c[kind][k]! * (1 + this.error[kind][k]!);
        // c^a = c - (1 - a) g(a), and at most 1 for c < 1.
        size = above ? c : Math.min(1, c + (1 - a) * (Math.abs(valueA[k]!) + errorA[k]!));
        concave = !above;
      } else {
        size = above ? 1 + b * (Math.abs(valueB[k]!) + errorB[k]!) : 1;
        concave = above;
      }
      result.size[k] = size;
      const bend = 1.01 * square * size * (form === 'power' ? ln * ln : (ln * ln * ln) / 3);
      // Near c = 1 the sign of ln c is not certain: the bend, tiny there, is charged on both sides.
      const both = ln < 2 ** -20;
      const up = concave || both ? bend : 0;
      const down = !concave || both ? bend : 0;
      for (let end = 0; end < 2; end++) {
        const value = (end === 0 ? valueA[k]! : valueB[k]!) - charge;
        const error = (end === 0 ? errorA[k]! : errorB[k]!) + 2 ** -51 * (Math.abs(value) + bend);
        result.upper[end]![k] = value + (error + up);
        result.lower[end]![k] = value - (error + down);
      }
    }
    return result;
  }
}

function inRange(value: number): boolean {
  return value > DOUBLE_POWER_RANGE.smallest && value < DOUBLE_POWER_RANGE.largest;
}

/** Bounds at the two ends of an interval, and the largest c^t that enters g'' (see `boundsOn`). */
interface Bounds {
  readonly upper: readonly [Float64Array, Float64Array];
  readonly lower: readonly [Float64Array, Float64Array];
  readonly size: Float64Array;
}

/** The bounds of a single p: values with their errors. */
export function boundsAt(gains: TileGains): GainBounds {
  const upper = (values: Float64Array, errors: Float64Array) => values.map((v, k) => v + errors[k]!);
  const lower = (values: Float64Array, errors: Float64Array) => values.map((v, k) => v - errors[k]!);
  return {
    singleUpper: upper(gains.single, gains.singleError),
    singleLower: lower(gains.single, gains.singleError),
    doubleUpper: upper(gains.double, gains.doubleError),
    doubleLower: lower(gains.double, gains.doubleError),
    shiftUpper: gains.double.map((value, k) =>
      k === 0 ? 0 : value - gains.double[k - 1]! + gains.doubleError[k]! + gains.doubleError[k - 1]!,
    ),
  };
}
