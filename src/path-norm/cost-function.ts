import { logarithm, power, powerSecant } from '../exact/enclosure.js';
import { larger, smaller } from '../exact/extremes.js';
import { signOfPowerSum } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';

/** The cost of a network as a function of p: the sum of c^p over its entries c > 0, in increasing order. */
export type Entries = readonly Rational[];

/** Binary digits at which a difference of costs is enclosed, in turn. */
const PRECISIONS = [96, 192, 384] as const;

/** Sign of cost(a) - cost(b) at p; null when it is too close to 0 to be decided. Exact. */
export function compareCosts(a: Entries, b: Entries, p: Rational): -1 | 0 | 1 | null {
  return signOfPowerSum(a, b, p);
}

/**
 * Whether D(p) = cost(dear) - cost(cheap) > 0 for all p in [a, b]. True is certain.
 *
 * D is at least its chord minus (b - a)^2 / 8 times the largest D''. With b = 1 and equal sums of entries D vanishes at 1; then D / (1 - p) =
 * sum over cheap of h_c - sum over dear of h_c with h_c(p) = (c - c^p) / (1 - p), which increases in p, is positive when it is so with h_c(a) and
 * h_c(1). With a = 0 and as many entries D vanishes at 0, and the same is done with k_c(p) = (c^p - 1) / p.
 */
export function cheaperOn(cheap: Entries, dear: Entries, a: Rational, b: Rational): boolean {
  const [less, more] = withoutCommon(cheap, dear);
  return more.length > 0 && cheaperEntryByEntry(less, more, a, b);
}

/** The same with entries that both have kept in the bounds, as the checker does: true less often. */
export function cheaperEntryByEntry(less: Entries, more: Entries, a: Rational, b: Rational): boolean {
  const sum = (entries: Entries): Rational => entries.reduce((total, c) => total.add(c), Rational.zero);
  if (b.equals(Rational.one) && sum(less).equals(sum(more))) {
    return PRECISIONS.some((bits) => {
      const gain = less.reduce((total, c) => total + powerSecant(c, a, Rational.one, bits).lower, 0n);
      const loss = more.reduce(
        (total, c) => total + powerSecant(c, Rational.one, Rational.one, bits).upper,
        0n,
      );
      return gain > loss;
    });
  }
  if (a.isZero() && less.length === more.length) {
    // D vanishes at 0: D / p = sum over dear of k_c - sum over cheap of k_c, k_c(p) = (c^p - 1) / p, k_c(0) = ln c.
    return PRECISIONS.some((bits) => {
      const gain = more.reduce((total, c) => total + powerSecant(c, a, a, bits).lower, 0n);
      const loss = less.reduce((total, c) => total + powerSecant(c, a, b, bits).upper, 0n);
      return gain > loss;
    });
  }
  const length = b.subtract(a);
  return PRECISIONS.some((bits) => {
    let atA = 0n;
    let atB = 0n;
    let bend = 0n;
    const shift = BigInt(2 * bits);
    const add = (entries: Entries, sign: 1 | -1): void => {
      for (const c of entries) {
        const [from, to] = [power(c, a, bits), power(c, b, bits)];
        const ln = logarithm(c, bits);
        const squares = [ln.lower * ln.lower, ln.upper * ln.upper];
        const square = { least: squares.reduce(smaller), largest: squares.reduce(larger) };
        if (sign === 1) {
          atA += from.lower;
          atB += to.lower;
          bend += ((larger(from.upper, to.upper) * square.largest) >> shift) + 1n;
        } else {
          atA -= from.upper;
          atB -= to.upper;
          const least = ln.lower <= 0n && ln.upper >= 0n ? 0n : square.least;
          bend -= (smaller(from.lower, to.lower) * least) >> shift;
        }
      }
    };
    add(more, 1);
    add(less, -1);
    if (bend < 0n) bend = 0n;
    const { numerator: n, denominator: d } = length.multiply(length);
    const sag = (bend * n) / (8n * d) + 1n;
    return smaller(atA, atB) > sag;
  });
}

/** Two increasing lists less their common entries. */
function withoutCommon(a: Entries, b: Entries): [Rational[], Rational[]] {
  const left: Rational[] = [];
  const right: Rational[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const order = i === a.length ? 1 : j === b.length ? -1 : a[i]!.compare(b[j]!);
    if (order === 0) {
      i++;
      j++;
    } else if (order < 0) left.push(a[i++]!);
    else right.push(b[j++]!);
  }
  return [left, right];
}
