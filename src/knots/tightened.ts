import { lcm } from '../exact/bigint.js';
import { ExactColumn } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Shape } from '../problem/shape.js';

/** Windows that hold what slopes within limits leave of them, and the points their ends come from. */
export interface Tightened {
  readonly problem: Problem;
  /** The earliest and the latest point whose window makes the lower (upper) end of point i what it is. */
  readonly lowerFrom: Sources;
  readonly upperFrom: Sources;
}

export interface Sources {
  readonly earliest: Int32Array;
  readonly latest: Int32Array;
}

/**
 * l_i := max over j <= i of l_j + s (x_i - x_j) and over j >= i of l_j - S (x_j - x_i); u_i mirrored: one sweep each way. Slopes between s
 * and S lead from every value in a tightened window to the others, unless one of them is empty.
 */
export function tightened(given: Problem, { minSlope, maxSlope }: Shape): Tightened {
  const { size, lower, upper } = given;
  const x = given.inputs[0]!;
  const own = (): Sources => {
    const points = Int32Array.from({ length: size }, (_, i) => i);
    return { earliest: points, latest: points.slice() };
  };
  const [lowerFrom, upperFrom] = [own(), own()];
  if (minSlope === null && maxSlope === null) return { problem: given, lowerFrom, upperFrom };
  // Integers: y in units of `unit`, and a slope of one x unit in the same.
  const steps = [minSlope, maxSlope].map((s) => s?.multiply(x.integerScale) ?? null);
  const denominators = [lower.integerScale, upper.integerScale, ...steps.filter((s) => s !== null)];
  const unit = Rational.of(
    1n,
    denominators.reduce((d, s) => lcm(d, s.denominator), 1n),
  );
  const inUnits = (s: Rational) => s.divide(unit).numerator;
  const X = Array.from({ length: size }, (_, i) => x.integer(i));
  const factors = [inUnits(lower.integerScale), inUnits(upper.integerScale)] as const;
  const low = Array.from({ length: size }, (_, i) => lower.integer(i) * factors[0]);
  const high = Array.from({ length: size }, (_, i) => upper.integer(i) * factors[1]);
  const [s, S] = steps.map((step) => (step === null ? null : inUnits(step))) as [
    bigint | null,
    bigint | null,
  ];
  const [newLow, newHigh] = [low.slice(), high.slice()];
  /** Goes through the points in one direction; `side` 1 raises lower ends, -1 lowers upper ends. */
  const sweep = (
    values: bigint[],
    result: bigint[],
    from: Sources,
    step: bigint | null,
    forward: boolean,
    side: 1 | -1,
  ) => {
    if (step === null) return;
    let best = -1;
    // Of equal sources the first one met and the last one met.
    let last = -1;
    for (let k = 0; k < size; k++) {
      const i = forward ? k : size - 1 - k;
      const reached = best < 0 ? null : values[best]! + step * (X[i]! - X[best]!);
      const order =
        reached === null ? 1 : Number(reached === values[i]! ? 0 : (values[i]! > reached ? 1 : -1) * side);
      if (order > 0) best = i;
      if (order >= 0) last = i;
      if (best === i) continue;
      const value = values[best]! + step * (X[i]! - X[best]!);
      const better = value === result[i]! ? 0 : (value > result[i]! ? 1 : -1) * side;
      const [earliest, latest] = forward ? [best, last] : [last, best];
      if (better > 0) {
        result[i] = value;
        from.earliest[i] = earliest;
        from.latest[i] = latest;
      } else if (better === 0) {
        from.earliest[i] = Math.min(from.earliest[i]!, earliest);
        from.latest[i] = Math.max(from.latest[i]!, latest);
      }
    }
  };
  sweep(low, newLow, lowerFrom, s, true, 1);
  sweep(low, newLow, lowerFrom, S, false, 1);
  sweep(high, newHigh, upperFrom, S, true, -1);
  sweep(high, newHigh, upperFrom, s, false, -1);
  const [tightLower, tightUpper] = ExactColumn.togetherFromIntegers([newLow, newHigh], unit);
  // The emptiest of those that are empty.
  let empty = -1;
  for (let i = 0; i < size; i++) {
    if (newLow[i]! <= newHigh[i]!) continue;
    if (empty < 0 || newLow[i]! - newHigh[i]! > newLow[empty]! - newHigh[empty]!) empty = i;
  }
  return {
    problem: {
      ...given,
      lower: tightLower!,
      upper: tightUpper!,
      exact: false,
      emptyWindow: empty < 0 ? null : { point: empty, rows: ['', ''] },
    },
    lowerFrom,
    upperFrom,
  };
}
