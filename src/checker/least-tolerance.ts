import type { LeastToleranceBound, LeastToleranceClaim } from '../certificate/least-tolerance.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { Widening } from '../problem/widening.js';
import { compareAcross } from '../problem/windows.js';
import type { Statement } from './check.js';
import { checkPieces } from './pieces.js';
import { guard } from './verdict.js';
import { checkWitnesses } from './witnesses.js';

/**
 * bounds, pieces -> the least tolerance for each budget of the curve.
 *
 * The three ends of a witness at the tolerance e move apart as e falls, so that it forces a knot at every smaller tolerance, and K + 1 of
 * them forbid K knots there; a window that is a single value at e is empty below.
 */
export function checkLeastTolerance(
  problem: Problem,
  { proof, network, pieces, function: values }: Statement,
  { curve }: LeastToleranceClaim,
): string {
  guard(
    network === undefined && pieces === undefined && values === undefined,
    'claim-network',
    () => 'the functions of a least tolerance stand in its proof',
  );
  guard(
    proof.kind === 'least-tolerance',
    'claim-proof',
    () => `proof ${proof.kind} does not show a least tolerance`,
  );
  guard(
    problem.dimension === 1 && problem.tolerance.isZero(),
    'least-tolerance-problem',
    () => 'least tolerances are about one input, and windows that no tolerance has widened',
  );
  const { steps } = proof;
  guard(
    curve.length >= 1 && steps.length === curve.length,
    'least-tolerance-curve',
    () =>
      `${curve.length} budgets and ${steps.length} steps: expected one step for every budget, and a budget`,
  );
  const widening = new Widening(problem);
  curve.forEach(({ knots, tolerance }, k) => {
    guard(
      k === 0 || curve[k - 1]!.knots < knots,
      'least-tolerance-curve',
      () => `the budget ${knots} does not lie above the one before`,
    );
    const windows = widening.at(Rational.parse(tolerance)).problem;
    guard(
      windows.emptyWindow === null,
      'least-tolerance-windows',
      () => `at the tolerance ${tolerance} the window of point ${windows.emptyWindow!.point} is empty`,
    );
    const { bound, pieces } = steps[k]!;
    checkBound(windows, knots, bound);
    const counted = checkPieces(windows, pieces);
    guard(
      counted <= knots,
      'least-tolerance-knots',
      () => `the function for at most ${knots} knots has ${counted}`,
    );
  });
  const among = `${problem.exact ? 'the data' : 'the windows'}${problem.weights === undefined ? '' : ', in units of the weights'}`;
  const [{ knots, tolerance }] = curve as [LeastToleranceClaim['curve'][number]];
  return curve.length === 1
    ? `the least tolerance of a function with at most ${knots} knots against ${among} is ${tolerance}; the function attains it`
    : `the least tolerances of functions with at most ${knots} to ${curve.at(-1)!.knots} knots against ${among} are those of the curve; its ${curve.length} functions attain them`;
}

/** bound -> no smaller tolerance does. */
function checkBound(windows: Problem, knots: number, bound: LeastToleranceBound): void {
  if ('point' in bound) {
    const { point } = bound;
    guard(
      point < windows.size && compareAcross(windows.lower, point, windows.upper, point) === 0,
      'least-tolerance-floor',
      () => `point ${point}: expected one of 0 .. ${windows.size - 1} whose window is a single value`,
    );
    return;
  }
  const shown = checkWitnesses(windows, { kind: 'witnesses', witnesses: bound.witnesses }, 'affine', 0);
  guard(
    shown === knots + 1,
    'least-tolerance-witnesses',
    () => `${shown} witnesses against ${knots} knots: expected ${knots + 1}`,
  );
}
