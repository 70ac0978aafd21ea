import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { fewestKnotsOfShape } from '../knots/shape-truth.js';

const known = new WeakMap<Problem, Map<string, number | null>>();

/** What a claim about a shape says, by exhaustive search. */
export function expectShape(problem: Problem, { claim }: Certificate): void {
  if (claim.kind !== 'shape') throw new Error(`expected a shape, found ${claim.kind}`);
  const { minSlope, maxSlope, curvature = null } = claim.shape;
  const seen = known.get(problem) ?? new Map<string, number | null>();
  known.set(problem, seen);
  const key = JSON.stringify(claim.shape);
  if (!seen.has(key)) {
    const limit = (slope?: string) => (slope === undefined ? null : Rational.parse(slope));
    const shape = { minSlope: limit(minSlope), maxSlope: limit(maxSlope), curvature };
    seen.set(key, fewestKnotsOfShape(problem, shape));
  }
  expect(seen.get(key)).toBe(claim.lowerBound ?? null);
}
