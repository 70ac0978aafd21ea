import { power } from '../exact/enclosure.js';
import { signOfPowerSum } from '../exact/power-sum.js';
import type { Rational } from '../exact/rational.js';
import { runDifferences } from '../knots/family.js';
import type { Runs } from '../knots/runs.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

const LIMITS = {
  /** Inner points of a run up to which all 2^n vertices are enumerated. */
  innerPoints: 8,
  /** Bits of the powers of slope changes; what they leave open is decided by `signOfPowerSum`. */
  bits: 128,
} as const;

/** How the vertices of S compare with a function, run by run. */
export interface VertexComparison {
  /** Vertices of single runs that were compared, and those that are strictly cheaper. Exact. */
  readonly compared: number;
  readonly cheaper: number;
  /** Vertices whose cost no precision at hand could tell from the function's. */
  readonly undecided: number;
  /** Runs that are too long to enumerate. */
  readonly skipped: number;
}

/**
 * Compares a function with every vertex of S, run by run: an enumeration that shares nothing with the algorithms that find minimisers.
 * The l^p cost is a sum over the runs, so a function is cheapest when no vertex of any run is cheaper than its part on that run.
 *
 * @param problem one input, exact labels
 * @param f a function that joins the dots outside the runs, such as a member of S
 */
export function compareWithVertices(
  problem: Problem,
  runs: Runs,
  f: PiecewiseLinear,
  p: Rational,
): VertexComparison {
  const x = problem.inputs[0]!;
  const result = { compared: 0, cheaper: 0, undecided: 0, skipped: 0 };
  for (let r = 0; r < runs.count; r++) {
    const points = runs.points[r]!;
    const inner = points - 2;
    if (inner < 1) continue;
    if (inner > LIMITS.innerPoints) {
      result.skipped++;
      continue;
    }
    const first = runs.first[r]!;
    const [from, to] = [x.value(first), x.value(first + points - 1)];
    const own = f.knots
      .filter(({ at }) => !at.lessThan(from) && !to.lessThan(at))
      .map(({ slopeChange }) => slopeChange.abs());
    const differences = runDifferences(problem, runs, r);
    const cost = costs(p);
    const ownCost = cost(own);
    for (let word = 0; word < 1 << inner; word++) {
      const changes = changesOfWord(differences, word);
      const other = cost(changes);
      result.compared++;
      if (ownCost.upper <= other.lower) continue;
      const order = other.upper < ownCost.lower ? 1 : signOfPowerSum(own, changes, p);
      if (order === 1) result.cheaper++;
      else if (order === null) result.undecided++;
    }
  }
  return result;
}

/**
 * The slope changes of a vertex on one run, from its word: bit j - 1 chooses the slope to the right (1) or left (0) of inner point j.
 *
 * By Theorem 3.1 the segment through an inner point has one of these two slopes at a vertex, so a word is a nondecreasing sequence of
 * slopes of the data, and a slope change is a sum of the changes e_t of the data that it passes over.
 *
 * @param differences the changes e_0 .. e_m at the points of the run
 */
export function changesOfWord(differences: readonly Rational[], word: number): Rational[] {
  const last = differences.length - 1;
  const changes: Rational[] = [];
  let slope = 0;
  for (let j = 1; j <= last; j++) {
    const next = j === last ? last + 1 : j + ((word >> (j - 1)) & 1);
    if (next > slope) {
      changes.push(differences.slice(slope, next).reduce((sum, e) => sum.add(e)));
      slope = next;
    }
  }
  return changes;
}

/** sum c^p as a fixed-point enclosure; each power is computed once. */
function costs(p: Rational): (changes: readonly Rational[]) => { lower: bigint; upper: bigint } {
  const powers = new Map<string, { lower: bigint; upper: bigint }>();
  return (changes) => {
    let lower = 0n;
    let upper = 0n;
    for (const change of changes) {
      const name = change.toString();
      let term = powers.get(name);
      if (term === undefined) {
        term = power(change, p, LIMITS.bits);
        powers.set(name, term);
      }
      lower += term.lower;
      upper += term.upper;
    }
    return { lower, upper };
  };
}
