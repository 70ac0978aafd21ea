import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { isLeast, type Row } from '../knots/least-tolerance-truth.js';

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
  for (const { knots, tolerance } of claim.curve) {
    const key = `${knots} ${tolerance}`;
    if (!seen.has(key)) seen.set(key, isLeast(rows, Rational.parse(tolerance), knots));
    expect(seen.get(key), key).toBe(true);
  }
}
