import type { Rational } from '../exact/rational.js';
import { curvature } from '../knots/curvature.js';
import { lineThrough } from '../knots/slopes.js';
import { crossing } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

/**
 * Positions that suffice for a sparsest interpolant: the inner points and, between two neighbouring points i, i + 1 of one
 * run of curvature, the crossing of the lines l_{i-1} and l_{i+1}, which lies strictly between them. By Theorem 3.1 some
 * sparsest interpolant, and every l^p minimiser with p < 1 that is a vertex of S, has its knots here. At most 2N - 5
 * positions, exact, ascending.
 *
 * @param problem one input, exact labels. For windows no such set of positions is known: it would depend on the windows.
 */
export function candidateKnots(problem: Problem): Rational[] {
  const signs = curvature(problem);
  const x = problem.inputs[0]!;
  const candidates: Rational[] = [];
  for (let i = 1; i < problem.size - 1; i++) {
    candidates.push(x.value(i));
    if (signs[i] !== 0 && signs[i] === signs[i + 1]) {
      candidates.push(crossing(lineThrough(problem, i - 1), lineThrough(problem, i + 1)).at);
    }
  }
  return candidates;
}
