import { addDown, second } from './pair-sum.js';
import type { Bends, Savings, TableRun } from './savings.js';

/**
 * The sparsest tilings of a run with an odd number of points, one for every even offset of the tile 1, compared with each other. From the
 * offset k to k + 2 the tile 2 at k + 1 gives way to one at k, so all comparisons with one of them are prefix sums: O(points) together.
 */

/**
 * The even offset whose sparsest tiling saves most, as far as doubles can tell (any may serve as a reference, a cheap one makes bounds
 * sharp); the number of points when that is even, where there is one sparsest tiling only.
 */
export function cheapestSingle({ high, low }: Savings, { at, points }: TableRun): number {
  if (points % 2 === 0) return points;
  let best = 0;
  let saved = 0;
  let savedLow = 0;
  let most = 0;
  let mostLow = 0;
  for (let k = 2; k < points; k += 2) {
    const t = at + k;
    saved = addDown(saved, savedLow, high[t - 2]!, low[t - 2]!);
    saved = addDown(saved, second[0]!, -high[t - 1]!, -low[t - 1]!);
    savedLow = second[0]!;
    if (saved > most || (saved === most && savedLow > mostLow)) {
      best = k;
      most = saved;
      mostLow = savedLow;
    }
  }
  return best;
}

/** Of all sparsest tilings of a run; entry k / 2 is about the one with offset k. */
export interface ShiftExcess {
  /** A lower bound on its cost minus the cost of the reference (minus their bends where those are given). */
  readonly excess: Float64Array;
  /** How much of that bound is due to errors of savings: the excess itself is at most the bound plus twice this. */
  readonly error: Float64Array;
}

export function emptyShifts(points: number): ShiftExcess {
  return { excess: new Float64Array((points + 1) / 2), error: new Float64Array((points + 1) / 2) };
}

/** Compares all sparsest tilings with the one whose tile 1 is at the even offset `single`. */
export function shiftExcess(
  { high, low, error }: Savings,
  bends: Bends | null,
  { at, points }: TableRun,
  single: number,
  into: ShiftExcess,
): void {
  into.excess[single / 2] = 0;
  into.error[single / 2] = 0;
  for (const step of [2, -2] as const) {
    let sum = 0;
    let sumLow = 0;
    let errors = 0;
    for (let k = single + step; k >= 0 && k < points; k += step) {
      // Between the two offsets: the tile 2 that this tiling takes and the one of the reference that it gives up.
      const taken = step > 0 ? at + k - 2 : at + k + 1;
      const given = step > 0 ? at + k - 1 : at + k;
      const givenLow = low[given]! - error[given]! - (bends === null ? 0 : bends.upper[given]!);
      const takenLow = -low[taken]! - error[taken]! + (bends === null ? 0 : bends.lower[taken]!);
      sum = addDown(sum, sumLow, high[given]!, givenLow);
      sum = addDown(sum, second[0]!, -high[taken]!, takenLow);
      sumLow = second[0]!;
      errors += error[given]! + error[taken]!;
      into.excess[k / 2] = sum - 2 ** -52 * Math.abs(sum) + sumLow;
      into.error[k / 2] = 1.05 * errors;
    }
  }
}

/** The tiles 2 between two offsets, as entries of the table: those of the tiling with offset k that the reference has not, and the reverse. */
export function shiftedPairs(
  { at }: TableRun,
  k: number,
  single: number,
): { taken: readonly number[]; given: readonly number[] } {
  const [least, most] = k < single ? [k, single] : [single, k];
  const even: number[] = [];
  const odd: number[] = [];
  for (let t = least; t < most; t += 2) {
    even.push(at + t);
    odd.push(at + t + 1);
  }
  return k > single ? { taken: even, given: odd } : { taken: odd, given: even };
}
