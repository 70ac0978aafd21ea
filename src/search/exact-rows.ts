import { fitCode } from '../certificate/search-proof.js';
import type { Rational } from '../exact/rational.js';
import { decide } from '../lp/exact-lp.js';
import { LinearRow } from '../lp/linear-system.js';
import { type ExactRow, exactRow } from './leaf.js';
import { neuronCount, type Question, unknownCount } from './question.js';
import type { Region } from './region.js';

/** The code of a fit row of a region. */
export function fitRow({ question }: Region, n: number, side: 0 | 1, linear: number): number {
  return fitCode(n, side, linear, neuronCount(question), question.points.size);
}

/** All rows of a region in which every activation is decided: its networks are exactly their solutions. */
export function patternRows(region: Region): ExactRow[] {
  const rows: ExactRow[] = [];
  for (let at = 0; at < region.activation.length; at++) rows.push(exactRow(region, at));
  for (let n = 0; n < region.question.points.size; n++) {
    for (const side of [0, 1] as const) rows.push(exactRow(region, fitRow(region, n, side, 0)));
  }
  return rows;
}

export type Decided =
  | { status: 'feasible'; point: Rational[] }
  | { status: 'infeasible'; multipliers: bigint[] };

/** Exact feasibility of rows taken as a . x <= right; multipliers >= 0, one per row. */
export function decideRows(question: Question, rows: readonly ExactRow[]): Decided {
  const unknowns = unknownCount(question);
  const system = {
    unknowns,
    rows: rows.map((row) => {
      const coefficients = new Array<bigint>(unknowns).fill(0n);
      row.columns.forEach((j, t) => {
        coefficients[j]! += row.entries[t]!;
      });
      return new LinearRow(coefficients, '<=', row.right);
    }),
  };
  const outcome = decide(system);
  if (outcome.status === 'feasible') return { status: 'feasible', point: outcome.point };
  return { status: 'infeasible', multipliers: outcome.multipliers.map((value) => -value) };
}
