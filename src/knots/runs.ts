/**
 * Runs of curvature: maximal stretches of consecutive points with equal nonzero sign. A zero or a change of sign ends a
 * run (Debarre et al. 2022, Theorem 4; a collinear point belongs to no run).
 *
 * Run r holds the L = points[r] points first[r] .. first[r] + L - 1, all with curvature sign[r]; with m = L - 1 its
 * slopes are sigma_0 (coming in) .. sigma_{m+1} (going out), sigma_t = s_{first - 1 + t}.
 */
export interface Runs {
  readonly count: number;
  readonly first: Int32Array;
  readonly points: Int32Array;
  readonly sign: Int8Array;
  /** Fewest knots of any interpolant: the sum of ceil(L / 2) over all runs. */
  readonly knots: number;
}

/** Fewest knots of any interpolant, ceil(L / 2) summed over all runs: every other point of a run, from its first. */
export function fewestKnots(curvature: Int8Array): number {
  let knots = 0;
  let previous = 0;
  for (let i = 1; i < curvature.length; i++) {
    // `previous` is the sign of a point that has a knot of its own, which also serves the next point of its run.
    const e = curvature[i]!;
    if (e !== 0 && e !== previous) {
      knots++;
      previous = e;
    } else previous = 0;
  }
  return knots;
}

/** Cuts curvature signs into runs. */
export function runsOf(curvature: Int8Array): Runs {
  const n = curvature.length;
  let count = 0;
  for (let i = 1; i < n; i++) if (curvature[i] !== 0 && curvature[i] !== curvature[i - 1]) count++;
  const first = new Int32Array(count);
  const points = new Int32Array(count);
  const sign = new Int8Array(count);
  let knots = 0;
  let r = 0;
  for (let i = 1; i < n; ) {
    const e = curvature[i]!;
    const start = i;
    do i++;
    while (i < n && curvature[i] === e);
    if (e === 0) continue;
    first[r] = start;
    points[r] = i - start;
    sign[r] = e;
    knots += (i - start + 1) >> 1;
    r++;
  }
  return { count, first, points, sign, knots };
}
