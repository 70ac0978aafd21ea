import type { Cloud } from './cloud.js';
import { roundToDyadics } from './dyadic.js';
import { type ExactHinges, firstMiss } from './exact-hinges.js';
import type { Hinges } from './hinges.js';
import { solvePattern } from './pattern-equations.js';
import { solvePatternProgram } from './pattern-program.js';

/** Bits after the point of rounded weights, the fewest first. */
const DYADIC_BITS = [3, 5, 7, 9, 12, 16, 20, 26, 34, 44] as const;

/**
 * An exact network near a floating one that fits, or null. Windows: weights rounded to short dyadics. Exact labels: the equations of the
 * activation pattern. Where both fail and the data are small, the exact linear program of the pattern.
 *
 * Whatever is returned fits every window of the cloud: it has been tested in integers.
 * @param free 1 where an unknown may be nonzero; all when null
 */
export function exactify(cloud: Cloud, hinges: Hinges, free: Uint8Array | null = null): ExactHinges | null {
  if (hinges.unknowns.some((value) => !Number.isFinite(value))) return null;
  return (
    (cloud.low === cloud.high ? null : rounded(cloud, hinges, free)) ??
    solvePattern(cloud, hinges, free) ??
    solvePatternProgram(cloud, hinges, free)
  );
}

function rounded(cloud: Cloud, hinges: Hinges, free: Uint8Array | null): ExactHinges | null {
  for (const bits of DYADIC_BITS) {
    const exact = roundToDyadics(cloud, hinges, bits, free);
    if (exact !== null && firstMiss(cloud, exact) < 0) return exact;
  }
  return null;
}
