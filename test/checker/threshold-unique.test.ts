import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../src/certificate/identity.js';
import { parseCertificate } from '../../src/certificate/read.js';
import type { ThresholdClaim, ThresholdProof } from '../../src/certificate/threshold.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { check, checkStatement } from '../../src/checker/check.js';
import { checkingUniqueness } from '../../src/checker/in-steps.js';
import { makeRun } from '../../src/checker/savings.js';
import { limitWins, OddRun } from '../../src/checker/sparsest-shifts.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish, until } from '../../src/exact/steps.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { UniquenessSearch, uniqueness, withUniqueness } from '../../src/lp-norm/uniqueness.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { problemOfRun, randomDifferences } from '../lp-norm/single-run.js';
import { acceptedUnique } from './unique-cases.js';
import { basesOf, judgeMutants } from './unique-mutants.js';

const integers = (...values: number[]) => values.map((value) => Rational.of(value));

/** The claim and the proof for a problem. */
function certified(problem: Problem): { claim: ThresholdClaim; proof: ThresholdProof } {
  const pStar = threshold(problem);
  return withUniqueness(pStar, uniqueness(problem, pStar));
}

/** The rule that rejects, or null. */
function rejectedBy(
  problem: Problem,
  statement: { claim: ThresholdClaim; proof: ThresholdProof },
): string | null {
  const verdict = checkStatement(problem, statement);
  return verdict.accepted ? null : verdict.rule;
}

/** Several runs one behind the other, up and down. */
function problemOfRuns(runs: readonly (readonly Rational[])[]): Problem {
  const y = [Rational.zero, Rational.zero];
  let slope = Rational.zero;
  for (const [r, run] of runs.entries()) {
    for (const change of run) {
      slope = r % 2 === 0 ? slope.add(change) : slope.subtract(change);
      y.push(y.at(-1)!.add(slope));
    }
  }
  return makeProblem(datasetFromArrays({ x: y.map((_, i) => i), y }));
}

describe('the checker of uniqueness', () => {
  it('accepts what is found, for runs of many kinds', () => {
    const random = createRandom(11);
    const seen = { crossings: 0, ties: 0, always: 0 };
    for (let k = 0; k < 300; k++) {
      const problem = problemOfRun(randomDifferences(random, random.integer(2, 15)), k % 2 === 1);
      const statement = certified(problem);
      expect(rejectedBy(problem, statement), `run ${k}`).toBeNull();
      if (statement.proof.unique!.crossing !== undefined) seen.crossings++;
      if (statement.proof.unique!.tie !== undefined) seen.ties++;
      if (statement.claim.unique!.below.lower === '1') seen.always++;
    }
    expect(seen.crossings).toBeGreaterThan(3);
    expect(seen.ties).toBeGreaterThan(10);
    expect(seen.always).toBeGreaterThan(100);
  });

  it('accepts what is found, for several runs together, read from the text', () => {
    const random = createRandom(12);
    let named = 0;
    for (let k = 0; k < 60; k++) {
      const problem = problemOfRuns(
        Array.from({ length: random.integer(2, 12) }, () => randomDifferences(random, random.integer(1, 9))),
      );
      const statement = certified(problem);
      const text = [...certificateChunks({ problem: identityOf(problem), ...statement })].join('');
      expect(check(problem, parseCertificate(text, 'text')), `data ${k}`).toMatchObject({ accepted: true });
      named += statement.proof.unique!.limits.length;
    }
    expect(named).toBeGreaterThan(20);
  });

  it('products that agree near p = 0, in different numbers', () => {
    // 1, 5, 8 and 2, 10, 2: the latter is cheaper for small p, because its logarithms are nearer to each other in square.
    for (const differences of [integers(1, 1, 4, 6, 2), integers(2, 6, 4, 1, 1), integers(1, 1, 5, 4, 2)]) {
      const problem = problemOfRun(differences);
      const { claim, proof } = certified(problem);
      expect(Rational.parse(claim.unique!.below.lower).sign()).toBe(1);
      expect(rejectedBy(problem, { claim, proof })).toBeNull();
      const [[, offset]] = [...proof.unique!.limits, [1, 0] as const] as const;
      const limits = offset === 0 ? [[1, 4] as const] : [];
      expect(rejectedBy(problem, { claim, proof: { ...proof, unique: { ...proof.unique!, limits } } })).toBe(
        'threshold-unique-interval',
      );
    }
  });

  it('left at any step the search has a proof of the bracket it has reached', () => {
    const problem = problemOfRuns([
      integers(7, 3, 9, 2, 11, 5, 4),
      integers(1, 4, 2),
      integers(2, 4, 4, 1, 1),
    ]);
    const pStar = threshold(problem);
    for (let most = 0; most < 60; most++) {
      const search = new UniquenessSearch(problem, pStar);
      let taken = 0;
      finish(until(search.steps(), () => taken++ >= most));
      expect(rejectedBy(problem, withUniqueness(pStar, search.result()))).toBeNull();
    }
  });

  it('the part about uniqueness alone rejects what the whole rejects', () => {
    const problem = problemOfRun(integers(1, 1, 4, 4, 2));
    const { claim, proof } = certified(problem);
    expect(finish(checkingUniqueness(problem, claim, proof))).toMatchObject({ accepted: true });
    const { crossing: _, ...rest } = proof.unique!;
    expect(finish(checkingUniqueness(problem, claim, { ...proof, unique: rest }))).toMatchObject({
      accepted: false,
      rule: 'threshold-unique-crossing',
    });
  });

  it('never accepts an interval on which another sparsest tiling is cheaper', () => {
    const random = createRandom(13);
    let [accepted, refused] = [0, 0];
    for (let k = 0; k < 400; k++) {
      const differences = randomDifferences(random, pick(random, [5, 7, 9]));
      const limit = 2 * random.integer(0, (differences.length - 1) / 2);
      const [from, to] = [random.integer(0, 62), random.integer(1, 16)];
      const interval = {
        from: Rational.of(from, 64),
        to: Rational.of(Math.min(64, from + to), 64),
        form: from === 0 ? ('zero' as const) : from === 63 ? ('unit' as const) : ('power' as const),
      };
      const wins = limitWins(new OddRun(1, differences, limit), interval);
      for (const share of [1e-3, 0.1, 0.5, 0.9, 1]) {
        const p = interval.from.toNumber() + share * (interval.to.toNumber() - interval.from.toNumber());
        if (p >= 1) continue;
        const costs = costsOfShifts(
          differences.map((e) => e.toNumber()),
          p,
        );
        const least = Math.min(...costs);
        if (wins) expect(costs[limit / 2]! - least).toBeLessThan(1e-9 * least);
      }
      if (wins) accepted++;
      else refused++;
    }
    expect(accepted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(100);
  });

  it('numbers beyond the doubles it asks first', () => {
    // 2^-500 against 1: no double is asked, and BigInts decide.
    const tiny = Rational.of(1, 2n ** 500n);
    const differences = [tiny, ...integers(3, 1), tiny.multiply(Rational.of(5)), ...integers(2)];
    const problem = problemOfRun(differences);
    expect(rejectedBy(problem, certified(problem))).toBeNull();
    // Ends of intervals that are no doubles.
    const run = new OddRun(1, integers(1, 1, 4, 4, 2), 0);
    const third = (n: number) => Rational.of(n, 30);
    expect(limitWins(run, { from: third(0), to: third(1), form: 'zero' })).toBe(true);
    expect(limitWins(run, { from: third(2), to: third(4), form: 'power' })).toBe(true);
    expect(limitWins(run, { from: third(7), to: third(8), form: 'power' })).toBe(false);
    expect(makeRun(integers(1, 1, 4, 4, 2)).sums).toHaveLength(4);
  });

  it('2,000 random changes: no other claim is accepted, and no crash', () => {
    const counts = judgeMutants(createRandom(14), basesOf(acceptedUnique()), 2000);
    expect(counts.rejected).toBeGreaterThan(800);
    expect(counts.accepted).toBeGreaterThan(50);
  });
});

function pick<T>(random: ReturnType<typeof createRandom>, list: readonly T[]): T {
  return list[random.integer(0, list.length - 1)]!;
}

/** What the sparsest tilings cost, by their offsets, from the definition. */
function costsOfShifts(e: readonly number[], p: number): number[] {
  return e
    .map((_, offset) => offset)
    .filter((offset) => offset % 2 === 0)
    .map((offset) => {
      let cost = 0;
      for (let t = 0; t < e.length; ) {
        const change = t === offset ? e[t]! : e[t]! + e[t + 1]!;
        cost += change ** p;
        t += t === offset ? 1 : 2;
      }
      return cost;
    });
}

describe('the worked examples of the format', () => {
  it('are accepted as printed', () => {
    const text = readFileSync(new URL('../../src/certificate/FORMAT.md', import.meta.url), 'utf8');
    const blocks = [...text.matchAll(/```json\n(\{\n {2}"claim": \{\n[^`]*)```/g)].map((match) =>
      JSON.parse(match[1]!),
    );
    const data = [
      [0, 1, 4, 9, 16],
      [0, 0, 1, 10, 27, 45],
      [0, 0, 1, 3, 9, 19, 31],
    ];
    expect(blocks).toHaveLength(data.length);
    for (const [i, y] of data.entries()) {
      const problem = makeProblem(datasetFromArrays({ x: y.map((_, k) => k), y }));
      expect(rejectedBy(problem, blocks[i]), `example ${i}`).toBeNull();
    }
  });
});
