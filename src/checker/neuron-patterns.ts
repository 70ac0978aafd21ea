import { type PatternTree, THETA_UNIT } from '../certificate/lp-minimum-several.js';
import { larger } from '../exact/extremes.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { guard } from './verdict.js';

const UNIT = BigInt(THETA_UNIT);

/** Most points that a tree decides. */
const MOST_DECIDED = 1000;

/**
 * Tree -> a bound on sum_n c_n (z . xbar_n)+ over |z|_1 <= 1, c = sign * numerators. Exact.
 *
 * A leaf fixes for some of the points with c_n > 0 whether they are in A, and brings theta_n in [0, 1] for those with c_n < 0. For every A that
 * agrees with it, sum_A c_n z . xbar_n - sum theta_n |c_n| z . xbar_n bounds the sum at every z whose positive points are A, and is at
 * most the largest coordinate of the vector; an undecided point adds at most its positive (negative) part to a coordinate.
 */
export function patternTop(
  problem: Problem,
  numerators: readonly bigint[],
  sign: 1 | -1,
  tree: PatternTree,
): Rational {
  const { inputs, size } = problem;
  const c = numerators.map((value) => value * BigInt(sign));
  const positive = c.flatMap((value, n) => (value > 0n ? [n] : []));
  const negative = c.flatMap((value, n) => (value < 0n ? [n] : []));
  guard(
    positive.length <= MOST_DECIDED &&
      tree.order.length === positive.length &&
      positive.every((n) => tree.order.includes(n)),
    'several-patterns',
    () =>
      `the order of a tree for sign ${sign} is not one of the ${positive.length} points with a positive multiplier`,
  );
  const units = [...inputs.map((column) => column.integerScale), Rational.one];
  const X = Array.from({ length: size }, (_, n) => [...inputs.map((column) => column.integer(n)), 1n]);
  // Room below each depth, in units of 1 / THETA_UNIT: what the points from there on add at most, upwards and downwards.
  const above = [units.map(() => 0n)];
  const below = [units.map(() => 0n)];
  for (const n of [...tree.order].reverse()) {
    const terms = X[n]!.map((x) => c[n]! * x * UNIT);
    above.unshift(above[0]!.map((room, i) => room + (terms[i]! > 0n ? terms[i]! : 0n)));
    below.unshift(below[0]!.map((room, i) => room - (terms[i]! < 0n ? terms[i]! : 0n)));
  }
  let top = Rational.zero;
  let next = 0;
  const descend = (depth: number, sum: readonly bigint[]): void => {
    const leaf = tree.leaves[next];
    guard(
      leaf !== undefined && leaf[0]! >= depth && leaf[0]! <= positive.length,
      'several-patterns',
      () =>
        `leaf ${next} of a tree for sign ${sign}: expected one at depth ${depth} or below, found ${leaf?.[0] ?? 'none'}`,
    );
    if (leaf[0]! > depth) {
      const n = tree.order[depth]!;
      descend(depth + 1, sum);
      descend(
        depth + 1,
        sum.map((value, i) => value + c[n]! * X[n]![i]! * UNIT),
      );
      return;
    }
    next++;
    guard(
      leaf.length === 1 + negative.length &&
        leaf.every((value) => Number.isSafeInteger(value) && value >= 0) &&
        leaf.slice(1).every((value) => value <= THETA_UNIT),
      'several-patterns',
      () =>
        `leaf ${next - 1} of a tree for sign ${sign}: expected ${negative.length} numbers from 0 to ${THETA_UNIT} after the depth`,
    );
    units.forEach((unit, i) => {
      const value = negative.reduce(
        (total, n, q) => total + BigInt(leaf[q + 1]!) * c[n]! * X[n]![i]!,
        sum[i]!,
      );
      const up = value + above[depth]![i]!;
      const down = below[depth]![i]! - value;
      const worst = Rational.of(larger(up, down), UNIT).multiply(unit);
      if (top.lessThan(worst)) top = worst;
    });
  };
  descend(
    0,
    units.map(() => 0n),
  );
  guard(
    next === tree.leaves.length,
    'several-patterns',
    () => `a tree for sign ${sign} goes on after its last leaf`,
  );
  return top;
}
