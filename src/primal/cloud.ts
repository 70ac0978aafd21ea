import { abs } from '../exact/bigint.js';
import type { ExactColumn } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import { integerWindows } from '../problem/integer-windows.js';
import type { Skip } from '../problem/network.js';
import type { OpenEnds, Problem } from '../problem/problem.js';

/**
 * The points of a problem as the local search sees them, exact and in doubles.
 *
 * Exact: u_n = (u_n1, .., u_nd, 1) in integers, u_ni = 2 X_ni - low_i - high_i with X_ni = integer(x_ni) when centred, else X_ni; and the
 * windows low_n <= f <= high_n in integers on one scale. Doubles: x_ni = u_ni / range_i in [-1, 1], windows divided by `height`, so that
 * weights w in doubles stand for w_i * height / range_i on u.
 */
export interface Cloud {
  /** N. */
  readonly size: number;
  /** D = d + 1; the last coordinate of every point is 1. */
  readonly width: number;
  readonly skip: Skip;
  /** N x D in doubles, row n at n * D. */
  readonly x: Float64Array;
  /** Length N, in doubles, of magnitude at most 1. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Windows without an end: there `lower` or `upper`, far from all others, is only where the search stays. */
  readonly open?: OpenEnds;
  /** d columns of u, length N each. */
  readonly features: readonly IntegerList[];
  readonly low: IntegerList;
  readonly high: IntegerList;
  /** Largest |u_i|, at least 1. */
  readonly ranges: readonly bigint[];
  /** Largest |low_n| or |high_n|, at least 1. */
  readonly height: bigint;
  /** u_i = 2 X_i - offset_i; null: u = X. */
  readonly offsets: readonly bigint[] | null;
  readonly featureScales: readonly Rational[];
  readonly labelScale: Rational;
  /** No double underflows: all integers are below 2^500. */
  readonly inRange: boolean;
}

const LARGEST_IN_RANGE = 2n ** 500n;

/** Integers, in doubles when all are below 2^53. */
export type IntegerList = Float64Array | readonly bigint[];

/** Entry n of a list as a BigInt. */
export function integerAt(list: IntegerList, n: number): bigint {
  const value = list[n]!;
  return typeof value === 'bigint' ? value : BigInt(value);
}

/**
 * @param problem emptyWindow must be null
 * @param centred moves every feature so that its range is centred: better conditioned, but zeros of the bias are lost
 */
export function cloudOf(problem: Problem, skip: Skip, centred: boolean): Cloud {
  const { size, dimension } = problem;
  const width = dimension + 1;
  const x = new Float64Array(size * width).fill(1);
  const features: IntegerList[] = [];
  const offsets: bigint[] = [];
  const ranges: bigint[] = [];
  problem.inputs.forEach((column, i) => {
    const { list, offset } = feature(column, centred);
    const range = largest(list);
    const doubles = divided(list, range);
    for (let n = 0; n < size; n++) x[n * width + i] = doubles[n]!;
    features.push(list);
    offsets.push(offset);
    ranges.push(range);
  });
  const windows = integerWindows(problem);
  const low = compact(windows.lower);
  const high = windows.upper === windows.lower ? low : compact(windows.upper);
  const height = longer(largest(low), largest(high));
  const lower = divided(low, height);
  return {
    size,
    width,
    skip,
    x,
    lower,
    upper: high === low ? lower : divided(high, height),
    ...(problem.open === undefined ? {} : { open: problem.open }),
    features,
    low,
    high,
    ranges,
    height,
    offsets: centred ? offsets : null,
    featureScales: problem.inputs.map((column) => column.integerScale),
    labelScale: windows.scale,
    inRange: [height, ...ranges].every((value) => value < LARGEST_IN_RANGE),
  };
}

/** Number of columns that enter linearly: the skip. */
export function skipWidth({ skip, width }: Cloud): number {
  return skip === 'none' ? 0 : skip === 'bias' ? 1 : width;
}

function feature(column: ExactColumn, centred: boolean): { list: IntegerList; offset: bigint } {
  const safe = column.safeIntegers();
  if (safe !== null) {
    if (!centred) return { list: safe, offset: 0n };
    const [low, high] = extremes(safe);
    // Then neither 2 value nor low + high reaches 2^53.
    if (Math.max(high, -low) < 2 ** 51) {
      const offset = low + high;
      return { list: safe.map((value) => 2 * value - offset), offset: BigInt(offset) };
    }
  }
  const integers = Array.from({ length: column.length }, (_, n) => column.integer(n));
  if (!centred) return { list: compact(integers), offset: 0n };
  let low = integers[0]!;
  let high = low;
  for (const value of integers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const offset = low + high;
  return { list: compact(integers.map((value) => 2n * value - offset)), offset };
}

function extremes(values: Float64Array): [number, number] {
  let low = values[0]!;
  let high = low;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

const LARGEST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function compact(integers: readonly bigint[]): IntegerList {
  const isSafe = integers.every((value) => value <= LARGEST_SAFE && value >= -LARGEST_SAFE);
  return isSafe ? Float64Array.from(integers, Number) : integers;
}

function largest(list: IntegerList): bigint {
  if (list instanceof Float64Array) {
    let most = 1;
    for (const value of list) most = Math.max(most, Math.abs(value));
    return BigInt(most);
  }
  let most = 1n;
  for (const value of list) most = longer(most, abs(value));
  return most;
}

function longer(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

/** value / divisor in doubles, |value| <= divisor; relative error at most 2^-53 unless it underflows. */
function divided(list: IntegerList, divisor: bigint): Float64Array {
  if (list instanceof Float64Array) {
    const by = Number(divisor);
    return list.map((value) => value / by);
  }
  return Float64Array.from(list, (value) => Rational.of(value, divisor).toNumber());
}
