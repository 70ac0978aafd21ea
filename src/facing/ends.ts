/**
 * A set of numbers: a union of closed intervals, as the list of their ends [low, high, low, high, ...] in increasing order, no two of them
 * touching. null is minus infinity as the first entry and infinity as the last. Empty: []. All numbers are integers over one common
 * denominator, which the user of the set knows.
 */
export type Ends = readonly (bigint | null)[];

/** A closed interval; null: unbounded. */
export type Interval = readonly [low: bigint | null, high: bigint | null];

/** What sums are asked to reach: the number 0, a number >= 0, or a number <= 0. */
export type Target = 'zero' | 'not negative' | 'not positive';

export const ZERO: Ends = [0n, 0n];
const EMPTY: Ends = [];

/** True when low end a lies left of low end b. */
function beginsBefore(a: bigint | null, b: bigint | null): boolean {
  return a === null ? b !== null : b !== null && a < b;
}

export function union(a: Ends, b: Ends): Ends {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  if (isLine(a)) return a;
  if (isLine(b)) return b;
  const ends: (bigint | null)[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const useA = j >= b.length || (i < a.length && beginsBefore(a[i]!, b[j]!));
    const low = (useA ? a[i] : b[j]) as bigint | null;
    const high = (useA ? a[i + 1] : b[j + 1]) as bigint | null;
    if (useA) i += 2;
    else j += 2;
    append(ends, low, high);
    if (ends.at(-1) === null) break;
  }
  return ends;
}

/** The least interval with the numbers of both sets. */
export function hull(a: Ends, b: Ends): Ends {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const low = beginsBefore(a[0]!, b[0]!) ? a[0]! : b[0]!;
  const [p, q] = [a.at(-1)!, b.at(-1)!];
  return [low, p === null || (q !== null && p > q) ? p : q];
}

/** Adds an interval that begins at or right of where the last one began. */
function append(ends: (bigint | null)[], low: bigint | null, high: bigint | null): void {
  const last = ends.length - 1;
  if (last < 0) ends.push(low, high);
  else {
    const reach = ends[last]!;
    if (reach === null) return;
    if (low === null || low <= reach) {
      if (high === null || high > reach) ends[last] = high;
    } else ends.push(low, high);
  }
}

function isLine(ends: Ends): boolean {
  return ends.length === 2 && ends[0] === null && ends[1] === null;
}

/** All sums of a number of the set and one of the interval. */
export function plus(set: Ends, [low, high]: Interval): Ends {
  if (set.length === 0 || (low === 0n && high === 0n)) return set;
  const ends: (bigint | null)[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const from = set[i]!;
    const to = set[i + 1]!;
    append(
      ends,
      from === null || low === null ? null : from + low,
      to === null || high === null ? null : to + high,
    );
  }
  return ends;
}

export function negative([low, high]: Interval): Interval {
  return [high === null ? null : -high, low === null ? null : -low];
}

/** Whether a number of a and one of b add up to the target. */
export function reaches(a: Ends, b: Ends, target: Target): boolean {
  if (a.length === 0 || b.length === 0) return false;
  if (target === 'not negative') {
    const [p, q] = [a.at(-1)!, b.at(-1)!];
    return p === null || q === null || p + q >= 0n;
  }
  if (target === 'not positive') {
    const [p, q] = [a[0]!, b[0]!];
    return p === null || q === null || p + q <= 0n;
  }
  // a from left to right against -b from left to right, that is b from right to left.
  let i = 0;
  let j = b.length - 2;
  while (i < a.length && j >= 0) {
    const [low, high] = [a[i]!, a[i + 1]!];
    const [from, to] = [b[j]!, b[j + 1]!];
    if (high !== null && to !== null && high + to < 0n) i += 2;
    else if (low !== null && from !== null && low + from > 0n) j -= 2;
    else return true;
  }
  return false;
}

/** The interval of the target. */
export function targetInterval(target: Target): Interval {
  return [target === 'not positive' ? null : 0n, target === 'not negative' ? null : 0n];
}

/** The set of the numbers of one interval, where it is not empty. */
export function ofInterval([low, high]: Interval): Ends {
  return low !== null && high !== null && low > high ? EMPTY : [low, high];
}
