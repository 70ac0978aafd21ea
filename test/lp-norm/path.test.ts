import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { functionOfVertex } from '../../src/knots/family.js';
import { corollaryBounds, costOf, minimizeLp } from '../../src/lp-norm/minimize.js';
import { type LpPath, lpPath } from '../../src/lp-norm/path.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { uniqueness } from '../../src/lp-norm/uniqueness.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { createRandom, problemOfRun, randomDifferences } from './single-run.js';

const integers = (...values: number[]) => values.map((value) => Rational.of(value));
const half = Rational.of(1, 2);

/** Pieces and stretches tile [0, 1], and every piece is the exact minimiser at its ends and inside. */
function validate(problem: Problem, path: LpPath): void {
  const bounds = [
    ...path.pieces.map(({ from, to }) => [from, to]),
    ...path.stretches.map(({ lower, upper }) => [lower, upper]),
  ]
    .map(([from, to]) => [from!, to!] as const)
    .sort((a, b) => a[0].compare(b[0]));
  let end = Rational.zero;
  for (const [from, to] of bounds) {
    expect(from.equals(end)).toBe(true);
    end = to;
  }
  expect(end.equals(Rational.one)).toBe(true);
  const signs = curvature(problem);
  for (const { from, to, vertex, knotCount, unique } of path.pieces) {
    const f = functionOfVertex(problem, signs, vertex);
    expect(f.knots.length).toBe(knotCount);
    expect(corollaryBounds(problem, f).hold).toBe(true);
    const inside = from.add(to).multiply(half);
    for (const p of [from, inside, to]) {
      if (p.isZero() || p.equals(Rational.one)) continue;
      const exact = minimizeLp(problem, p);
      expect(exact.unique).toBe(unique);
      expect(costOf(f, p, 25)).toEqual(costOf(exact.function, p, 25));
      if (unique) expect(exact.vertex).toEqual(vertex);
    }
  }
  for (const { lower, upper, kind } of path.stretches) {
    const wide = upper.subtract(lower).toNumber() > 1e-12;
    expect(kind).toBe(wide ? 'undecided' : 'crossing');
  }
}

describe('the path of minimisers', () => {
  it('changes once, at 1/2, for differences 1, 8, 8, 1', () => {
    const problem = problemOfRun(integers(1, 8, 8, 1));
    const path = lpPath(problem);
    validate(problem, path);
    expect(path.pieces.map(({ knotCount }) => knotCount)).toEqual([2, 3]);
    const [crossing] = path.stretches;
    expect(crossing!.kind).toBe('crossing');
    expect(crossing!.lower.lessThan(half) && half.lessThan(crossing!.upper)).toBe(true);
  });

  it('is one piece with ties for symmetric runs', () => {
    for (const differences of [
      integers(1, 2, 1),
      integers(1, 1, 1, 1, 1, 1, 1),
      integers(2, 1, 3, 2, 1, 1, 1),
    ]) {
      const problem = problemOfRun(differences);
      const path = lpPath(problem);
      validate(problem, path);
      expect(path.pieces.map(({ unique }) => unique)).toEqual([false]);
      expect(uniqueness(problem, threshold(problem)).uniqueBelow.upper.isZero()).toBe(true);
    }
  });

  it('holds on random runs; its first change bounds uniqueness, its first denser piece is p*', () => {
    const random = createRandom(31);
    let crossings = 0;
    let undecided = 0;
    for (let run = 0; run < 150; run++) {
      const differences = randomDifferences(random, random.integer(2, 12));
      const problem = problemOfRun(differences, run % 2 === 0);
      const path = lpPath(problem);
      validate(problem, path);
      const found = threshold(problem);
      const { lower, upper } = uniqueness(problem, found).uniqueBelow;
      if (path.stretches.some(({ kind }) => kind === 'undecided')) undecided++;
      const first = path.pieces[0];
      if (first?.unique && first.from.isZero()) {
        // Two brackets of one number.
        const open = path.stretches.some(({ kind }) => kind === 'undecided');
        if (!open) expect(lower.compare(path.pieces[1]?.from ?? Rational.one)).toBeLessThanOrEqual(0);
        expect(first.to.compare(upper)).toBeLessThanOrEqual(0);
      }
      const fewest = (differences.length + 1) >> 1;
      const denser = path.pieces.findIndex(({ knotCount }) => knotCount > fewest);
      if (denser < 0) {
        if (path.stretches.every(({ kind }) => kind === 'crossing'))
          expect(found.upper.toNumber()).toBeGreaterThan(1 - 1e-9);
        continue;
      }
      crossings++;
      expect(found.lower.compare(path.pieces[denser]!.from)).toBeLessThanOrEqual(0);
      expect(path.pieces[denser - 1]!.to.compare(found.upper)).toBeLessThanOrEqual(0);
    }
    expect(crossings).toBeGreaterThan(8);
    // Two products of slope changes that agree leave a stretch near 0 open; that is rare.
    expect(undecided).toBeLessThan(5);
  });

  it('passes through several crossings of several runs', () => {
    const random = createRandom(32);
    const differences = Array.from({ length: 60 }, () => Rational.of(random.integer(1, 900)));
    const signed = [...differences, ...integers(1, 8, 8, 1).map((e) => e.negate())];
    const x = [Rational.zero, Rational.one];
    const y = [Rational.zero, Rational.zero];
    let slope = Rational.zero;
    for (const e of signed) {
      slope = slope.add(e);
      x.push(x[x.length - 1]!.add(Rational.one));
      y.push(y[y.length - 1]!.add(slope));
    }
    const problem = makeProblem(datasetFromArrays({ x, y }));
    const path = lpPath(problem);
    validate(problem, path);
    expect(path.stretches.filter(({ kind }) => kind === 'crossing').length).toBeGreaterThan(1);
    expect(new Set(path.stretches.flatMap(({ runs }) => runs)).size).toBe(2);
  });
});
