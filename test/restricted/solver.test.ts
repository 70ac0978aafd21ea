import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { curvature } from '../../src/knots/curvature.js';
import { blankVertex, countKnots } from '../../src/knots/family.js';
import { runsOf } from '../../src/knots/runs.js';
import { InputError } from '../../src/problem/input-error.js';
import type { Problem } from '../../src/problem/problem.js';
import { NO_RESTRICTION } from '../../src/problem/question.js';
import { BACKEND_NAMES, milpBackend } from '../../src/restricted/backends/backends.js';
import { highsBackend } from '../../src/restricted/backends/highs.js';
import type { MilpBackend, MilpClaim, MilpModel } from '../../src/restricted/backends/milp.js';
import {
  describeQuestion,
  faultOf,
  type KnotQuestion,
  makeKnotQuestion,
} from '../../src/restricted/question.js';
import { describeRefutation, knotsForcedBy, SIGNS } from '../../src/restricted/refutation.js';
import { type BreakpointResult, solveByBreakpoints } from '../../src/restricted/solver.js';
import { type KnotProof, SupportSearch } from '../../src/restricted/support-search.js';
import { problemOf, randomProblem, SHAPES } from '../knots/random-problems.js';
import { verifyKnotProof } from './knot-proof.js';

const backends = BACKEND_NAMES.map(milpBackend);

afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.close()));
});

/** Fails unless everything a result claims is verified without the solver; returns the bracket. */
function validate(question: KnotQuestion, result: BreakpointResult): [number, number] {
  if ('function' in result && result.function !== null) expect(faultOf(question, result.function)).toBeNull();
  if (result.status === 'optimal') {
    expect(result.function.knots.length).toBe(result.knots);
    expect(verifyKnotProof(question, result.knots - 1, result.proof)).toBe(true);
    return [result.knots, result.knots];
  }
  if (result.status === 'infeasible') {
    if (result.limit === null) {
      const all = new Uint8Array(question.candidates.length).fill(SIGNS.either);
      expect(knotsForcedBy(question, result.reason, all, new Uint8Array(all.length))).toEqual([]);
    } else expect(verifyKnotProof(question, result.limit, result.proof)).toBe(true);
    return [Infinity, Infinity];
  }
  expect(verifyKnotProof(question, result.lowerBound - 1, result.proof)).toBe(true);
  return [result.lowerBound, result.upperBound ?? Infinity];
}

/** Fewest knots over all vertices of S, by writing down every word. */
function fewestOverVertices(problem: Problem): number {
  const signs = curvature(problem);
  const runs = runsOf(signs);
  const side = blankVertex(problem, runs);
  const bits: number[] = [];
  for (let r = 0; r < runs.count; r++) {
    for (let j = 1; j < runs.points[r]! - 1; j++) bits.push(runs.first[r]! + j);
  }
  let fewest = Infinity;
  for (let word = 0; word < 2 ** bits.length; word++) {
    bits.forEach((position, k) => {
      side[position] = (word >> k) & 1;
    });
    fewest = Math.min(fewest, countKnots(signs, side));
  }
  return fewest;
}

/** Fewest knots over all subsets of the candidates, by exact linear programs, smallest first; null when none fits. */
function fewestOverSubsets(question: KnotQuestion): number | null {
  const search = new SupportSearch(question, () => false);
  const count = question.candidates.length;
  const words = Array.from({ length: 2 ** count }, (_, word) => word);
  const size = (word: number): number => word.toString(2).replaceAll('0', '').length;
  words.sort((a, b) => size(a) - size(b));
  for (const word of words) {
    const set = Uint8Array.from({ length: count }, (_, t) => ((word >> t) & 1) * SIGNS.either);
    if (search.fit(set).status === 'fits') return size(word);
  }
  return null;
}

describe('the unrestricted problem', () => {
  it('three backends, the runs, brute force and the exact proof agree on 250 instances', async () => {
    const sizes = new Set<number>();
    for (let seed = 0; seed < 250; seed++) {
      const problem = randomProblem(seed, SHAPES[seed % SHAPES.length]!, 14);
      const question = makeKnotQuestion(problem);
      const expected = runsOf(curvature(problem)).knots;
      expect(fewestOverVertices(problem)).toBe(expected);
      sizes.add(problem.size);
      for (const backend of backends) {
        const result = await solveByBreakpoints(question, backend, { timeLimitSeconds: 20 });
        expect(validate(question, result), `${backend.name}, seed ${seed}`).toEqual([expected, expected]);
        expect(result.backend.verdict, `${backend.name}, seed ${seed}: ${result.backend.explanation}`).toBe(
          'agrees',
        );
        expect(result.backend.claimedKnots).toBe(expected);
        expect(result.backend.verifiedKnots).toBe(expected);
      }
    }
    expect(sizes.size).toBe(14);
  });

  it('subsets of the candidates by brute force need as many', () => {
    for (let seed = 0; seed < 60; seed++) {
      const problem = randomProblem(seed, SHAPES[seed % SHAPES.length]!, 7);
      expect(fewestOverSubsets(makeKnotQuestion(problem))).toBe(runsOf(curvature(problem)).knots);
    }
  });

  it('mirroring x, negating y and scaling change no answer', async () => {
    const backend = highsBackend();
    for (let seed = 0; seed < 10; seed++) {
      const random = createRandom(seed);
      const x = Array.from({ length: 9 }, (_, i) => 3 * i + random.integer(0, 2));
      const y = x.map(() => random.integer(-4, 4));
      const variants = [
        problemOf(x.map(String), y.map(String)),
        problemOf(
          x.map((value) => String(-value)),
          y.map(String),
        ),
        problemOf(
          x.map(String),
          y.map((value) => String(-value)),
        ),
        problemOf(
          x.map((value) => `${value}e-40`),
          y.map((value) => `${value}e60`),
        ),
      ];
      const counts = [];
      for (const problem of variants) {
        const question = makeKnotQuestion(problem);
        counts.push(validate(question, await solveByBreakpoints(question, backend))[0]);
      }
      expect(new Set(counts).size).toBe(1);
    }
  });
});

describe('restricted problems against all subsets', () => {
  it('given positions, limited slope changes and windows', async () => {
    const seen = { optimal: 0, infeasible: 0, harder: 0 };
    for (let seed = 0; seed < 150; seed++) {
      const random = createRandom(seed);
      const size = random.integer(3, 7);
      const x = Array.from({ length: size }, (_, i) => String(2 * i));
      const y = x.map(() => String(random.integer(-3, 3)));
      const exact = random.uniform() < 0.5;
      const problem = problemOf(x, y, exact ? '0' : random.uniform() < 0.5 ? '1' : '1/2');
      const knotsOn = Array.from({ length: random.integer(0, 8) }, () =>
        Rational.of(random.integer(-1, 25), 2),
      );
      const limited = random.uniform() < 0.5;
      const question = makeKnotQuestion(problem, {
        knotsOn,
        maxSlopeChange: limited ? Rational.of(random.integer(1, 12), 2) : null,
        maxKnots: null,
      });
      const expected = fewestOverSubsets(question);
      const backend = backends[seed % 3]!;
      const result = await solveByBreakpoints(question, backend, { timeLimitSeconds: 20 });
      const fewest = expected ?? Infinity;
      expect(validate(question, result), `seed ${seed}`).toEqual([fewest, fewest]);
      expect(result.backend.verdict, `${backend.name}, seed ${seed}: ${result.backend.explanation}`).toBe(
        'agrees',
      );
      if (expected === null) seen.infeasible++;
      else {
        seen.optimal++;
        if (exact && expected > runsOf(curvature(problem)).knots) seen.harder++;
      }
      // With a limit on the count: feasible from the minimum on, refuted below it.
      for (const maxKnots of [fewest - 1, fewest]) {
        if (!(maxKnots >= 0 && maxKnots < Infinity)) continue;
        const capped = { ...question, maxKnots };
        const answer = await solveByBreakpoints(capped, backend, { timeLimitSeconds: 20 });
        validate(capped, answer);
        if (maxKnots < fewest) expect(answer).toMatchObject({ status: 'infeasible', limit: maxKnots });
        else expect(['optimal', 'feasible']).toContain(answer.status);
      }
    }
    expect(seen.optimal).toBeGreaterThan(30);
    expect(seen.infeasible).toBeGreaterThan(30);
    expect(seen.harder).toBeGreaterThan(3);
  });

  it('gives a reason that a person can check', async () => {
    // The tent 0, 1, 0 has its knot at 1 or two knots elsewhere; only 1/2 is allowed.
    const question = makeKnotQuestion(problemOf(['0', '1', '2'], ['0', '1', '0']), {
      ...NO_RESTRICTION,
      knotsOn: [Rational.of(1, 2)],
      maxSlopeChange: Rational.one,
    });
    const result = await solveByBreakpoints(question, highsBackend());
    if (result.status !== 'infeasible' || result.limit !== null) throw new Error('expected a reason');
    validate(question, result);
    // The knot at 1/2 contributes at most |2 * 1/2 - 3/2| = 1/2.
    expect(result.reason).toEqual({ points: [0, 1, 2], weights: [-1n, 2n, -1n] });
    expect(describeRefutation(question, result.reason)).toBe(
      '-f(0) + 2 f(1) - f(2) is at least 2 for every function through the data, but knots at the allowed positions ' +
        'with slope changes of at most 1 contribute at most 1/2 to it',
    );
    expect(describeQuestion(question)).toBe(
      'functions with knots only at the 1 given positions, slope changes of at most 1',
    );
  });

  it('tells the candidates of the theorem from the claim when slope changes are limited', () => {
    const problem = problemOf(['0', '1', '2', '3'], ['0', '1', '3', '6']);
    const limited = makeKnotQuestion(problem, { ...NO_RESTRICTION, maxSlopeChange: Rational.one });
    expect(describeQuestion(limited)).toContain('3 candidate positions of the unrestricted problem');
    expect(describeQuestion(makeKnotQuestion(problem))).toBe('all continuous piecewise-linear functions');
  });
});

/** A backend that answers with whatever it is told. */
function lying(answer: (model: MilpModel) => MilpClaim): MilpBackend {
  return {
    name: 'liar',
    async solve(model) {
      return answer(model);
    },
    async close() {},
  };
}

describe('a backend that lies', () => {
  // 0, 0, 1, 2, 3, 5, 8 at 0..6: three knots by a wrong count, 2 in truth.
  const problem = problemOf(['0', '1', '2', '3', '4', '5', '6'], ['0', '0', '1', '2', '3', '5', '8']);
  const question = makeKnotQuestion(problem);
  const columns = 2 + 2 * question.candidates.length;
  const count = question.candidates.length;
  /** Values whose indicators are 1 on the given candidates. */
  const support = (...knots: number[]): Float64Array => {
    const values = new Float64Array(columns);
    for (const t of knots) values[2 + count + t] = 1;
    return values;
  };
  const optimal = (objective: number, values: Float64Array): MilpClaim => ({
    status: 'optimal',
    objective,
    values,
  });

  const lies: [string, MilpClaim, RegExp][] = [
    ['too few knots', optimal(1, support(0)), /no function fits exactly/],
    ['no knots at a positive optimum', optimal(1.5e-7, support()), /no function fits exactly/],
    [
      'too many knots',
      optimal(count, support(...question.candidates.keys())),
      /the fewest but a function with 2/,
    ],
    ['no function', { status: 'infeasible' }, /finds no function but one with 2 knots/],
    ['unbounded', { status: 'unbounded' }, /unbounded/],
    ['half a knot', optimal(1.5, support(0)), /no number of knots/],
    ['not a number', optimal(Number.NaN, new Float64Array(columns).fill(Number.NaN)), /no number of knots/],
    ['no values', optimal(2, new Float64Array(0)), /no function fits exactly/],
  ];

  it.each(lies)('is caught and reported: %s', async (_, claim, explanation) => {
    const result = await solveByBreakpoints(
      question,
      lying(() => claim),
    );
    expect(validate(question, result)).toEqual([2, 2]);
    expect(result.backend.verdict).toBe('disagrees');
    expect(result.backend.explanation).toMatch(explanation);
  });

  it('a right support with a count that is too low is caught', async () => {
    const honest = await solveByBreakpoints(question, highsBackend());
    if (honest.status !== 'optimal') throw new Error('expected an optimum');
    const knots = honest.function.knots.map(({ at }) => question.candidates.findIndex((t) => t.equals(at)));
    const result = await solveByBreakpoints(
      question,
      lying(() => optimal(1, support(...knots))),
    );
    expect(result.backend).toMatchObject({ verdict: 'disagrees', claimedKnots: 1, verifiedKnots: 2 });
    expect(result.backend.explanation).toContain('at least 2 are needed');
  });

  it('a backend that breaks down or gives up does no harm', async () => {
    const broken = lying(() => {
      throw new Error('out of memory');
    });
    const result = await solveByBreakpoints(question, broken);
    expect(validate(question, result)).toEqual([2, 2]);
    expect(result.backend).toMatchObject({ verdict: 'not compared', claim: 'undecided' });
    expect(result.backend.explanation).toContain('out of memory');
  });

  it('a claimed optimum of a problem without solution is caught', async () => {
    const impossible = makeKnotQuestion(problem, { ...NO_RESTRICTION, knotsOn: [Rational.of(1, 2)] });
    const result = await solveByBreakpoints(
      impossible,
      lying(() => optimal(1, Float64Array.of(0, 0, 0, 1))),
    );
    expect(result).toMatchObject({ status: 'infeasible', limit: null, backend: { verdict: 'disagrees' } });
    validate(impossible, result);
  });

  it('a missing package is the one error that reaches the user', async () => {
    const missing = lying(() => {
      throw new InputError('install it');
    });
    await expect(solveByBreakpoints(question, missing)).rejects.toThrow(InputError);
  });
});

describe('when time is up', () => {
  it('the bracket says what is proved', async () => {
    const problem = problemOf(['0', '1', '2', '3'], ['0', '1', '0', '1']);
    const question = makeKnotQuestion(problem);
    const result = await solveByBreakpoints(
      question,
      lying(() => ({ status: 'undecided', reason: 'no time', values: null })),
      { timeLimitSeconds: 1e-9 },
    );
    expect(result).toMatchObject({ status: 'bracket', lowerBound: 0, upperBound: 2 });
    validate(question, result);
  });
});

describe('forged proofs are refused', () => {
  const problem = problemOf(['0', '1', '2', '3', '4'], ['0', '1', '0', '1', '0']);
  const question = makeKnotQuestion(problem);

  it('mutations of a true proof never prove more', async () => {
    const result = await solveByBreakpoints(question, highsBackend());
    if (result.status !== 'optimal') throw new Error('expected an optimum');
    expect(result.knots).toBe(3);
    const { refutations } = result.proof;
    expect(verifyKnotProof(question, 2, result.proof)).toBe(true);
    expect(verifyKnotProof(question, 3, result.proof)).toBe(false);
    const forged = (change: (k: number) => KnotProof['refutations'][number]): KnotProof => ({
      refutations: refutations.map((_, k) => change(k)),
      branch: null,
    });
    // The same refutation again and again, weights with one entry changed, points out of range.
    expect(
      verifyKnotProof(
        question,
        2,
        forged(() => refutations[0]!),
      ),
    ).toBe(false);
    for (let k = 0; k < refutations.length; k++) {
      for (let j = 0; j < refutations[k]!.weights.length; j++) {
        for (const step of [1n, -1n]) {
          const weights = refutations[k]!.weights.map((weight, i) => (i === j ? weight + step : weight));
          const proof = forged((i) => (i === k ? { ...refutations[k]!, weights } : refutations[i]!));
          expect(verifyKnotProof(question, 2, proof)).toBe(false);
        }
      }
      const points = refutations[k]!.points.map((point) => point + 5);
      const proof = forged((i) => (i === k ? { ...refutations[k]!, points } : refutations[i]!));
      expect(verifyKnotProof(question, 2, proof)).toBe(false);
    }
    expect(verifyKnotProof(question, 2, { refutations: refutations.slice(1), branch: null })).toBe(false);
  });

  it('a branching that leaves out a case proves nothing', () => {
    // Exact labels on a grid that misses the points: the root packing does not close.
    let branched = 0;
    for (let seed = 0; seed < 60 && branched < 5; seed++) {
      const random = createRandom(seed);
      const x = Array.from({ length: 8 }, (_, i) => String(2 * i));
      const y = x.map(() => String(random.integer(-3, 3)));
      const knotsOn = Array.from({ length: 14 }, (_, t) => Rational.of(2 * t + 1, 2));
      const grid = makeKnotQuestion(problemOf(x, y), { ...NO_RESTRICTION, knotsOn });
      const search = new SupportSearch(grid, () => false);
      const root = search.rootBound()!;
      const outcome = search.atMost(root.bound);
      if (outcome.status !== 'none' || outcome.proof.branch === null) continue;
      branched++;
      expect(verifyKnotProof(grid, root.bound, outcome.proof)).toBe(true);
      const { refutations, branch } = outcome.proof;
      const fewer = { refutations, branch: { ...branch, children: branch.children.slice(1) } };
      expect(verifyKnotProof(grid, root.bound, fewer)).toBe(false);
      expect(verifyKnotProof(grid, root.bound, { refutations, branch: null })).toBe(false);
      const elsewhere = { refutations, branch: { ...branch, refutation: refutations.length } };
      expect(verifyKnotProof(grid, root.bound, elsewhere)).toBe(false);
    }
    expect(branched).toBe(5);
  });
});

describe('questions that cannot be asked', () => {
  const tent = problemOf(['0', '1', '2'], ['0', '1', '0']);

  it.each([
    ['windows', () => makeKnotQuestion(problemOf(['0', '1', '2'], ['0', '1', '0'], '1/4')), '--knots-on'],
    [
      'a limit of 0',
      () => makeKnotQuestion(tent, { ...NO_RESTRICTION, maxSlopeChange: Rational.zero }),
      'positive',
    ],
    ['minus one knot', () => makeKnotQuestion(tent, { ...NO_RESTRICTION, maxKnots: -1 }), '--max-knots'],
    [
      'windows that do not meet',
      () => makeKnotQuestion(problemOf(['0', '0', '1'], ['0', '9', '0'], '1')),
      'windows that do not meet',
    ],
    ['two inputs', () => makeKnotQuestion({ ...tent, dimension: 2 }), 'one input, found 2'],
  ])('%s', (_, ask, message) => {
    expect(ask).toThrow(InputError);
    expect(ask).toThrow(message);
  });

  it('positions outside the data and repeated ones are dropped', () => {
    const positions = ['3', '1', '1', '0', '2', '-1'].map((text) => Rational.parse(text));
    const { candidates } = makeKnotQuestion(tent, { ...NO_RESTRICTION, knotsOn: positions });
    expect(candidates.map(String)).toEqual(['1']);
  });
});
