import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { check } from '../../src/checker/check.js';
import type { Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { type Bracket, type Uniqueness, uniqueness } from '../../src/lp-norm/uniqueness.js';
import { InputError } from '../../src/problem/input-error.js';
import type { Problem } from '../../src/problem/problem.js';
import { type CaseFile, type Json, problemOf } from './case-files.js';

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(0, list.length - 1)]!;

/** A true certificate of uniqueness, and what is known without the checker. */
interface Base {
  readonly certificate: Json;
  readonly problem: Problem;
  readonly known: Uniqueness;
}

export function basesOf(cases: Record<string, CaseFile>): Base[] {
  return Object.values(cases).map((file) => {
    const problem = problemOf(file);
    return { certificate: file.certificate, problem, known: uniqueness(problem, threshold(problem)) };
  });
}

/** Changes something in what a certificate says of uniqueness. */
function mutate(random: Random, certificate: Json, donor: Json): void {
  const { claim, proof } = certificate;
  const { below, upToMultisetsBelow: bracket } = claim.unique;
  const own = proof.unique;
  const tiling = () => [pick(random, [1, 1, 1, 6, 7, 9]), random.integer(0, 6)];
  const number = () =>
    pick<() => string>(random, [
      () => pick<string>(random, own.breakpoints),
      () => pick<string>(random, donor.proof.unique.breakpoints),
      () => claim.upper,
      () => bracket.upper,
      () => Rational.of(random.integer(0, 64), 64).toString(),
      () =>
        Rational.parse(bracket.lower)
          .add(Rational.of(1, 2 ** random.integer(1, 50)))
          .toString(),
      () =>
        Rational.parse(bracket.upper)
          .subtract(Rational.of(1, 2 ** random.integer(1, 50)))
          .toString(),
    ])();
  const changes: (() => void)[] = [
    () => {
      const value = number();
      for (const ends of below.upper === '0' ? [bracket] : [below, bracket]) ends.lower = value;
      if (random.integer(0, 3) > 0) own.breakpoints.push(value);
    },
    () => {
      const value = number();
      for (const ends of below.upper === '0' ? [bracket] : [below, bracket]) ends.upper = value;
      if (value === claim.upper) delete own.crossing;
      else own.crossing ??= tiling();
    },
    () => {
      Object.assign(below, random.integer(0, 1) ? bracket : { lower: '0', upper: '0' });
      if (below.upper === '0') own.tie = tiling();
      else delete own.tie;
    },
    () => {
      pick(random, [below, bracket])[pick(random, ['lower', 'upper'])] = number();
    },
    () =>
      void own.breakpoints.splice(
        random.integer(0, own.breakpoints.length - 1),
        random.integer(0, 1),
        number(),
      ),
    () => {
      const last = own.breakpoints.at(-1);
      own.breakpoints = own.breakpoints.filter(
        (p: string) => p === '0' || p === last || random.integer(0, 2) > 0,
      );
    },
    () => void own.breakpoints.pop(),
    () => void own.limits.splice(random.integer(0, own.limits.length), random.integer(0, 1), tiling()),
    () => void own.limits.pop(),
    () => {
      own.crossing = tiling();
    },
    () => {
      own.tie = tiling();
    },
    () => void delete own[pick(random, ['crossing', 'tie', 'limits'])],
    () => {
      certificate.proof.unique = structuredClone(donor.proof.unique);
    },
    () => {
      claim.unique = structuredClone(donor.claim.unique);
    },
    () => {
      proof.unitFrom = number();
    },
  ];
  pick(random, changes)();
}

function expectMeet(claimed: { lower: string; upper: string }, { lower, upper }: Bracket): void {
  expect(Rational.parse(claimed.lower).compare(upper)).toBeLessThanOrEqual(0);
  expect(Rational.parse(claimed.upper).compare(lower)).toBeGreaterThanOrEqual(0);
}

function expectMeeting({ claim }: Certificate, known: Uniqueness): void {
  if (claim.kind !== 'threshold' || claim.unique === undefined) throw new Error('nothing about uniqueness');
  expectMeet(claim.unique.below, known.uniqueBelow);
  expectMeet(claim.unique.upToMultisetsBelow, known.uniqueUpToMultisetsBelow);
}

/** What a certificate says of p* and of uniqueness, if anything, is true, judged without the checker. */
export function uniqueIsTrue(problem: Problem, certificate: Certificate): void {
  const { claim } = certificate;
  if (claim.kind !== 'threshold') throw new Error('another kind of claim');
  const pStar = threshold(problem);
  expectMeet(claim, pStar);
  if (claim.unique !== undefined) expectMeeting(certificate, uniqueness(problem, pStar));
}

/** So many mutants: none that is accepted says anything else than what is true, and none makes the checker crash. */
export function judgeMutants(random: Random, bases: readonly Base[], count: number) {
  const counts = { unreadable: 0, rejected: 0, accepted: 0 };
  for (let k = 0; k < count; k++) {
    const { certificate, problem, known } = bases[k % bases.length]!;
    const mutant = structuredClone(certificate);
    for (let changes = pick(random, [1, 1, 2, 3]); changes > 0; changes--)
      if (mutant.claim.unique && mutant.proof.unique?.limits)
        mutate(random, mutant, pick(random, bases).certificate);
    let parsed: ReturnType<typeof parseCertificate>;
    try {
      parsed = parseCertificate(JSON.stringify(mutant), 'mutant');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      counts.unreadable++;
      continue;
    }
    if (!check(problem, parsed).accepted) {
      counts.rejected++;
      continue;
    }
    counts.accepted++;
    expectMeeting(parsed, known);
  }
  return counts;
}
