import { ExactColumn } from '../exact/column.js';
import type { Random } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { type GeneratedData, POINTS_PER_STEP } from './instance.js';
import type { CompleteOptions } from './options.js';

/**
 * Doubles x_i in [i + 1/3, i + 2/3] and labels that are one of the two doubles enclosing a x_i + b, by a fair coin: off the line by
 * less than one unit in the last place. Every second difference computed in floating point is rounding noise, while
 * the exact curvature is that of the doubles themselves. Slope a in [1, 2) and intercept b in [0, 1) are doubles.
 */
export function* nearCollinear({ points }: CompleteOptions, random: Random): Steps<GeneratedData> {
  const slope = 1 + random.uniform();
  const intercept = random.uniform();
  const a = Rational.fromDouble(slope);
  const b = Rational.fromDouble(intercept);
  const x = new Float64Array(points);
  const y = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    if (i % POINTS_PER_STEP === 0) yield;
    x[i] = i + (1 + random.uniform()) / 3;
    const exact = Rational.fromDouble(x[i]!).multiply(a).add(b);
    const nearest = exact.toNumber();
    const side = exact.compare(Rational.fromDouble(nearest));
    y[i] = side === 0 || random.uniform() < 0.5 ? nearest : neighbour(nearest, side);
  }
  return { inputs: [ExactColumn.fromDoubles(x)], labels: ExactColumn.fromDoubles(y) };
}

const view = new DataView(new ArrayBuffer(8));

/** The next double above (side 1) or below (side -1) a positive double. */
function neighbour(value: number, side: 1 | -1): number {
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(side));
  return view.getFloat64(0);
}
