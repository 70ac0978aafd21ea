import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { functionOfVertex } from '../../src/knots/family.js';
import { runsOf } from '../../src/knots/runs.js';
import { slope } from '../../src/knots/slopes.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Skip } from '../../src/problem/network.js';
import { evaluateAt, fromLines, type PiecewiseLinear } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { type Clause, familyClauses } from '../../src/verify/family-membership.js';
import { verify } from '../../src/verify/verify.js';
import { randomProblem, SHAPES } from '../knots/random-problems.js';
import { functionJoining, joining, peakPlateau, r } from './networks.js';

const THRESHOLD = r('1e-8');

const brokenClauses = (
  problem: Problem,
  f: PiecewiseLinear,
  tolerance = Rational.zero,
  skip: Skip = 'affine',
): Clause[] =>
  familyClauses(problem, f, tolerance, skip, THRESHOLD).flatMap(({ clause, holds }) =>
    holds ? [] : [clause],
  );

type Corners = readonly (readonly [string | number, string | number])[];

/** A run of three points (slopes 0, 1, 2, 3), between two stretches without curvature. */
const data = makeProblem(datasetFromArrays({ x: [-1, 0, 1, 2, 3, 4, 5], y: [0, 0, 0, 1, 3, 6, 9] }));

const check = (corners: Corners, tolerance = '0') => {
  const results = familyClauses(data, functionJoining(corners), r(tolerance), 'affine', THRESHOLD);
  return results.filter(({ holds }) => !holds);
};

describe('each clause of Theorem 3.1', () => {
  it('holds for members of S', () => {
    expect(
      check([
        [-1, 0],
        [1, 0],
        ['5/2', '3/2'],
        [5, 9],
      ]),
    ).toEqual([]);
    expect(
      check([
        [-1, 0],
        ['3/2', 0],
        [3, 3],
        [5, 9],
      ]),
    ).toEqual([]);
    // The middle slope is free in [1, 2]: 3/2 gives knots at 4/3 and 8/3.
    expect(
      check([
        [-1, 0],
        ['4/3', 0],
        ['8/3', 2],
        [5, 9],
      ]),
    ).toEqual([]);
    // Joining the dots of a run is one bend too many.
    expect(
      check([
        [-1, 0],
        [1, 0],
        [2, 1],
        [3, 3],
        [5, 9],
      ]),
    ).toHaveLength(1);
  });

  it('interpolates: fails alone where the network is shifted', () => {
    const shifted: Corners = [
      [-1, '1/10'],
      ['3/2', '1/10'],
      [3, '31/10'],
      [5, '91/10'],
    ];
    const failed = check(shifted);
    expect(failed.map(({ clause }) => clause)).toEqual(['interpolates']);
    expect(failed[0]).toMatchObject({ failures: 7 });
    expect(check(shifted, '1/10')).toEqual([]);
  });

  it('joins-the-dots: fails alone where a detour is made between two points', () => {
    const detour: Corners = [
      [-1, 0],
      [0, 0],
      ['1/2', '1/8'],
      [1, 0],
      ['3/2', 0],
      [3, 3],
      [5, 9],
    ];
    const failed = check(detour);
    expect(failed.map(({ clause }) => clause)).toEqual(['joins-the-dots']);
    expect(failed[0]).toMatchObject({ at: r('1/2'), failures: 1 });
    expect(failed[0]!.message).toContain('0.125 off the straight line between x = 0 and 1');
    expect(check(detour, '1/8')).toEqual([]);
    expect(check(detour, '0.1249999999999999999999999999999')).toHaveLength(1);
  });

  it('curvature: fails alone where a run bends the wrong way', () => {
    const dented: Corners = [
      [-1, 0],
      [1, 0],
      ['3/2', '3/4'],
      [2, 1],
      ['5/2', '3/2'],
      [5, 9],
    ];
    const failed = check(dented);
    expect(failed).toMatchObject([{ clause: 'curvature', at: r('3/2') }]);
    expect(failed[0]!.message).toContain(
      'from x = 1 to 3 it must be convex, and it is 0.25 off its convex hull',
    );
    // Within 1/8 there is a convex function, within 1/4 a member of S.
    expect(check(dented, '0.1249').map(({ clause }) => clause)).toEqual(['curvature']);
    expect(check(dented, '0.125').map(({ clause }) => clause)).not.toContain('curvature');
    expect(check(dented, '1/4')).toEqual([]);
  });

  it('slopes: fails alone where the line that comes in is undercut', () => {
    const dip: Corners = [
      [-1, 0],
      [1, 0],
      ['7/5', '-1/5'],
      [3, 3],
      [5, 9],
    ];
    const failed = check(dip);
    expect(failed).toMatchObject([{ clause: 'slopes', at: r(1) }]);
    expect(failed[0]!.message).toContain(
      'must have slope 0 (the run begins here), but to stay below the network it needs a slope of at most -0.5',
    );
    expect(check(dip, '1/5')).toEqual([]);
  });

  it('knots: fails alone where a corner is cut between two points of a run', () => {
    // max of 0, a line of slope 1 and the line of slope 2 through (2, 1): two bends between x = 1 and 2.
    const cut: Corners = [
      [-1, 0],
      ['5/4', 0],
      ['7/4', '1/2'],
      [2, 1],
      [3, 3],
      [5, 9],
    ];
    const failed = check(cut);
    expect(failed.map(({ clause }) => clause)).toEqual(['knots']);
    expect(failed[0]).toMatchObject({ at: r('5/4') });
    expect(failed[0]!.message).toContain('between x = 1 and 2 the network bends 2 times');
    expect(check(cut, '1/4')).toEqual([]);
  });

  it('knots: fails where both gaps of a point have a bend and so has the point', () => {
    const kink: Corners = [
      [-1, 0],
      ['5/4', 0],
      [2, 1],
      ['5/2', '7/4'],
      [3, 3],
      [5, 9],
    ];
    expect(check(kink).map(({ clause }) => clause)).toEqual(['knots']);
  });

  it('outside: fails alone where the network bends left of the data, whatever the tolerance', () => {
    const bent: Corners = [
      [-3, 1],
      [-2, 0],
      ['3/2', 0],
      [3, 3],
      [5, 9],
    ];
    const failed = check(bent, '1/2');
    expect(failed.map(({ clause }) => clause)).toEqual(['outside']);
    expect(failed[0]).toMatchObject({ at: r(-2) });
    // Without an affine skip such a bend is how an affine part is made.
    const results = familyClauses(data, functionJoining(bent), Rational.zero, 'none', THRESHOLD);
    expect(results.every(({ holds }) => holds)).toBe(true);
  });
});

describe('membership in S', () => {
  const problems = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 30 }), fc.constantFrom(...SHAPES))
    .map(([seed, shape]) => randomProblem(seed, shape, 12));

  /** The member of S whose free slope at point i lies `shares[i]` of the way from the slope before to the slope after. */
  const member = (problem: Problem, shares: readonly Rational[]): PiecewiseLinear => {
    if (problem.size < 2) return functionOfVertex(problem, curvature(problem), new Uint8Array(problem.size));
    const runs = runsOf(curvature(problem));
    const line = (i: number, s: Rational) => ({
      slope: s,
      intercept: problem.lower.value(i).subtract(s.multiply(problem.inputs[0]!.value(i))),
    });
    const lines = [line(0, slope(problem, 0))];
    const inRun = new Int32Array(problem.size).fill(-1);
    for (let k = 0; k < runs.count; k++) inRun.fill(k, runs.first[k]!, runs.first[k]! + runs.points[k]!);
    for (let i = 1; i < problem.size - 1; i++) {
      const [before, after] = [slope(problem, i - 1), slope(problem, i)];
      const inner = inRun[i]! >= 0 && inRun[i - 1] === inRun[i] && inRun[i + 1] === inRun[i];
      // The line of the last point of a run goes out; the one of its first point came in already.
      const last = inRun[i]! < 0 || inRun[i + 1] !== inRun[i];
      if (inner) lines.push(line(i, before.add(shares[i]!.multiply(after.subtract(before)))));
      else if (last) lines.push(line(i, after));
    }
    return fromLines(lines.filter((l, k) => k === 0 || !l.slope.equals(lines[k - 1]!.slope)));
  };

  const shareList = fc.array(
    fc.integer({ min: 0, max: 4 }).map((n) => Rational.of(n, 4)),
    { minLength: 12, maxLength: 12 },
  );

  it('is recognised for random members, exactly', () => {
    fc.assert(
      fc.property(problems, shareList, (problem, shares) => {
        expect(brokenClauses(problem, member(problem, shares))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is recognised within the tolerance of a member, and not beyond', () => {
    let beyond = 0;
    fc.assert(
      fc.property(problems, shareList, fc.integer({ min: 0, max: 11 }), (problem, shares, where) => {
        if (problem.size < 2) return;
        const f = member(problem, shares);
        // A tent of height 1/8 somewhere on the data.
        const i = where % (problem.size - 1);
        const [a, b] = [problem.inputs[0]!.value(i), problem.inputs[0]!.value(i + 1)];
        const middle = a.add(b).divide(r(2));
        const tip = r(2).multiply(r('1/8')).divide(b.subtract(a));
        const g = addKnots(f, [
          [a, tip],
          [middle, tip.multiply(r(-2))],
          [b, tip],
        ]);
        expect(evaluateAt(g, middle).subtract(evaluateAt(f, middle)).equals(r('1/8'))).toBe(true);
        expect(brokenClauses(problem, g, r('1/8'), 'none')).toEqual([]);
        if (brokenClauses(problem, g, r('1/100'), 'none').length > 0) beyond++;
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(beyond).toBeGreaterThan(100);
  });

  it('agrees with a search over a grid of slopes', () => {
    // Runs of three and four points: the free slopes on a fine grid, sup distance by corners; exact membership needs no grid.
    const problem = makeProblem(datasetFromArrays({ x: [0, 1, 2, 3, 4, 5], y: [0, 0, 1, 3, 6, 10] }));
    const steps = 8;
    const members: PiecewiseLinear[] = [];
    for (let i = 0; i <= steps; i++) {
      for (let j = 0; j <= steps; j++) {
        members.push(member(problem, [r(0), r(0), Rational.of(i, steps), Rational.of(j, steps), r(0), r(0)]));
      }
    }
    let inside = 0;
    let outside = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 1, max: 16 }),
        (bumps, scale) => {
          // Tents of height up to 3/8 between x = 1 and 4, on top of the member with middle slopes 3/2 and 5/2.
          const base = member(
            problem,
            Array.from({ length: 6 }, () => r('1/2')),
          );
          const f = bumps.reduce((g, bump, k) => {
            const at = r('5/4').add(Rational.of(k, 3));
            const c = Rational.of(bump, 4);
            const h = r('1/4');
            return addKnots(g, [
              [at, c],
              [at.add(h), c.multiply(r(-2))],
              [at.add(h).add(h), c],
            ]);
          }, base);
          const tolerance = Rational.of(scale, 32);
          const accepted = brokenClauses(problem, f, tolerance).length === 0;
          const nearest = Math.min(...members.map((g) => distance(problem, f, g)));
          if (nearest <= tolerance.toNumber()) expect(accepted).toBe(true);
          if (nearest > tolerance.toNumber() + 1 / steps) expect(accepted).toBe(false);
          if (accepted) inside++;
          else outside++;
        },
      ),
      { numRuns: 24, seed: 1 },
    );
    expect(inside).toBeGreaterThan(2);
    expect(outside).toBeGreaterThan(2);
  });

  it('follows negation of the data', () => {
    fc.assert(
      fc.property(problems, shareList, fc.integer({ min: -3, max: 3 }), (problem, shares, push) => {
        if (problem.size < 3) return;
        const x = problem.inputs[0]!;
        const f = addKnots(member(problem, shares), [[x.value(1), Rational.of(push, 2)]]);
        const negated = makeProblem(
          datasetFromArrays({
            x: Array.from({ length: problem.size }, (_, i) => x.value(i)),
            y: Array.from({ length: problem.size }, (_, i) => problem.lower.value(i).negate()),
          }),
        );
        const g: PiecewiseLinear = {
          slope: f.slope.negate(),
          intercept: f.intercept.negate(),
          knots: f.knots.map(({ at, slopeChange }) => ({ at, slopeChange: slopeChange.negate() })),
        };
        expect(brokenClauses(negated, g)).toEqual(brokenClauses(problem, f));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the claim theorem-3.1', () => {
  it('counts the clauses and says which fails', async () => {
    const options = { claims: ['theorem-3.1'], skip: 'affine' } as const;
    const member: Corners = [
      [-2, 0],
      [-1, 0],
      ['1/2', '3/2'],
      [2, 0],
      [3, 0],
    ];
    const good = await verify(joining(member), peakPlateau, options);
    expect(good.claims[0]).toMatchObject({ holds: true, measured: 6, required: 6 });
    const bad = await verify(joining([...member.slice(0, 4), [3, '1/3']]), peakPlateau, options);
    expect(bad.claims[0]).toMatchObject({ holds: false, measured: 5 });
    // A run whose points are missed has failed already; its other clauses are not judged.
    const low = await verify(
      joining(member.map(([x, y]) => [x, `${y}`.replace('3/2', '1')])),
      peakPlateau,
      options,
    );
    if (low.claims[0]?.claim !== 'theorem-3.1') throw new Error('expected the claim theorem-3.1');
    expect(low.claims[0].clauses.map(({ holds }) => holds)).toEqual([
      ...[false, true, 'undecided', 'undecided', 'undecided', true],
    ]);
    expect(bad.claims[0]!.message).toBe(
      'interpolates: at x = 3 the network gives 1/3 (0.333333), the label is 0',
    );
    const loose = await verify(joining([...member.slice(0, 4), [3, '1/3']]), peakPlateau, {
      ...options,
      tolerance: '1/3',
    });
    expect(loose.holds).toBe(true);
  });

  it('names the knot that is off by 1e-6', async () => {
    // Left of x = -1 the line is straight, at x = -1 + 1e-6 it bends, where no bend is allowed.
    const result = await verify(
      joining([
        [-2, 0],
        ['-0.999999', 0],
        ['1/2', '3/2'],
        [2, 0],
        [3, 0],
      ]),
      peakPlateau,
      { claims: ['theorem-3.1'], skip: 'affine' },
    );
    expect(result.holds).toBe(false);
    expect(result.claims[0]!.message).toContain('at x = -0.999999 the network is');
  });
});

/** f + sum c (x - t)+. */
function addKnots(f: PiecewiseLinear, changes: readonly (readonly [Rational, Rational])[]): PiecewiseLinear {
  const knots = [...f.knots, ...changes.map(([at, slopeChange]) => ({ at, slopeChange }))];
  knots.sort((a, b) => a.at.compare(b.at));
  const merged: { at: Rational; slopeChange: Rational }[] = [];
  for (const knot of knots) {
    const last = merged.at(-1);
    if (last?.at.equals(knot.at)) last.slopeChange = last.slopeChange.add(knot.slopeChange);
    else merged.push({ ...knot });
  }
  return { ...f, knots: merged.filter(({ slopeChange }) => !slopeChange.isZero()) };
}

/** Largest |f - g| on the data, in doubles: at the points and all knots. */
function distance(problem: Problem, f: PiecewiseLinear, g: PiecewiseLinear): number {
  const x = problem.inputs[0]!;
  const [first, last] = [x.value(0), x.value(problem.size - 1)];
  const places = [...f.knots, ...g.knots]
    .map(({ at }) => at)
    .filter((at) => first.lessThan(at) && at.lessThan(last));
  for (let i = 0; i < problem.size; i++) places.push(x.value(i));
  return Math.max(...places.map((at) => evaluateAt(f, at).subtract(evaluateAt(g, at)).abs().toNumber()));
}
