import type { KnotValues } from '../certificate/knot-values.js';
import type { ShapeClaim } from '../certificate/shape.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Shape } from '../problem/shape.js';
import type { Statement } from './check.js';
import { checkFunction } from './function.js';
import { knotPlaces } from './knot-places.js';
import { guard } from './verdict.js';
import { checkWitnesses } from './witnesses.js';

/** witnesses, function -> the fewest knots of a function of the shape; or points -> there is none. */
export function checkShape(
  problem: Problem,
  { proof, network, pieces, function: values }: Statement,
  { shape: written, lowerBound, upperBound }: ShapeClaim,
): string {
  guard(
    network === undefined && pieces === undefined && (values === undefined) === (upperBound === undefined),
    'claim-network',
    () => 'an upper bound and a function must come together, and no network',
  );
  guard(
    problem.dimension === 1 && problem.emptyWindow === null,
    'shape-problem',
    () => 'shapes are about one input, and windows that are not empty',
  );
  const shape = shapeOf(written);
  const among = `function (${inWords(shape)}) ${problem.exact ? 'through the data' : 'through the windows'}`;
  if (lowerBound === undefined) {
    guard(
      proof.kind === 'shape-conflict' && upperBound === undefined,
      'claim-proof',
      () => `proof ${proof.kind} does not show that there is no function`,
    );
    checkConflict(problem, shape, proof.points);
    return `there is no ${among}`;
  }
  guard(
    proof.kind === 'witnesses' && values !== undefined,
    'claim-proof',
    () => `proof ${proof.kind}: expected witnesses, and a function`,
  );
  const shown = checkWitnesses(problem, proof, 'affine');
  const counted = checkFunction(problem, values);
  checkFunctionShape(problem, values, shape);
  guard(
    lowerBound === shown && counted === upperBound && lowerBound === upperBound,
    'claim-upper-bound',
    () =>
      `the claim is ${lowerBound} to ${upperBound} knots, the witnesses show ${shown}, the function has ${counted}`,
  );
  return `the fewest knots of a ${among} are ${upperBound}; the function has as many`;
}

export function shapeOf({ minSlope, maxSlope, curvature }: ShapeClaim['shape']): Shape {
  const shape = {
    minSlope: minSlope === undefined ? null : Rational.parse(minSlope),
    maxSlope: maxSlope === undefined ? null : Rational.parse(maxSlope),
    curvature: curvature ?? null,
  };
  guard(
    (shape.minSlope !== null || shape.maxSlope !== null || shape.curvature !== null) &&
      (shape.minSlope === null || shape.maxSlope === null || shape.minSlope.compare(shape.maxSlope) <= 0),
    'shape-limits',
    () => 'expected a shape, and slopes between two limits in order',
  );
  return shape;
}

export function inWords({ minSlope, maxSlope, curvature }: Shape): string {
  return [
    ...(minSlope === null ? [] : [`slopes at least ${minSlope}`]),
    ...(maxSlope === null ? [] : [`slopes at most ${maxSlope}`]),
    ...(curvature === null ? [] : [curvature]),
  ].join(', ');
}

/** points -> no function of the shape keeps their windows; with `least` 0 they may be just within reach. */
export function checkConflict(
  problem: Problem,
  { minSlope, maxSlope, curvature }: Shape,
  points: readonly number[],
  least: 0 | 1 = 1,
): void {
  const { inputs, lower, upper, size } = problem;
  guard(
    points.every((i, k) => i >= 0 && i < size && (k === 0 || points[k - 1]! < i)),
    'shape-conflict',
    () => `points ${points.join(', ')}: expected increasing ones of 0 .. ${size - 1}`,
  );
  if (points.length === 3) {
    // The witness of a bend that the shape does not have.
    guard(curvature !== null, 'shape-conflict', () => 'three points refute a curvature, none is asked');
    const sign = curvature === 'convex' ? -1 : 1;
    const witnesses = Int32Array.of(sign, ...points);
    checkWitnesses(problem, { kind: 'witnesses', witnesses }, 'affine', least);
    return;
  }
  const [i, j] = points as [number, number];
  guard(points.length === 2, 'shape-conflict', () => `${points.length} points: expected two or three`);
  const run = inputs[0]!.value(j).subtract(inputs[0]!.value(i));
  const rise = lower.value(j).subtract(upper.value(i));
  const fall = upper.value(j).subtract(lower.value(i));
  const rises = maxSlope !== null && rise.compare(maxSlope.multiply(run)) >= least;
  const falls = minSlope !== null && minSlope.multiply(run).compare(fall) >= least;
  guard(rises || falls, 'shape-conflict', () => `the slopes allow a function through points ${i} and ${j}`);
}

/** function -> every slope is within the limits, and they grow (fall) from piece to piece. */
export function checkFunctionShape(
  problem: Problem,
  values: KnotValues,
  { minSlope, maxSlope, curvature }: Shape,
): void {
  const places = knotPlaces(problem, values);
  let before: Rational | null = null;
  for (let k = 1; k < places.length; k++) {
    const [[x, y], [nextX, nextY]] = [places[k - 1]!, places[k]!];
    const slope = nextY.subtract(y).divide(nextX.subtract(x));
    const turn = before === null ? 0 : slope.compare(before);
    guard(
      (minSlope === null || minSlope.compare(slope) <= 0) &&
        (maxSlope === null || slope.compare(maxSlope) <= 0) &&
        (curvature === null || turn === 0 || turn > 0 === (curvature === 'convex')),
      'shape-function',
      () => `the piece from x = ${x} to ${nextX} has slope ${slope}`,
    );
    before = slope;
  }
}
