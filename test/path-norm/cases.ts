import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { checkStatement } from '../../src/checker/check.js';
import type { Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import type { PathNormMinimum } from '../../src/path-norm/minimum.js';
import { pathNormPath, type ThresholdSeveral, thresholdSeveral } from '../../src/path-norm/threshold.js';
import type { Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { pathNormStatement, thresholdSeveralStatement } from '../../src/solve/path-norm.js';
import { problemOf } from '../search/problems.js';

/** One row of lp-multivariate.json. */
export interface LpVector {
  readonly name: string;
  readonly x: number[][];
  readonly y: number[];
  readonly p: string;
  readonly skip: Skip;
  readonly cost: [string, string];
}

/** One row of p-star-multivariate.json. */
interface PStarVector {
  readonly name: string;
  readonly x: number[][];
  readonly y: number[];
  readonly fewestParameters: number;
  /** The largest p of a grid at which the minimiser has the fewest parameters, and the first at which it has more. */
  readonly sparsestUpTo: number;
  readonly firstDenser: number | null;
  /** The least cost at some p. */
  readonly costs: Readonly<Record<string, number>>;
}

function rows<T>(file: string): T[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'));
}

export const lpVectors = (): LpVector[] => rows('lp-multivariate.json');
export const pStarVectors = (): PStarVector[] => rows('p-star-multivariate.json');

/** The checker accepts the statement, and the bracket is as narrow as asked for. */
export function expectProved(problem: Problem, minimum: PathNormMinimum, gap = 1e-6): void {
  const verdict = checkStatement(problem, pathNormStatement(minimum));
  expect(verdict.accepted ? '' : `${verdict.rule}: ${verdict.reason}`).toBe('');
  expect(minimum.ended).toBe('optimal');
  const { lower, upper } = minimum;
  expect(upper.subtract(lower).toNumber()).toBeLessThanOrEqual(gap * upper.toNumber());
}

/** Distinct small integer points with labels, or windows of width 2/3 around them; one or two inputs. */
export function randomProblem(random: Random, dimension: number, size: number, windows: boolean): Problem {
  const seen = new Map<string, number[]>();
  while (seen.size < size) {
    const point = Array.from({ length: dimension }, () => random.integer(-3, 3));
    seen.set(point.join(), point);
  }
  const y = Array.from({ length: size }, () => random.integer(-4, 4));
  const widened = (shift: Rational) => y.map((value) => Rational.of(value).add(shift).toString());
  const third = Rational.of(1, 3);
  const x = [...seen.values()];
  return windows ? problemOf(x, widened(third.negate()), widened(third)) : problemOf(x, y);
}

/** p* lies where the grid says, the checker agrees, and the path has the grid's least costs. */
export function agreesWithGrid({
  name,
  x,
  y,
  fewestParameters,
  sparsestUpTo,
  firstDenser,
  costs,
}: PStarVector): void {
  const problem = problemOf(x, y);
  const found = expectClosed(problem, 'none');
  expect(found.found!.fewest, name).toBe(fewestParameters);
  expect(found.upper.toNumber(), name).toBeGreaterThan(sparsestUpTo - 1e-9);
  if (firstDenser !== null) expect(found.lower.toNumber(), name).toBeLessThan(firstDenser);
  const path = finish(pathNormPath(found.found!));
  for (const [p, cost] of Object.entries(costs)) {
    const piece = path.find(({ from, to }) => from.toNumber() <= Number(p) && Number(p) <= to.toNumber())!;
    const own = piece.candidate.entries.reduce((sum, entry) => sum + entry.toNumber() ** Number(p), 0);
    expect(own, `${name} p = ${p}`).toBeCloseTo(cost, 9);
  }
}

/** p* with a narrow bracket, which the checker accepts. */
export function expectClosed(problem: Problem, skip: Skip): ThresholdSeveral {
  const found = thresholdSeveral(problem, skip);
  expect(found.status).toBe('closed');
  const verdict = checkStatement(problem, thresholdSeveralStatement(found)!);
  expect(verdict.accepted ? '' : `${verdict.rule}: ${verdict.reason}`).toBe('');
  return found;
}
