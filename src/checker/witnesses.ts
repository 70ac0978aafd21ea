import type { WitnessProof } from '../certificate/certificate.js';
import { orientation } from '../exact/orientation.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { compareAcross, hasLower, hasUpper } from '../problem/windows.js';
import { guard } from './verdict.js';

/**
 * witnesses -> lower bound on the number of knots, hence of neurons, for every skip. With several inputs all points named lie on one
 * line: there a network is a function of one input, with at most one knot a neuron.
 *
 * A positive witness forces a knot of positive slope change strictly inside (x_a, x_c), a negative one a knot of negative
 * slope change; disjoint intervals force different knots, and no knot has both signs. With `least` 0 a line may touch.
 */
export function checkWitnesses(problem: Problem, proof: WitnessProof, skip: Skip, least: 0 | 1 = 1): number {
  const { witnesses } = proof;
  const count = witnesses.length / 4;
  if (proof.zeroNeurons !== undefined) {
    guard(
      count === 0,
      'zero-neurons',
      () => 'zeroNeurons stands beside witnesses; it belongs to an empty list',
    );
    checkZeroNeurons(problem, proof.zeroNeurons, skip);
    return 1;
  }
  const x = problem.inputs[problem.dimension === 1 ? 0 : alongLine(problem, witnesses)]!;
  const { lower, upper, size } = problem;
  let freeAbove = 0;
  let freeBelow = 0;
  for (let w = 0; w < count; w++) {
    const sign = witnesses[4 * w]!;
    const a = witnesses[4 * w + 1]!;
    const b = witnesses[4 * w + 2]!;
    const c = witnesses[4 * w + 3]!;
    const name = () => `witness ${w} [${sign}, ${a}, ${b}, ${c}]`;
    guard(sign === 1 || sign === -1, 'witness-sign', () => `${name()}: sign must be 1 or -1`);
    guard(
      0 <= a && a < b && b < c && c < size,
      'witness-indices',
      () => `${name()}: expected 0 <= a < b < c < ${size}`,
    );
    const has = sign === 1 ? [hasLower, hasUpper] : [hasUpper, hasLower];
    guard(
      has[0]!(problem, a) && has[1]!(problem, b) && has[0]!(problem, c),
      'witness-inequality',
      () => `${name()}: a window has no such end`,
    );
    if (sign === 1) {
      guard(
        a >= freeAbove,
        'witness-disjoint',
        () => `${name()} overlaps an earlier one that ends at ${freeAbove}`,
      );
      guard(
        orientation(x, a, lower, b, upper, c, lower) >= least,
        'witness-inequality',
        () => `${name()}: the line through (x_a, lower_a) and (x_b, upper_b) is not strictly below lower_c`,
      );
      freeAbove = c;
    } else {
      guard(
        a >= freeBelow,
        'witness-disjoint',
        () => `${name()} overlaps an earlier one that ends at ${freeBelow}`,
      );
      guard(
        orientation(x, a, upper, b, lower, c, upper) <= -least,
        'witness-inequality',
        () => `${name()}: the line through (x_a, upper_a) and (x_b, lower_b) is not strictly above upper_c`,
      );
      freeBelow = c;
    }
  }
  return count;
}

/** points on one line -> the first feature in which two of them differ: points are sorted, so it grows from point to point. */
function alongLine({ inputs, size }: Problem, witnesses: Int32Array): number {
  const points = [...new Set(witnesses.filter((_, w) => w % 4 !== 0))];
  for (const n of points)
    guard(0 <= n && n < size, 'witness-indices', () => `point ${n}: expected 0 .. ${size - 1}`);
  if (points.length < 2) return 0;
  const [a, b] = [points[0]!, points[1]!];
  const step = (i: number, n: number): bigint => inputs[i]!.integer(n) - inputs[i]!.integer(a);
  const along = inputs.findIndex((_, i) => step(i, b) !== 0n);
  const isOnLine = (n: number) =>
    inputs.every((_, i) => step(i, n) * step(along, b) === step(along, n) * step(i, b));
  for (const n of points) guard(isOnLine(n), 'witness-line', () => `point ${n} is beside the line`);
  return along;
}

/** Zero neurons leave the function 0 (skip none) or a constant (skip bias). One point, or two, refute that. */
function checkZeroNeurons(problem: Problem, points: readonly number[], skip: Skip): void {
  const rule = 'zero-neurons';
  const expected = skip === 'none' ? 1 : skip === 'bias' ? 2 : 0;
  guard(
    expected > 0 && points.length === expected,
    rule,
    () => `skip ${skip} does not go with ${points.length} points`,
  );
  for (const i of points) {
    guard(
      Number.isInteger(i) && 0 <= i && i < problem.size,
      rule,
      () => `point ${i}: expected 0 .. ${problem.size - 1}`,
    );
  }
  const { lower, upper } = problem;
  if (skip === 'none') {
    const i = points[0]!;
    guard(
      (lower.value(i).sign() > 0 && hasLower(problem, i)) ||
        (upper.value(i).sign() < 0 && hasUpper(problem, i)),
      rule,
      () => `the window of point ${i} contains 0`,
    );
  } else {
    const [i, j] = points as [number, number];
    const areBounds = hasUpper(problem, i) && hasLower(problem, j);
    guard(
      areBounds && compareAcross(upper, i, lower, j) < 0,
      rule,
      () => `the windows of points ${i} and ${j} meet`,
    );
  }
}
