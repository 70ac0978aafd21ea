import { PIECE, type Pieces } from '../certificate/pieces.js';
import { orientation } from '../exact/orientation.js';
import { compareAcross, type Problem } from '../problem/problem.js';
import { guard } from './verdict.js';

/**
 * pieces -> a continuous piecewise-linear function through every window, hence a network with skip affine: one neuron for every
 * change of line. Returns their number.
 *
 * Two lines P and N that follow each other cross between the points p (the last of P) and q (the first of N) when N - P does not keep
 * one strict sign there. In between the function is the larger of the two (its slope rises) or the smaller (its slope falls).
 *
 * No certificate holds pieces: these rules serve the check before a large answer is printed, and `check` does not load them.
 */
export function checkPieces(problem: Problem, pieces: Pieces): number {
  const { size } = problem;
  const count = pieces.length / PIECE.length;
  guard(problem.dimension === 1 && count >= 1, 'pieces-order', () => 'expected one input and a piece');
  let last = 0;
  for (let j = 0; j < count; j++) {
    const [a, b] = [entry(pieces, j, PIECE.a), entry(pieces, j, PIECE.b)];
    const [from, to] = [entry(pieces, j, PIECE.from), entry(pieces, j, PIECE.to)];
    guard(
      0 <= a && a <= b && b < size && last <= from && from <= to && to < size && (j > 0 || from === 0),
      'pieces-order',
      () => `piece ${j}: line through ${a} and ${b}, points ${from} .. ${to} after point ${last}`,
    );
    if (j > 0) checkChange(problem, pieces, j, last, from);
    for (let i = from; i <= to; i++) {
      const fits = isAbove(problem, pieces, j, i) && isBelow(problem, pieces, j, i);
      guard(fits, 'pieces-fit', () => `piece ${j} leaves the window of point ${i}`);
    }
    last = to;
  }
  guard(last === size - 1, 'pieces-order', () => `the pieces end at point ${last}, not at ${size - 1}`);
  return count - 1;
}

/** P = piece j - 1 and N = piece j cross between p and q, and in between the windows are kept. */
function checkChange(problem: Problem, pieces: Pieces, j: number, p: number, q: number): void {
  const rises = isOrdered(problem, pieces, j, j - 1, p) && isOrdered(problem, pieces, j - 1, j, q);
  const falls = !rises && isOrdered(problem, pieces, j - 1, j, p) && isOrdered(problem, pieces, j, j - 1, q);
  guard(rises || falls, 'pieces-crossing', () => `pieces ${j - 1} and ${j} do not cross in ${p} .. ${q}`);
  for (let i = p + 1; i < q; i++) {
    const [aboveP, aboveN] = [isAbove(problem, pieces, j - 1, i), isAbove(problem, pieces, j, i)];
    const [belowP, belowN] = [isBelow(problem, pieces, j - 1, i), isBelow(problem, pieces, j, i)];
    // The larger of two values is above an end when one of them is, and below it when both are.
    const fits = rises ? (aboveP || aboveN) && belowP && belowN : aboveP && aboveN && (belowP || belowN);
    guard(fits, 'pieces-fit', () => `between pieces ${j - 1} and ${j} the window of point ${i} is left`);
  }
}

/** At x_i the first line is not above the second, because an end of the window of i lies between them. */
function isOrdered(problem: Problem, pieces: Pieces, first: number, second: number, i: number): boolean {
  const { lower, upper } = problem;
  return (
    (sideOf(problem, pieces, first, i, lower) <= 0 && sideOf(problem, pieces, second, i, lower) >= 0) ||
    (sideOf(problem, pieces, first, i, upper) <= 0 && sideOf(problem, pieces, second, i, upper) >= 0)
  );
}

function isAbove(problem: Problem, pieces: Pieces, j: number, i: number): boolean {
  return sideOf(problem, pieces, j, i, problem.lower) >= 0;
}

function isBelow(problem: Problem, pieces: Pieces, j: number, i: number): boolean {
  return sideOf(problem, pieces, j, i, problem.upper) <= 0;
}

function entry(pieces: Pieces, j: number, at: number): number {
  return pieces[j * PIECE.length + at]!;
}

/** Sign of (line of piece j at x_i) - y_i, exact. */
function sideOf({ inputs, lower, upper }: Problem, pieces: Pieces, j: number, i: number, y: Column): number {
  const [a, b] = [entry(pieces, j, PIECE.a), entry(pieces, j, PIECE.b)];
  const ya = entry(pieces, j, PIECE.endOfA) === 0 ? lower : upper;
  const yb = entry(pieces, j, PIECE.endOfB) === 0 ? lower : upper;
  if ((i === a && y === ya) || (i === b && y === yb)) return 0;
  return a === b ? compareAcross(ya, a, y, i) : -orientation(inputs[0]!, a, ya, b, yb, i, y);
}

type Column = Problem['lower'];
