import type { Random } from '../exact/random.js';
import type { Problem } from '../problem/problem.js';
import { type CutGraph, type Cuts, cutsOf } from './cuts.js';
import { type Found, foundNetwork } from './hinges.js';
import { anyPath } from './path.js';
import { allStates } from './sums.js';
import { WindowLines } from './window-lines.js';

/** Only small problems: elsewhere there are too many places and facings to find one by chance. */
const LIMITS = { cuts: 9, points: 60, tries: { labels: 1500, windows: 300 } } as const;

/**
 * Skip none: a network whose function has one knot more than needed, anywhere; found by chance or not at all. A third knot in a gap, or a
 * second of the same sign, couples the lines around it, so that each try is a linear program over all of them.
 *
 * @param sample cuts of functions with the fewest knots
 */
function withOneMore(problem: Problem, sample: () => Cuts, tries: number, random: Random): Found | null {
  if (problem.size > LIMITS.points) return null;
  const program = new WindowLines(problem);
  for (let t = 0; t < tries; t++) {
    const candidate = insertCut(problem, sample(), random);
    const cuts = candidate.gap.length;
    if (cuts > LIMITS.cuts) return null;
    const left = Array.from({ length: cuts + 2 }, (_, level) =>
      level === 0 ? 1 : level > cuts ? 0 : random.integer(0, 1),
    );
    const lines = program.lines(candidate, left, 'zero');
    if (lines !== null) return foundNetwork(problem, lines, left, 'none');
  }
  return null;
}

/** Exact labels: the cuts are those of the paths of a graph. */
export function moreKnotsForLabels(problem: Problem, graph: CutGraph, random: Random): Found | null {
  const allowed = allStates(graph);
  const sample = () => cutsOf(graph, anyPath(graph, random, allowed)!.pieces);
  return withOneMore(problem, sample, LIMITS.tries.labels, random);
}

/** Windows: the cuts are sampled by the caller. */
export function moreKnotsForWindows(problem: Problem, sample: () => Cuts, random: Random): Found | null {
  return withOneMore(problem, sample, LIMITS.tries.windows, random);
}

function insertCut(problem: Problem, { gap, sign }: Cuts, random: Random): Cuts {
  const extra = random.integer(0, problem.size - 2);
  const ties = gap.flatMap((g, k) => (g === extra ? [k, k + 1] : []));
  const place =
    ties.length === 0 ? gap.filter((g) => g < extra).length : ties[random.integer(0, ties.length - 1)]!;
  const own = random.integer(0, 1) === 0 ? 1 : -1;
  return { gap: gap.toSpliced(place, 0, extra), sign: sign.toSpliced(place, 0, own) };
}
