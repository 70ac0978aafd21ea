import type { WitnessProof } from '../certificate/certificate.js';
import { ExactColumn } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import { countFewestKnots } from '../knots/solve.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import type { Points } from './points.js';

const LINES = {
  /** Points up to which all lines are looked for; beyond it only those parallel to an axis. */
  points: 120,
  /** Points times squared inputs up to which lines parallel to an axis are looked for. */
  comparisons: 10_000_000,
  /** Points a line needs so that its witnesses can say more than that one neuron is not enough. */
  least: 5,
} as const;

/**
 * Witnesses on lines: restricted to the points of the data on one line a network is a function of one input, in which every neuron has at
 * most one knot. So the fewest knots through these points bound the neurons from below, for every skip; here for the line with the most.
 * @returns null when no line proves more than two neurons
 */
export function witnessesOnLines(problem: Problem, points: Points): WitnessProof | null {
  if (problem.dimension === 1) return null;
  let best: Int32Array | null = null;
  for (const line of linesOf(points)) {
    // m points force at most m - 2 knots.
    if (line.length - 2 <= (best?.length ?? 0) / 4) continue;
    const witnesses = witnessesOn(problem, points, line);
    if (witnesses.length > (best?.length ?? 0)) best = witnesses;
  }
  if (best === null || best.length / 4 < LINES.least - 2) return null;
  return { kind: 'witnesses', witnesses: best };
}

/** Lists of points on one line, ascending, hence in the order along the line: the points are sorted lexicographically. */
function* linesOf(points: Points): Generator<number[]> {
  const { size, width, exact } = points;
  if (size * (width - 1) ** 2 > LINES.comparisons) return;
  for (let i = 0; i < width - 1; i++) {
    const groups = new Map<string, number[]>();
    for (let n = 0; n < size; n++) {
      const key = exact[n]!.map((value, j) => (j === i ? '' : value)).join();
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [n]);
      else group.push(n);
    }
    for (const group of groups.values()) if (group.length >= LINES.least) yield group;
  }
  if (size > LINES.points) return;
  for (let n = 0; n < size; n++) {
    const groups = new Map<string, number[]>();
    for (let m = n + 1; m < size; m++) {
      const key = directionKey(exact[n]!, exact[m]!);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [n, m]);
      else group.push(m);
    }
    for (const group of groups.values()) if (group.length >= LINES.least) yield group;
  }
}

/** The same text for all points in one direction: differences over the first that is not 0. */
function directionKey(from: readonly bigint[], to: readonly bigint[]): string {
  const i = from.findIndex((value, j) => value !== to[j]);
  const first = to[i]! - from[i]!;
  return from.map((value, j) => Rational.of(to[j]! - value, first)).join();
}

function witnessesOn(problem: Problem, points: Points, line: readonly number[]): Int32Array {
  const [a, b] = [points.exact[line[0]!]!, points.exact[line[1]!]!];
  const i = a.findIndex((value, j) => value !== b[j]);
  const lower = problem.lower.select(line);
  const { open } = problem;
  const onLine = makeProblem(
    {
      name: 'line',
      inputs: [
        ExactColumn.fromIntegers(
          line.map((n) => points.exact[n]![i]!),
          Rational.one,
        ),
      ],
      labels: problem.exact ? lower : null,
      lower: problem.exact ? null : lower,
      upper: problem.exact ? null : problem.upper.select(line),
      ...(open === undefined
        ? {}
        : {
            open: {
              below: Uint8Array.from(line, (n) => open.below[n]!),
              above: Uint8Array.from(line, (n) => open.above[n]!),
            },
          }),
      describeRow: (n) => `point ${n}`,
    },
    undefined,
    { open: true },
  );
  const { witnesses } = countFewestKnots(onLine);
  return witnesses.map((value, w) => (w % 4 === 0 ? value : line[value]!));
}
