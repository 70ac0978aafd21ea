import { describe, expect, it } from 'vitest';
import { rank } from '../../src/exact/elimination.js';
import { createRandom } from '../../src/exact/random.js';
import { decide } from '../../src/lp/exact-lp.js';
import { LinearRow } from '../../src/lp/linear-system.js';
import type { Problem } from '../../src/problem/problem.js';
import {
  activationPatterns,
  countActivationPatterns,
  patternsInGeneralPosition,
} from '../../src/search/patterns.js';
import { pointsOf } from '../../src/search/points.js';
import { subsets } from './brute-force.js';
import { problemOf } from './problems.js';

function unlabelled(x: readonly (readonly number[])[]): Problem {
  return problemOf(
    x,
    x.map(() => 0),
  );
}

/** Any d + 1 of the points (x, 1) are independent. */
function inGeneralPosition(problem: Problem): boolean {
  const { exact, size, width } = pointsOf(problem);
  const order = Math.min(size, width);
  return subsets(size, order).every((chosen) => rank(chosen.map((n) => [...exact[n]!])) === order);
}

/** The listed patterns are different, and each witness has its pattern, with no zero. */
function expectSound(problem: Problem): string[] {
  const keys: string[] = [];
  for (const { active, witness } of activationPatterns(problem)) {
    for (let n = 0; n < problem.size; n++) {
      const value = witness.inputWeights.reduce(
        (sum, w, i) => sum.add(w.multiply(problem.inputs[i]!.value(n))),
        witness.bias,
      );
      expect(value.sign()).toBe(active[n] === 1 ? 1 : -1);
    }
    keys.push(active.join(''));
  }
  expect(new Set(keys).size).toBe(keys.length);
  return keys.sort();
}

/** All 2^N sign patterns, each by one exact linear program with w . x > 0 on the active and w . x <= 0 on the others. */
function bruteForce(problem: Problem): string[] {
  const { exact, size, width } = pointsOf(problem);
  const keys: string[] = [];
  for (let mask = 0; mask < 2 ** size; mask++) {
    const rows = exact.map((point, n) =>
      (mask >> n) & 1 ? new LinearRow(point, '>=', 1n) : new LinearRow(point, '<=', 0n),
    );
    if (decide({ unknowns: width, rows }).status === 'feasible')
      keys.push(exact.map((_, n) => (mask >> n) & 1).join(''));
  }
  return keys.sort();
}

describe('activation patterns', () => {
  it.each([
    [1, 14],
    [2, 3],
    [2, 14],
    [3, 11],
    [4, 9],
  ])('number 2 sum C(N-1, i) in general position, d = %i, N = %i', (dimension, size) => {
    const random = createRandom(100 * dimension + size);
    const x = Array.from({ length: size }, () =>
      Array.from({ length: dimension }, () => random.integer(-1_000_000, 1_000_000)),
    );
    const problem = unlabelled(x);
    expect(inGeneralPosition(problem)).toBe(true);
    expect(BigInt(expectSound(problem).length)).toBe(patternsInGeneralPosition(size, dimension));
  });

  it('number 2 sum C(14 - 1, i) for four inputs', () => {
    const random = createRandom(414);
    const x = Array.from({ length: 14 }, () => Array.from({ length: 4 }, () => random.integer(-1e6, 1e6)));
    const problem = unlabelled(x);
    expect(inGeneralPosition(problem)).toBe(true);
    expect(BigInt(countActivationPatterns(problem))).toBe(patternsInGeneralPosition(14, 4));
    expect(patternsInGeneralPosition(14, 4)).toBe(2186n);
  });

  it('are those of brute force on degenerate data, and fewer than in general position', () => {
    const random = createRandom(7);
    let degenerate = 0;
    for (let instance = 0; instance < 30; instance++) {
      const dimension = random.integer(2, 3);
      const size = random.integer(3, 7);
      const x = Array.from({ length: size }, () =>
        Array.from({ length: dimension }, () => random.integer(0, 2)),
      );
      const problem = unlabelled(x);
      const keys = expectSound(problem);
      expect(keys).toEqual(bruteForce(problem));
      expect(BigInt(keys.length)).toBeLessThanOrEqual(patternsInGeneralPosition(problem.size, dimension));
      if (!inGeneralPosition(problem)) degenerate++;
    }
    expect(degenerate).toBeGreaterThan(8);
  });

  it('of points on a line in the plane are those of one input', () => {
    const x = [0, 1, 2, 3, 4, 5].map((t) => [2 * t, 1 - 3 * t]);
    expect(countActivationPatterns(unlabelled(x))).toBe(12);
  });
});
