import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ThresholdClaim, ThresholdProof } from '../../src/certificate/threshold.js';
import { checkThreshold } from '../../src/checker/threshold.js';
import { Rejection } from '../../src/checker/verdict.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem } from '../../src/problem/problem.js';
import { problemOfRun, randomDifferences } from '../lp-norm/single-run.js';

const problem = problemOfRun([1, 8, 8, 1].map((e) => Rational.of(e)));
const { claim, proof } = threshold(problem);
/** The same proof with references that the checker chooses. */
const { references, ...free } = proof;

/** The rule that rejects, or null. Anything but a Rejection is a crash. */
function rejectedBy(claimed: unknown, proved: unknown, of = problem): string | null {
  try {
    checkThreshold(of, claimed as ThresholdClaim, proved as ThresholdProof);
    return null;
  } catch (error) {
    if (error instanceof Rejection) return error.rule;
    throw error;
  }
}

describe('the checker of p*', () => {
  it('accepts the proof', () => {
    expect(rejectedBy(claim, proof)).toBeNull();
    expect(proof.breakpoints.length).toBeGreaterThan(3);
  });

  it('accepts weaker claims with their proofs', () => {
    expect(rejectedBy({ ...claim, lower: '1/4' }, { ...free, breakpoints: ['0', '1/4'] })).toBeNull();
    const trivial = { kind: 'threshold', breakpoints: proof.breakpoints };
    expect(rejectedBy({ ...claim, upper: '1' }, trivial)).toBeNull();
  });

  it('checks by hand that p* = 1/2 here', () => {
    // 3 + 3 = 1 + 4 + 1 at p = 1/2, so the two true ends are just these.
    const at = (upper: string) =>
      rejectedBy({ ...claim, upper }, { ...proof, crossing: { point: 1, tiles: '121' } });
    expect(at('1/2')).toBe('threshold-crossing');
    expect(at('500000000000001/1000000000000000')).toBeNull();
    const to = (lower: string) =>
      rejectedBy(
        { ...claim, lower, upper: '1' },
        { kind: 'threshold', breakpoints: ['0', '1/4', '2/5', lower] },
      );
    expect(to('9/20')).toBeNull();
    expect(to('1/2')).toBe('threshold-interval');
  });

  const forgeries: [string, unknown, unknown, string][] = [
    [
      'a breakpoint is missing',
      claim,
      { ...free, breakpoints: [proof.breakpoints[0], proof.breakpoints.at(-1)] },
      'threshold-interval',
    ],
    [
      'an interval has no references',
      claim,
      { ...proof, references: references!.slice(1) },
      'threshold-references',
    ],
    [
      'a reference of a run with an even number of points',
      claim,
      { ...proof, references: references!.map(() => [[1, 0]]) },
      'threshold-references',
    ],
    [
      'the second form begins after the interval that ends at 1',
      { ...claim, lower: '1', upper: '1' },
      { kind: 'threshold', breakpoints: [...proof.breakpoints, '1'], unitFrom: '1' },
      'threshold-interval',
    ],
    [
      'lower is too large',
      { ...claim, lower: '11/20', upper: '1' },
      { kind: 'threshold', breakpoints: [...proof.breakpoints, '11/20'] },
      'threshold-interval',
    ],
    ['lower differs from the last breakpoint', { ...claim, lower: '1/2' }, proof, 'threshold-breakpoints'],
    [
      'the first breakpoint is not 0',
      claim,
      { ...proof, breakpoints: proof.breakpoints.slice(1) },
      'threshold-breakpoints',
    ],
    [
      'breakpoints fall',
      claim,
      { ...proof, breakpoints: ['0', '1/4', '1/8', claim.lower] },
      'threshold-breakpoints',
    ],
    ['no breakpoints', claim, { ...proof, breakpoints: [] }, 'threshold-breakpoints'],
    ['breakpoints are no list', claim, { ...proof, breakpoints: '0' }, 'threshold-breakpoints'],
    ['upper is too small', { ...claim, upper: claim.lower }, proof, 'threshold-crossing'],
    ['lower above upper', { ...claim, upper: '1/4' }, proof, 'threshold-claim'],
    [
      'the crossing is missing',
      claim,
      { kind: 'threshold', breakpoints: proof.breakpoints },
      'threshold-crossing',
    ],
    ['a crossing beside upper = 1', { ...claim, upper: '1' }, proof, 'threshold-crossing'],
    [
      'the crossing is a sparsest tiling',
      claim,
      { ...proof, crossing: { point: 1, tiles: '22' } },
      'threshold-crossing',
    ],
    [
      'another denser tiling that is not cheaper',
      claim,
      { ...proof, crossing: { point: 1, tiles: '112' } },
      'threshold-crossing',
    ],
    [
      'the tiles do not cover the run',
      claim,
      { ...proof, crossing: { point: 1, tiles: '1211' } },
      'threshold-crossing',
    ],
    [
      'the tiles are not 1 and 2',
      claim,
      { ...proof, crossing: { point: 1, tiles: '1x1' } },
      'threshold-crossing',
    ],
    ['no run begins there', claim, { ...proof, crossing: { point: 2, tiles: '121' } }, 'threshold-crossing'],
    ['the crossing is empty', claim, { ...proof, crossing: null }, 'threshold-crossing'],
    ['a number is a double', { ...claim, lower: 0.4 }, proof, 'threshold-number'],
    [
      'a number is negative',
      claim,
      { ...proof, breakpoints: ['-1/2', ...proof.breakpoints] },
      'threshold-number',
    ],
    ['a number is above 1', { ...claim, upper: '3/2' }, proof, 'threshold-number'],
    ['a denominator is 0', claim, { ...proof, breakpoints: ['0', '1/0'] }, 'threshold-number'],
  ];
  it.each(forgeries)('rejects: %s', (_name, claimed, proved, rule) => {
    expect(rejectedBy(claimed, proved)).toBe(rule);
  });

  it('rejects the proof of another problem', () => {
    const other = problemOfRun([1, 3, 8, 1].map((e) => Rational.of(e)));
    expect(rejectedBy(claim, proof, other)).toBe('threshold-crossing');
    const earlier = problemOfRun([1, 40, 40, 1].map((e) => Rational.of(e)));
    expect(rejectedBy(claim, proof, earlier)).toBe('threshold-interval');
    const plane = makeProblem(datasetFromArrays({ x: [[0, 0]], y: [0] }));
    expect(rejectedBy(claim, proof, plane)).toBe('threshold-problem');
  });

  it('never accepts a stronger claim made from a valid one', () => {
    const random = createRandom(21);
    for (let run = 0; run < 60; run++) {
      const data = problemOfRun(randomDifferences(random, random.integer(4, 9)));
      const found = threshold(data);
      expect(rejectedBy(found.claim, found.proof, data)).toBeNull();
      if (found.upper.equals(Rational.one)) continue;
      const beyond = found.upper.add(Rational.of(1, 10 ** 6)).toString();
      const longer = { kind: 'threshold', breakpoints: [...found.proof.breakpoints, beyond] };
      expect(rejectedBy({ ...found.claim, lower: beyond, upper: '1' }, longer, data)).toBe(
        'threshold-interval',
      );
      const smaller = found.lower.subtract(Rational.of(1, 10 ** 9)).toString();
      const early = { ...found.proof, breakpoints: ['0'], references: [] };
      expect(rejectedBy({ ...found.claim, lower: '0', upper: smaller }, early, data)).toBe(
        'threshold-crossing',
      );
    }
  });
});

describe('the worked example of the format', () => {
  it('is accepted as printed', () => {
    const text = readFileSync(new URL('../../src/certificate/FORMAT.md', import.meta.url), 'utf8');
    const block = [...text.matchAll(/```json\n(\{\n {2}"claim": \{ "kind": "threshold"[^`]*)```/g)].map(
      (match) => JSON.parse(match[1]!),
    );
    expect(block.length).toBeGreaterThan(0);
    const data = makeProblem(datasetFromArrays({ x: [0, 1, 2, 3, 4, 5], y: [0, 0, 1, 10, 27, 45] }));
    for (const { claim: printed, proof: argument } of block)
      expect(rejectedBy(printed, argument, data)).toBeNull();
  });
});
