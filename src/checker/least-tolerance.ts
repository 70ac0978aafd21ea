import type { LeastToleranceBound, LeastToleranceClaim } from '../certificate/least-tolerance.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Shape } from '../problem/shape.js';
import { Widening } from '../problem/widening.js';
import { compareAcross } from '../problem/windows.js';
import type { Statement } from './check.js';
import { checkFunction } from './function.js';
import { checkPieces } from './pieces.js';
import { checkConflict, checkFunctionShape, inWords, shapeOf } from './shape.js';
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
  { curve, shape: written }: LeastToleranceClaim,
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
  const shape = written === undefined ? null : shapeOf(written);
  curve.forEach(({ knots, tolerance, atLeast = tolerance }, k) => {
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
    const { bound, pieces, function: values } = steps[k]!;
    const below = atLeast === tolerance ? windows : widening.at(Rational.parse(atLeast)).problem;
    guard(
      below.emptyWindow === null && Rational.parse(atLeast).compare(Rational.parse(tolerance)) <= 0,
      'least-tolerance-bracket',
      () => `the bound ${atLeast} is above the tolerance ${tolerance}, or a window is empty there`,
    );
    checkBound(below, knots, bound, shape);
    guard(
      (pieces === undefined) === (shape !== null) && (values === undefined) === (shape === null),
      'claim-network',
      () => 'a shape comes with functions by their values, no shape with pieces',
    );
    const counted = shape === null ? checkPieces(windows, pieces!) : checkFunction(windows, values!);
    if (shape !== null) checkFunctionShape(windows, values!, shape);
    guard(
      counted <= knots,
      'least-tolerance-knots',
      () => `the function for at most ${knots} knots has ${counted}`,
    );
  });
  const among = `${problem.exact ? 'the data' : 'the windows'}${problem.weights === undefined ? '' : ', in units of the weights'}`;
  const [{ knots, tolerance, atLeast }] = curve as [LeastToleranceClaim['curve'][number]];
  const kind = shape === null ? '' : ` (${inWords(shape)})`;
  if (curve.length === 1 && atLeast !== undefined && atLeast !== tolerance)
    return `the least tolerance of a function${kind} with at most ${knots} knots against ${among} is between ${atLeast} and ${tolerance}; the function attains ${tolerance}`;
  return curve.length === 1
    ? `the least tolerance of a function${kind} with at most ${knots} knots against ${among} is ${tolerance}; the function attains it`
    : `the least tolerances of functions${kind} with at most ${knots} to ${curve.at(-1)!.knots} knots against ${among} are those of the curve${curve.some((entry) => entry.atLeast !== undefined) ? ', or not below their bounds' : ''}; its ${curve.length} functions attain them`;
}

/** bound -> no smaller tolerance does. */
function checkBound(windows: Problem, knots: number, bound: LeastToleranceBound, shape: Shape | null): void {
  if ('points' in bound) {
    guard(shape !== null, 'least-tolerance-shape', () => 'points refute a shape, none is asked');
    checkConflict(windows, shape, bound.points, 0);
    return;
  }
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
