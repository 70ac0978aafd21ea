/** Least, middle and largest of some doubles. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly largest: number;
  /** How many there are, at least one. */
  readonly count: number;
}

/** Null for no values. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return { least: sorted[0]!, median: medianOfSorted(sorted), largest: sorted.at(-1)!, count: sorted.length };
}

/** The middle value, or the mean of the two in the middle; at least one value. */
function medianOfSorted(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  const low = sorted[middle - 1]!;
  const high = sorted[middle]!;
  // Halved first: the sum of two doubles may overflow. Halves of the smallest doubles are rounded.
  return Math.min(high, Math.max(low, low / 2 + high / 2));
}
