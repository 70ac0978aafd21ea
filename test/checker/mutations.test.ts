import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Certificate, Objective } from '../../src/certificate/certificate.js';
import type { KnotValues } from '../../src/certificate/knot-values.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { readCertificate } from '../../src/certificate/read-certificate.js';
import { check } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { type Uniqueness, uniqueness } from '../../src/lp-norm/uniqueness.js';
import { InputError } from '../../src/problem/input-error.js';
import {
  countNeurons,
  countParameters,
  evaluate,
  type Network,
  type Skip,
  skipOf,
} from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { countActivationPatterns } from '../../src/search/patterns.js';
import { solve } from '../../src/solve/solve.js';
import { acceptedCases, type CaseFile, type Json, problemOf } from './case-files.js';
import { expectLeastTolerance } from './least-tolerance-truth.js';
import { lpMinimumIsTrue } from './lp-minimum-truth.js';
import { expectMeasured } from './model-truth.js';
import { mutateJson, mutateText, type Outcome, pick, Tally } from './mutants.js';
import { expectRestricted } from './restricted-truth.js';
import { expectShape } from './shape-truth.js';
import { expectSolutionSet } from './solution-set-truth.js';
import { functionOf } from './values-of-pieces.js';
import { expectVertex } from './vertex-truth.js';

/** An accepted certificate, its problem, and what is true about it. */
interface Base {
  name: string;
  text: string;
  certificate: Json;
  problem: Problem;
  /** A size that some network of the architecture has, so that no lower bound may be above it. */
  attained: (objective: Objective, skip: Skip) => number;
  /** Bounds on p* and on where minimisers stop being unique, for exact labels with one input. */
  pStar: { lower: Rational; upper: Rational; unique: Uniqueness } | null;
}

const SKIPS = ['affine', 'bias', 'none'] as const;
const OBJECTIVES = ['neurons', 'parameters'] as const;

/** The minima of a small problem, by search. */
async function minima(problem: Problem): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  if (problem.emptyWindow !== null || problem.weights !== undefined) return found;
  for (const skip of SKIPS) {
    for (const objective of OBJECTIVES) {
      const closedForm = problem.dimension === 1 && objective === 'neurons';
      const solution = await solve(problem, { objective, skip, ...(closedForm ? {} : { timeLimit: 1 }) });
      if (solution.status !== 'infeasible') found.set(`${objective} ${skip}`, solution.upperBound);
    }
  }
  return found;
}

async function makeBase(name: string, file: CaseFile): Promise<Base> {
  const problem = problemOf(file);
  const known = await minima(problem);
  return {
    name,
    text: JSON.stringify(file.certificate),
    certificate: file.certificate,
    problem,
    attained: (objective, skip) => known.get(`${objective} ${skip}`)!,
    pStar: problem.dimension === 1 && problem.exact ? pStarOf(problem) : null,
  };
}

function pStarOf(problem: Problem): Base['pStar'] {
  const found = threshold(problem);
  return { lower: found.lower, upper: found.upper, unique: uniqueness(problem, found) };
}

/** Certificates of several inputs are changed in several.test.ts. */
const isOfSeveral = ({ kind }: { readonly kind: string }): boolean => kind.endsWith('-several');

const bases: Base[] = await Promise.all(
  Object.entries(await acceptedCases())
    .filter(([, { certificate }]) => !isOfSeveral(certificate.claim))
    .map(([name, file]) => makeBase(name, file)),
);

/** Reads and checks a mutant. Any exception but InputError fails the test, as does a claim that is not true. */
function judge(base: Base, read: () => Certificate): Outcome {
  let certificate: Certificate;
  try {
    certificate = read();
  } catch (error) {
    if (error instanceof InputError) return 'unreadable';
    throw error;
  }
  const verdict = check(base.problem, certificate);
  if (!verdict.accepted) return 'rejected';
  expectTrue(base, certificate);
  return 'accepted';
}

/** The claim of an accepted certificate is true, judged without the checker. */
function expectTrue(base: Base, certificate: Certificate): void {
  const { problem, attained, pStar } = base;
  const { claim } = certificate;
  if (claim.kind === 'model') {
    expectMeasured(problem, certificate);
    expectTrue(base, { ...certificate, claim: claim.bound });
    return;
  }
  if (claim.kind === 'infeasible') {
    expect(problem.emptyWindow).not.toBeNull();
    return;
  }
  if (claim.kind === 'threshold') {
    expectMeet(claim, pStar!);
    if (claim.unique === undefined) return;
    expectMeet(claim.unique.below, pStar!.unique.uniqueBelow);
    expectMeet(claim.unique.upToMultisetsBelow, pStar!.unique.uniqueUpToMultisetsBelow);
    return;
  }
  if (claim.kind === 'vertex') {
    expectVertex(problem, certificate);
    return;
  }
  if (claim.kind === 'restricted') {
    expectRestricted(problem, certificate);
    return;
  }
  if (claim.kind === 'solution-set') {
    expectSolutionSet(problem, certificate);
    return;
  }
  if (claim.kind === 'least-tolerance') {
    expectLeastTolerance(problem, certificate);
    return;
  }
  if (claim.kind === 'shape') {
    expectShape(problem, certificate);
    return;
  }
  if (claim.kind === 'patterns') {
    expect(claim.count).toBe(countActivationPatterns(problem));
    return;
  }
  if (claim.kind === 'lp-minimum-several' || claim.kind === 'threshold-several')
    throw new Error(`a claim ${claim.kind} without one among the cases`);
  if (claim.kind === 'lp-minimum') {
    lpMinimumIsTrue(problem, certificate);
    return;
  }
  expect(claim.lowerBound).toBeLessThanOrEqual(attained(claim.objective, claim.skip));
  const values = functionOf(problem, certificate);
  const network = values === undefined ? certificate.network : networkOf(problem, values);
  expect(claim.upperBound === undefined).toBe(network === undefined);
  if (network === undefined) return;
  if (values !== undefined) {
    expect([claim.objective, claim.skip]).toEqual(['neurons', 'affine']);
    expect(values.length - 2).toBe(claim.upperBound);
    expect(countNeurons(network)).toBeLessThanOrEqual(claim.upperBound!);
  } else {
    expect(claim.objective === 'neurons' ? countNeurons(network) : countParameters(network)).toBe(
      claim.upperBound,
    );
  }
  const own = skipOf(network);
  expect(claim.skip === 'affine' || own === 'none' || own === claim.skip).toBe(true);
  for (let i = 0; i < problem.size; i++) {
    const value = evaluate(
      network,
      problem.inputs.map((column) => column.value(i)),
    );
    expect(value.lessThan(problem.lower.value(i)) || problem.upper.value(i).lessThan(value)).toBe(false);
  }
}

/** Two brackets of one number. */
function expectMeet(
  claimed: { lower: string; upper: string },
  known: { lower: Rational; upper: Rational },
): void {
  expect(Rational.parse(claimed.lower).compare(known.upper)).toBeLessThanOrEqual(0);
  expect(Rational.parse(claimed.upper).compare(known.lower)).toBeGreaterThanOrEqual(0);
}

/** A neuron for every place between the first and the last, by the slopes on its two sides. */
function networkOf(problem: Problem, values: KnotValues): Network {
  const places = values.map((place) =>
    typeof place === 'number'
      ? { x: problem.inputs[0]!.value(place), y: problem.lower.value(place) }
      : {
          x: Rational.of(place[0].numerator, place[0].denominator),
          y: Rational.of(place[1].numerator, place[1].denominator),
        },
  );
  const slopes = places
    .slice(1)
    .map(({ x, y }, j) => y.subtract(places[j]!.y).divide(x.subtract(places[j]!.x)));
  const first = places[0]!;
  return {
    inputDimension: 1,
    skip: { weights: [slopes[0]!], bias: first.y.subtract(slopes[0]!.multiply(first.x)) },
    // A mutant may list a place where nothing bends: it counts as the neuron that the claim counts.
    neurons: places.slice(1, -1).map(({ x }, j) => {
      const change = slopes[j + 1]!.subtract(slopes[j]!);
      return change.isZero()
        ? { inputWeights: [Rational.zero], bias: Rational.of(1), outputWeight: Rational.zero }
        : { inputWeights: [Rational.one], bias: x.negate(), outputWeight: change };
    }),
  };
}

describe('random mutations of accepted certificates: no crash, and never a claim that is not true', () => {
  test('7,000 changes of the JSON', () => {
    const random = createRandom(1);
    const tally = new Tally();
    for (let k = 0; k < 7000; k++) {
      const base = bases[k % bases.length]!;
      const mutant = structuredClone(base.certificate);
      for (let changes = pick(random, [1, 1, 1, 2, 3]); changes > 0; changes--) {
        mutateJson(random, mutant, pick(random, bases).certificate);
      }
      tally.add(judge(base, () => parseCertificate(JSON.stringify(mutant), 'mutant')));
    }
    expect(tally.total).toBe(7000);
    expect(tally.counts.rejected).toBeGreaterThan(1000);
    expect(tally.counts.unreadable).toBeGreaterThan(1000);
    // Some changes leave the certificate true: a claim made weaker, a skip that allows more, neurons split in two.
    expect(tally.counts.accepted).toBeGreaterThan(10);
    expect(tally.counts.accepted).toBeLessThan(1000);
  });

  test('3,000 changes of the text', () => {
    const random = createRandom(2);
    const tally = new Tally();
    for (let k = 0; k < 3000; k++) {
      const base = bases[k % bases.length]!;
      const mutant = mutateText(random, base.text);
      tally.add(judge(base, () => parseCertificate(mutant, 'mutant')));
    }
    expect(tally.total).toBe(3000);
    expect(tally.counts.rejected).toBeGreaterThan(200);
    expect(tally.counts.unreadable).toBeGreaterThan(1000);
  });

  const folder = mkdtempSync(join(tmpdir(), 'sparsest-mutations-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('600 changes of the bytes of plain and compressed files', () => {
    const random = createRandom(3);
    const tally = new Tally();
    for (let k = 0; k < 600; k++) {
      const base = bases[k % bases.length]!;
      const compressed = k % 2 === 0;
      const bytes = Uint8Array.from(compressed ? gzipSync(base.text) : new TextEncoder().encode(base.text));
      for (let changes = random.integer(1, 3); changes > 0; changes--) {
        bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
      }
      const path = join(folder, compressed ? 'mutant.json.gz' : 'mutant.json');
      writeFileSync(path, bytes);
      tally.add(judge(base, () => readCertificate(path)));
    }
    expect(tally.total).toBe(600);
    expect(tally.counts.unreadable).toBeGreaterThan(100);
  });

  test('the judge itself: an untrue claim would be noticed', () => {
    const base = bases.find(({ name }) => name === 'exact-affine')!;
    const certificate = parseCertificate(base.text, 'base');
    expectTrue(base, certificate);
    if (certificate.claim.kind !== 'minimum') throw new Error('expected a minimum');
    const stronger = { ...certificate.claim, lowerBound: certificate.claim.lowerBound + 1 };
    expect(() => expectTrue(base, { ...certificate, claim: stronger })).toThrow();
    const smaller = { ...certificate.claim, upperBound: 2 };
    expect(() => expectTrue(base, { ...certificate, claim: smaller })).toThrow();
  });
});

describe('each certificate against every other problem', () => {
  test('accepted only for its own', () => {
    for (const base of bases) {
      for (const other of bases) {
        const { accepted } = check(other.problem, parseCertificate(base.text, base.name));
        expect(accepted).toBe(base.certificate.problem.sha256 === other.certificate.problem.sha256);
      }
    }
  });
});
