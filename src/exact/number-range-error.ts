/**
 * A number that cannot be held as it is written: too long, too large an exponent, a denominator of 0. No other RangeError is
 * about what was read: memory that runs out is one, too.
 */
export class NumberRangeError extends RangeError {
  override readonly name = 'NumberRangeError';
}
