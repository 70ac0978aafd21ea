import { power } from './enclosure.js';
import { Rational } from './rational.js';
import { exactRoot } from './root.js';

/** Precisions (bits) at which the sign of a sum of powers is tried. The last one is where "undecided" begins. */
export const POWER_SUM_PRECISIONS = [96, 192, 384, 768, 1536, 3072, 6144, 12288] as const;

/**
 * The sign of sum plus_i^p - sum minus_j^p for positive rationals and a rational 0 <= p <= 1, or null when the sum is not 0 but too
 * small for the last precision.
 *
 * Equal terms cancel first, so equal multisets are an exact 0. Enclosures decide the rest, and exact zeros are recognised:
 * see `isZeroSum`.
 */
export function signOfPowerSum(
  plus: readonly Rational[],
  minus: readonly Rational[],
  p: Rational,
): -1 | 0 | 1 | null {
  const terms = multiplicities(plus, minus);
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

interface Term {
  readonly base: Rational;
  factor: number;
}

/** Distinct bases with the difference of their multiplicities, zeros left out. */
function multiplicities(plus: readonly Rational[], minus: readonly Rational[]): Term[] {
  const terms = new Map<string, Term>();
  const count = (bases: readonly Rational[], step: number) => {
    for (const base of bases) {
      const key = base.toString();
      const term = terms.get(key);
      if (term === undefined) terms.set(key, { base, factor: step });
      else term.factor += step;
    }
  };
  count(plus, 1);
  count(minus, -1);
  return [...terms.values()].filter(({ factor }) => factor !== 0);
}

/** True when the two lists hold the same numbers with the same multiplicities: then sum c^p agrees for every p. */
export function equalMultisets(a: readonly Rational[], b: readonly Rational[]): boolean {
  return a.length === b.length && multiplicities(a, b).length === 0;
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
