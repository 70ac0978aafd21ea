import { overCommonDenominator } from '../exact/common-denominator.js';
import { decide } from '../lp/exact-lp.js';
import { LinearRow } from '../lp/linear-system.js';
import { type Cloud, integerAt } from './cloud.js';
import { type ExactHinges, firstMiss } from './exact-hinges.js';
import type { Hinges } from './hinges.js';

/** Largest program that is tried: unknowns and points, and rounds in which violated rows are added. */
const PROGRAM = { unknowns: 80, points: 400, rounds: 30 } as const;

/**
 * The exact linear program of an activation pattern: windows with the active neurons, and the signs that make them active. Rows are
 * added as exact solutions violate them. Null when the pattern holds no network, or the program is too large.
 */
export function solvePatternProgram(
  cloud: Cloud,
  { signs, unknowns }: Hinges,
  free: Uint8Array | null,
): ExactHinges | null {
  const { size, width, x, features, skip } = cloud;
  const neurons = signs.length;
  const open = Array.from(unknowns, (_, j) => j).filter((j) => free === null || free[j] === 1);
  if (open.length > PROGRAM.unknowns || size > PROGRAM.points) return null;
  const first = neurons * width;
  const points = Array.from({ length: size }, (_, n) =>
    Array.from({ length: width }, (_, i) => (i === width - 1 ? 1n : integerAt(features[i]!, n))),
  );
  const isActive = (k: number, n: number): boolean => {
    let z = 0;
    for (let i = 0; i < width; i++) z += unknowns[k * width + i]! * x[n * width + i]!;
    return z > 0;
  };
  const rowOf = (write: (row: bigint[]) => void): bigint[] => {
    const row = new Array<bigint>(unknowns.length).fill(0n);
    write(row);
    return open.map((j) => row[j]!);
  };
  const put = (row: bigint[], at: number, n: number, positive: boolean): void => {
    for (let i = 0; i < width; i++) row[at + i] = positive ? points[n]![i]! : -points[n]![i]!;
  };
  /** f(x_n) in the open unknowns. */
  const valueAt = (n: number): bigint[] =>
    rowOf((row) => {
      for (let k = 0; k < neurons; k++) if (isActive(k, n)) put(row, k * width, n, signs[k]! > 0);
      if (skip === 'bias') row[first] = 1n;
      if (skip === 'affine') put(row, first, n, true);
    });
  const candidates: LinearRow[] = [];
  for (let n = 0; n < size; n++) {
    const row = valueAt(n);
    const low = integerAt(cloud.low, n);
    const high = integerAt(cloud.high, n);
    if (low === high) candidates.push(new LinearRow(row, '=', low));
    else candidates.push(new LinearRow(row, '>=', low), new LinearRow(row, '<=', high));
  }
  for (let k = 0; k < neurons; k++) {
    for (let n = 0; n < size; n++) {
      candidates.push(
        new LinearRow(
          rowOf((row) => put(row, k * width, n, true)),
          isActive(k, n) ? '>=' : '<=',
          0n,
        ),
      );
    }
  }
  const rows = candidates.filter((row) => row.sense === '=');
  const waiting = new Set(candidates.filter((row) => row.sense !== '='));
  for (let round = 0; round < PROGRAM.rounds; round++) {
    const outcome = decide({ unknowns: open.length, rows });
    if (outcome.status === 'infeasible') return null;
    const { numerators, denominator } = overCommonDenominator(outcome.point);
    let added = 0;
    for (const row of waiting) {
      let value = -row.right * denominator;
      for (const j of row.support) value += row.coefficients[j]! * numerators[j]!;
      if (row.sense === '>=' ? value >= 0n : value <= 0n) continue;
      waiting.delete(row);
      rows.push(row);
      added++;
    }
    if (added > 0) continue;
    const exact = new Array<bigint>(unknowns.length).fill(0n);
    open.forEach((j, c) => {
      exact[j] = numerators[c]!;
    });
    const network: ExactHinges = { signs, unknowns: exact, denominator };
    return firstMiss(cloud, network) < 0 ? network : null;
  }
  return null;
}
