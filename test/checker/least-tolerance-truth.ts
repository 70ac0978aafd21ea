import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { maximum, Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { isLeast, leastTolerance, type Row } from '../knots/least-tolerance-truth.js';
import { floorByRows } from '../knots/shape-floor-truth.js';

const known = new WeakMap<Problem, Map<string, boolean>>();

/** What a claim about least tolerances says, by exhaustive search. */
export function expectLeastTolerance(problem: Problem, { claim }: Certificate): void {
  if (claim.kind !== 'least-tolerance') throw new Error(`expected least tolerances, found ${claim.kind}`);
  const { inputs, lower, upper, weights, size } = problem;
  const rows = Array.from(
    { length: size },
    (_, i): Row => ({
      x: inputs[0]!.value(i),
      lower: lower.value(i),
      upper: upper.value(i),
      w: weights?.value(i) ?? Rational.one,
    }),
  );
  const seen = known.get(problem) ?? new Map<string, boolean>();
  known.set(problem, seen);
  const { shape } = claim;
  for (const { knots, tolerance, atLeast } of claim.curve) {
    if (shape !== undefined || atLeast !== undefined) {
      const limit = (slope?: string) => (slope === undefined ? null : Rational.parse(slope));
      const asked = {
        minSlope: limit(shape?.minSlope),
        maxSlope: limit(shape?.maxSlope),
        curvature: shape?.curvature ?? null,
      };
      const least = maximum(floorByRows(rows, asked), leastTolerance(problem, knots).tolerance);
      expect(Rational.parse(atLeast ?? tolerance).compare(least), `${knots}`).toBeLessThanOrEqual(0);
      expect(least.compare(Rational.parse(tolerance)), `${knots}`).toBeLessThanOrEqual(0);
      continue;
    }
    const key = `${knots} ${tolerance}`;
    if (!seen.has(key)) seen.set(key, isLeast(rows, Rational.parse(tolerance), knots));
    expect(seen.get(key), key).toBe(true);
  }
}
