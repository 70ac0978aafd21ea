import { ModularRows, PRIMES, residueOf } from '../exact/modular.js';
import { solveByLifting } from '../exact/p-adic.js';
import { type Cloud, integerAt } from './cloud.js';
import { roundToDyadics } from './dyadic.js';
import { type ExactHinges, firstMiss } from './exact-hinges.js';
import type { Hinges } from './hinges.js';

/** Bits after the point of unknowns that the equations leave free, and how often equations that were missed are added. */
const EQUATIONS = { bits: [12, 24, 40], rounds: 6, spare: 40 } as const;

/**
 * The exact network behind a floating one where labels are exact: its activation pattern makes f(x_n) = y_n linear in the unknowns.
 * Independent equations are chosen modulo a prime, unknowns they leave free are rounded, the others solved for by p-adic lifting, and
 * the network is tested on all points; an equation it misses is added, as long as that raises the rank.
 *
 * Points far from all hyperplanes come first: there the pattern is beyond doubt.
 * @param free 1 where an unknown may be nonzero; all when null
 */
export function solvePattern(cloud: Cloud, hinges: Hinges, free: Uint8Array | null): ExactHinges | null {
  const { size, width, x, low, high } = cloud;
  const neurons = hinges.signs.length;
  const columns = hinges.unknowns.length;
  const equations: { n: number; clearance: number }[] = [];
  for (let n = 0; n < size; n++) {
    if (low !== high && integerAt(low, n) !== integerAt(high, n)) continue;
    let clearance = Number.POSITIVE_INFINITY;
    for (let k = 0; k < neurons; k++) {
      let z = 0;
      for (let i = 0; i < width; i++) z += hinges.unknowns[k * width + i]! * x[n * width + i]!;
      clearance = Math.min(clearance, Math.abs(z));
    }
    equations.push({ n, clearance });
  }
  equations.sort((a, b) => b.clearance - a.clearance || a.n - b.n);
  const p = PRIMES[0];
  const taken = new ModularRows(columns, p);
  const rows: bigint[][] = [];
  const points: number[] = [];
  const take = (n: number): boolean => {
    const row = equationRow(cloud, hinges, free, n);
    if (!taken.take(Float64Array.from(row, (value) => residueOf(value, p)))) return false;
    rows.push(row);
    points.push(n);
    return true;
  };
  // Dependent rows in a row: the rank is probably reached. What is missing then is found by the test on all points.
  let dependent = 0;
  for (let e = 0; e < equations.length && dependent < columns + EQUATIONS.spare; e++) {
    dependent = take(equations[e]!.n) ? 0 : dependent + 1;
    if (taken.rank === columns) break;
  }
  for (let round = 0; round < EQUATIONS.rounds; round++) {
    let missed = -1;
    for (const bits of EQUATIONS.bits) {
      const exact = solveRows(cloud, hinges, free, bits, rows, points, taken);
      if (exact === null) return null;
      missed = firstMiss(cloud, exact);
      if (missed < 0) return exact;
      if (taken.rank === columns) break;
    }
    if (!take(missed)) return null;
  }
  return null;
}

/** f(x_n) in the unknowns, with the activation pattern of the doubles. */
function equationRow(
  cloud: Cloud,
  { signs, unknowns }: Hinges,
  free: Uint8Array | null,
  n: number,
): bigint[] {
  const { width, x, features, skip } = cloud;
  const neurons = signs.length;
  const row = new Array<bigint>(unknowns.length).fill(0n);
  const point = Array.from({ length: width }, (_, i) => (i === width - 1 ? 1n : integerAt(features[i]!, n)));
  for (let k = 0; k < neurons; k++) {
    let z = 0;
    for (let i = 0; i < width; i++) z += unknowns[k * width + i]! * x[n * width + i]!;
    if (z <= 0) continue;
    for (let i = 0; i < width; i++) row[k * width + i] = signs[k]! > 0 ? point[i]! : -point[i]!;
  }
  const first = neurons * width;
  if (skip === 'bias') row[first] = 1n;
  if (skip === 'affine') for (let i = 0; i < width; i++) row[first + i] = point[i]!;
  if (free !== null) for (let j = 0; j < row.length; j++) if (free[j] === 0) row[j] = 0n;
  return row;
}

/** Pivot unknowns from the rows, the others rounded. */
function solveRows(
  cloud: Cloud,
  hinges: Hinges,
  free: Uint8Array | null,
  bits: number,
  rows: readonly (readonly bigint[])[],
  points: readonly number[],
  taken: ModularRows,
): ExactHinges | null {
  const rounded = roundToDyadics(cloud, hinges, bits, free);
  if (rounded === null) return null;
  const isPivot = new Uint8Array(rounded.unknowns.length);
  for (const c of taken.pivots) isPivot[c] = 1;
  const scale = rounded.denominator;
  const right = rows.map((row, r) => {
    let sum = integerAt(cloud.low, points[r]!) * scale;
    row.forEach((value, j) => {
      if (value !== 0n && isPivot[j] === 0) sum -= value * rounded.unknowns[j]!;
    });
    return sum;
  });
  const { numerators, denominator } = solveByLifting(rows, taken, right);
  const unknowns = rounded.unknowns.map((value) => value * denominator);
  taken.pivots.forEach((c, j) => {
    unknowns[c] = numerators[j]!;
  });
  return { signs: hinges.signs, unknowns, denominator: scale * denominator };
}
