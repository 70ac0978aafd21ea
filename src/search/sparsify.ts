import type { Rational } from '../exact/rational.js';
import { decideRows, patternRows } from './exact-rows.js';
import { coordinateCount, neuronCount, type Question } from './question.js';
import { ACTIVATION, Region } from './region.js';

/**
 * Fewer nonzeros with the same activation pattern: the coordinates of a fitting assignment are set to zero one after the
 * other, smallest first, as long as exact arithmetic finds an assignment without them. Greedy, hence an upper bound only.
 */
export function sparsify(question: Question, unknowns: readonly Rational[]): readonly Rational[] {
  const { points } = question;
  const region = new Region(question);
  for (let k = 0; k < neuronCount(question); k++) {
    const weights = scaled(unknowns, k * points.width, points.width);
    for (let n = 0; n < points.size; n++) {
      const value = points.exact[n]!.reduce((sum, x, i) => sum + x * weights[i]!, 0n);
      region.activation[k * points.size + n] = value > 0n ? ACTIVATION.active : ACTIVATION.inactive;
    }
  }
  const count = coordinateCount(question);
  const kept = new Uint8Array(count);
  let best = unknowns;
  for (;;) {
    let smallest = -1;
    for (let j = 0; j < count; j++) {
      if (kept[j] === 1 || best[j]!.isZero()) continue;
      if (smallest < 0 || best[j]!.abs().lessThan(best[smallest]!.abs())) smallest = j;
    }
    if (smallest < 0) return best;
    kept[smallest] = 1;
    // Zeros found so far stay zeros.
    for (let j = 0; j < count; j++) region.closed[j] = j === smallest || best[j]!.isZero() ? 1 : 0;
    const outcome = decideRows(question, patternRows(region));
    if (outcome.status === 'feasible') best = outcome.point;
  }
}

/** Part of a rational vector as integers, over the (positive) common denominator of that part. */
function scaled(vector: readonly Rational[], from: number, length: number): bigint[] {
  const part = vector.slice(from, from + length);
  const denominator = part.reduce((product, value) => product * value.denominator, 1n);
  return part.map((value) => value.numerator * (denominator / value.denominator));
}
