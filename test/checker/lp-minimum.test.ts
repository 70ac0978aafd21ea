import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/certificate/read.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { checkedCertificate, checkedMinimizer } from '../../src/solve/checked.js';
import { lpStatement } from '../../src/solve/lp-minimum.js';
import { problemOfRun, randomDifferences } from '../lp-norm/single-run.js';
import { acceptedLpMinimum } from './lp-minimum-cases.js';
import { lpMinimumIsTrue } from './lp-minimum-truth.js';
import { mutateCases } from './mutate-cases.js';

const EXPONENTS = ['1/2', '1/3', '2/3', '1/10', '19/20', '37/100', '999/1000', '0', '1'].map(Rational.parse);

/** The certificate of the minimiser, written and read again. */
function certificateOf(problem: Problem, p: Rational) {
  const minimizer = minimizeLp(problem, p);
  const statement = lpStatement(minimizer)!;
  expect(checkedMinimizer(problem, minimizer)).toBe(true);
  const text = [...certificateChunks(checkedCertificate(problem, minimizer)!)].join('');
  return { certificate: parseCertificate(text, 'certificate'), minimizer, statement };
}

/** The pieces of the vertex of S with these knots: 2 i on the point i, 2 i + 1 between the points i and i + 1. */
function piecesWithKnots(places: readonly number[], size: number): Int32Array {
  const pieces: number[] = [];
  let from = 0;
  for (const place of places) {
    const to = place >> 1;
    const next = to + (place % 2);
    pieces.push(to - 1, 0, to, 0, from, to);
    from = next;
  }
  pieces.push(size - 2, 0, size - 1, 0, from, size - 1);
  return Int32Array.from(pieces);
}

describe('certificates of l^p minima', () => {
  it('are accepted and true on 1,500 random runs', () => {
    const random = createRandom(21);
    const seen = { unique: 0, tied: 0, denser: 0, across: 0, texts: 0 };
    for (let k = 0; k < 1500; k++) {
      const p = EXPONENTS[k % EXPONENTS.length]!;
      const differences = randomDifferences(random, random.integer(1, 10));
      const gaps = Array.from({ length: differences.length + 1 }, () => random.integer(1, 3));
      const problem = problemOfRun(differences, random.integer(0, 1) === 1, k % 2 === 0 ? undefined : gaps);
      const { certificate, minimizer, statement } = certificateOf(problem, p);
      lpMinimumIsTrue(problem, certificate);
      expect(statement.claim.unique).toBe(minimizer.unique);
      const { shares } = statement.proof;
      seen[statement.claim.unique === true ? 'unique' : 'tied']++;
      if (!statement.claim.sparsest) seen.denser++;
      if (shares.includes(-2)) seen.across++;
      if (shares.some((share) => typeof share === 'string')) seen.texts++;
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
  });

  it('are accepted and true on 300 data sets of many runs', () => {
    const random = createRandom(22);
    for (let k = 0; k < 300; k++) {
      const n = random.integer(1, 40);
      const y = Array.from({ length: n }, () => Rational.of(random.integer(-6, 6), random.integer(1, 3)));
      const x = y.map((_, i) => Rational.of(2 * i + random.integer(0, 1), 3));
      const problem = makeProblem(datasetFromArrays({ x, y }));
      const { certificate } = certificateOf(problem, EXPONENTS[k % EXPONENTS.length]!);
      lpMinimumIsTrue(problem, certificate);
    }
  });

  it('a long run of equal differences, all ties, and one where only the last digits differ', () => {
    for (const [points, e] of [
      [4001, () => Rational.of(3)],
      [301, (t: number) => Rational.of(10n ** 40n + BigInt((t * t) % 7), 10n ** 40n)],
    ] as const) {
      const problem = problemOfRun(Array.from({ length: points }, (_, t) => e(t)));
      const { statement } = certificateOf(problem, Rational.of(1, 2));
      expect(statement.proof.shares.length).toBeGreaterThan(100);
    }
  });

  it('numbers outside the range of doubles', () => {
    for (const scale of [Rational.parse('1e-500'), Rational.parse('1e500')]) {
      const differences = [3, 1, 4, 1, 5, 9, 2].map((e) => Rational.of(e).multiply(scale));
      const { statement } = certificateOf(problemOfRun(differences), Rational.of(1, 2));
      expect(statement.proof.shares.length).toBeGreaterThan(1);
    }
  });

  it('no other vertex passes with the prices of the minimiser, nor with any others', () => {
    const random = createRandom(23);
    let tried = 0;
    for (let k = 0; k < 400; k++) {
      const points = random.integer(3, 9);
      const problem = problemOfRun(randomDifferences(random, points));
      const {
        claim,
        proof,
        pieces: own,
      } = lpStatement(minimizeLp(problem, Rational.of(random.integer(1, 9), 10)))!;
      const places: number[] = [];
      for (let t = 1; t <= points; ) {
        const isDouble = t < points && random.integer(0, 2) > 0;
        places.push(isDouble ? 2 * t + 1 : 2 * t);
        t += isDouble ? 2 : 1;
      }
      const pieces = piecesWithKnots(places, problem.size);
      if (pieces.length === own.length && pieces.every((entry, j) => entry === own[j])) continue;
      if (claim.unique === false) continue;
      tried++;
      const doubles = places.filter((place) => place % 2 === 1).length;
      const sparsest = places.length === (points + 1) >> 1;
      for (const shares of [
        proof.shares.slice(0, doubles),
        Array.from({ length: doubles }, () => random.integer(-2, 2 ** 31 - 1)),
        Array.from({ length: doubles }, (_, j) => (j === 0 ? -1 : -2)),
      ]) {
        while (shares.length < doubles) shares.push(2 ** 30);
        const wide = { ...claim, lower: '0', upper: '1000000000', sparsest };
        const verdict = checkStatement(problem, { claim: wide, pieces, proof: { kind: 'prices', shares } });
        expect(verdict.accepted ? '' : verdict.rule).toMatch(/^lp-minimum-(prices|shares)$/);
      }
    }
    expect(tried).toBeGreaterThan(200);
  });

  it('a claim without `unique` says less and is accepted', () => {
    const problem = problemOfRun([1, 8, 8, 1].map((e) => Rational.of(e)));
    const { certificate, statement } = certificateOf(problem, Rational.of(3, 5));
    const { unique, ...claim } = statement.claim;
    expect(unique).toBe(true);
    const verdict = checkStatement(problem, { ...certificate, claim });
    expect(verdict).toMatchObject({ accepted: true });
    expect(verdict.accepted && verdict.statement).not.toMatch(/only/);
  });

  it('500 random changes: no crash, and no claim that is not true', () => {
    const counts = mutateCases(acceptedLpMinimum(), 500, 31, lpMinimumIsTrue);
    expect(counts.rejected).toBeGreaterThan(100);
    expect(counts.unreadable).toBeGreaterThan(50);
    expect(counts.accepted).toBeLessThan(100);
  });
});
