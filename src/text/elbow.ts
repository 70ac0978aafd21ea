/**
 * Where a falling curve bends most: the place of the point that lies furthest below the line from the first to the last, with heights as
 * they are shown (logarithms where all are positive). A mark for the eye, not a statement about the data.
 * @param heights at 0, 1, 2, ..
 * @returns null when nothing lies below that line
 */
export function elbowOf(heights: readonly number[]): number | null {
  const last = heights.length - 1;
  let elbow: number | null = null;
  let depth = 0;
  for (let k = 1; k < last; k++) {
    const line = heights[0]! + (k / last) * (heights[last]! - heights[0]!);
    const below = line - heights[k]!;
    if (below > depth * (1 + 1e-9)) [elbow, depth] = [k, below];
  }
  return elbow;
}

/** Heights of a curve of tolerances as they are shown: logarithms where all but a last 0 are positive. */
export function shownHeights(tolerances: readonly number[]): {
  readonly log: boolean;
  readonly heights: number[];
} {
  const positive = tolerances.at(-1) === 0 ? tolerances.slice(0, -1) : tolerances;
  const log = positive.length > 2 && positive.every((e) => e > 0) && positive[0]! > 8 * positive.at(-1)!;
  return { log, heights: log ? positive.map(Math.log) : [...tolerances] };
}
