import type { KnotValues } from '../certificate/knot-values.js';
import { bitLength } from '../exact/bigint.js';
import type { Problem } from '../problem/problem.js';
import { hasLower, hasUpper } from '../problem/windows.js';
import { guard } from './verdict.js';

/** A place and a value, (X / W, Y / W) in the integer units of the columns, W > 0. */
interface Place {
  readonly X: bigint;
  readonly Y: bigint;
  readonly W: bigint;
}

/** Most binary digits of the lines, a line counted once for every point on it: without a limit a forger's small file would keep the checker busy for days. */
const MOST_BITS = 2 ** 34;

/** function -> upper bound: it passes through every window, and a network with skip affine has one neuron for each of its knots. */
export function checkFunction(problem: Problem, values: KnotValues): number {
  const { size, lower, upper } = problem;
  const x = problem.inputs[0]!;
  guard(
    problem.dimension === 1,
    'function-dimension',
    () => `a function of one input, the problem has ${problem.dimension}`,
  );
  const last = values.length - 1;
  guard(last >= 1, 'function-order', () => `${values.length} places: expected two or more`);
  let a = placeOf(problem, values, 0);
  let i = 0;
  let bits = 0;
  for (let j = 1; j <= last; j++) {
    const b = placeOf(problem, values, j);
    // The line of this piece: w Y = p X + r.
    const w = b.X * a.W - a.X * b.W;
    guard(w > 0n, 'function-order', () => `place ${j} does not lie right of place ${j - 1}`);
    const p = b.Y * a.W - a.Y * b.W;
    const r = a.Y * b.X - a.X * b.Y;
    const digits = bitLength(w) + bitLength(p) + bitLength(r);
    for (; i < size; i++) {
      const X = x.integer(i);
      if (j < last && X * b.W > b.X) break;
      const value = p * X + r;
      const low = lower.integer(i) * w;
      guard(
        lower === upper
          ? value === low
          : (value >= low || !hasLower(problem, i)) &&
              (value <= upper.integer(i) * w || !hasUpper(problem, i)),
        'function-fit',
        () =>
          `at point ${i} (x = ${x.value(i)}) the function leaves the window [${lower.value(i)}, ${upper.value(i)}]`,
      );
      bits += digits;
    }
    bits += digits;
    guard(
      bits <= MOST_BITS,
      'function-size',
      () => `the lines of the function have more than ${MOST_BITS} binary digits`,
    );
    a = b;
  }
  return last - 1;
}

function placeOf({ inputs, lower, upper, size }: Problem, values: KnotValues, j: number): Place {
  const entry = values[j]!;
  const x = inputs[0]!;
  if (typeof entry === 'number') {
    guard(
      entry >= 0 && entry < size && lower.integer(entry) === upper.integer(entry),
      'function-point',
      () => `place ${j} is point ${entry}: expected one of 0 .. ${size - 1} whose window is a single value`,
    );
    return { X: x.integer(entry), Y: lower.integer(entry), W: 1n };
  }
  const [at, value] = entry;
  const { numerator: xn, denominator: xd } = x.integerScale;
  const { numerator: yn, denominator: yd } = lower.integerScale;
  const horizontal = at.denominator * xn;
  const vertical = value.denominator * yn;
  return {
    X: at.numerator * xd * vertical,
    Y: value.numerator * yd * horizontal,
    W: horizontal * vertical,
  };
}
