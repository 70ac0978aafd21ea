import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../src/certificate/read.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { check } from '../../src/checker/check.js';
import { Rational } from '../../src/exact/rational.js';
import { problemHash } from '../../src/problem/canonical.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { certify } from '../../src/solve/answer.js';
import { type BoundedSolution, defaultSkip, type Engine, solve } from '../../src/solve/solve.js';
import { doubleList } from '../support/columns.js';
import {
  doubleDataset,
  exactData,
  exactProblem,
  extremeDoubles,
  windowData,
  windowsProblem,
} from '../support/problems.js';
import { validate } from '../support/validate.js';

fc.configureGlobal({ seed: 41 });

const skips = fc.constantFrom<Skip>('affine', 'bias', 'none');

/** By the closed form alone: brackets stay open. */
async function bounded(problem: Problem, skip: Skip, engine: Engine = 'runs'): Promise<BoundedSolution> {
  const solution = await solve(problem, { skip, engine });
  if (solution.status === 'infeasible') throw new Error('expected a network');
  return solution;
}

/** Solves, validates, and sends the certificate through its text to the checker. */
async function solvedAndChecked(
  problem: Problem,
  skip: Skip,
  engine: Engine = 'runs',
): Promise<BoundedSolution> {
  const solution = await bounded(problem, skip, engine);
  validate(problem, solution, skip);
  expect(solution.status).toBe(solution.lowerBound === solution.upperBound ? 'optimal' : 'bracket');
  const certificate = parseCertificate(
    [...certificateChunks(certify(problem, solution))].join(''),
    'certificate',
  );
  expect(certificate.claim).toEqual({
    kind: 'minimum',
    objective: 'neurons',
    skip,
    lowerBound: solution.lowerBound,
    upperBound: solution.upperBound,
  });
  expect(check(problem, certificate)).toMatchObject({ accepted: true });
  return solution;
}

describe('from data to an accepted certificate', () => {
  test('exact data', async () => {
    await fc.assert(
      fc.asyncProperty(exactData(1, 12), skips, async ({ x, y }, skip) => {
        await solvedAndChecked(exactProblem(x, y), skip);
      }),
      { numRuns: 200 },
    );
  });

  test('windows', async () => {
    await fc.assert(
      fc.asyncProperty(windowData(1, 12), skips, async ({ x, lower, upper }, skip) => {
        await solvedAndChecked(windowsProblem(x, lower, upper), skip);
      }),
      { numRuns: 200 },
    );
  });

  test('doubles of every magnitude', async () => {
    await fc.assert(
      fc.asyncProperty(extremeDoubles(doubleList), skips, async ({ x, y }, skip) => {
        await solvedAndChecked(makeProblem(doubleDataset(x, { y })), skip);
      }),
      { numRuns: 100 },
    );
  });

  test('the bounds of the three architectures are nested', async () => {
    await fc.assert(
      fc.asyncProperty(exactData(1, 10), async ({ x, y }) => {
        const problem = exactProblem(x, y);
        const [affine, bias, none] = [
          await bounded(problem, 'affine'),
          await bounded(problem, 'bias'),
          await bounded(problem, 'none'),
        ] as const;
        // Every network without skip is one with a bias, and every one with a bias is one with an affine skip.
        expect(affine.lowerBound).toBeLessThanOrEqual(bias.upperBound);
        expect(bias.lowerBound).toBeLessThanOrEqual(none.upperBound);
        expect(bias.upperBound).toBeLessThanOrEqual(affine.upperBound + 1);
        expect(none.upperBound).toBeLessThanOrEqual(affine.upperBound + 2);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the search as second opinion', () => {
  test('finds the same minimum as the closed form, and closes its brackets', async () => {
    let agreed = 0;
    let open = 0;
    await fc.assert(
      fc.asyncProperty(exactData(2, 6), skips, async ({ x, y }, skip) => {
        const problem = exactProblem(x, y);
        const counted = await bounded(problem, skip);
        if (counted.lowerBound > 3) return;
        const searched = await solvedAndChecked(problem, skip, 'search');
        expect(searched.status).toBe('optimal');
        // A bracket of the closed form contains the true minimum; a closed one is it.
        expect(searched.upperBound).toBeGreaterThanOrEqual(counted.lowerBound);
        expect(searched.upperBound).toBeLessThanOrEqual(counted.upperBound);
        if (counted.status === 'optimal') agreed++;
        else open++;
        const both = await solvedAndChecked(problem, skip, 'auto');
        expect([both.lowerBound, both.upperBound]).toEqual([searched.lowerBound, searched.upperBound]);
      }),
      { numRuns: 40 },
    );
    // Open is only what may need two neurons more than there are knots.
    expect(agreed).toBeGreaterThan(25);
    expect(open).toBeGreaterThan(0);
  });
});

describe('infeasible windows', () => {
  const data = datasetFromArrays({
    name: 'twice',
    x: [3, 1, 3, 2],
    lower: [0, 0, 5, 0],
    upper: [1, 1, 6, 1],
  });

  test('two rows that exclude each other are named and certified', async () => {
    const problem = makeProblem(data);
    const solution = await solve(problem);
    if (solution.status !== 'infeasible') throw new Error('expected no network');
    expect([...solution.rows].sort()).toEqual(['twice: row 0', 'twice: row 2']);
    const certificate = certify(problem, solution);
    expect(check(problem, certificate)).toMatchObject({ accepted: true });
    expect(check(problem, { ...certificate, proof: { kind: 'empty-window', point: 0 } })).toMatchObject({
      accepted: false,
      rule: 'empty-window',
    });
  });

  test('labels with a tolerance: infeasible below half the distance, feasible from there', async () => {
    const rows = datasetFromArrays({ x: [0, 1, 1, 2], y: [0, 1, 2, 0] });
    expect((await solve(makeProblem(rows, Rational.parse('0.49')))).status).toBe('infeasible');
    expect((await solve(makeProblem(rows, Rational.parse('1/2')))).status).toBe('optimal');
  });
});

describe('certificates', () => {
  test('the skip that is meant when none is given', () => {
    expect(defaultSkip(makeProblem(datasetFromArrays({ x: [1, 2], y: [1, 2] })))).toBe('affine');
    expect(
      defaultSkip(
        makeProblem(
          datasetFromArrays({
            x: [
              [1, 2],
              [2, 3],
            ],
            y: [1, 2],
          }),
        ),
      ),
    ).toBe('none');
  });

  test('carry the hash of the canonical problem, however the rows are ordered', async () => {
    const forward = makeProblem(datasetFromArrays({ x: ['0.5', 2, 3], y: [1, '1/3', 2] }));
    const backward = makeProblem(datasetFromArrays({ x: [3, 2, '1/2', 2], y: [2, '2/6', 1, '1/3'] }));
    const certificate = certify(forward, await solve(forward));
    expect(certificate.problem.sha256).toBe(problemHash(backward));
    expect(check(backward, certificate)).toMatchObject({ accepted: true });
  });

  test('of a long proof come in pieces that join to one JSON text', async () => {
    const n = 30_000;
    const x = Array.from({ length: n }, (_, i) => i);
    const y = x.map((i) => (i * 7919) % 101);
    const problem = makeProblem(doubleDataset(x, { y }));
    const solution = await bounded(problem, 'affine');
    const pieces = [...certificateChunks(certify(problem, solution))];
    expect(pieces.length).toBeGreaterThan(10);
    const certificate = parseCertificate(pieces.join(''), 'long');
    expect(check(problem, certificate)).toMatchObject({ accepted: true });
  });
});
