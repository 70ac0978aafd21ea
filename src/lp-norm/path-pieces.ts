import type { DecimalEnclosure } from '../exact/enclosure.js';
import type { Rational } from '../exact/rational.js';
import { curvature } from '../knots/curvature.js';
import { functionOfVertex } from '../knots/family.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { costOf } from './minimize.js';
import type { LpPath } from './path.js';

/** Digits after the point in the costs of a path. */
const COST_DIGITS = 18;

/** One piece of the path, written out. */
export interface PathPiece {
  readonly function: PiecewiseLinear;
  /** The cost at both ends of the piece. */
  readonly costFrom: DecimalEnclosure;
  readonly costTo: DecimalEnclosure;
}

/** The minimisers of a path as functions with their costs, piece by piece. */
export function pathPieces(problem: Problem, path: LpPath): PathPiece[] {
  const signs = curvature(problem);
  return path.pieces.map(({ vertex, from, to }) => {
    const f = functionOfVertex(problem, signs, vertex);
    const cost = (p: Rational) => costOf(f, p, COST_DIGITS);
    return { function: f, costFrom: cost(from), costTo: cost(to) };
  });
}
