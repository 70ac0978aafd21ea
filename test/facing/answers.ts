import { expect } from 'vitest';
import type { OneInputNode } from '../../src/certificate/one-input.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { check } from '../../src/checker/check.js';
import type { Random } from '../../src/exact/random.js';
import { type OneInputOptions, type OneInputSolution, solveOneInput } from '../../src/facing/solve.js';
import { problemHash } from '../../src/problem/canonical.js';
import { type DatasetArrays, datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { validate } from '../support/validate.js';

export const SKIPS = ['bias', 'none'] as const;

export function labels(x: DatasetArrays['x'], y: DatasetArrays['y']): Problem {
  return makeProblem(datasetFromArrays({ x, y }));
}

/** The answer, after its mathematics was asserted and its certificate went through text and the checker. */
export function answered(
  problem: Problem,
  skip: 'bias' | 'none',
  options: Partial<OneInputOptions> = {},
): OneInputSolution {
  const solution = solveOneInput(problem, skip, options);
  validate(problem, solution, skip);
  const { lowerBound, upperBound, network, proof } = solution;
  const claim = { kind: 'minimum', objective: 'neurons', skip, lowerBound, upperBound } as const;
  const identity = { sha256: problemHash(problem), tolerance: problem.tolerance.toString() };
  const text = [...certificateChunks({ problem: identity, claim, network, proof })].join('');
  expect(check(problem, parseCertificate(text, 'certificate'))).toMatchObject({ accepted: true });
  expect(solution.open === null).toBe(lowerBound === upperBound);
  return solution;
}

export const boundsOf = ({ lowerBound, upperBound }: OneInputSolution) => [lowerBound, upperBound];

/** A random walk at 0, 1, 2, ..: integer steps or normal ones. */
export function walk(random: Random, points: number, kind: 'integer' | 'gaussian'): Problem {
  let value = 0;
  const y = Array.from({ length: points }, () => {
    value += kind === 'integer' ? random.integer(-9, 9) : random.gaussian();
    return value;
  });
  return labels(
    y.map((_, i) => i),
    y,
  );
}

/** Labels small enough for the search: N points, often with turns in both directions and collinear stretches. */
export function smallLabels(random: Random, most: number): Problem {
  const count = random.integer(2, most);
  const x = [...new Set(Array.from({ length: count }, () => random.integer(0, 12)))].sort((a, b) => a - b);
  const height = random.integer(1, 5);
  return labels(
    x,
    x.map(() => random.integer(-height, height)),
  );
}

/** A random case tree about a problem with K knots: complete, with states and directions that occur. */
export function randomTree(random: Random, problem: Problem, knots: number, depth: number): OneInputNode[] {
  if (depth === 0 || random.integer(0, 3) === 0) {
    const point = random.integer(-1, problem.size - 1);
    return [point < 0 ? [0] : [0, point]];
  }
  const cut = random.integer(1, knots);
  const gap = Math.min(problem.size - 2, Math.max(0, cut - 1 + random.integer(-1, 2)));
  const state = [
    gap,
    random.integer(0, 1) === 0 ? 1 : -1,
    random.integer(0, 4) === 0 ? 1 : 0,
    random.integer(0, 1),
  ];
  return [
    [1, cut, ...state],
    ...randomTree(random, problem, knots, depth - 1),
    ...randomTree(random, problem, knots, depth - 1),
  ];
}
