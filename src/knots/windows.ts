import { PIECE, type Pieces } from '../certificate/pieces.js';
import type { ExactColumn } from '../exact/column.js';
import { ORIENT_BOUND, orientation } from '../exact/orientation.js';
import { Rational } from '../exact/rational.js';
import type { Line } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';

/**
 * Fewest knots through windows l_i <= f(x_i) <= u_i, in one pass from left to right.
 *
 * A line of the chain runs through two ends of windows, given as (point, end) with end 0 = lower, 1 = upper. The lines are
 * valid from left to right; consecutive ones cross inside the gap named by their witness.
 */
export interface WindowChain {
  /** Four integers per line: point a, end of a, point b, end of b. A constant line has a = b. */
  readonly lines: Int32Array;
  /** Four integers per witness: sign, a, b, c. */
  readonly witnesses: Int32Array;
  /** Number of knots = number of witnesses = number of lines - 1. */
  readonly knots: number;
}

const LOWER = 0;
const UPPER = 1;

/**
 * The lower ends that can still limit a stabbing line from below lie on their upper hull, the upper ends on their lower
 * hull; both are stacks of point indices in one array, with the front moving right as extremes move on.
 */
class Hull {
  private readonly points: Int32Array;
  private front = 0;
  private back = 0;

  constructor(
    size: number,
    private readonly x: ExactColumn,
    private readonly v: ExactColumn,
    /** +1: upper hull (turns right), -1: lower hull (turns left). */
    private readonly side: 1 | -1,
  ) {
    this.points = new Int32Array(size);
  }

  get isEmpty(): boolean {
    return this.front === this.back;
  }

  clear(): void {
    this.front = 0;
    this.back = 0;
  }

  /** Appends a point to the right of all others. */
  push(c: number): void {
    const { points, x, v, side } = this;
    while (
      this.back - this.front >= 2 &&
      turn(x, points[this.back - 2]!, v, points[this.back - 1]!, v, c, v) * side >= 0
    ) {
      this.back--;
    }
    points[this.back++] = c;
  }

  /**
   * The hull point that sees (c, w) under the most restrictive slope; points before it are dropped for good.
   * Of several collinear ones the last is returned.
   */
  tangent(c: number, w: ExactColumn): number {
    const { points, x, v, side } = this;
    while (
      this.back - this.front >= 2 &&
      turn(x, points[this.front]!, v, points[this.front + 1]!, v, c, w) * side <= 0
    ) {
      this.front++;
    }
    return points[this.front]!;
  }
}

/** `orientation` with its first filter in front of the call. */
function turn(
  x: ExactColumn,
  a: number,
  ya: ExactColumn,
  b: number,
  yb: ExactColumn,
  c: number,
  yc: ExactColumn,
): number {
  if (x.isDouble && ya.isDouble) {
    const left = (yc.doubles[c]! - ya.doubles[a]!) * (x.doubles[b]! - x.doubles[a]!);
    const right = (yb.doubles[b]! - ya.doubles[a]!) * (x.doubles[c]! - x.doubles[a]!);
    const determinant = left - right;
    const bound = ORIENT_BOUND * (Math.abs(left) + Math.abs(right));
    if (determinant > bound || determinant < -bound) return determinant;
  }
  return orientation(x, a, ya, b, yb, c, yc);
}

/**
 * The pass. Invariant after window i: (upA, upB) is U, the stabbing line of largest slope, through the lower end of upA and
 * the upper end of upB, upA < upB; (loA, loB) is L, of smallest slope, through the upper end of loA and the lower end of
 * loB. -1 while the extreme is vertical. At x_c the stabbing lines take exactly the values [L(x_c), U(x_c)].
 *
 *   U(x_c) < l_c: no line reaches window c. Witness (+, upA, upB, c): U passes below it, so f is not concave on
 *   (x_upA, x_c). U joins the chain; what follows starts with the windows upB .. c-1 open below, and window c:
 *
 *            u_b  ____o------ U        the new line N has N(x_b) <= u_b = U(x_b) and N(x_c) >= l_c > U(x_c),
 *          ------o    .                so the knot lies in [x_b, x_c), and left of it U, right of it N
 *        l_a o        | c              keeps every window between.
 *
 *   L(x_c) > u_c: the mirror image.
 *
 * Follows O'Rourke (1981) for the two hulls; windows open to one side after a restart are ours. Every window is visited at
 * most twice more, because the b of the next witness lies right of c: O(N). All tests are turns of three input points.
 *
 * @param problem one input; windows must not be empty
 */
export function fewestKnotsThroughWindows(problem: Problem): WindowChain {
  const x = problem.inputs[0]!;
  const { lower, upper, open, size: n } = problem;
  const below = new Hull(n, x, lower, 1);
  const above = new Hull(n, x, upper, -1);
  const lines: number[] = [];
  const witnesses: number[] = [];
  let upA = -1;
  let upB = -1;
  let loA = -1;
  let loB = -1;

  const addWindow = (c: number) => {
    // Both extremes are moved before either end joins a hull: an end never limits a line through its own window.
    const [isBounded, isCovered] = [open?.below[c] !== 1, open?.above[c] !== 1];
    const moveLower = !isBounded
      ? false
      : loA < 0
        ? !above.isEmpty
        : turn(x, loA, upper, loB, lower, c, lower) >= 0;
    const moveUpper = !isCovered
      ? false
      : upA < 0
        ? !below.isEmpty
        : turn(x, upA, lower, upB, upper, c, upper) <= 0;
    if (moveLower) {
      loA = above.tangent(c, lower);
      loB = c;
    }
    if (moveUpper) {
      upA = below.tangent(c, upper);
      upB = c;
    }
    if (isBounded) below.push(c);
    if (isCovered) above.push(c);
  };

  for (let c = 0; c < n; c++) {
    if (upA >= 0 && open?.below[c] !== 1 && turn(x, upA, lower, upB, upper, c, lower) > 0) {
      witnesses.push(1, upA, upB, c);
      lines.push(upA, LOWER, upB, UPPER);
      const restart = upB;
      upA = upB = loA = loB = -1;
      below.clear();
      above.clear();
      for (let i = restart; i < c; i++) if (open?.above[i] !== 1) above.push(i);
    } else if (loA >= 0 && open?.above[c] !== 1 && turn(x, loA, upper, loB, lower, c, upper) < 0) {
      witnesses.push(-1, loA, loB, c);
      lines.push(loA, UPPER, loB, LOWER);
      const restart = loB;
      upA = upB = loA = loB = -1;
      below.clear();
      above.clear();
      for (let i = restart; i < c; i++) if (open?.below[i] !== 1) below.push(i);
    }
    addWindow(c);
  }
  if (upA >= 0) lines.push(upA, LOWER, upB, UPPER);
  else if (loA >= 0) lines.push(loA, UPPER, loB, LOWER);
  else {
    // No line is limited on both sides: all ends are of one kind, or belong to one point.
    const end = open?.below[0] === 1 ? UPPER : LOWER;
    const values = end === LOWER ? lower : upper;
    let best = 0;
    for (let i = 1; i < n; i++) if (values.compare(i, best) * (end === LOWER ? 1 : -1) > 0) best = i;
    lines.push(best, end, best, end);
  }
  return {
    lines: Int32Array.from(lines),
    witnesses: Int32Array.from(witnesses),
    knots: witnesses.length / 4,
  };
}

/** The lines of a chain as `Pieces`: line j ends at its second corner, the next begins at the point of the witness between them. */
export function piecesOfChain({ lines, witnesses, knots }: WindowChain, size: number): Pieces {
  const pieces = new Int32Array(PIECE.length * (knots + 1));
  for (let j = 0; j <= knots; j++) {
    pieces.set(lines.subarray(4 * j, 4 * j + 4), PIECE.length * j);
    pieces[PIECE.length * j + PIECE.from] = j === 0 ? 0 : witnesses[4 * j - 1]!;
    pieces[PIECE.length * j + PIECE.to] = j === knots ? size - 1 : witnesses[4 * j + 2]!;
  }
  return pieces;
}

/** Line j of a chain, in rationals. */
export function lineOfChain(problem: Problem, chain: WindowChain, j: number): Line {
  const [a, endA, b, endB] = chain.lines.subarray(4 * j, 4 * j + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const x = problem.inputs[0]!;
  const valueA = (endA === LOWER ? problem.lower : problem.upper).value(a);
  if (a === b) return { slope: Rational.zero, intercept: valueA };
  const valueB = (endB === LOWER ? problem.lower : problem.upper).value(b);
  const slope = valueB.subtract(valueA).divide(x.value(b).subtract(x.value(a)));
  return { slope, intercept: valueA.subtract(slope.multiply(x.value(a))) };
}
