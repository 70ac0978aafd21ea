import { bitLength } from '../exact/bigint.js';
import { DOUBLE_POWER_RANGE, exponentialOfProduct, logarithms, secantRatio } from '../exact/double-power.js';
import { type Enclosure, logarithm, nearestPair, power, powerSecant } from '../exact/enclosure.js';
import { nearestDouble, type Quotient, Rational } from '../exact/rational.js';
import type { Runs } from '../knots/runs.js';
import type { SlopeChanges } from './slope-changes.js';

/**
 * Costs of tilings of one run are compared by what their tiles of length 2 save. A tile 2 at t in place of two tiles 1 saves
 *
 *     s_t(p) = m^p + M^p - T^p,   m <= M the slope changes e_t and e_{t+1}, T = m + M,
 *
 * so a tiling costs sum e_i^p minus the sum of s over its tiles 2, and tiles 1 count for nothing. A saving is of the size of the *smaller*
 * slope change: numbers of very different size never cancel. Without cancellation, with a = ln(T/m) and b = ln(T/M),
 *
 *     s = m^p (1 - e^(-(1-p) a)) + M^p (1 - e^(-(1-p) b)).
 *
 * With T <= 1 (slope changes of a run are divided by a power of two) s, s / (1 - p) and (1 - s) / p are completely monotone in p: positive,
 * with derivatives of alternating signs, because they are mixtures of e^(-p z) with z >= 0 (times 1 - p). So each lies between its values at
 * the ends of an interval, and so does its second derivative.
 *
 * All tilings of a run may be compared in one of three forms; each is at its best on a part of the scale:
 *
 * - 'power':  s
 * - 'unit':   s / (1 - p), at p = 1 m a + M b, where all costs are equal: near p = 1
 * - 'zero':   (s - 1) / p, at p = 0 ln(m M / T): near p = 0, for tilings with equally many tiles
 */
export type SavingForm = 'power' | 'unit' | 'zero';

/** Where 'power' hands over to 'unit'. */
export const UNIT_FORM_FROM = 1 - 2 ** -6;

/** The form that serves an interval that begins at p > 0. */
export function formFrom(p: number): SavingForm {
  return p >= UNIT_FORM_FROM ? 'unit' : 'power';
}

/** The savings of all tiles 2 of a table at one p: at t high + low, within error (absolute). */
export interface Savings {
  p: number;
  form: SavingForm;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly error: Float64Array;
  /** The second derivative in p; in the form 'zero' at p > 0 something nearer to 0. Relative error below `BEND_ERROR`. */
  readonly second: Float64Array;
  /** 1 where `refine` has been, and what it found of single points on its way. */
  readonly refined: Uint8Array;
  readonly powers: Map<number, Enclosure>;
}

/** (b - a)^2 / 8 times the second derivative in p of every saving over [a, b]: its least and largest value, rounded outward. */
export interface Bends {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A run in a table: the tile 2 at its boundary k is entry at + k, k < points - 1. */
export interface TableRun {
  readonly run: number;
  /** The first point of the run in the problem. */
  readonly first: number;
  readonly points: number;
  readonly at: number;
}

/**
 * Relative error of a saving in doubles, for slope changes that are exact doubles: powers have 2^-51, 1 - e^-y as y G(-y) 2^-48
 * (`secantRatio`); a is at least ln 2 and known within 2^-52, b within a relative 2^-47 (T is rounded); and a handful of roundings.
 */
const SAVING_ERROR = 2 ** -45;
/** The same of second derivatives: products of powers and of logarithms; moments (see `fillUnit`) lose some more. */
export const BEND_ERROR = 2 ** -38;

/** e^-290 and less is taken for 0, which it is within 2^-400. */
const LARGEST_EXPONENT = 290;
const NEGLIGIBLE = 2 ** -400;

/** Bits of a refined saving relative to its smaller power; its pair of doubles holds about as many. */
const REFINED_BITS = 112;
const REFINED_ERROR = 2 ** -100;

/** ln(1 + r) is summed as a series below this. */
const SMALL_RATIO = 2 ** -5;

interface Pairs {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

const pairs = (size: number): Pairs => ({ high: new Float64Array(size), low: new Float64Array(size) });

/**
 * The savings of some runs of one problem, run after run, in doubles with proved errors and exactly on demand. Flat arrays, so that a
 * million short runs cost no more than a long one.
 */
export class SavingsTable {
  readonly runs: readonly TableRun[];
  readonly size: number;
  /** Slope changes of a run are divided by 2^exponent, so that all T are at most 1. */
  private readonly exponents: Int32Array;
  /** -ln of the smaller and of the larger slope change of every tile 2 and of their sum T. */
  private readonly smaller: Pairs;
  private readonly larger: Pairs;
  private readonly total: Pairs;
  /** a = ln(T/m), and b = ln(T/M). */
  private readonly a: Pairs;
  private readonly b: Float64Array;
  /** Relative error of the slope changes. */
  private readonly error: Float64Array;

  constructor(
    private readonly changes: SlopeChanges,
    runs: Runs,
    select: (points: number, run: number) => boolean,
  ) {
    const chosen: TableRun[] = [];
    let size = 0;
    for (let run = 0; run < runs.count; run++) {
      const points = runs.points[run]!;
      if (points < 2 || !select(points, run)) continue;
      chosen.push({ run, first: runs.first[run]!, points, at: size });
      size += points;
    }
    this.runs = chosen;
    this.size = size;
    this.exponents = new Int32Array(chosen.length);
    this.smaller = pairs(size);
    this.larger = pairs(size);
    this.total = pairs(size);
    this.a = pairs(size);
    this.b = new Float64Array(size);
    this.error = new Float64Array(size);
    this.prepare();
  }

  emptySavings(): Savings {
    return {
      p: Number.NaN,
      form: 'power',
      high: new Float64Array(this.size),
      low: new Float64Array(this.size),
      error: new Float64Array(this.size),
      second: new Float64Array(this.size),
      refined: new Uint8Array(this.size),
      powers: new Map(),
    };
  }

  emptyBends(): Bends {
    return { lower: new Float64Array(this.size), upper: new Float64Array(this.size) };
  }

  private prepare(): void {
    const singles = new Float64Array(this.size).fill(1);
    const errors = new Float64Array(this.size);
    this.runs.forEach((run, r) => {
      this.scale(run, r, singles, errors);
    });
    const inRange = (c: number) => c > DOUBLE_POWER_RANGE.smallest;
    const logs = logarithms(singles.map((c) => (inRange(c) ? c : 1)));
    const sums = new Float64Array(this.size).fill(1);
    for (let t = 0; t + 1 < this.size; t++) {
      const sum = singles[t]! + singles[t + 1]!;
      if (inRange(sum) && sum <= 1) sums[t] = sum;
    }
    const totals = logarithms(sums);
    for (const { at, points } of this.runs) {
      for (let t = at; t + 1 < at + points; t++) {
        if (!inRange(singles[t]!) || !inRange(singles[t + 1]!)) {
          this.prepareExactly(t);
          continue;
        }
        const [m, M] = singles[t]! <= singles[t + 1]! ? [t, t + 1] : [t + 1, t];
        const ratio = singles[m]! / singles[M]!;
        const [high, low] = [totals.high[t]!, totals.low[t]!];
        this.error[t] = Math.max(errors[t]!, errors[t + 1]!);
        this.set(this.smaller, t, -logs.high[m]!, -logs.low[m]!);
        this.set(this.larger, t, -logs.high[M]!, -logs.low[M]!);
        this.set(this.total, t, -high, -low);
        this.setDifference(this.a, t, high, low, logs.high[m]!, logs.low[m]!);
        this.b[t] = ratio < SMALL_RATIO ? smallLogarithm(ratio) : high - logs.high[M]! + (low - logs.low[M]!);
      }
    }
  }

  /** A tile 2 one of whose slope changes is below the range of the kernels on the scale of its run. */
  private prepareExactly(t: number): void {
    const [e, f] = [this.exact(t, 1), this.exact(t + 1, 1)];
    const [m, M] = e.numerator * f.denominator < f.numerator * e.denominator ? [e, f] : [f, e];
    const [lnSmaller, lnLarger, lnTotal] = [m, M, this.exact(t, 2)].map((c) =>
      nearestPair(logarithm(c, 128)),
    );
    this.set(this.smaller, t, -lnSmaller!.high, -lnSmaller!.low);
    this.set(this.larger, t, -lnLarger!.high, -lnLarger!.low);
    this.set(this.total, t, -lnTotal!.high, -lnTotal!.low);
    this.setDifference(this.a, t, lnTotal!.high, lnTotal!.low, lnSmaller!.high, lnSmaller!.low);
    const ratio = nearestDouble({
      numerator: m.numerator * M.denominator,
      denominator: m.denominator * M.numerator,
    });
    this.b[t] =
      ratio < SMALL_RATIO
        ? smallLogarithm(ratio)
        : lnTotal!.high - lnLarger!.high + (lnTotal!.low - lnLarger!.low);
  }

  private set(into: Pairs, t: number, high: number, low: number): void {
    into.high[t] = high;
    into.low[t] = low;
  }

  /** (c + cLow) - (d + dLow); the high parts without error. */
  private setDifference(into: Pairs, t: number, c: number, cLow: number, d: number, dLow: number): void {
    const high = c - d;
    const part = high - c;
    into.high[t] = high;
    into.low[t] = c - (high - part) - (d + part) + (cLow - dLow);
  }

  /** Scaled slope changes of one run: all T are at most 1, and the largest not much less. */
  private scale(
    { first, points, at }: TableRun,
    r: number,
    singles: Float64Array,
    errors: Float64Array,
  ): void {
    const { single, singleError } = this.changes;
    let largest = 0;
    let ranged = true;
    for (let i = first; i < first + points; i++) {
      if (i + 1 < first + points) largest = Math.max(largest, single[i]! + single[i + 1]!);
      ranged &&= singleError[i]! < 1;
    }
    if (ranged) {
      // The least power of two that is not below the largest sum; Math.log2 may err.
      let exponent = Math.ceil(Math.log2(largest)) - 1;
      while (2 ** exponent < largest) exponent++;
      this.exponents[r] = exponent;
      const factor = 2 ** -exponent;
      for (let k = 0; k < points; k++) {
        singles[at + k] = single[first + k]! * factor;
        errors[at + k] = singleError[first + k]!;
      }
      return;
    }
    // Beyond the range of doubles: scaled exactly, then rounded.
    let exponent = -Infinity;
    for (let i = first; i + 1 < first + points; i++)
      exponent = Math.max(exponent, binaryExponent(this.changes.quotient(i, 2)));
    this.exponents[r] = exponent;
    for (let k = 0; k < points; k++) {
      singles[at + k] = nearestDouble(timesPowerOfTwo(this.changes.quotient(first + k, 1), -exponent));
      errors[at + k] = 2 ** -52;
    }
  }

  /** The run of the table that entry t belongs to, as its index in `runs`. */
  private runAt(t: number): number {
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.runs[middle]!.at <= t) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The exact slope change of the tile of that length at t, on the scale of its run; not in lowest terms. */
  exact(t: number, length: 1 | 2): Quotient {
    const r = this.runAt(t);
    const { first, at } = this.runs[r]!;
    return timesPowerOfTwo(this.changes.quotient(first + t - at, length), -this.exponents[r]!);
  }

  /** Writes the savings of all tiles, or of those of one run, at p, a double in [0, 1], into `savings`. */
  fill(savings: Savings, p: number, form: SavingForm, run?: TableRun): void {
    savings.p = p;
    savings.form = form;
    const from = run?.at ?? 0;
    const to = run === undefined ? this.size : run.at + run.points;
    savings.low.fill(0, from, to);
    savings.refined.fill(0, from, to);
    savings.powers.clear();
    if (form === 'zero') this.fillZero(savings, p, from, to);
    else this.fillPower(savings, p, form, from, to);
  }

  /**
   * s / (1 - p) = m^p a G(-(1-p) a) + M^p b G(-(1-p) b), G(y) = (e^y - 1) / y. A relative error q of both slope changes moves s by at most
   * p q s: its derivative in ln m is p m^p (1 - (m/T)^(1-p)), likewise for M. With w = ln(1/T) >= 0 the second derivatives are
   *
   *   s'' = m^p a (a + 2 w) + M^p b (b + 2 w) + w^2 s,
   *   (s / (1-p))'' = m T^(p-1) (w^2 K_0(a) + 2 w K_1(a) + K_2(a)) + the same with M and b,   K_j(a) = int_0^a z^j e^((1-p) z) dz.
   */
  private fillPower(savings: Savings, p: number, form: SavingForm, from: number, to: number): void {
    const { smaller, larger, total, a: a_, b: b_, error } = this;
    const y = 1 - p;
    for (let t = from; t < to; t++) {
      const a = a_.high[t]!;
      const b = b_[t]!;
      const w = Math.max(0, total.high[t]!);
      const lost = p * smaller.high[t]! > LARGEST_EXPONENT ? NEGLIGIBLE * (1 + a) : 0;
      const powerM = lost > 0 ? 0 : exponentialOfProduct(-smaller.high[t]!, -smaller.low[t]!, p, 0);
      const powerL =
        p * larger.high[t]! > LARGEST_EXPONENT
          ? 0
          : exponentialOfProduct(-larger.high[t]!, -larger.low[t]!, p, 0);
      const ratio = powerM * a * decay(a, a_.low[t]!, y) + powerL * b * decay(b, 0, y);
      const value = form === 'unit' ? ratio : y * ratio;
      savings.high[t] = value;
      savings.error[t] = value * (SAVING_ERROR + 1.01 * p * error[t]!) + lost;
      savings.second[t] =
        form === 'power'
          ? powerM * a * (a + 2 * w) + powerL * b * (b + 2 * w) + w * w * value
          : powerM * weightedMoment(a, w, y) + powerL * weightedMoment(b, w, y);
    }
  }

  /**
   * (1 - s) / p = B G(-p B) + T^p a G(-p a) with B = ln(1/M); at p its second derivative, int z^2 e^(-p z) dz over [0, B] and over
   * [ln(1/T), ln(1/m)], is at least e^(-p ln(1/m)) times the one at 0. Errors q of the slope changes move it by at most q.
   */
  private fillZero(savings: Savings, p: number, from: number, to: number): void {
    const { smaller, larger, total, a, error } = this;
    for (let t = from; t < to; t++) {
      const A = smaller.high[t]!;
      const B = larger.high[t]!;
      const w = Math.max(0, total.high[t]!);
      const totalPower =
        p * w > LARGEST_EXPONENT ? 0 : exponentialOfProduct(-total.high[t]!, -total.low[t]!, p, 0);
      const value =
        B * decay(B, larger.low[t]!, p) + totalPower * a.high[t]! * decay(a.high[t]!, a.low[t]!, p);
      savings.high[t] = -value;
      savings.error[t] = value * SAVING_ERROR + 1.01 * error[t]! + NEGLIGIBLE;
      const shrunk = p * A > LARGEST_EXPONENT ? 0 : exponentialOfProduct(-A, 0, p, 0);
      savings.second[t] = (-shrunk * (B * B * B + a.high[t]! * (A * A + A * w + w * w))) / 3;
    }
  }

  /** Bounds on the bends of all savings over [from.p, to.p]: second derivatives are monotone in p. */
  fillBends(bends: Bends, from: Savings, to: Savings): void {
    const weight = ((to.p - from.p) * (to.p - from.p)) / 8;
    for (let t = 0; t < this.size; t++) {
      // Relative errors q of the slope changes move logarithms by q and a by as much, which is at least ln 2.
      const slack = BEND_ERROR + 16 * this.error[t]!;
      const start = from.second[t]!;
      const end = to.second[t]!;
      const least = start < 0 ? start * (1 + slack) : end * (1 - slack);
      const largest =
        start < 0 ? end * (1 - slack) : start * (1 + slack) + 2 ** -380 * this.smaller.high[t]! ** 2;
      bends.lower[t] = weight * least;
      bends.upper[t] = weight * largest;
    }
  }

  /** Replaces one saving by a sharp one from exact arithmetic. True when that is news. */
  refine(savings: Savings, t: number): boolean {
    if (savings.refined[t] === 1) return false;
    savings.refined[t] = 1;
    const { form } = savings;
    const p = Rational.fromDouble(savings.p);
    const behind = form === 'zero' ? 0 : Math.max(0, (savings.p * this.smaller.high[t]!) / Math.LN2);
    const bits = REFINED_BITS + 32 * Math.ceil(behind / 32);
    const of = (c: Quotient): Enclosure => {
      if (form === 'power') return power(c, p, bits);
      if (form === 'zero') return powerSecant(c, Rational.zero, p, bits);
      const { lower, upper } = powerSecant(c, p, Rational.one, bits);
      return { lower: -upper, upper: -lower, bits };
    };
    // Neighbouring tiles share a slope change.
    const ofPoint = (point: number): Enclosure => {
      const known = savings.powers.get(point);
      if (known?.bits === bits) return known;
      const found = of(this.exact(point, 1));
      savings.powers.set(point, found);
      return found;
    };
    const [first, second, both] = [ofPoint(t), ofPoint(t + 1), of(this.exact(t, 2))];
    const pair = nearestPair({
      lower: first.lower + second.lower - both.upper,
      upper: first.upper + second.upper - both.lower,
      bits,
    });
    savings.high[t] = pair.high;
    savings.low[t] = pair.low;
    savings.error[t] = pair.error + REFINED_ERROR * Math.abs(pair.high);
    return true;
  }

  /** The saving of the tile 2 at t and p < 1 in doubles: a proposal. */
  valueNear(t: number, p: number): number {
    const y = 1 - p;
    return (
      -Math.exp(-p * this.smaller.high[t]!) * Math.expm1(-y * this.a.high[t]!) -
      Math.exp(-p * this.larger.high[t]!) * Math.expm1(-y * this.b[t]!)
    );
  }

  /** Its derivative in p. A proposal. */
  slopeNear(t: number, p: number): number {
    const [A, B, w] = [this.smaller.high[t]!, this.larger.high[t]!, this.total.high[t]!];
    return w * Math.exp(-p * w) - A * Math.exp(-p * A) - B * Math.exp(-p * B);
  }
}

/** (1 - e^(-y x)) / (y x) for x = high + low >= 0 and y >= 0, 1 at y x = 0; relative error 2^-48. */
function decay(high: number, low: number, y: number): number {
  // From here on the numerator is 1 but for 2^-400.
  return y * high > LARGEST_EXPONENT ? 1 / (y * high) : secantRatio(high, low, -y);
}

/** e^(-y a) (w^2 K_0(a) + 2 w K_1(a) + K_2(a)) with K_j(a) = int_0^a z^j e^(y z) dz = a^(j+1) sum_n (y a)^n / (n! (n + j + 1)). */
function weightedMoment(a: number, w: number, y: number): number {
  const x = y * a;
  // Far below everything else: e^(-y a) K_j(a) <= a^(j+1), times a power below e^-9000.
  if (x > 100) return a * (w + a) * (w + a);
  let [zeroth, first, second] = [0, 0, 0];
  let term = 1;
  for (let n = 0; n < 400; n++) {
    zeroth += term / (n + 1);
    first += term / (n + 2);
    second += term / (n + 3);
    term *= x / (n + 1);
    if (n > x && term < 2 ** -60 * second) break;
  }
  const shrunk = exponentialOfProduct(-x, 0, 1, 0);
  return shrunk * a * (w * w * zeroth + a * (2 * w * first + a * second));
}

/** ln(1 + r) for 0 <= r < 2^-5, relative error below 2^-51: the tail r^12 / 12 is below 2^-58 r. */
function smallLogarithm(r: number): number {
  let sum = 0;
  for (let k = 11; k > 0; k--) sum = r * (1 / k - sum);
  return sum;
}

/** The least e with c <= 2^e. */
function binaryExponent(c: Quotient): number {
  const exponent = bitLength(c.numerator) - bitLength(c.denominator);
  const { numerator, denominator } = timesPowerOfTwo(c, -exponent);
  return numerator <= denominator ? exponent : exponent + 1;
}

function timesPowerOfTwo({ numerator, denominator }: Quotient, exponent: number): Quotient {
  return exponent >= 0
    ? { numerator: numerator << BigInt(exponent), denominator }
    : { numerator, denominator: denominator << BigInt(-exponent) };
}
