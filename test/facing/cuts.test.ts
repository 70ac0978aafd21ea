import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { CHORD, CONE, cutGraph, POINT } from '../../src/facing/cuts.js';
import { LineChooser } from '../../src/facing/lines.js';
import { anyPath } from '../../src/facing/path.js';
import { allStates } from '../../src/facing/sums.js';
import { curvature } from '../../src/knots/curvature.js';
import { fewestKnots } from '../../src/knots/runs.js';
import { fromLines, type Line, valueOfLine } from '../../src/problem/piecewise-linear.js';
import type { Problem } from '../../src/problem/problem.js';
import { labels, smallLabels } from './answers.js';

/** Slopes in collinear stretches, runs and zigzags of up to 14 points. */
function slopes(seed: number): Problem {
  const random = createRandom(seed);
  const n = random.integer(3, 14);
  let value = 0;
  let slope = 0;
  const y = Array.from({ length: n }, () => {
    if (random.integer(0, 2) > 0) slope += random.integer(-3, 3);
    value += slope;
    return value;
  });
  return labels(
    y.map((_, i) => i),
    y,
  );
}

const problems = [
  ...Array.from({ length: 150 }, (_, seed) => slopes(seed)),
  ...Array.from({ length: 100 }, (_, seed) => smallLabels(createRandom(seed), 10)),
].filter((problem) => fewestKnots(curvature(problem)) > 0);

describe('the graph of cuts', () => {
  test('has the fewest cuts, and all nodes lie on paths', () => {
    const kinds = new Set<number>();
    for (const problem of problems) {
      const e = curvature(problem);
      for (const extra of [0, 1] as const) {
        const graph = cutGraph(e, extra);
        expect(graph.cuts).toBe(fewestKnots(e) + extra);
        const { levels, first, firstBefore, gap, pieces } = graph;
        expect(levels.at(-1)).toBe(gap.length);
        // With one cut more there may be no path at all: then only start and end are left.
        if (gap.length === 2 && extra === 1) continue;
        for (let v = 0; v < gap.length; v++) {
          if (v > 0) expect(firstBefore[v + 1]! - firstBefore[v]!).toBeGreaterThan(0);
          if (v < gap.length - 1) expect(first[v + 1]! - first[v]!).toBeGreaterThan(0);
        }
        for (const kind of pieces.kind) kinds.add(kind);
      }
    }
    expect([...kinds].sort()).toEqual([POINT, CHORD, CONE]);
  });

  test.each([0, 1] as const)(
    'any choice of lines on a path is a function through the data, %i cuts more',
    (extra) => {
      let functions = 0;
      for (const [k, problem] of problems.entries()) {
        const random = createRandom(k);
        const graph = cutGraph(curvature(problem), extra);
        const chooser = new LineChooser(problem, graph);
        for (let t = 0; t < 4; t++) {
          const path = anyPath(graph, random, allStates(graph));
          if (path === null) continue;
          // Some lines stand at an end that the seed chooses, those in the remainder are moved to make it vanish.
          const lines = chooser.lines(path, random.integer(0, 1) === 0 ? 'zero' : 'not negative', random);
          if (lines === null) continue;
          functions++;
          expectThroughData(problem, lines);
          if (extra === 0) expect(fromLines(lines).knots).toHaveLength(graph.cuts);
        }
      }
      expect(functions).toBeGreaterThan(100);
    },
  );
});

/** Two knots of one gap may be listed in the other order; at the data that makes no difference. */
function expectThroughData(problem: Problem, lines: readonly Line[]): void {
  const f = fromLines(lines);
  for (let i = 0; i < problem.size; i++) {
    const x = Rational.of(problem.inputs[0]!.integer(i));
    const value = f.knots.reduce(
      (sum, { at, slopeChange }) => (at.lessThan(x) ? sum.add(slopeChange.multiply(x.subtract(at))) : sum),
      valueOfLine(f, x),
    );
    expect(value.equals(Rational.of(problem.lower.integer(i)))).toBe(true);
  }
}
