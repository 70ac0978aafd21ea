import { product } from '../exact/product.js';
import type { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { curvature } from './curvature.js';
import { type Runs, runsOf } from './runs.js';
import { slope } from './slopes.js';

/**
 * The set of sparsest interpolants in the family S (Theorem 3.1), which holds every l^p minimiser that is sparsest.
 * Runs choose independently of each other, so the set is the product over runs.
 */
export interface SolutionSet {
  /** True when S holds exactly one sparsest function: no run with an odd number of three or more points. */
  readonly unique: boolean;
  /** Vertices of the cube of S that are sparsest: the product of m over runs with L = m + 1 odd, m >= 2. */
  readonly vertices: bigint;
  /** Different functions among them: the product of (m + 2) / 2. */
  readonly functions: bigint;
  /** The runs that leave a choice, from left to right. */
  readonly free: readonly FreeRun[];
}

/** A run with an odd number L = m + 1 >= 3 of points. */
export interface FreeRun {
  readonly run: number;
  /** First and last point of the run. */
  readonly points: readonly [first: number, last: number];
  readonly sign: 1 | -1;
  /** The words (10)^a b (10)^c, m of them, in the order of the point that keeps its own knot. */
  words(): Generator<string>;
  /**
   * Between neighbouring words one slope is free: the segment through `point` may have any slope in the closed interval,
   * the rest of the run being fixed. The union of these m / 2 intervals is the whole choice.
   */
  freeSlopes(): Generator<{ point: number; lower: Rational; upper: Rational }>;
}

/**
 * Describes all sparsest interpolants in S.
 * @param problem one input, exact labels
 * @param runs its runs, where they are known already
 */
export function solutionSet(problem: Problem, runs: Runs = runsOf(curvature(problem))): SolutionSet {
  const free: FreeRun[] = [];
  const vertices: bigint[] = [];
  const functions: bigint[] = [];
  for (let r = 0; r < runs.count; r++) {
    const points = runs.points[r]!;
    if (points < 3 || points % 2 === 0) continue;
    const first = runs.first[r]!;
    const m = points - 1;
    vertices.push(BigInt(m));
    functions.push(BigInt((m + 2) / 2));
    free.push({
      run: r,
      points: [first, first + m],
      sign: runs.sign[r] as 1 | -1,
      words: () => sparsestWords(m),
      freeSlopes: () => freeSlopes(problem, first, m),
    });
  }
  return { unique: free.length === 0, vertices: product(vertices), functions: product(functions), free };
}

function* sparsestWords(m: number): Generator<string> {
  for (let a = 0; a <= (m - 2) / 2; a++) {
    const left = '10'.repeat(a);
    const right = '10'.repeat((m - 2) / 2 - a);
    yield `${left}0${right}`;
    yield `${left}1${right}`;
  }
}

/** (10)^a * (10)^c: the segment through inner point j = 2a + 1 turns freely between its two neighbours. */
function* freeSlopes(
  problem: Problem,
  first: number,
  m: number,
): Generator<{ point: number; lower: Rational; upper: Rational }> {
  for (let j = 1; j < m; j += 2) {
    const before = slope(problem, first + j - 1);
    const after = slope(problem, first + j);
    const [lower, upper] = before.lessThan(after) ? [before, after] : [after, before];
    yield { point: first + j, lower, upper };
  }
}
