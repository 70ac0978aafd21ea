import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Certificate, Objective } from '../../src/certificate/certificate.js';
import type { KnotValue, KnotValues } from '../../src/certificate/knot-values.js';
import { PIECE, type Pieces } from '../../src/certificate/pieces.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { readCertificate } from '../../src/certificate/read-certificate.js';
import { check } from '../../src/checker/check.js';
import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { threshold } from '../../src/lp-norm/threshold.js';
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
import { solve } from '../../src/solve/solve.js';
import { acceptedCases, type CaseFile, type Json, problemOf } from './case-files.js';

/** An accepted certificate, its problem, and what is true about it. */
interface Base {
  name: string;
  text: string;
  certificate: Json;
  problem: Problem;
  /** A size that some network of the architecture has, so that no lower bound may be above it. */
  attained: (objective: Objective, skip: Skip) => number;
  /** Bounds on p*, for exact labels with one input. */
  pStar: { lower: Rational; upper: Rational } | null;
}

const SKIPS = ['affine', 'bias', 'none'] as const;
const OBJECTIVES = ['neurons', 'parameters'] as const;

/** The minima of a small problem, by search. */
async function minima(problem: Problem): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  if (problem.emptyWindow !== null) return found;
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
    pStar: problem.dimension === 1 && problem.exact ? threshold(problem) : null,
  };
}

const bases: Base[] = await Promise.all(
  Object.entries(await acceptedCases()).map(([name, file]) => makeBase(name, file)),
);

type Outcome = 'unreadable' | 'rejected' | 'accepted';

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
function expectTrue({ problem, attained, pStar }: Base, certificate: Certificate): void {
  const { claim } = certificate;
  if (claim.kind === 'infeasible') {
    expect(problem.emptyWindow).not.toBeNull();
    return;
  }
  if (claim.kind === 'threshold') {
    expect(Rational.parse(claim.lower).compare(pStar!.upper)).toBeLessThanOrEqual(0);
    expect(Rational.parse(claim.upper).compare(pStar!.lower)).toBeGreaterThanOrEqual(0);
    return;
  }
  expect(claim.lowerBound).toBeLessThanOrEqual(attained(claim.objective, claim.skip));
  const { pieces } = certificate;
  const values = certificate.function ?? (pieces && valuesOf(problem, pieces));
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

/** The places of pieces: where neighbouring lines cross, and one point left and right of all. */
function valuesOf(problem: Problem, pieces: Pieces): KnotValues {
  const x = problem.inputs[0]!;
  const lines = Array.from({ length: pieces.length / PIECE.length }, (_, j) => {
    const [a, endOfA, b, endOfB] = pieces.subarray(PIECE.length * j) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const ya = (endOfA === 0 ? problem.lower : problem.upper).value(a);
    const yb = (endOfB === 0 ? problem.lower : problem.upper).value(b);
    const slope = a === b ? Rational.zero : yb.subtract(ya).divide(x.value(b).subtract(x.value(a)));
    return { slope, intercept: ya.subtract(slope.multiply(x.value(a))) };
  });
  const at = (j: number, position: Rational): KnotValue => [
    position,
    lines[j]!.slope.multiply(position).add(lines[j]!.intercept),
  ];
  const knots = lines.slice(1).map((line, j) => {
    const before = lines[j]!;
    const turn = line.slope.subtract(before.slope);
    // Equal lines: a change that is none, at the first point of the second one.
    const from = x.value(pieces[PIECE.length * (j + 1) + PIECE.from]!);
    return turn.isZero() ? from : before.intercept.subtract(line.intercept).divide(turn);
  });
  const ends = [x.value(0), x.value(problem.size - 1), ...knots].sort((a, b) => a.compare(b));
  return [
    at(0, ends[0]!.subtract(Rational.one)),
    ...knots.map((position, j) => at(j + 1, position)),
    at(lines.length - 1, ends.at(-1)!.add(Rational.one)),
  ];
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

class Tally {
  readonly counts: Record<Outcome, number> = { unreadable: 0, rejected: 0, accepted: 0 };

  add(outcome: Outcome): void {
    this.counts[outcome]++;
  }

  get total(): number {
    return this.counts.unreadable + this.counts.rejected + this.counts.accepted;
  }
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(0, list.length - 1)]!;

/** Every place in a JSON value: the container and the key. */
function places(value: Json, found: [Json, string | number][] = []): [Json, string | number][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    found.push([value, key]);
    places(value[key], found);
  }
  return found;
}

const WORDS = [
  'affine',
  'bias',
  'none',
  'neurons',
  'parameters',
  'minimum',
  'infeasible',
  'witnesses',
  'empty-window',
];
const NUMBERS = [0, 1, -1, 2, 3, 4, 5, 6, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 + 1, 0.5, 1e300, 2 ** 53];
const RATIONALS = [
  '0',
  '1',
  '-1',
  '1/2',
  '2/4',
  '-1/3',
  '1e400',
  '1e-30',
  '0.1',
  '1/0',
  '',
  '+1',
  ' 1',
  `1/${10n ** 30n}`,
];

/** Changes one place of a certificate. */
function mutateJson(random: Random, root: Json, donor: Json): void {
  const all = places(root);
  if (all.length === 0) return;
  const [container, key] = pick(random, all);
  const value = container[key];
  const other = pick(random, places(donor));
  switch (random.integer(0, 9)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      return;
    case 1:
      if (Array.isArray(container)) container.splice(Number(key), 0, structuredClone(value));
      else container[`${key}2`] = value;
      return;
    case 2: {
      const [otherContainer, otherKey] = pick(random, all);
      const kept = structuredClone(otherContainer[otherKey]);
      otherContainer[otherKey] = structuredClone(value);
      container[key] = kept;
      return;
    }
    case 3:
      container[key] = structuredClone(other[0][other[1]]);
      return;
    case 4:
      container[key] = pick<Json>(random, [
        null,
        true,
        [],
        {},
        'x',
        [[]],
        -0,
        pick(random, NUMBERS),
        pick(random, RATIONALS),
      ]);
      return;
    default:
      container[key] = mutateScalar(random, value);
  }
}

function mutateScalar(random: Random, value: Json): Json {
  if (Array.isArray(value)) return random.integer(0, 1) ? value.reverse() : value.slice(1);
  if (typeof value === 'number')
    return random.integer(0, 1) ? value + pick(random, [-2, -1, 1, 2]) : pick(random, NUMBERS);
  if (typeof value !== 'string') return pick(random, RATIONALS);
  if (WORDS.includes(value)) return pick(random, WORDS);
  if (random.integer(0, 1)) return pick(random, RATIONALS);
  const digit = String(random.integer(0, 9));
  const at = random.integer(0, value.length);
  return value.slice(0, at) + digit + value.slice(at + random.integer(0, 1));
}

const FRAGMENTS = [
  '0',
  '1',
  '9',
  '-',
  '.',
  'e',
  '/',
  '"',
  ',',
  ':',
  '[',
  ']',
  '{',
  '}',
  '\\',
  '\u0000',
  'null',
  '{}',
  '[]',
  '99999999999',
];

/** Puts another digit, or two, in the place of a digit behind the hash. */
function mutateDigit(random: Random, text: string): string {
  const digits = [...text.matchAll(/\d/g)]
    .map(({ index }) => index)
    .filter((index) => index > text.indexOf('claim'));
  if (digits.length === 0) return text;
  const at = pick(random, digits);
  return text.slice(0, at) + pick(random, ['0', '1', '2', '3', '5', '8', '-1', '10']) + text.slice(at + 1);
}

/** Changes a text somewhere. */
function mutateText(random: Random, text: string): string {
  if (random.integer(0, 1)) return mutateDigit(random, text);
  const at = random.integer(0, text.length);
  const length = random.integer(1, 1 + Math.floor(text.length / 20));
  switch (random.integer(0, 5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at + length) + text.slice(at);
    case 3:
      return text.slice(0, at) + pick(random, FRAGMENTS) + text.slice(at);
    case 4:
      return text.slice(0, at) + pick(random, FRAGMENTS) + text.slice(at + 1);
    default:
      return text.slice(0, at) + String.fromCharCode(random.integer(0, 255)) + text.slice(at + 1);
  }
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
