import { bitLength, floorDivide } from './bigint.js';
import { powerExponent, scaledPower } from './enclosure.js';
import { Rational } from './rational.js';
import { exactRoot } from './root.js';
import { finish, type Steps } from './steps.js';

/**
 * Precisions (bits, relative to the largest term) at which the sign of a sum of powers is tried. The last one is where "undecided"
 * begins.
 */
export const POWER_SUM_PRECISIONS = [96, 192, 384, 768, 1536, 3072, 6144, 12288] as const;

/** Every power is a step of its own from this precision on; below, all powers of one precision are one. */
const LONG_POWERS = 768;

/**
 * The sign of sum plus_i^p - sum minus_j^p for positive rationals and a rational 0 <= p <= 1, or null when the sum is not 0 but too
 * small for the last precision.
 *
 * Equal terms cancel first, so equal multisets are an exact 0. Enclosures decide the rest, in units in which the largest term is about 1:
 * one that is 10^20 times as large as the others decides alone, and quickly. When that does not tell, terms that nearly coincide are
 * taken together (see `encloseClusters`), so that two large numbers that nearly cancel hide no small ones, and exact zeros are
 * recognised (see `isZeroSum`).
 */
export function signOfPowerSum(
  plus: readonly Rational[],
  minus: readonly Rational[],
  p: Rational,
): -1 | 0 | 1 | null {
  return difference(plus, minus).sign(p);
}

/** The same in steps. */
export function powerSumSign(
  plus: readonly Rational[],
  minus: readonly Rational[],
  p: Rational,
): Steps<-1 | 0 | 1 | null> {
  return difference(plus, minus).signInSteps(p);
}

/** A base with how often its power is added, or subtracted when negative; never 0 times. */
interface Term {
  readonly base: Rational;
  factor: number;
}

/** A sum of factor * base^p for positive rational bases and integer factors. Equal terms are collected, and cancel. */
export class PowerSum {
  private readonly terms = new Map<string, Term>();

  get size(): number {
    return this.terms.size;
  }

  values(): Iterable<Readonly<Term>> {
    return this.terms.values();
  }

  add(base: Rational, factor: number): this {
    const key = `${base.numerator.toString(32)}/${base.denominator.toString(32)}`;
    const term = this.terms.get(key);
    if (term === undefined) this.terms.set(key, { base, factor });
    else {
      term.factor += factor;
      if (term.factor === 0) this.terms.delete(key);
    }
    return this;
  }

  /** The sign for a rational 0 <= p <= 1, or null when the sum is not 0 but too small for the last precision; see `signOfPowerSum`. */
  sign(p: Rational): -1 | 0 | 1 | null {
    return finish(this.signInSteps(p));
  }

  *signInSteps(p: Rational): Steps<-1 | 0 | 1 | null> {
    const terms = [...this.terms.values()];
    if (terms.length === 0) return 0;
    const [first, ...further] = POWER_SUM_PRECISIONS;
    const quick = yield* encloseClusters(
      terms.map((term) => [term]),
      p,
      first,
    );
    if (quick !== 0) return quick;
    terms.sort((a, b) => b.base.compare(a.base));
    let zeroExcluded = false;
    for (const bits of further) {
      const sign = yield* encloseClusters(clusters(terms, bits / 2), p, bits);
      if (sign !== 0) return sign;
      if (!zeroExcluded && isZeroSum(terms, p)) return 0;
      zeroExcluded = true;
    }
    return null;
  }
}

function difference(plus: readonly Rational[], minus: readonly Rational[]): PowerSum {
  const sum = new PowerSum();
  for (const base of plus) sum.add(base, 1);
  for (const base of minus) sum.add(base, -1);
  return sum;
}

/** Stretches of a falling list in which each number differs from the next by a relative 2^-bits at most. */
function clusters(terms: readonly Term[], bits: number): Term[][] {
  const found: Term[][] = [];
  for (const term of terms) {
    const last = found.at(-1)?.at(-1);
    if (last !== undefined && nearlyEqual(last.base, term.base, bits)) found.at(-1)!.push(term);
    else found.push([term]);
  }
  return found;
}

/** a - b <= a 2^-bits for a >= b. */
function nearlyEqual(a: Rational, b: Rational, bits: number): boolean {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return (left - right) << BigInt(bits) <= left;
}

/** A part of a sum of powers: its size, and its enclosure in units of 2^exponent with that many digits behind the point. */
interface Part {
  readonly size: number;
  enclose(bits: number, exponent: number): { readonly lower: bigint; readonly upper: bigint };
}

/**
 * The sign of the sum by enclosures of that many bits, relative to its largest part; 0 when they do not tell. Of a cluster with the least
 * number r,
 *
 *   sum f_i x_i^p = (sum f_i) r^p + sum f_i (x_i^p - r^p),   p (x - r) x^(p-1) <= x^p - r^p <= p (x - r) r^(p-1),
 *
 * by the mean value theorem: differences are known as well relatively as x and r are close.
 */
function* encloseClusters(all: readonly (readonly Term[])[], p: Rational, bits: number): Steps<-1 | 0 | 1> {
  const parts: Part[] = [];
  for (const cluster of all) {
    const least = cluster.at(-1)!.base;
    const factor = BigInt(cluster.reduce((sum, term) => sum + term.factor, 0));
    if (factor !== 0n) parts.push(powerPart(least, p, factor));
    for (const { base, factor: times } of cluster.slice(0, -1)) {
      parts.push(differencePart(base, least, p, BigInt(times)));
    }
  }
  const exponent = parts.reduce((most, { size }) => Math.max(most, size), -Infinity);
  let lower = 0n;
  let upper = 0n;
  for (const part of parts) {
    const value = part.enclose(bits, exponent);
    lower += value.lower;
    upper += value.upper;
    if (bits >= LONG_POWERS) yield;
  }
  yield;
  return lower > 0n ? 1 : upper < 0n ? -1 : 0;
}

function powerPart(base: Rational, p: Rational, factor: bigint): Part {
  return {
    size: powerExponent(base, p) + bitLength(factor),
    enclose: (bits, exponent) => times(factor, scaledPower(base, p, bits, exponent)),
  };
}

/** factor (x^p - r^p) for x > r. */
function differencePart(x: Rational, r: Rational, p: Rational, factor: bigint): Part {
  const share = x.subtract(r).multiply(p);
  const size = powerExponent(r, p);
  const ratio = share.divide(r);
  return {
    size: size + bitLength(ratio.numerator) - bitLength(ratio.denominator) + 1 + bitLength(factor),
    enclose: (bits, exponent) => {
      const ends = [share.divide(x), ratio].map(({ numerator, denominator }, end) => {
        const { lower, upper } = scaledPower(end === 0 ? x : r, p, bits, size);
        const up = BigInt(Math.max(0, size - exponent));
        const down = BigInt(Math.max(0, exponent - size));
        const over = denominator << down;
        return end === 0
          ? ((numerator * lower) << up) / over
          : -floorDivide(-(numerator * upper) << up, over);
      });
      return times(factor, { lower: ends[0]!, upper: ends[1]! });
    },
  };
}

function times(factor: bigint, { lower, upper }: { lower: bigint; upper: bigint }) {
  return factor > 0n
    ? { lower: factor * lower, upper: factor * upper }
    : { lower: factor * upper, upper: factor * lower };
}

/** True when the two lists hold the same numbers with the same multiplicities: then sum c^p agrees for every p. */
export function equalMultisets(a: readonly Rational[], b: readonly Rational[]): boolean {
  return a.length === b.length && difference(a, b).size === 0;
}

/**
 * True exactly when sum factor_i base_i^(u/v) = 0.
 *
 * Real positive v-th roots of rationals no two of which have a rational ratio are linearly independent over the rationals
 * (Besicovitch 1940, Mordell 1953). With u and v coprime, (a/b)^(u/v) is rational exactly when a/b is a v-th power. So the
 * terms are collected in classes of rational ratio, and the sum vanishes exactly when each class does.
 */
function isZeroSum(terms: readonly Term[], p: Rational): boolean {
  const u = p.numerator;
  const v = Number(p.denominator);
  const classes: { base: Rational; sum: Rational }[] = [];
  for (const { base, factor } of terms) {
    let found = false;
    for (const own of classes) {
      const ratio = base.divide(own.base);
      const n = exactRoot(ratio.numerator, v);
      const d = n === null ? null : exactRoot(ratio.denominator, v);
      if (n === null || d === null) continue;
      own.sum = own.sum.add(Rational.of(n ** u * BigInt(factor), d ** u));
      found = true;
      break;
    }
    if (!found) classes.push({ base, sum: Rational.of(factor) });
  }
  return classes.every(({ sum }) => sum.isZero());
}
