import { PIECE, type Pieces } from '../certificate/pieces.js';
import { Rational } from '../exact/rational.js';
import type { Knot, Line, PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { Runs } from './runs.js';
import { lineThrough, slope, slopeScale } from './slopes.js';

/**
 * A vertex of the family S of Theorem 3.1: a function made of lines through neighbouring data points only.
 *
 * side[i] says which line runs through the inner point i: 0 the one from the left (slope s_{i-1}), 1 the one to the right
 * (slope s_i). The first point of a run has side 0 and its last point side 1 (they coincide in a run of one point, where
 * the knot sits on the point itself; its side is 0); the points between are the bits of the run's word. Points outside
 * runs have side 0. The array has N entries; the first and the last are not used.
 *
 *     \            /        run of L = m + 1 = 4 points, word "10":
 *      o          o         the line through the two middle points meets
 *       \        /          the lines coming in and going out
 *        o------o
 */
export type Vertex = Uint8Array;

/** The vertex of S whose words are all "00..0", ready to be filled in. */
export function blankVertex(problem: Problem, runs: Runs): Vertex {
  const side = new Uint8Array(problem.size);
  for (let r = 0; r < runs.count; r++)
    if (runs.points[r]! > 1) side[runs.first[r]! + runs.points[r]! - 1] = 1;
  return side;
}

/**
 * Writes the sparsest word of a run into a vertex: pairs of slope changes are merged into one knot, from the left.
 *
 * An even number L of points has the one word (10)^((m-1)/2). An odd number has one word for each even
 * offset t = 0, 2, .., m: the point first + t keeps a knot of its own, (10)..(10) left and right of it. (The literature's
 * m words (10)^a b (10)^c describe these (m + 2) / 2 functions: (10)^a 1 (10)^c and (10)^(a+1) 0 (10)^(c-1) are the
 * same function, with a knot on the point between.)
 *
 * @param single the offset t; ignored for an even number of points
 */
export function setSparsestWord(side: Vertex, first: number, points: number, single: number): void {
  const m = points - 1;
  for (let j = 1; j < m; j++) {
    // Full word with bit 0 at j = 0 and bit 1 at j = m; left of the single point 0 10 10 .., right of it .. 10 10 1.
    const right = m % 2 === 1 || j <= single ? j % 2 === 1 : j % 2 === 0;
    side[first + j] = right ? 1 : 0;
  }
}

/** A sparsest vertex that takes no choosing: in every run the word with the single point, if there is one, at its first. */
export function someSparsestVertex(problem: Problem, runs: Runs): Vertex {
  const side = blankVertex(problem, runs);
  for (let r = 0; r < runs.count; r++) setSparsestWord(side, runs.first[r]!, runs.points[r]!, 0);
  return side;
}

/**
 * The knots of a vertex as pairs of line indices: calls visit(i, k) where line l_i hands over to l_k. k = i + 1 is a knot on
 * the data point i + 1; k = i + 2 is the crossing of l_i and l_{i+2} strictly between the points i + 1 and i + 2.
 */
export function forEachKnot(
  curvature: Int8Array,
  side: Vertex,
  visit: (left: number, right: number) => void,
): void {
  let line = 0;
  const n = curvature.length;
  for (let i = 1; i < n; i++) {
    const next = i === n - 1 ? i - 1 : i - 1 + side[i]!;
    if (next === line + 1) {
      // A collinear point: the two lines are one.
      if (curvature[line + 1] !== 0) visit(line, next);
    } else if (next > line) visit(line, next);
    line = Math.max(line, next);
  }
}

/** The number of knots of a vertex. */
export function countKnots(curvature: Int8Array, side: Vertex): number {
  let count = 0;
  forEachKnot(curvature, side, () => count++);
  return count;
}

/** Where two lines through neighbouring data points cross, in integer units of the columns. */
interface Crossing {
  /** The point left + 1. */
  readonly X: bigint;
  readonly Y: bigint;
  /** The steps of the segments left and right: (A, a) and (C, c) below. */
  readonly A: bigint;
  readonly a: bigint;
  readonly C: bigint;
  /** The lines cross at (X, Y) + step / turn (A, a). */
  readonly turn: bigint;
  readonly step: bigint;
}

/**
 * With the steps (A, a), (B, b), (C, c) of the segments left, left + 1 and right = left + 2 in integer coordinates, the lines l_left and
 * l_right (see `forEachKnot`) cross at x_{left+1} + A (c B - b C) / (c A - a C). For right = left + 1 they cross at the point between.
 */
function crossingOf({ inputs, lower: y }: Problem, left: number, right: number): Crossing {
  const x = inputs[0]!;
  const X = x.integer(left + 1);
  const Y = y.integer(left + 1);
  const nextX = x.integer(right);
  const nextY = y.integer(right);
  const A = X - x.integer(left);
  const a = Y - y.integer(left);
  const C = x.integer(right + 1) - nextX;
  const c = y.integer(right + 1) - nextY;
  return { X, Y, A, a, C, turn: c * A - a * C, step: c * (nextX - X) - (nextY - Y) * C };
}

/** The exact knot where line l_left hands over to l_right: the slope changes by (c A - a C) / (A C). */
export function knotBetween(problem: Problem, left: number, right: number): Knot {
  const x = problem.inputs[0]!;
  const unit = slopeScale(problem);
  const { X, A, C, turn, step } = crossingOf(problem, left, right);
  const slopeChange = Rational.of(turn * unit.numerator, A * C * unit.denominator);
  if (right === left + 1) return { at: x.value(right), slopeChange };
  const { numerator, denominator } = x.integerScale;
  return { at: Rational.of((X * turn + A * step) * numerator, turn * denominator), slopeChange };
}

/** The pieces of a vertex: lines through neighbouring data points, see `Pieces`. */
export function piecesOfVertex(curvature: Int8Array, side: Vertex): Pieces {
  const pieces = new Int32Array(PIECE.length * (countKnots(curvature, side) + 1));
  const n = curvature.length;
  let at = 0;
  let from = 0;
  // The ends of exact labels are one: their entries stay 0.
  const add = (line: number, to: number) => {
    pieces[at + PIECE.a] = line;
    pieces[at + PIECE.b] = Math.min(line + 1, n - 1);
    pieces[at + PIECE.from] = from;
    pieces[at + PIECE.to] = to;
    at += PIECE.length;
  };
  forEachKnot(curvature, side, (left, right) => {
    add(left, left + 1);
    from = right;
  });
  add(Math.max(0, n - 2), n - 1);
  return pieces;
}

/** The leftmost line of every interpolant in S; the constant through the point when there is only one. */
export function firstLine(problem: Problem): Line {
  if (problem.size === 1) return { slope: Rational.zero, intercept: problem.lower.value(0) };
  return lineThrough(problem, 0);
}

/** The function of a vertex, in rationals. */
export function functionOfVertex(problem: Problem, curvature: Int8Array, side: Vertex): PiecewiseLinear {
  const knots: Knot[] = [];
  forEachKnot(curvature, side, (left, right) => knots.push(knotBetween(problem, left, right)));
  return { ...firstLine(problem), knots };
}

/**
 * The absolute slope changes e_0 .. e_m at the points of run r (L = m + 1 of them), all positive: the input of everything
 * that optimises over the words of a run. The slope changes of a word are sums of consecutive e's.
 */
export function runDifferences(problem: Problem, runs: Runs, r: number): Rational[] {
  const first = runs.first[r]!;
  const points = runs.points[r]!;
  const differences: Rational[] = [];
  let left = slope(problem, first - 1);
  for (let t = 0; t < points; t++) {
    const right = slope(problem, first + t);
    differences.push(right.subtract(left).abs());
    left = right;
  }
  return differences;
}
