import { NODE, type ProofNode, rowName, writeInteger } from '../certificate/search-proof.js';
import { gcd } from '../exact/bigint.js';
import { onlyNullVector } from '../exact/elimination.js';
import { nullVectorByPrimes } from '../exact/null-vector.js';
import { ACTIVATION } from './decision.js';
import type { Dependency } from './guide.js';
import { integersNear, isContradictionOf, isRightNegative, residuesOf } from './multipliers.js';
import { atomAt } from './points.js';
import { coordinateCount, isOriented, neuronCount, unknownCount } from './question.js';
import type { Region } from './region.js';

/** An exact row a . x <= right (or <) in integers; only nonzero coefficients of open coordinates are kept. */
export interface ExactRow {
  readonly code: number;
  readonly columns: number[];
  readonly entries: bigint[];
  readonly right: bigint;
  readonly strict: boolean;
}

/** Does a code name a row of the region? The rule `search-row` of the certificate, for the decisions of the region. */
export function isRowOf({ question, activation }: Region, code: number): boolean {
  const { points, plus } = question;
  const neurons = neuronCount(question);
  const name = rowName(code, neurons, points.size);
  switch (name?.kind) {
    case 'activation':
      return activation[code] !== ACTIVATION.undecided;
    case 'orientation':
      return isOriented(question);
    case 'fit':
      for (let k = 0; k < neurons; k++) {
        if (activation[k * points.size + name.point] !== ACTIVATION.undecided) {
          if ((name.linear >> k) & 1) return false;
        } else if (k < plus !== (name.side === 0)) return false;
      }
      return true;
    default:
      return false;
  }
}

/**
 * The exact row behind a code of a region, see `isRowOf`.
 * @param all with the coefficients of closed coordinates, too
 */
export function exactRow(region: Region, code: number, all = false): ExactRow {
  const { question, activation, closed } = region;
  const { points, pivot } = question;
  const { size, width } = points;
  const neurons = neuronCount(question);
  const columns: number[] = [];
  const entries: bigint[] = [];
  const put = (base: number, n: number, factor: 1n | -1n, open: boolean): void => {
    const point = points.exact[n]!;
    for (let i = 0; i < width; i++) {
      if (point[i] === 0n || (!open && !all && closed[base + i] === 1)) continue;
      columns.push(base + i);
      entries.push(factor === 1n ? point[i]! : -point[i]!);
    }
  };
  const name = rowName(code, neurons, size)!;
  if (name.kind === 'activation') {
    const known = activation[code]!;
    put(name.neuron * width, name.point, known > 0 ? -1n : 1n, false);
    return { code, columns, entries, right: 0n, strict: known === 2 || known === -2 };
  }
  if (name.kind !== 'fit') {
    put(name.neuron * width, pivot, -1n, false);
    return { code, columns, entries, right: 0n, strict: false };
  }
  const n = name.point;
  const direction = name.side === 0 ? 1 : -1;
  for (let k = 0; k < neurons; k++) {
    const known = activation[k * size + n]!;
    if (known > 0 || (known === 0 && (name.linear >> k) & 1)) {
      put(k * width, n, k < question.plus === (direction === 1) ? 1n : -1n, false);
    }
  }
  const firstAtom = neurons * width;
  const firstSkip = coordinateCount(question);
  for (let j = firstAtom; j < firstSkip; j++) {
    const value = atomAt(points, j - firstAtom, n);
    if (value === 0n || (!all && closed[j] === 1)) continue;
    columns.push(j);
    entries.push(direction === 1 ? value : -value);
  }
  if (question.skip === 'affine') put(firstSkip, n, direction === 1 ? 1n : -1n, true);
  else if (question.skip === 'bias') {
    columns.push(firstSkip);
    entries.push(BigInt(direction));
  }
  const right = name.side === 0 ? points.upper[n]! : -points.lower[n]!;
  return { code, columns, entries, right, strict: false };
}

/** Is sum y_r right_r < 0, or = 0 with a strict row among them, for y with sum y_r a_r = 0, and is y >= 0? */
function isContradiction(rows: readonly ExactRow[], multipliers: readonly bigint[]): boolean {
  let right = 0n;
  let strict = false;
  for (let r = 0; r < rows.length; r++) {
    const y = multipliers[r]!;
    if (y < 0n) return false;
    if (y === 0n) continue;
    right += y * rows[r]!.right;
    strict ||= rows[r]!.strict;
  }
  return right < 0n || (right === 0n && strict);
}

/** The coefficients of the linear dependency of rows, see `onlyNullVector`; null unless the rows have exactly one. */
function dependency(rows: readonly ExactRow[], unknowns: number): bigint[] | null {
  const last = rows.length - 1;
  // One equation for every unknown that occurs: sum_r y_r a_rj = 0. The rows from the last one on, sparse ones first.
  const equations: (bigint[] | undefined)[] = new Array(unknowns);
  rows.forEach((row, r) => {
    row.columns.forEach((j, t) => {
      equations[j] ??= new Array<bigint>(rows.length).fill(0n);
      equations[j][last - r] = row.entries[t]!;
    });
  });
  const system = equations.filter((equation) => equation !== undefined);
  return system.length < last ? null : (onlyNullVector(system, rows.length)?.reverse() ?? null);
}

/** The proof node of a contradiction, with the smallest multipliers of its kind. */
export function leafNode(codes: readonly number[], multipliers: readonly bigint[]): ProofNode {
  const node: (number | string)[] = [NODE.leaf];
  let common = 0n;
  for (const y of multipliers) {
    common = gcd(common, y);
    if (common === 1n) break;
  }
  codes.forEach((code, r) => {
    const y = multipliers[r]!;
    if (y !== 0n) node.push(code, writeInteger(common === 1n ? y : y / common));
  });
  return node;
}

/** Turns a proposal into a leaf, or null when it names no rows of the region or exact arithmetic does not confirm them. */
export function confirm(region: Region, { codes, weights }: Dependency): ProofNode | null {
  for (let r = 0; r < codes.length; r++) if (!isRowOf(region, codes[r]!)) return null;
  const near = integersNear(weights);
  if (near !== null && isContradictionOf(region, codes, near)) return leafOf(codes, near);
  // Rows of one neuron before those of many, which keeps the equations sparse.
  const sorted = [...codes].sort((a, b) => a - b);
  const byPrimes = nullVectorByPrimes(residuesOf(region, sorted));
  if (byPrimes !== null) {
    return byPrimes.every((y) => y >= 0n) && isRightNegative(region, sorted, byPrimes)
      ? leafNode(sorted, byPrimes)
      : null;
  }
  const rows = sorted.map((code) => exactRow(region, code));
  const multipliers = dependency(rows, unknownCount(region.question));
  return multipliers !== null && isContradiction(rows, multipliers) ? leafNode(sorted, multipliers) : null;
}

function leafOf(codes: readonly number[], multipliers: Float64Array): ProofNode {
  const node: number[] = [NODE.leaf];
  for (let r = 0; r < codes.length; r++) if (multipliers[r] !== 0) node.push(codes[r]!, multipliers[r]!);
  return node;
}
