import { bitLength } from './bigint.js';
import type { Quotient } from './rational.js';
import type { Steps } from './steps.js';

/** Additions of short numbers between two steps. */
const ADDITIONS_PER_STEP = 256;

/**
 * The sum of rational numbers, not in lowest terms: neighbours first, then sums of two, of four, .. so that long numbers are added to long
 * ones only. N numbers of b bits take about as long as log N products of N b bits.
 */
export function* quotientSum(terms: Iterable<Quotient>): Steps<Quotient> {
  let sums = [...terms];
  if (sums.length === 0) return { numerator: 0n, denominator: 1n };
  let added = 0;
  while (sums.length > 1) {
    const next: Quotient[] = [];
    for (let i = 0; i < sums.length; i += 2) {
      next.push(i + 1 < sums.length ? sumOfTwo(sums[i]!, sums[i + 1]!) : sums[i]!);
      if (++added % ADDITIONS_PER_STEP === 0 || sums.length < ADDITIONS_PER_STEP) yield;
    }
    sums = next;
  }
  return sums[0]!;
}

/** Binary digits of a common denominator up to which an exact sum is a matter of seconds. */
const LARGEST_DENOMINATOR = 2 ** 19;

/** Is the exact sum within reach? Its denominator has about as many digits as all different ones together. */
export function isWithinReach(terms: readonly Quotient[]): boolean {
  let digits = 0;
  let before: bigint | null = null;
  for (const { denominator } of terms) {
    if (denominator !== before) digits += bitLength(denominator);
    before = denominator;
  }
  return digits <= LARGEST_DENOMINATOR;
}

function sumOfTwo(a: Quotient, b: Quotient): Quotient {
  if (a.denominator === b.denominator) {
    return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  }
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}
