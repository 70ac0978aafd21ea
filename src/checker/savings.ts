import { bitLength, floorDivide } from '../exact/bigint.js';
import { exponentialOfProduct, logarithms, unitSecant, zeroSecant } from '../exact/double-power.js';
import { type Enclosure, exactly, logarithm, power, powerSecant } from '../exact/enclosure.js';
import { nearestDouble, type Quotient, Rational } from '../exact/rational.js';

/**
 * What the tiles 2 of a run save over two tiles 1, s = m^p + M^p - T^p for the changes m, M and their sum T, enclosed in doubles and in
 * BigInts: the arithmetic of claims about p* and uniqueness (FORMAT.md, "Interval argument").
 */

/**
 * A run, its slope changes e_0 .. e_{L-1}, as quotients that need not be in lowest terms. Pair k stands for the tile 2 on the points k and
 * k + 1, sums[k] = e_k + e_{k+1}. All are divided by one power of two, the least for which no sum is above 1.
 */
export interface Run {
  readonly changes: readonly Quotient[];
  readonly sums: readonly Quotient[];
  /** Changes and sums in doubles, with relative error 2^-53 (below 2^-400: replaced by that), and their logarithms. */
  readonly doubles: readonly [Doubles, Doubles];
  /** Kept from the last interval, for the next one. */
  last: Savings | null;
}

interface Doubles {
  readonly values: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** Below this doubles are not asked. */
const SMALLEST = 2 ** -400;

export function makeRun(differences: readonly Quotient[]): Run {
  return makeStrip([differences]);
}

/** Several runs one behind the other, for the arithmetic in doubles: where two meet stands a pair that belongs to neither. */
export function makeStrip(runs: readonly (readonly Quotient[])[]): Run {
  const changes: Quotient[] = [];
  const sums: Quotient[] = [];
  for (const differences of runs) {
    if (changes.length > 0) sums.push(ONE);
    const pairs = differences.slice(1).map((c, k) => sumOf(differences[k]!, c));
    const exponent = pairs.reduce((most, c) => Math.max(most, leastExponent(c)), -Infinity);
    for (const c of differences) changes.push(dividedByPower(c, exponent));
    for (const c of pairs) sums.push(dividedByPower(c, exponent));
  }
  const doublesOf = (list: readonly Quotient[]): Doubles => {
    const values = Float64Array.from(list, (c) => Math.max(nearestDouble(c), SMALLEST));
    return { values, ...logarithms(values) };
  };
  return { changes, sums, doubles: [doublesOf(changes), doublesOf(sums)], last: null };
}

const ONE: Quotient = { numerator: 1n, denominator: 1n };

/** The least e with c <= 2^e. */
function leastExponent(c: Quotient): number {
  const exponent = bitLength(c.numerator) - bitLength(c.denominator);
  const { numerator, denominator } = dividedByPower(c, exponent);
  return numerator <= denominator ? exponent : exponent + 1;
}

function dividedByPower({ numerator, denominator }: Quotient, exponent: number): Quotient {
  return exponent < 0
    ? { numerator: numerator << BigInt(-exponent), denominator }
    : { numerator, denominator: denominator << BigInt(exponent) };
}

function sumOf(a: Quotient, b: Quotient): Quotient {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/**
 * The form in which savings are compared on an interval: s; near p = 1 s / (1 - p), "unit"; from 0 on (s - 1) / p, "zero", for tilings
 * with equally many tiles 2. At p = 1 and p = 0 the limits.
 */
export type Form = 'power' | 'unit' | 'zero';

/** An interval of p and the form that is used on it. */
export interface Interval {
  readonly from: Rational;
  readonly to: Rational;
  readonly form: Form;
}

/** What every pair saves at p, and its second derivative there: bounds in doubles. */
export interface Savings {
  readonly p: Rational;
  readonly form: Form;
  /** The saving is within half of error of value: the other half is for one rounding of a sum or difference with another one. */
  readonly value: Float64Array;
  readonly error: Float64Array;
  readonly secondLower: Float64Array;
  readonly secondUpper: Float64Array;
}

/** What is known of the savings at the two ends of an interval; the left end mostly from the interval before. */
export function savingsAtEnds(run: Run, { from, to, form }: Interval): readonly [Savings, Savings] {
  const start = run.last?.form === form && run.last.p.equals(from) ? run.last : savingsAt(run, from, form);
  const end = savingsAt(run, to, form);
  run.last = end;
  return [start, end];
}

/**
 * s = m^p + M^p - T^p: powers are within a relative 2^-50, and at most 1. s / (1 - p) is h(T) - h(m) - h(M), h(c) = (c - c^p) / (1 - p), and
 * (s - 1) / p is Z(m) + Z(M) - Z(T), Z(c) = (c^p - 1) / p, each within a relative 2^-45 and an absolute 2^-50; 2^-52 of each for the sum. With x = ln c, which is within 2^-52, the
 * second derivative of c^p is x^2 c^p, that of h is c x^3 M((1 - p) x), that of Z x^3 M(p x), M(z) = int_0^1 t^2 e^(z t) dt up to sign: see
 * `squareMoment`.
 */
function savingsAt({ doubles: [single, both] }: Run, p: Rational, form: Form): Savings {
  const at = p.toNumber();
  // The kernels want p and 1 - p in doubles.
  const exact = Number.isInteger(at * 2 ** 53) && Rational.fromDouble(at).equals(p);
  const terms = ({ values, high, low }: Doubles) =>
    values.map((c, k) =>
      !exact
        ? 0
        : form === 'unit'
          ? unitSecant(c, high[k]!, low[k]!, at)
          : form === 'zero'
            ? zeroSecant(high[k]!, low[k]!, at)
            : exponentialOfProduct(high[k]!, low[k]!, at, 0),
    );
  const seconds = ({ values, high, low }: Doubles, term: Float64Array) =>
    values.map((c, k) => {
      const x = high[k]!;
      if (form === 'unit') return c * x * x * x * squareMoment((1 - at) * -x);
      if (form === 'zero') return x * x * x * fallingMoment(at * -x, high[k]!, low[k]!, at);
      return x * x * term[k]!;
    });
  const [singles, pairs] = [terms(single), terms(both)];
  const [secondSingles, secondPairs] = [seconds(single, singles), seconds(both, pairs)];
  const sign = form === 'unit' ? -1 : 1;
  const [relative, absolute] = form === 'power' ? [2 ** -49, 2 ** -500] : [2 ** -44, 2 ** -48];
  const empty = () => new Float64Array(pairs.length);
  const [value, error, secondLower, secondUpper] = [empty(), empty(), empty(), empty()];
  for (let k = 0; k < pairs.length; k++) {
    if (!exact || single.values[k] === SMALLEST || single.values[k + 1] === SMALLEST) {
      error[k] = Infinity;
      secondLower[k] = form === 'zero' ? -Infinity : 0;
      secondUpper[k] = form === 'zero' ? 0 : Infinity;
      continue;
    }
    const [e, f, t] = [singles[k]!, singles[k + 1]!, pairs[k]!];
    value[k] = sign * (e + f - t);
    error[k] = relative * (Math.abs(e) + Math.abs(f) + Math.abs(t)) + absolute;
    const [se, sf, st] = [secondSingles[k]!, secondSingles[k + 1]!, secondPairs[k]!];
    const second = sign * (se + sf - st);
    const slack = 2 ** -48 + 2 ** -40 * (Math.abs(se) + Math.abs(sf) + Math.abs(st));
    // Its sign is known.
    secondLower[k] = form === 'zero' ? second - slack : Math.max(0, second - slack);
    secondUpper[k] = form === 'zero' ? Math.min(0, second + slack) : second + slack;
  }
  return { p, form, value, error, secondLower, secondUpper };
}

/** M(z) = int_0^1 t^2 e^(z t) dt = sum z^n / (n! (n + 3)) for z >= 0; all terms are positive. */
function squareMoment(z: number): number {
  let sum = 0;
  let term = 1;
  for (let n = 0; n <= z || term > 2 ** -60 * sum; n++) {
    sum += term / (n + 3);
    term *= z / (n + 1);
  }
  return sum;
}

/** M(-y) = e^(-y) sum 2 y^n / (n + 3)! for y = -p ln c >= 0, so that e^(-y) = c^p; ln c as a pair. */
function fallingMoment(y: number, high: number, low: number, p: number): number {
  let sum = 0;
  let term = 1 / 3;
  for (let n = 1; n <= y + 1 || term > 2 ** -60 * sum; n++) {
    sum += term;
    term *= y / (n + 3);
  }
  return sum * exponentialOfProduct(high, low, p, 0);
}

/** Bounds on (to - from)^2 / 8 times the second derivative of what every pair saves, over the interval. */
export interface Bends {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** It falls in p, but in the form "zero", where it is negative, it grows. */
export function bendsOver(from: Savings, to: Savings, interval: Interval): Bends {
  const weight = nearestDouble(weightOf(interval));
  const [least, largest] = interval.form === 'zero' ? [from, to] : [to, from];
  // Outward: towards smaller and larger values.
  const [below, above] = [1 - 2 ** -40, 1 + 2 ** -40];
  return {
    lower: least.secondLower.map((second) => weight * second * (second > 0 ? below : above)),
    upper: largest.secondUpper.map((second) => weight * second * (second > 0 ? above : below)),
  };
}

/** Bits at which BigInts are tried, and of the unit in which they are summed up. */
export const FINE_BITS = [96, 192, 384] as const;
export const UNIT_BITS = 384;

function weightOf({ from, to }: Interval): Quotient {
  const { numerator, denominator } = to.subtract(from);
  return { numerator: numerator * numerator, denominator: 8n * denominator * denominator };
}

/** The same bounds in BigInts, in units of 2^-UNIT_BITS. */
export class FineSavings {
  private readonly ends: readonly [Rational, Rational];
  private readonly weight: Quotient;
  /** What is known of changes and of pairs at both ends. */
  private readonly changes = [new Map<number, Enclosure>(), new Map<number, Enclosure>()] as const;
  private readonly pairs = [new Map<number, Enclosure>(), new Map<number, Enclosure>()] as const;

  constructor(
    private readonly run: Run,
    private readonly interval: Interval,
  ) {
    this.ends = [interval.from, interval.to];
    this.weight = weightOf(interval);
  }

  /** What pair k saves at an end. */
  value(k: number, end: 0 | 1, bits: number): readonly [lower: bigint, upper: bigint] {
    const { changes, sums } = this.run;
    const known = (map: Map<number, Enclosure>, key: number, c: Quotient): Enclosure => {
      let found = map.get(key);
      if (found?.bits !== bits) {
        found = this.term(c, this.ends[end], bits);
        map.set(key, found);
      }
      return found;
    };
    const [e, f] = [k, k + 1].map((point) => known(this.changes[end], point, changes[point]!));
    const both = known(this.pairs[end], k, sums[k]!);
    return inUnits(e!.lower + f!.lower - both.upper, e!.upper + f!.upper - both.lower, bits);
  }

  /** c^p, -h(c) or Z(c). */
  private term(c: Quotient, p: Rational, bits: number): Enclosure {
    const { form } = this.interval;
    if (form === 'unit') return negative(powerSecant(c, p, Rational.one, bits));
    return form === 'zero' ? powerSecant(c, Rational.zero, p, bits) : power(c, p, bits);
  }

  /** Its bend over the interval; in the form "zero" with the second derivative at p = 0 and with 0, which lie further out. */
  bend(k: number, bits: number): readonly [least: bigint, largest: bigint] {
    const of = (p: Rational): Enclosure => {
      const [e, f, both] = [this.run.changes[k]!, this.run.changes[k + 1]!, this.run.sums[k]!].map((c) =>
        this.second(c, p, bits),
      );
      return { lower: e!.lower + f!.lower - both!.upper, upper: e!.upper + f!.upper - both!.lower, bits };
    };
    const { numerator, denominator } = this.weight;
    if (this.interval.form === 'zero')
      return inUnits(floorDivide(of(Rational.zero).lower * numerator, denominator), 0n, bits);
    const [least, largest] = [of(this.ends[1]).lower, of(this.ends[0]).upper];
    const lower = least < 0n ? 0n : (least * numerator) / denominator;
    return inUnits(lower, -floorDivide(-largest * numerator, denominator), bits);
  }

  /** The second derivative of `term`; in the form "zero" at p = 0 only, (ln c)^3 / 3. */
  private second(c: Quotient, p: Rational, bits: number): Enclosure {
    const x = logarithm(c, bits);
    const square = product(x, x);
    if (this.interval.form === 'power') return product(square, power(c, p, bits));
    if (this.interval.form === 'zero') return scaled(product(square, x), Rational.of(1, 3));
    const z = scaled(negative(x), Rational.one.subtract(p));
    return negative(product(product(exactly(c, bits), product(square, x)), fineSquareMoment(z)));
  }
}

function inUnits(lower: bigint, upper: bigint, bits: number): readonly [bigint, bigint] {
  const shift = BigInt(UNIT_BITS - bits);
  return [lower << shift, upper << shift];
}

/** M(z) for z >= 0, see `squareMoment`. Once z <= n / 2 the rest is at most twice the next term. */
function fineSquareMoment(z: Enclosure): Enclosure {
  const { bits } = z;
  let term = exactly(Rational.one, bits);
  let [lower, upper] = [0n, 0n];
  const reach = Number(z.upper >> BigInt(bits)) + 1;
  for (let n = 0; ; n++) {
    const part = scaled(term, Rational.of(1, n + 3));
    lower += part.lower;
    upper += part.upper;
    term = scaled(product(term, z), Rational.of(1, n + 1));
    if (n + 1 >= 2 * reach && term.upper < 4n) return { lower, upper: upper + 2n * term.upper, bits };
  }
}

function negative({ lower, upper, bits }: Enclosure): Enclosure {
  return { lower: -upper, upper: -lower, bits };
}

function product(a: Enclosure, b: Enclosure): Enclosure {
  const products = [a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper];
  const [least, , , largest] = products.sort((x, y) => (x < y ? -1 : 1)) as [bigint, bigint, bigint, bigint];
  const shift = BigInt(a.bits);
  return { lower: least >> shift, upper: -(-largest >> shift), bits: a.bits };
}

/** Times a rational that is not negative. */
function scaled({ lower, upper, bits }: Enclosure, { numerator, denominator }: Rational): Enclosure {
  return {
    lower: floorDivide(lower * numerator, denominator),
    upper: -floorDivide(-upper * numerator, denominator),
    bits,
  };
}
