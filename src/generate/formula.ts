import { ExactColumn } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { type Expression, evaluateExactly, evaluateInDoubles, isRational } from '../formula/expression.js';
import { InputError } from '../problem/input-error.js';
import type { GeneratedData } from './instance.js';
import type { CompleteOptions } from './options.js';

/** Samples of a formula between two steps: it can be of any length. */
const SAMPLES_PER_STEP = 16;

/**
 * N samples of a formula at x = from + i (to - from) / (N - 1). Labels are the exact values, or, where a function is not
 * rational, the doubles computed at the double nearest to x.
 * @returns the data, and how the labels were computed
 * @throws InputError when the formula has no value at a sample
 */
export function* formulaSamples(
  expression: Expression,
  { formula, from, to, points }: CompleteOptions,
): Steps<GeneratedData & { readonly exact: boolean }> {
  const exact = isRational(expression);
  const step = to.subtract(from).divide(Rational.of(points - 1));
  const x = Array.from({ length: points }, (_, i) => from.add(step.multiply(Rational.of(i))));
  const label = (at: Rational): Rational => {
    try {
      if (exact) return evaluateExactly(expression, at);
      return Rational.fromDouble(evaluateInDoubles(expression, at.toNumber()));
    } catch (error) {
      throw new InputError(`"${formula}" has no value at x = ${at}: ${(error as Error).message}`, {
        field: 'formula',
      });
    }
  };
  const y: Rational[] = [];
  for (const at of x) {
    y.push(label(at));
    if (y.length % SAMPLES_PER_STEP === 0) yield;
  }
  return { inputs: [ExactColumn.fromRationals(x)], labels: ExactColumn.fromRationals(y), exact };
}
