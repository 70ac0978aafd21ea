import { floorDivide } from './bigint.js';
import { Rational } from './rational.js';

/** The rational of least denominator (then of least numerator) in a closed interval; null: no end. */
export function simplestWithin(low: Rational | null, high: Rational | null): Rational {
  if ((low === null || low.sign() <= 0) && (high === null || high.sign() >= 0)) return Rational.zero;
  if (low === null || low.sign() < 0)
    return simplestWithin(high!.negate(), low === null ? null : low.negate()).negate();
  // Stern and Brocot: the integer part first, then the reciprocals of what is left.
  const parts: bigint[] = [];
  let [a, b, c, d] = [low.numerator, low.denominator, high?.numerator ?? 1n, high?.denominator ?? 0n];
  for (;;) {
    const whole = floorDivide(a, b);
    if (whole * b === a) {
      parts.push(whole);
      break;
    }
    if ((whole + 1n) * d <= c) {
      parts.push(whole + 1n);
      break;
    }
    parts.push(whole);
    [a, b, c, d] = [d, c - whole * d, b, a - whole * b];
  }
  let [numerator, denominator] = [parts.pop()!, 1n];
  while (parts.length > 0) [numerator, denominator] = [parts.pop()! * numerator + denominator, numerator];
  return Rational.of(numerator, denominator);
}
