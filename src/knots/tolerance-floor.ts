import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';

/**
 * The least e for which no window [lower - e w, upper + e w] is empty, those of equal inputs intersected: no number of knots goes below
 * it. It is where two rows of one input meet (or a window with itself): e = (lower_i - upper_j) / (w_i + w_j).
 *
 * Newton's method for each input: the largest lower end and the least upper end at e meet at a larger e, until they meet at e itself.
 * @returns `point`: which of the different inputs sets it; `rows`: the two points of the problem that do (or one twice)
 */
export function toleranceFloor({ inputs, lower, upper, weights, size }: Problem): {
  readonly e: Rational;
  readonly point: number;
  readonly rows: readonly [number, number];
} {
  // Labels, none of which contradicts another.
  if (weights === undefined && lower === upper) return { e: Rational.zero, point: 0, rows: [0, 0] };
  const isSame = (i: number, j: number) => inputs.every((x) => x.compare(i, j) === 0);
  const unit = lower.integerScale.divide(weights?.integerScale ?? Rational.one);
  const weight = (i: number) => weights?.integer(i) ?? 1n;
  // The floor so far is e / d in integer units; d = 0: none yet.
  let [e, d, point] = [0n, 0n, 0];
  let rows: [number, number] = [0, 0];
  let group = -1;
  for (let i = 0; i < size; ) {
    const first = i;
    do i++;
    while (i < size && isSame(first, i));
    group++;
    let [high, low] = [first, first];
    for (;;) {
      // d times the ends at e / d; before there is an e, any pair starts.
      for (let j = first; j < i && d > 0n; j++) {
        if (lower.integer(j) * d - e * weight(j) > lower.integer(high) * d - e * weight(high)) high = j;
        if (upper.integer(j) * d + e * weight(j) < upper.integer(low) * d + e * weight(low)) low = j;
      }
      const [meeting, share] = [lower.integer(high) - upper.integer(low), weight(high) + weight(low)];
      if (d > 0n && meeting * d <= e * share) break;
      [e, d, point] = [meeting, share, group];
      rows = [high, low];
    }
  }
  return { e: Rational.of(e, d).multiply(unit), point, rows };
}
