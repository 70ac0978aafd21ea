import { Rational } from '../exact/rational.js';
import { minimiseLinear } from '../lp/exact-lp.js';
import { LinearRow } from '../lp/linear-system.js';
import type { Problem } from '../problem/problem.js';

/** Largest size of the linear program, rows times unknowns: some seconds. */
const LARGEST = 40_000;

/**
 * The least e for which some function with knots at these positions keeps the windows [lower - e w, upper + e w], by an exact linear program in e and
 * the values at the positions and at both ends of the data.
 *
 * @param problem one input, see `wideningProblem`
 * @param positions strictly increasing, strictly between the first and the last point
 * @returns null when the program is too large; `rows`: points whose windows force it
 */
export function leastAtPositions(
  problem: Problem,
  positions: readonly Rational[],
): { readonly e: Rational; readonly rows: readonly number[] } | null {
  const { size, weights } = problem;
  const x = problem.inputs[0]!;
  const last = x.value(size - 1);
  const places = [x.value(0), ...positions, last.equals(x.value(0)) ? last.add(Rational.one) : last];
  const unknowns = places.length + 1;
  if (2 * size * unknowns > LARGEST) return null;
  const rows: LinearRow[] = [];
  let j = 0;
  for (let i = 0; i < size; i++) {
    const at = x.value(i);
    while (j + 2 < places.length && places[j + 1]!.lessThan(at)) j++;
    const t = at.subtract(places[j]!).divide(places[j + 1]!.subtract(places[j]!));
    const weight = weights?.value(i) ?? Rational.one;
    for (const side of [1, -1] as const) {
      // side 1: f - upper <= e w; side -1: lower - f <= e w.
      const coefficients = new Array<Rational>(unknowns).fill(Rational.zero);
      const signed = (value: Rational) => (side === 1 ? value : value.negate());
      coefficients[j] = signed(Rational.one.subtract(t));
      coefficients[j + 1] = signed(t);
      coefficients[unknowns - 1] = weight.negate();
      const right = side === 1 ? problem.upper.value(i) : problem.lower.value(i).negate();
      rows.push(LinearRow.fromRationals(coefficients, '<=', right));
    }
  }
  const objective = Array.from({ length: unknowns }, (_, k) => (k === unknowns - 1 ? 1n : 0n));
  const result = minimiseLinear({ unknowns, rows, objective });
  if (result.status !== 'optimal') return null;
  const forcing = new Set<number>();
  result.duals.forEach((dual, r) => {
    if (!dual.isZero()) forcing.add(r >> 1);
  });
  return { e: result.value, rows: [...forcing] };
}
