import { describe, expect, test } from 'vitest';
import type { OneInputNode, OneInputProof } from '../../src/certificate/one-input.js';
import { checkOneInput } from '../../src/checker/one-input.js';
import { Rejection } from '../../src/checker/verdict.js';
import { createRandom, type Random } from '../../src/exact/random.js';
import { solveOneInput } from '../../src/facing/solve.js';
import { countFewestKnots } from '../../src/knots/solve.js';
import { countNeurons } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { searchSparsest } from '../../src/search/search.js';
import { answered, randomTree, SKIPS, smallLabels, walk } from './answers.js';

/** The minimum by the search, which closes such small problems. */
async function fewest(problem: Problem, skip: 'bias' | 'none'): Promise<number> {
  const found = await searchSparsest(problem, {
    objective: 'neurons',
    skip,
    timeLimit: 300,
    threads: 1,
    seed: 0,
    shouldStop: () => false,
    observer: {},
  });
  expect(found.lowerBound).toBe(countNeurons(found.network));
  return found.lowerBound;
}

test('the search as brute force: 300 sets of up to 7 points, both skips', async () => {
  let closed = 0;
  for (let seed = 0; seed < 300; seed++) {
    const problem = smallLabels(createRandom(10_000 + seed), 7);
    for (const skip of SKIPS) {
      const own = answered(problem, skip, { seed: seed % 5 });
      const truth = await fewest(problem, skip);
      expect(own.lowerBound).toBeLessThanOrEqual(truth);
      expect(own.upperBound).toBeGreaterThanOrEqual(truth);
      // What is left open are K + 2, of which only K + 1 is proved.
      if (own.open === null) closed++;
      else expect([truth, own.lowerBound, skip]).toEqual([own.upperBound, own.upperBound - 1, 'none']);
    }
  }
  expect(closed).toBeGreaterThan(550);
});

test('100 walks of 20 to 200 points: at least 95 are closed for both', () => {
  let closed = 0;
  for (let seed = 0; seed < 100; seed++) {
    const random = createRandom(20_000 + seed);
    const problem = walk(random, random.integer(20, 200), seed % 2 === 0 ? 'integer' : 'gaussian');
    if (SKIPS.every((skip) => answered(problem, skip).open === null)) closed++;
  }
  expect(closed).toBeGreaterThanOrEqual(95);
});

test('a walk of 100,000 points', () => {
  const problem = walk(createRandom(30_000), 100_000, 'gaussian');
  for (const skip of SKIPS) expect(answered(problem, skip).open).toBeNull();
});

describe('20,000 mutants of proofs: none shows more than is true', () => {
  const rejected = (problem: Problem, proof: OneInputProof, skip: 'bias' | 'none'): number | null => {
    try {
      return checkOneInput(problem, proof, 'neurons', skip);
    } catch (error) {
      if (error instanceof Rejection) return null;
      throw error;
    }
  };

  test('10,000 random trees about data that K neurons attain', () => {
    const random = createRandom(40_000);
    for (let tried = 0; tried < 10_000; ) {
      const problem = smallLabels(random, 12);
      const { knots, witnesses } = countFewestKnots(problem);
      if (knots === 0) continue;
      for (const skip of SKIPS) {
        if (solveOneInput(problem, skip).upperBound > knots) continue;
        for (let t = 0; t < 10; t++, tried++) {
          const tree = randomTree(random, problem, knots, random.integer(0, 7));
          expect(rejected(problem, { kind: 'one-input', witnesses, tree }, skip)).toBeNull();
        }
      }
    }
  });

  test('10,000 changes of proofs that hold, on their own data and on others', () => {
    const random = createRandom(50_000);
    const cases: { problem: Problem; skip: 'bias' | 'none'; proof: OneInputProof; upper: number }[] = [];
    while (cases.length < 150) {
      const problem = smallLabels(random, 9);
      for (const skip of SKIPS) {
        const { proof, upperBound } = solveOneInput(problem, skip);
        if (proof.kind === 'one-input') cases.push({ problem, skip, proof, upper: upperBound });
      }
    }
    let accepted = 0;
    for (let k = 0; k < 10_000; k++) {
      const own = cases[k % cases.length]!;
      const other = cases[random.integer(0, cases.length - 1)]!;
      const target = random.integer(0, 2) === 0 ? other : own;
      const proof = mutated(random, own.proof, target.proof);
      const shown = rejected(target.problem, proof, target.skip);
      if (shown === null) continue;
      accepted++;
      expect(shown).toBeLessThanOrEqual(target.upper);
    }
    // Some changes are harmless: another direction that refutes as well, a state that does not occur.
    expect(accepted).toBeGreaterThan(100);
    expect(accepted).toBeLessThan(8_000);
  });
});

function mutated(random: Random, own: OneInputProof, target: OneInputProof): OneInputProof {
  const witnesses = (random.integer(0, 3) === 0 ? own : target).witnesses.slice();
  if (witnesses.length > 0 && random.integer(0, 9) === 0)
    witnesses[random.integer(0, witnesses.length - 1)]! += random.integer(-1, 1);
  if (own.tree === undefined) {
    const point = () => random.integer(-1, 9);
    return { kind: 'one-input', witnesses, opposite: [point(), point()] };
  }
  const tree: OneInputNode[] = own.tree.map((node) => [...node]);
  for (let changes = random.integer(1, 3); changes > 0; changes--) {
    const at = random.integer(0, tree.length - 1);
    const node = tree[at];
    switch (random.integer(0, 4)) {
      case 0:
        if (tree.length > 1) tree.splice(at, 1);
        break;
      case 1:
        tree.splice(at, 0, tree[random.integer(0, tree.length - 1)]!);
        break;
      case 2:
        tree[at] = random.integer(0, 1) === 0 ? [0] : [0, random.integer(0, 8)];
        break;
      default:
        tree[at] = node!.map((entry, j) =>
          j > 0 && random.integer(0, 2) === 0 ? entry + random.integer(-1, 1) : entry,
        );
    }
  }
  return { kind: 'one-input', witnesses, tree };
}
