import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { changesOfWord, compareWithVertices } from '../../src/experiment/all-vertices.js';
import { loadDataset } from '../../src/experiment/data-set.js';
import { UnivariateTheory } from '../../src/experiment/univariate-theory.js';
import { curvature } from '../../src/knots/curvature.js';
import { blankVertex, functionOfVertex, runDifferences } from '../../src/knots/family.js';
import { runsOf } from '../../src/knots/runs.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';

const convex = async (points: number, seed: number): Promise<Problem> =>
  makeProblem(await loadDataset({ generate: 'convex', options: { points, seed } }));

describe('changesOfWord', () => {
  it('gives the slope changes of the vertex that has the word', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 9 }),
        fc.nat(99),
        fc.nat(127),
        async (points, seed, bits) => {
          const problem = await convex(points, seed);
          const runs = runsOf(curvature(problem));
          const inner = runs.points[0]! - 2;
          const word = bits % (1 << inner);
          const side = blankVertex(problem, runs);
          for (let j = 1; j <= inner; j++) side[runs.first[0]! + j] = (word >> (j - 1)) & 1;
          const { knots } = functionOfVertex(problem, curvature(problem), side);
          expect(changesOfWord(runDifferences(problem, runs, 0), word).map(String)).toEqual(
            knots.map(({ slopeChange }) => slopeChange.toString()),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('compareWithVertices', () => {
  it('finds every vertex that is cheaper: none for the minimiser, some for every other vertex', async () => {
    let others = 0;
    for (let seed = 0; seed < 20; seed++) {
      const problem = await convex(8, seed);
      const signs = curvature(problem);
      const runs = runsOf(signs);
      for (const p of ['1/10', '7/10']) {
        const exponent = Rational.parse(p);
        const minimizer = minimizeLp(problem, exponent);
        const best = compareWithVertices(problem, runs, minimizer.function, exponent);
        expect(best).toEqual({ compared: 16, cheaper: 0, undecided: 0, skipped: 0 });
        for (let word = 0; word < 16; word++) {
          const side = blankVertex(problem, runs);
          for (let j = 1; j <= 4; j++) side[runs.first[0]! + j] = (word >> (j - 1)) & 1;
          const f = functionOfVertex(problem, signs, side);
          if (minimizer.unique !== true) continue;
          const same = JSON.stringify(f.knots) === JSON.stringify(minimizer.function.knots);
          const { cheaper } = compareWithVertices(problem, runs, f, exponent);
          expect(cheaper === 0).toBe(same);
          if (!same) others++;
        }
      }
    }
    expect(others).toBeGreaterThan(200);
  });

  it('says which runs are too long to enumerate', async () => {
    const problem = await convex(20, 1);
    const runs = runsOf(curvature(problem));
    const f = minimizeLp(problem, Rational.parse('1/2')).function;
    expect(compareWithVertices(problem, runs, f, Rational.parse('1/2'))).toMatchObject({
      compared: 0,
      skipped: 1,
    });
  });
});

describe('UnivariateTheory', () => {
  it('finds p* below 1 and tests both sides of it', async () => {
    const theory = new UnivariateTheory(await convex(6, 28), ['0.4', '0.9']);
    const { pStar, lower, upper, curve } = theory.thresholdRow();
    expect(Number(pStar.lower)).toBeCloseTo(0.64617, 4);
    expect(theory.theorem32Below()).toMatchObject({
      holds: true,
      required: expect.stringContaining('2 knots'),
    });
    expect(theory.theorem32Above()).toMatchObject({
      holds: true,
      measured: expect.stringContaining('3 knots'),
    });
    // The exponents of the experiment on either side of p*.
    expect(theory.minimizerRow('0.4')).toMatchObject({ sparsest: true, knotCount: 2, fewestKnots: 2 });
    expect(theory.minimizerRow('0.9')).toMatchObject({ sparsest: false, knotCount: 3 });
    expect(Rational.parse(lower).compare(Rational.parse(upper))).toBeLessThanOrEqual(0);
    // The curves meet at p = 1 and part above p*.
    curve!.p.forEach((p, i) => {
      const apart = curve!.sparsest[i]! - curve!.minimum[i]!;
      if (p === 1 || p < Number(pStar.lower)) expect(Math.abs(apart)).toBeLessThan(1e-12);
      else expect(apart).toBeGreaterThan(1e-12);
      expect(curve!.knots[i]).toBe(p === 1 || p < Number(pStar.lower) ? 2 : 3);
    });
  });

  it('encloses the cost that the knots give', async () => {
    const row = new UnivariateTheory(await convex(9, 4), []).minimizerRow('0.5');
    const cost = row.knots!.reduce(
      (sum, { slopeChange }) => sum + Math.sqrt(Math.abs(Number(slopeChange))),
      0,
    );
    expect(Number(row.cost.lower)).toBeCloseTo(cost, 9);
    expect(Number(row.cost.upper)).toBeGreaterThanOrEqual(Number(row.cost.lower));
  });
});
