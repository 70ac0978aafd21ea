import { power } from './enclosure.js';
import { Rational } from './rational.js';
import { exactRoot } from './root.js';

/** Precisions (bits) at which the sign of a sum of powers is tried. The last one is where "undecided" begins. */
export const POWER_SUM_PRECISIONS = [96, 192, 384, 768, 1536, 3072, 6144, 12288] as const;

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
    const key = base.toString();
    const term = this.terms.get(key);
    if (term === undefined) this.terms.set(key, { base, factor });
    else {
      term.factor += factor;
      if (term.factor === 0) this.terms.delete(key);
    }
    return this;
  }

  /**
   * The sign for a rational 0 <= p <= 1, or null when the sum is not 0 but too small for the last precision.
   *
   * Equal terms have cancelled, so equal multisets are an exact 0. Enclosures decide the rest, and exact zeros are recognised: see
   * `isZeroSum`.
   */
  sign(p: Rational): -1 | 0 | 1 | null {
    const terms = [...this.terms.values()];
    if (terms.length === 0) return 0;
    let zeroExcluded = false;
    for (const bits of POWER_SUM_PRECISIONS) {
      let lower = 0n;
      let upper = 0n;
      for (const { base, factor } of terms) {
        const value = power(base, p, bits);
        const f = BigInt(factor);
        lower += f * (f > 0n ? value.lower : value.upper);
        upper += f * (f > 0n ? value.upper : value.lower);
      }
      if (lower > 0n) return 1;
      if (upper < 0n) return -1;
      if (!zeroExcluded && isZeroSum(terms, p)) return 0;
      zeroExcluded = true;
    }
    return null;
  }
}

/**
 * The sign of sum plus_i^p - sum minus_j^p for positive rationals and a rational 0 <= p <= 1, or null when the sum is not 0 but too
 * small for the last precision.
 */
export function signOfPowerSum(
  plus: readonly Rational[],
  minus: readonly Rational[],
  p: Rational,
): -1 | 0 | 1 | null {
  return difference(plus, minus).sign(p);
}

function difference(plus: readonly Rational[], minus: readonly Rational[]): PowerSum {
  const sum = new PowerSum();
  for (const base of plus) sum.add(base, 1);
  for (const base of minus) sum.add(base, -1);
  return sum;
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
