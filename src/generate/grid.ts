import { ExactColumn } from '../exact/column.js';
import { Rational } from '../exact/rational.js';

/** The inputs 0, 1, .., N-1. */
export function integerGrid(points: number): ExactColumn {
  const x = new Float64Array(points);
  for (let i = 0; i < points; i++) x[i] = i;
  return ExactColumn.fromSafeIntegers(x, Rational.one);
}

/** The scale of numbers with some decimals: 10^-decimals. */
export function decimalScale(decimals: number): Rational {
  return Rational.of(1n, 10n ** BigInt(decimals));
}
