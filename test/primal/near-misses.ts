import { expect } from 'vitest';
import { ExactColumn } from '../../src/exact/column.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { cloudOf } from '../../src/primal/cloud.js';
import { exactHingesOf, firstMiss, hingesOf, networkOf } from '../../src/primal/exact-hinges.js';
import { exactify } from '../../src/primal/exactify.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { fitsByEvaluation, randomTask } from './planted.js';

const SKIPS = ['none', 'bias', 'affine'] as const;

/** The same problem with one exact label moved by 1e-9. */
function withMovedLabel(problem: Problem, n: number): Problem {
  const labels = Array.from({ length: problem.size }, (_, m) =>
    m === n ? problem.lower.value(m).add(Rational.parse('1e-9')) : problem.lower.value(m),
  );
  return makeProblem({
    name: 'moved',
    inputs: problem.inputs,
    labels: ExactColumn.fromRationals(labels),
    lower: null,
    upper: null,
    describeRow: (m) => `row ${m}`,
  });
}

/**
 * Networks that miss by about 1e-9: weights moved (they can be mended), or a label moved under a network with no freedom left (they must be
 * refused). Returns how many of each were seen; what is returned as exact is evaluated rational by rational.
 */
export function nearMisses(count: number, seed: number): { mended: number; refused: number; lost: number } {
  const random = createRandom(seed);
  const seen = { mended: 0, refused: 0, lost: 0 };
  for (let instance = 0; instance < count; instance++) {
    const dimension = random.integer(1, 4);
    const neurons = random.integer(1, 3);
    const skip = SKIPS[instance % 3]!;
    const kind = instance % 4;
    const slack = kind === 3 ? 5 : 0;
    const unknowns = (neurons + 1) * (dimension + 1);
    const points = kind === 0 ? random.integer(2, unknowns) : 3 * unknowns;
    const { problem: task, network } = randomTask(random, dimension, points, neurons, skip, slack);
    const mustFail = kind === 2;
    const problem = mustFail ? withMovedLabel(task, random.integer(0, task.size - 1)) : task;
    const cloud = cloudOf(problem, skip, random.integer(0, 1) === 0);
    const hinges = hingesOf(cloud, network);
    for (let j = 0; j < hinges.unknowns.length; j++) {
      hinges.unknowns[j]! += random.uniformIn(-1e-9, 1e-9);
    }
    const exact = exactify(cloud, hinges);
    if (exact === null) {
      if (mustFail) seen.refused++;
      else seen.lost++;
      continue;
    }
    const mended = networkOf(cloud, exact);
    expect(fitsByEvaluation(problem, mended)).toBe(true);
    expect(firstMiss(cloud, exactHingesOf(cloud, mended))).toBe(-1);
    seen.mended++;
  }
  return seen;
}
