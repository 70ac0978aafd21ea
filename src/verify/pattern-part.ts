import { echelon } from '../exact/elimination.js';
import { Rational } from '../exact/rational.js';
import { decide } from '../lp/exact-lp.js';
import { LinearRow } from '../lp/linear-system.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { IntegerNetwork } from './activations.js';
import type { Affine, SignedNeuron } from './signed-neuron.js';

/** Data points by which a pattern is told: all of them, or with one input the ends of the intervals they form. */
export interface PatternPoints {
  readonly active: readonly number[];
  readonly inactive: readonly number[];
}

/** The fewest neurons with the values of a part at the data, and what they leave to the skip. */
export interface FewestNeurons {
  /** None, one, or two of opposite signs. */
  readonly neurons: readonly SignedNeuron[];
  /** An affine function for the skip; null when nothing is left. */
  readonly affine: Affine | null;
}

/**
 * The exact fewest neurons within one activation pattern.
 *
 * Given neurons s_k (z_k)+, each with z_k >= 0 at the active points P and z_k <= 0 at the inactive points Q. At the data they add
 * up to the part
 *
 *   F = L at P,  F = 0 at Q,   L = sum_k s_k z_k.
 *
 * Sought are the fewest neurons of the pattern (z >= 0 at P, z <= 0 at Q) and a function A that the skip can take over (none: A = 0;
 * bias: constant; affine: any affine function) with A + sum s (z)+ = F at the data.
 *
 * - Two are always enough: the sum of the z_k with s_k = 1 is again >= 0 at P and <= 0 at Q, so it is a neuron, and so is that of the
 *   others; their difference is F.
 * - None is enough if and only if F itself is a function of the skip at the data.
 * - One is enough if and only if for a sign s there are A and an affine z with z >= 0 at P, z <= 0 at Q, A + s z = L at P and
 *   A = 0 at Q. Put g = s A and h = z - s L + g. Then g vanishes at Q, h vanishes at P, and the conditions fall apart into
 *
 *     (1)  s L - g >= 0 at P  for an affine g that the skip allows and that vanishes at Q,
 *     (2)  s L + h <= 0 at Q  for an affine h that vanishes at P;
 *
 *   conversely any such g and h give A = s g and z = s L - g + h: at P, z = s L - g >= 0 and A + s z = L; at Q, A = 0 and
 *   z = s L + h <= 0. Both are systems of linear inequalities in the few coordinates of the affine functions that vanish at given points
 *   (none when these span the space), decided exactly. Without a skip g = 0; with a bias g is a constant, so g = 0 unless Q is empty,
 *   where a constant low enough always serves.
 *
 * So the answer is 0, 1 or 2 and the least possible. With an affine skip s (z)+ = s (-z)+ + s z, so that neurons of the opposite pattern
 * count as well once they are turned round.
 */
export function fewestNeurons(
  part: readonly SignedNeuron[],
  points: PatternPoints,
  skip: Skip,
  problem: Problem,
): FewestNeurons {
  const { active, inactive } = points;
  const sum = sumOf(part);
  const zero: Affine = sum.map(() => Rational.zero);

  // None.
  const whole = skipFunctionOf(part, points, skip, problem);
  if (whole !== null) return { neurons: [], affine: isZero(whole) ? null : whole };

  // One.
  for (const sign of [Rational.one, Rational.of(-1)]) {
    const turned = sum.map((entry) => entry.multiply(sign));
    const value = signs(turned, problem);
    // Without an affine skip g is 0, or a constant, of which below.
    const inside = active.every((n) => value(n) >= 0);
    if (!inside && skip !== 'affine') continue;
    const g = inside ? zero : correction(negated(turned), inactive, active, problem);
    if (g === null) continue;
    const h = inactive.every((n) => value(n) <= 0) ? zero : correction(turned, active, inactive, problem);
    if (h === null) continue;
    return {
      neurons: [{ sign, z: plus(plus(turned, negated(g)), h) }],
      affine: g === zero ? null : g.map((entry) => entry.multiply(sign)),
    };
  }
  if (skip === 'bias' && inactive.length === 0) {
    // Low enough that the neuron stays active at every point.
    const { least, range } = extremes(sum, active, problem);
    const constant = least.subtract(range);
    return {
      neurons: [{ sign: Rational.one, z: [...sum.slice(0, -1), sum.at(-1)!.subtract(constant)] }],
      affine: [...zero.slice(0, -1), constant],
    };
  }

  // Two.
  const ofSign = (sign: number) => part.filter((neuron) => neuron.sign.sign() === sign);
  const neurons = [1, -1].map((sign): SignedNeuron => {
    const same = ofSign(sign);
    return { sign: Rational.of(sign), z: sumOf(same).map((entry) => entry.multiply(Rational.of(sign))) };
  });
  return { neurons, affine: null };
}

/** sum_k s_k z_k. */
function sumOf(part: readonly SignedNeuron[]): Affine {
  return part.reduce<Affine>(
    (sum, { sign, z }) => plus(sum, sign.sign() > 0 ? z : negated(z)),
    part[0]!.z.map(() => Rational.zero),
  );
}

function plus(a: Affine, b: Affine): Affine {
  return a.map((entry, i) => entry.add(b[i]!));
}

function negated(a: Affine): Affine {
  return a.map((entry) => entry.negate());
}

function isZero(a: Affine): boolean {
  return a.every((entry) => entry.isZero());
}

/** The sign of an affine function at a data point: an integer of that sign. */
function signs(f: Affine, problem: Problem): (n: number) => bigint {
  const neuron = { inputWeights: f.slice(0, -1), bias: f.at(-1)!, outputWeight: Rational.one };
  const network = new IntegerNetwork(
    { inputDimension: problem.dimension, skip: null, neurons: [neuron] },
    problem.inputs,
  );
  return (n) => network.activation(0, n);
}

/** Least value of an affine function at the points, and greatest minus least. */
function extremes(
  f: Affine,
  points: readonly number[],
  problem: Problem,
): { least: Rational; range: Rational } {
  const value = signs(f, problem);
  let [low, high] = [points[0]!, points[0]!];
  for (const n of points) {
    if (value(n) < value(low)) low = n;
    if (value(n) > value(high)) high = n;
  }
  const [least, greatest] = [valueAt(f, low, problem), valueAt(f, high, problem)];
  return { least, range: greatest.subtract(least) };
}

function valueAt(f: Affine, n: number, problem: Problem): Rational {
  return problem.inputs.reduce((sum, column, i) => sum.add(f[i]!.multiply(column.value(n))), f.at(-1)!);
}

/** The function of the skip (zero without one) that equals a part at the data, or null when there is none. Exact. */
export function skipFunctionOf(
  part: readonly SignedNeuron[],
  { active, inactive }: PatternPoints,
  skip: Skip,
  problem: Problem,
): Affine | null {
  const sum = sumOf(part);
  const value = signs(sum, problem);
  if (active.every((n) => value(n) === 0n)) return sum.map(() => Rational.zero);
  if (skip === 'none') return null;
  if (skip === 'bias') {
    if (inactive.length > 0 || active.some((n) => value(n) !== value(active[0]!))) return null;
    return [...sum.slice(0, -1).map(() => Rational.zero), valueAt(sum, active[0]!, problem)];
  }
  if (inactive.length === 0) return sum;
  // A = sum_j t_j h_j with h_j a basis of the affine functions that vanish at Q, and A = L at P.
  const basis = vanishingOn(inactive, problem);
  if (basis.length === 0) return null;
  return combinationWith(basis, sum, active, '=', problem);
}

/** An affine h that vanishes at some points with f + h <= 0 at others, or null when there is none. */
function correction(
  f: Affine,
  zeroAt: readonly number[],
  below: readonly number[],
  problem: Problem,
): Affine | null {
  const basis = vanishingOn(zeroAt, problem);
  return basis.length === 0 ? null : combinationWith(basis, negated(f), below, '<=', problem);
}

/** Rows added at a time in `combinationWith`. */
const ROWS_ADDED = 8;

/**
 * sum_j t_j h_j that is <= or = f at the points, or null when there is none. Exact. Few points decide, as a rule: an answer for some is
 * held against all, and the points that it misses are added; no answer for some is none for all.
 */
function combinationWith(
  basis: readonly Affine[],
  f: Affine,
  points: readonly number[],
  sense: '<=' | '=',
  problem: Problem,
): Affine | null {
  const row = (n: number) =>
    LinearRow.fromRationals(
      basis.map((h) => valueAt(h, n, problem)),
      sense,
      valueAt(f, n, problem),
    );
  const rows = points.slice(0, ROWS_ADDED).map(row);
  for (;;) {
    const answer = decide({ unknowns: basis.length, rows });
    if (answer.status === 'infeasible') return null;
    const sum = basis.reduce<Affine>(
      (total, h, j) =>
        plus(
          total,
          h.map((entry) => entry.multiply(answer.point[j]!)),
        ),
      f.map(() => Rational.zero),
    );
    const excess = signs(plus(sum, negated(f)), problem);
    const missed: number[] = [];
    for (const n of points) {
      const sign = excess(n);
      if (sense === '=' ? sign !== 0n : sign > 0n) missed.push(n);
      if (missed.length === ROWS_ADDED) break;
    }
    if (missed.length === 0) return sum;
    rows.push(...missed.map(row));
  }
}

/** A basis of the affine functions that vanish at the points: of d + 1 minus the dimension that the points (x, 1) span. */
function vanishingOn(points: readonly number[], problem: Problem): Affine[] {
  const columns = problem.dimension + 1;
  const row = (n: number) => [...problem.inputs.map((column) => column.integer(n)), 1n];
  // A few points already span everything, as a rule.
  for (const some of [points.slice(0, 2 * columns), points]) {
    const { rows, pivots } = echelon(some.map(row));
    if (pivots.length === columns) return [];
    if (some.length === points.length)
      return nullSpace(rows, pivots, columns).map((h) => inInputs(h, problem));
  }
  return [];
}

/** A basis of the vectors z with R z = 0, R in row echelon form: one for every column without a pivot. */
function nullSpace(
  rows: readonly (readonly bigint[])[],
  pivots: readonly number[],
  columns: number,
): Rational[][] {
  const free = Array.from({ length: columns }, (_, c) => c).filter((c) => !pivots.includes(c));
  return free.map((chosen) => {
    const z = new Array<Rational>(columns).fill(Rational.zero);
    z[chosen] = Rational.one;
    for (let r = rows.length - 1; r >= 0; r--) {
      let sum = Rational.zero;
      for (let j = pivots[r]! + 1; j < columns; j++) {
        if (rows[r]![j] !== 0n) sum = sum.add(z[j]!.multiply(Rational.of(rows[r]![j]!)));
      }
      z[pivots[r]!] = sum.negate().divide(Rational.of(rows[r]![pivots[r]!]!));
    }
    return z;
  });
}

/** A function of the integers of the columns as a function of the inputs themselves: X_i = x_i / scale_i. */
function inInputs(h: readonly Rational[], problem: Problem): Affine {
  return h.map((entry, i) => {
    const column = problem.inputs[i];
    return column === undefined ? entry : entry.divide(column.integerScale);
  });
}
