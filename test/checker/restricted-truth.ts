import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { hasLower, hasUpper } from '../../src/problem/windows.js';
import { makeKnotQuestion } from '../../src/restricted/question.js';
import { SupportSystem } from '../../src/restricted/support-system.js';
import { fewestOnGrid } from '../restricted/reachable-cases.js';
import { windowsProblem } from '../support/problems.js';

/**
 * The fewest knots of a function with knots at these positions: every set of positions by its size, each decided by an exact linear
 * program. Null when there is no function.
 */
export function fewest(
  problem: Problem,
  knotsOn: readonly Rational[],
  maxSlopeChange: Rational | null,
): number | null {
  const question = makeKnotQuestion(problem, { knotsOn, maxSlopeChange, maxKnots: null });
  const system = new SupportSystem(question);
  const count = question.candidates.length;
  let best: number | null = null;
  for (let mask = 0; mask < 2 ** count; mask++) {
    const set = Uint8Array.from({ length: count }, (_, t) => ((mask >> t) & 1) * 3);
    const size = set.reduce((sum, entry) => sum + entry / 3, 0);
    if (best !== null && size >= best) continue;
    if (system.decide(set).status === 'fits') best = size;
  }
  return best;
}

const known = new WeakMap<object, Map<string, number | null>>();

/** The brute force over values on a grid tries multiples up to 60. */
const FINEST = Rational.of(1, 8);

const FAR = Rational.of(1_000_000);

/** Windows that lack an end with one far away. */
function farClosed(problem: Problem): Problem {
  if (problem.open === undefined) return problem;
  const points = Array.from({ length: problem.size }, (_, i) => i);
  return windowsProblem(
    points.map((i) => problem.inputs[0]!.value(i)),
    points.map((i) => (hasLower(problem, i) ? problem.lower.value(i) : FAR.negate())),
    points.map((i) => (hasUpper(problem, i) ? problem.upper.value(i) : FAR)),
  );
}

/** What a claim about restricted knots says. */
export function expectRestricted(problem: Problem, { claim, function: values }: Certificate): void {
  if (claim.kind !== 'restricted') throw new Error(`expected a restricted claim, found ${claim.kind}`);
  const { positions, maxSlopeChange, valuesOn, lowerBound, upperBound } = claim;
  const largest = maxSlopeChange === undefined ? null : Rational.parse(maxSlopeChange);
  const places = positions.map(Rational.parse);
  // A finer grid has more values than can be tried; what lies on it lies on any values.
  if (valuesOn !== undefined && Rational.parse(valuesOn).lessThan(FINEST)) {
    if (upperBound !== undefined)
      expect(upperBound).toBeGreaterThanOrEqual(fewest(farClosed(problem), places, largest)!);
    return;
  }
  const seen = known.get(problem.inputs[0]!) ?? new Map<string, number | null>();
  known.set(problem.inputs[0]!, seen);
  const key = JSON.stringify([positions, maxSlopeChange, valuesOn]);
  if (!seen.has(key))
    seen.set(
      key,
      valuesOn === undefined
        ? fewest(farClosed(problem), places, largest)
        : fewestOnGrid(problem, places, Rational.parse(valuesOn)),
    );
  const least = seen.get(key)!;
  if (lowerBound === undefined) {
    expect(least).toBeNull();
    return;
  }
  expect(lowerBound).toBeLessThanOrEqual(least ?? Number.POSITIVE_INFINITY);
  if (upperBound === undefined) return;
  expect(upperBound).toBeGreaterThanOrEqual(least!);
  expect(values!.length - 2).toBe(upperBound);
}
