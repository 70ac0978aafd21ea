import { Rational } from '../exact/rational.js';

/** Longest exact text in a message; longer numbers are shown as a decimal with "~". */
const EXACT_SHOWN = 14;

/** Indices named in a message before "and n more". */
const NAMED = 8;

/** A rational in a message: exact while short ("0.001", "1/3"), else "~" and six digits (never "~0" for a number that is not 0). */
export function shown(value: Rational): string {
  const double = value.toNumber();
  if (Number.isFinite(double)) {
    const decimal = String(double);
    if (decimal.length <= EXACT_SHOWN && Rational.parse(decimal).equals(value)) return decimal;
  }
  const exact = value.toString();
  if (exact.length <= EXACT_SHOWN) return exact;
  if (double !== 0 && Number.isFinite(double)) return `~${Number(double.toPrecision(6))}`;
  return `~${value.sign() < 0 ? '-' : ''}1e${decimalExponent(value)}`;
}

/** log10 of a number outside the range of doubles, from the lengths of its parts. */
function decimalExponent(value: Rational): number {
  return value.abs().numerator.toString().length - value.denominator.toString().length;
}

/** "neuron 3", "neurons 1, 4 and 5", "neurons 0, 1, 2, 3, 4, 5, 6, 7 and 12 more". */
export function neuronsNamed(indices: readonly number[]): string {
  if (indices.length === 1) return `neuron ${indices[0]}`;
  if (indices.length > NAMED) {
    return `neurons ${indices.slice(0, NAMED).join(', ')} and ${indices.length - NAMED} more`;
  }
  return `neurons ${indices.slice(0, -1).join(', ')} and ${indices.at(-1)}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
