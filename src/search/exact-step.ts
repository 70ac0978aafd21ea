import type { ProofNode } from '../certificate/search-proof.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import type { Rational } from '../exact/rational.js';
import { ACTIVATION, type Branching } from './decision.js';
import { decideRows, fitRow, patternRows } from './exact-rows.js';
import { type ExactRow, exactRow, leafNode } from './leaf.js';
import { atomAt } from './points.js';
import { coordinateCount, isOriented, neuronCount, type Question } from './question.js';
import { Region } from './region.js';

/** What exact arithmetic says about a region. */
export type ExactStep =
  | { readonly status: 'contradiction'; readonly leaf: ProofNode }
  | { readonly status: 'fits'; readonly unknowns: readonly Rational[] }
  /** A relaxed solution misses a point: decide this activation. */
  | { readonly status: 'missed'; readonly branching: Branching };

/**
 * Settles a region the doubles could not. First the activation pattern of the guide's point, when that fits; then the rows
 * of the region itself, with fit rows added as exact relaxed solutions miss them.
 */
export function exactStep(region: Region, guideFits: boolean): ExactStep {
  if (guideFits) {
    const unknowns = solveByPattern(region);
    if (unknowns !== null) return { status: 'fits', unknowns };
  }
  return solveByRows(region);
}

/** The exact solution with the activation pattern of the guide's point, or null. */
function solveByPattern(region: Region): Rational[] | null {
  const pattern = new Region(region.question);
  pattern.copyFrom(region);
  for (let at = 0; at < pattern.activation.length; at++) {
    if (pattern.activation[at] === ACTIVATION.undecided)
      pattern.activation[at] = region.values[at]! > 0 ? ACTIVATION.active : ACTIVATION.inactive;
  }
  const outcome = decideRows(region.question, patternRows(pattern));
  return outcome.status === 'feasible' ? outcome.point : null;
}

function solveByRows(region: Region): ExactStep {
  const { question, activation } = region;
  const { points, plus } = question;
  const neurons = neuronCount(question);
  const rows: ExactRow[] = [];
  for (let at = 0; at < activation.length; at++) {
    if (activation[at] !== ACTIVATION.undecided) rows.push(exactRow(region, at));
  }
  for (let k = 0; k < neurons; k++) {
    if (isOriented(question)) rows.push(exactRow(region, neurons * points.size + neurons + k));
  }
  for (;;) {
    const outcome = decideRows(question, rows);
    if (outcome.status === 'infeasible') {
      return {
        status: 'contradiction',
        leaf: leafNode(
          rows.map(({ code }) => code),
          outcome.multipliers,
        ),
      };
    }
    const { numerators, denominator } = overCommonDenominator(outcome.point);
    const product = (k: number, n: number): bigint =>
      points.exact[n]!.reduce((sum, x, i) => sum + x * numerators[k * points.width + i]!, 0n);
    const isOver = (value: bigint, n: number) =>
      points.open?.above[n] !== 1 && value > points.upper[n]! * denominator;
    const isUnder = (value: bigint, n: number) =>
      points.open?.below[n] !== 1 && value < points.lower[n]! * denominator;
    let added = false;
    let missed: Branching | null = null;
    for (let n = 0; n < points.size; n++) {
      const open = { plus: -1, minus: -1 };
      let least = linearProduct(question, numerators, n);
      let most = least;
      let exact = least;
      let mask = 0;
      const values: bigint[] = [];
      for (let k = 0; k < neurons; k++) {
        const known = activation[k * points.size + n]!;
        const value = product(k, n);
        values.push(value);
        if (known < 0) continue;
        const signed = k < plus ? value : -value;
        if (known > 0) {
          least += signed;
          most += signed;
          exact += signed;
          continue;
        }
        if (k < plus) open.plus = k;
        else open.minus = k;
        if (value <= 0n) continue;
        exact += signed;
        mask |= 1 << k;
        if (k < plus) least += signed;
        else most += signed;
      }
      const positives = 2 ** plus - 1;
      if (open.minus < 0 && isOver(least, n)) {
        rows.push(exactRow(region, fitRow(region, n, 0, mask & positives)));
        added = true;
      } else if (open.plus < 0 && isUnder(most, n)) {
        rows.push(exactRow(region, fitRow(region, n, 1, mask & ~positives)));
        added = true;
      } else if (missed === null) {
        const k = isOver(exact, n) ? open.minus : isUnder(exact, n) ? open.plus : -1;
        if (k >= 0) {
          const side = values[k]! >= 0n ? ACTIVATION.active : ACTIVATION.positive;
          missed = { kind: 'point', neuron: k, members: 1 << k, place: n, side };
        }
      }
    }
    if (added) continue;
    return missed === null
      ? { status: 'fits', unknowns: outcome.point }
      : { status: 'missed', branching: missed };
  }
}

/** The linear part of f(x_n), atoms and skip, times the common denominator. */
function linearProduct(question: Question, numerators: readonly bigint[], n: number): bigint {
  const { points, skip } = question;
  const firstAtom = neuronCount(question) * points.width;
  const firstSkip = coordinateCount(question);
  let sum = 0n;
  for (let j = firstAtom; j < firstSkip; j++) {
    if (numerators[j] !== 0n) sum += atomAt(points, j - firstAtom, n) * numerators[j]!;
  }
  if (skip === 'bias') return sum + numerators[firstSkip]!;
  if (skip === 'affine')
    points.exact[n]!.forEach((x, i) => {
      sum += x * numerators[firstSkip + i]!;
    });
  return sum;
}
