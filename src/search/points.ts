import { Rational } from '../exact/rational.js';
import { integerWindows } from '../problem/integer-windows.js';
import type { OpenEnds, Problem } from '../problem/problem.js';

/**
 * The data in the integers of the search: point n is X_n = (integer(x_n1), ..., integer(x_nd), 1), its window the
 * integers L_n <= U_n. Feature i is divided by its own positive factor and the labels by theirs, so that
 * w_ki = W_ki * labelScale / featureScale_i turns an integer-scale weight into a weight of the problem. Zeros stay zeros:
 * neither objective changes.
 *
 * The doubles are the same points for proposals only: every feature has magnitude at most 1, the labels too.
 */
export interface Points {
  /** N. */
  readonly size: number;
  /** d + 1: the last coordinate of every point is 1 and belongs to the bias. */
  readonly width: number;
  /** exact[n][i], n < N, i < width. */
  readonly exact: readonly (readonly bigint[])[];
  readonly lower: readonly bigint[];
  readonly upper: readonly bigint[];
  readonly featureScales: readonly Rational[];
  readonly labelScale: Rational;
  /** N x width, row n at n * width. */
  readonly doubles: Float64Array;
  /** The same with the range of every feature moved and scaled to [-1, 1]: better conditioned, but zeros of the bias move. */
  readonly centred: Float64Array;
  /** Where the origin of feature i is on the scale of `centred`. */
  readonly origin: Float64Array;
  /** The atoms (x_1)+ .. (x_d)+, (-x_1)+ .. (-x_d)+, 1 at every point: N x (2 d + 1), from `doubles`. */
  readonly atoms: Float64Array;
  /** Windows without an end: what `lower` or `upper` has there is none. */
  readonly open: OpenEnds | null;
  /** -Infinity (Infinity) where there is no end. */
  readonly lowerDoubles: Float64Array;
  readonly upperDoubles: Float64Array;
}

/** The points of a canonical problem with at least one point. */
export function pointsOf(problem: Problem): Points {
  const { size, dimension, inputs, open = null } = problem;
  const width = dimension + 1;
  const columns = inputs.map((column) => Array.from({ length: size }, (_, n) => column.integer(n)));
  const doubles = new Float64Array(size * width);
  const centred = new Float64Array(size * width);
  const origin = new Float64Array(dimension);
  for (let i = 0; i < dimension; i++) {
    fill(doubles, width, i, scaleToOne(inputs[i]!.doubles));
    const { values, at } = centre(columns[i]!);
    fill(centred, width, i, values);
    origin[i] = at;
  }
  for (let n = 0; n < size; n++) {
    doubles[n * width + dimension] = 1;
    centred[n * width + dimension] = 1;
  }
  const { lower, upper, scale: labelScale } = integerWindows(problem);
  const scale = largest(problem.lower.doubles, problem.upper.doubles);
  return {
    size,
    width,
    exact: Array.from({ length: size }, (_, n) => [...columns.map((column) => column[n]!), 1n]),
    lower,
    upper,
    featureScales: inputs.map((column) => column.integerScale),
    labelScale,
    doubles,
    centred,
    origin,
    atoms: atomDoubles(doubles, size, width),
    open,
    lowerDoubles: problem.lower.doubles.map((value, n) => (open?.below[n] ? -Infinity : value / scale)),
    upperDoubles: problem.upper.doubles.map((value, n) => (open?.above[n] ? Infinity : value / scale)),
  };
}

function atomDoubles(doubles: Float64Array, size: number, width: number): Float64Array {
  const dimension = width - 1;
  const count = 2 * dimension + 1;
  const atoms = new Float64Array(size * count).fill(1);
  for (let n = 0; n < size; n++) {
    for (let i = 0; i < dimension; i++) {
      const value = doubles[n * width + i]!;
      atoms[n * count + i] = Math.max(0, value);
      atoms[n * count + dimension + i] = Math.max(0, -value);
    }
  }
  return atoms;
}

/** Atom a at point n on the integer scale, atoms numbered as in `atoms`. */
export function atomAt(points: Points, a: number, n: number): bigint {
  const dimension = points.width - 1;
  const point = points.exact[n]!;
  if (a === 2 * dimension) return 1n;
  const value = a < dimension ? point[a]! : -point[a - dimension]!;
  return value > 0n ? value : 0n;
}

function fill(target: Float64Array, width: number, i: number, values: Float64Array): void {
  for (let n = 0; n < values.length; n++) target[n * width + i] = values[n]!;
}

function largest(...columns: Float64Array[]): number {
  let magnitude = 0;
  for (const column of columns) for (const value of column) magnitude = Math.max(magnitude, Math.abs(value));
  return magnitude || 1;
}

function scaleToOne(values: Float64Array): Float64Array {
  const scale = largest(values);
  return values.map((value) => value / scale);
}

/** (value - middle of the range) / half the range, from exact differences, and the same of 0; a constant feature becomes 0. */
function centre(column: readonly bigint[]): { values: Float64Array; at: number } {
  let low = column[0]!;
  let high = column[0]!;
  for (const value of column) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) return { values: new Float64Array(column.length), at: 0 };
  const width = high - low;
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  if (2n * high - low <= most && low + width >= -most && 2n * low - high >= -most) {
    // All differences are exact in doubles.
    const [from, to, by] = [Number(low), Number(high), Number(width)];
    return {
      values: Float64Array.from(column, (value) => (2 * Number(value) - from - to) / by),
      at: (0 - from - to) / by,
    };
  }
  const range = Rational.of(width);
  const moved = (value: bigint): number =>
    Rational.of(2n * value - low - high)
      .divide(range)
      .toNumber();
  return { values: Float64Array.from(column, moved), at: moved(0n) };
}
