import { PIECE, type Pieces } from '../certificate/pieces.js';
import { orientation } from '../exact/orientation.js';
import type { Problem } from '../problem/problem.js';
import { compareAcross, hasLower, hasUpper } from '../problem/windows.js';
import { guard } from './verdict.js';

/**
 * pieces -> a continuous piecewise-linear function through every window, hence a network with skip affine: one neuron for every
 * change of line. Returns their number.
 *
 * Two lines P and N that follow each other cross between the points p (the last of P) and q (the first of N) when N - P does not keep
 * one strict sign there. In between the function is the larger of the two (its slope rises) or the smaller (its slope falls).
 */
export function checkPieces(problem: Problem, pieces: Pieces): number {
  const { size } = problem;
  const count = pieces.length / PIECE.length;
  guard(problem.dimension === 1 && count >= 1, 'pieces-order', () => 'expected one input and a piece');
  let last = 0;
  for (let j = 0; j < count; j++) {
    const a = entry(pieces, j, PIECE.a);
    const b = entry(pieces, j, PIECE.b);
    const from = entry(pieces, j, PIECE.from);
    const to = entry(pieces, j, PIECE.to);
    guard(
      0 <= a && a <= b && b < size && last <= from && from <= to && to < size && (j > 0 || from === 0),
      'pieces-order',
      () => `piece ${j}: line through ${a} and ${b}, points ${from} .. ${to} after point ${last}`,
    );
    const ends = [entry(pieces, j, PIECE.endOfA), entry(pieces, j, PIECE.endOfB)];
    guard(
      ends.every((end) => end === 0 || end === 1),
      'pieces-order',
      () => `piece ${j}: ends ${ends.join(' and ')}, expected 0 for lower and 1 for upper`,
    );
    guard(
      [a, b].every((i, k) => (ends[k] === 0 ? hasLower : hasUpper)(problem, i)),
      'pieces-order',
      () => `piece ${j}: its line runs through an end that a window does not have`,
    );
    if (j > 0) checkChange(problem, pieces, j, last, from);
    for (let i = from; i <= to; i++) {
      const place = placeOf(problem, pieces, j, i);
      guard(place === 0, 'pieces-fit', () => `piece ${j} leaves the window of point ${i}`);
    }
    last = to;
  }
  guard(last === size - 1, 'pieces-order', () => `the pieces end at point ${last}, not at ${size - 1}`);
  return count - 1;
}

/** P = piece j - 1 and N = piece j cross between p and q, and in between the windows are kept. */
function checkChange(problem: Problem, pieces: Pieces, j: number, p: number, q: number): void {
  const atP = order(problem, pieces, j, p);
  const atQ = order(problem, pieces, j, q);
  const rises = (atP & BELOW) !== 0 && (atQ & ABOVE) !== 0;
  const falls = (atP & ABOVE) !== 0 && (atQ & BELOW) !== 0;
  guard(rises || falls, 'pieces-crossing', () => `pieces ${j - 1} and ${j} do not cross in ${p} .. ${q}`);
  for (let i = p + 1; i < q; i++) {
    const left = placeOf(problem, pieces, j - 1, i);
    const right = placeOf(problem, pieces, j, i);
    const place = rises ? Math.max(left, right) : Math.min(left, right);
    guard(
      place === 0,
      'pieces-fit',
      () => `between pieces ${j - 1} and ${j} the window of point ${i} is left`,
    );
  }
}

/** What an end of a window between the lines tells about N = piece j and P = piece j - 1: both bits when they meet there. */
const BELOW = 1;
const ABOVE = 2;

/** BELOW if N <= P at x_i, ABOVE if N >= P, because an end of the window of i lies between them. */
function order(problem: Problem, pieces: Pieces, j: number, i: number): number {
  const { lower, upper } = problem;
  const known = orderAround(problem, pieces, j, i, lower);
  return lower === upper ? known : known | orderAround(problem, pieces, j, i, upper);
}

function orderAround(problem: Problem, pieces: Pieces, j: number, i: number, y: Column): number {
  const P = sideOf(problem, pieces, j - 1, i, y);
  const N = sideOf(problem, pieces, j, i, y);
  return (N <= 0 && P >= 0 ? BELOW : 0) | (N >= 0 && P <= 0 ? ABOVE : 0);
}

/** Where the line of piece j passes point i: -1 below its window, 0 through it, 1 above it. */
function placeOf(problem: Problem, pieces: Pieces, j: number, i: number): number {
  const { lower, upper } = problem;
  const side = hasLower(problem, i) ? sideOf(problem, pieces, j, i, lower) : 1;
  if (side <= 0 || lower === upper) return side;
  return hasUpper(problem, i) ? Math.max(0, sideOf(problem, pieces, j, i, upper)) : 0;
}

function entry(pieces: Pieces, j: number, at: number): number {
  return pieces[j * PIECE.length + at]!;
}

/** Sign of (line of piece j at x_i) - y_i, exact. */
function sideOf({ inputs, lower, upper }: Problem, pieces: Pieces, j: number, i: number, y: Column): number {
  const a = entry(pieces, j, PIECE.a);
  const b = entry(pieces, j, PIECE.b);
  const ya = entry(pieces, j, PIECE.endOfA) === 0 ? lower : upper;
  const yb = entry(pieces, j, PIECE.endOfB) === 0 ? lower : upper;
  if ((i === a && y === ya) || (i === b && y === yb)) return 0;
  return a === b ? compareAcross(ya, a, y, i) : -orientation(inputs[0]!, a, ya, b, yb, i, y);
}

type Column = Problem['lower'];
