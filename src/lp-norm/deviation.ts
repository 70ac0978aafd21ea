import type { GainBounds } from './tile-gains.js';
import type { Tiling } from './tiling.js';

/**
 * A stretch start .. end of boundaries on which another tiling leaves a given one: both have a boundary at its ends and none in
 * common between. There the two alternate, so the stretch determines the other tiling; every tiling differs from
 * the given one by disjoint deviations, whose gains add up. Hence the given tiling is the best one exactly when no deviation gains.
 */
export interface Deviation {
  readonly start: number;
  readonly end: number;
}

/** The tiles of the given tiling on the stretch of a deviation, and those that replace them: [start, length] each. */
export interface DeviationTiles {
  readonly given: readonly (readonly [number, 1 | 2])[];
  readonly other: readonly (readonly [number, 1 | 2])[];
}

/** The largest upper bound on the gain of a deviation from `tiling`, and where; null when there is none. O(L) without exclusions. */
export function bestDeviation(
  bounds: GainBounds,
  tiling: Tiling,
  points: number,
  excluded: ReadonlyMap<number, ReadonlySet<number>>,
): { gain: number; deviation: Deviation } | null {
  const { singleUpper, singleLower, doubleUpper, doubleLower } = bounds;
  const lengthOf = (t: number) => (t + 1 < tiling.length ? tiling[t + 1]! : points) - tiling[t]!;
  let best: { gain: number; deviation: Deviation } | null = null;
  const offer = (gain: number, start: number, end: number) => {
    if (excluded.get(end)?.has(start)) return;
    if (best === null || gain > best.gain) best = { gain, deviation: { start, end } };
  };
  // While the other tiling has a boundary in the middle of the given tile t (a 2), `open` holds the ways it came there; the
  // given tile is charged when it is left. With exclusions all ways are kept, otherwise the best of each kind.
  let open: Way[] = [];
  for (let t = 0; t < tiling.length; t++) {
    const start = tiling[t]!;
    if (lengthOf(t) === 1) {
      open = [];
      continue;
    }
    const middle = start + 1;
    if (t > 0 && lengthOf(t - 1) === 1) {
      const before = start - 1;
      open = [{ start: before, gain: sum(doubleUpper[before]!, -singleLower[before]!), afterSingle: false }];
    } else {
      // Over from the tile before: its middle to this one's.
      for (const way of open) {
        way.gain = sum(way.gain, sum(doubleUpper[start - 1]!, -doubleLower[start - 2]!));
        way.afterSingle = false;
      }
    }
    open.push({ start, gain: singleUpper[start]!, afterSingle: true });
    for (const way of open) {
      // Back with a tile 1 (never after a tile 1), or with a tile 2 over a given tile 1.
      const left = sum(way.gain, -doubleLower[start]!);
      if (!way.afterSingle) offer(sum(left, singleUpper[middle]!), way.start, start + 2);
      if (t + 1 < tiling.length && lengthOf(t + 1) === 1) {
        const last = tiling[t + 1]!;
        offer(sum(left, sum(doubleUpper[middle]!, -singleLower[last]!)), way.start, last + 1);
      }
    }
    if (excluded.size === 0) open = [open.reduce((a, b) => (b.gain > a.gain ? b : a))];
  }
  return best;
}

interface Way {
  readonly start: number;
  gain: number;
  afterSingle: boolean;
}

/** a + b, rounded up enough; Infinity as soon as one of them is no bound. */
function sum(a: number, b: number): number {
  const total = a + b;
  const bound = total + 2 ** -52 * (Math.abs(a) + Math.abs(b) + Math.abs(total));
  return Number.isNaN(bound) ? Number.POSITIVE_INFINITY : bound;
}

/** The tiles on both sides of a deviation. */
export function deviationTiles(tiling: Tiling, points: number, { start, end }: Deviation): DeviationTiles {
  const given: [number, 1 | 2][] = [];
  for (let t = 0; t < tiling.length; t++) {
    const at = tiling[t]!;
    const next = t + 1 < tiling.length ? tiling[t + 1]! : points;
    if (at >= start && at < end) given.push([at, (next - at) as 1 | 2]);
  }
  const other: [number, 1 | 2][] = [];
  let at = start;
  if (given[0]![1] === 2) {
    other.push([at, 1]);
    at += 1;
  }
  for (; at + 2 <= end; at += 2) other.push([at, 2]);
  if (at < end) other.push([at, 1]);
  return { given, other };
}
