import { describe, expect, it } from 'vitest';
import type { Objective } from '../../src/certificate/certificate.js';
import { parseCertificate } from '../../src/certificate/read.js';
import type { SearchProof } from '../../src/certificate/search-proof.js';
import { check } from '../../src/checker/check.js';
import { checkNetwork } from '../../src/checker/network.js';
import { makeRun } from '../../src/checker/savings.js';
import { checkSearch } from '../../src/checker/search.js';
import { sparsestWins } from '../../src/checker/threshold-interval.js';
import { Rejection } from '../../src/checker/verdict.js';
import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { DEFAULT_JSON_OPTIONS, parseJson } from '../../src/files/json.js';
import { problemHash } from '../../src/problem/canonical.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluate, isDead, type Network, type Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { searchSparsest } from '../../src/search/search.js';
import { randomDifferences } from '../lp-norm/single-run.js';

const SKIPS = ['none', 'bias', 'affine'] as const;
const OBJECTIVES = ['neurons', 'parameters'] as const;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(0, list.length - 1)]!;

/** The argument for one interval, with the form and the reference that the checker chooses by itself. */
function winsOn(changes: readonly Rational[], from: Rational, to: Rational): boolean {
  const form = Rational.of(63, 64).compare(from) <= 0 ? 'unit' : 'power';
  return sparsestWins(makeRun(changes), { from, to, form }, null);
}

/** The rule that rejects, or null. Anything but a Rejection is a crash. */
function rejectedBy(body: () => unknown): string | null {
  try {
    body();
    return null;
  } catch (error) {
    if (error instanceof Rejection) return error.rule;
    throw error;
  }
}

describe('small files that ask for much work', () => {
  const plane = makeProblem(
    datasetFromArrays({
      x: [
        [0, 0],
        [0, 1],
        [1, 1],
      ],
      y: [0, 1, 5],
    }),
  );
  const line = makeProblem(datasetFromArrays({ x: [0, 1, 2], y: [0, 1, 5] }));

  /** A number of that many digits that is different every time. */
  const long = (random: Random, digits: number): string =>
    `1${Array.from({ length: Math.ceil(digits / 9) }, () => random.integer(100_000_000, 999_999_999)).join('')}7`;

  const verdict = (problem: Problem, claim: object, proof: object, network?: object) =>
    check(
      problem,
      parseCertificate(
        JSON.stringify({
          format: 'sparsest-certificate',
          version: 1,
          problem: { sha256: problemHash(problem), tolerance: '0' },
          claim,
          ...(network === undefined ? {} : { network }),
          proof,
        }),
        'attack',
      ),
    );

  const minimum = { kind: 'minimum', objective: 'neurons', skip: 'none', lowerBound: 0 };

  it('a multiplier of a million digits', () => {
    const nodes = [[0, 11, '9'.repeat(1_000_000)]];
    const trees = [{ plus: 1, minus: 0, budget: null, pivot: 0, nodes }];
    const outcome = verdict(plane, minimum, { kind: 'search', trees });
    expect(outcome).toMatchObject({ accepted: false, rule: 'search-multiplier' });
    expect(outcome.accepted ? '' : outcome.reason.length).toBeLessThan(600);
  });

  it.each([
    ['one input', line, ['-1']],
    ['several inputs', plane, ['-1', '1']],
  ])('a network whose sums have denominators of a million digits, %s', (_, problem, inputWeights) => {
    const random = createRandom(8);
    const neurons = Array.from({ length: 150 }, (_, k) => ({
      inputWeights,
      bias: `${k - 200}/${long(random, 4900)}`,
      outputWeight: `1/${long(random, 4900)}`,
    }));
    const network = {
      format: 'sparsest-network',
      version: 1,
      inputDimension: inputWeights.length,
      skip: null,
    };
    const claim = { ...minimum, upperBound: 150 };
    const outcome = verdict(problem, claim, { kind: 'search', trees: [] }, { ...network, neurons });
    expect(outcome).toMatchObject({ accepted: false, rule: 'network-fit' });
  });

  it('differences of slope 10^10000 apart, all p at once', () => {
    const tiny = Rational.of(1n, 10n ** 10_000n);
    const changes = Array.from({ length: 12 }, (_, t) => (t % 2 === 0 ? tiny : Rational.one));
    expect(winsOn(changes, Rational.zero, Rational.one)).toBe(false);
    expect(winsOn(changes, Rational.zero, Rational.of(1, 10 ** 6))).toBe(true);
  });

  it.each([
    ['empty lists', '[],'],
    ['numbers', '0,'],
    ['texts', '"abc",'],
    ['escapes', '"\\u0041\\u0041\\u0041\\u0041",'],
    ['objects', '{},'],
    ['keys', '{"abc":1},'],
    ['decimals', '0.5,'],
  ])('%s without end: a text that unpacks to more memory than is allowed', (_, unit) => {
    const text = `[${unit.repeat(10_000)}0]`;
    expect(() =>
      parseJson(text, 'bomb', { ...DEFAULT_JSON_OPTIONS, depth: 64, words: 500_000 }),
    ).not.toThrow();
    expect(() => parseJson(text, 'bomb', { ...DEFAULT_JSON_OPTIONS, depth: 64, words: 15_000 })).toThrow(
      /bomb, line 1, .* memory/,
    );
  });

  it('the line of an error behind many line breaks', () => {
    expect(() => parseJson(`${'\n'.repeat(3_000_000)} x`, 'breaks')).toThrow(/line 3000001, column 2/);
    expect(() => parseJson('[1,\n 2\n, x]', 'breaks')).toThrow(/line 3, column 3/);
  });

  it('one number 1e-5000 among many others', () => {
    const y = ['1e5000', '1e-5000', ...Array.from({ length: 140_000 }, () => '1')];
    const text = JSON.stringify({
      format: 'sparsest-instance',
      version: 1,
      x: y.map((_, i) => i),
      y,
    });
    expect(() => parseInstance(text, 'far')).toThrow(/far: field "y": .* too far apart/);
  });
});

describe('intervals of p against all tilings in doubles', () => {
  /** All tilings of a run, as lists of lengths. */
  const tilings = (points: number): (1 | 2)[][] => {
    if (points <= 0) return points === 0 ? [[]] : [];
    const startingWith = (length: 1 | 2) => tilings(points - length).map((rest) => [length, ...rest]);
    return [...startingWith(1), ...startingWith(2)];
  };
  const all = new Map([4, 6, 7, 8].map((points) => [points, tilings(points)]));

  /** Cheapest tiling that is not sparsest minus cheapest sparsest one, in costs (c^p - c) / (1 - p). */
  function excess(e: readonly number[], p: number): number {
    const cost = (c: number) =>
      p === 1 ? -c * Math.log(c) : (c * Math.expm1((p - 1) * Math.log(c))) / (1 - p);
    const least = { sparsest: Infinity, other: Infinity };
    for (const lengths of all.get(e.length)!) {
      let k = 0;
      let sum = 0;
      for (const length of lengths) {
        sum += cost(length === 1 ? e[k]! : e[k]! + e[k + 1]!);
        k += length;
      }
      const kind = lengths.length === Math.ceil(e.length / 2) ? 'sparsest' : 'other';
      least[kind] = Math.min(least[kind], sum);
    }
    return least.other - least.sparsest;
  }

  it('never accepts an interval on which some other tiling wins', () => {
    const random = createRandom(51);
    let accepted = 0;
    let rejected = 0;
    for (let run = 0; run < 150; run++) {
      const raw = randomDifferences(random, pick(random, [4, 6, 7, 8]));
      const largest = raw.reduce((a, b) => (a.lessThan(b) ? b : a));
      const changes = raw.map((c) => c.divide(largest));
      const e = changes.map((c) => c.toNumber());
      const crossing = Array.from({ length: 101 }, (_, i) => i / 100).find((p) => excess(e, p) <= 0) ?? 1;
      for (const [start, length] of [
        [0, 1],
        [0, crossing],
        [random.integer(0, 999) / 1000, random.integer(1, 300) / 1000],
        [1 - random.integer(1, 64) / 4096, 1],
        [crossing - random.integer(1, 100) / 1000, random.integer(1, 1000) / 10_000],
      ] as const) {
        const from = Math.max(0, Math.round(start * 4096) / 4096);
        const to = Math.min(1, Math.max(from + 1 / 4096, Math.round((start + length) * 4096) / 4096));
        if (from >= 1) continue;
        if (!winsOn(changes, Rational.fromDouble(from), Rational.fromDouble(to))) {
          rejected++;
          continue;
        }
        accepted++;
        for (let i = 0; i <= 20; i++)
          expect(excess(e, from + ((to - from) * i) / 20)).toBeGreaterThan(-1e-11);
      }
    }
    expect(accepted).toBeGreaterThan(150);
    expect(rejected).toBeGreaterThan(100);
  });
});

describe('proofs of one problem for another', () => {
  interface Planted {
    readonly problem: Problem;
    readonly skip: Skip;
    /** What the planted network has, so that no lower bound may be above it. */
    readonly size: Record<Objective, number>;
  }

  /** A few points on a small grid, labelled by at most two neurons: kinks on points, equal neurons, dead and constant ones. */
  function plant(random: Random): Planted | null {
    const dimension = random.integer(1, 2);
    const skip = pick(random, SKIPS);
    const range = random.integer(1, 2);
    const vector = () => Array.from({ length: dimension }, () => Rational.of(random.integer(-2, 2)));
    const neuron = () => ({
      inputWeights: vector(),
      bias: Rational.of(random.integer(-2, 2)),
      outputWeight: Rational.of(pick(random, [-1, 1, 2])),
    });
    const first = neuron();
    const neurons = pick(random, [[], [first], [first, neuron()], [first, first]]);
    const network: Network = {
      inputDimension: dimension,
      skip:
        skip === 'none'
          ? null
          : {
              weights: skip === 'affine' ? vector() : vector().map(() => Rational.zero),
              bias: Rational.of(random.integer(-1, 1)),
            },
      neurons,
    };
    const x = Array.from({ length: random.integer(1, 6) }, () =>
      Array.from({ length: dimension }, () => Rational.of(random.integer(-2 * range, 2 * range), 2)),
    );
    const y = x.map((point) => evaluate(network, point));
    const widen = (sign: 1 | -1) => y.map((v) => v.add(Rational.of(sign * pick(random, [0, 0, 1]), 2)));
    const windows = random.integer(0, 1) === 1;
    const problem = makeProblem(
      datasetFromArrays(windows ? { x, lower: widen(-1), upper: widen(1) } : { x, y }),
    );
    if (problem.emptyWindow !== null) return null;
    const alive = neurons.filter((each) => !isDead(each));
    const parameters = alive.flatMap(({ inputWeights, bias }) => [...inputWeights, bias]);
    return {
      problem,
      skip,
      size: { neurons: alive.length, parameters: parameters.filter((weight) => !weight.isZero()).length },
    };
  }

  it('never shows more than a planted network has', async () => {
    const random = createRandom(77);
    const donors: SearchProof[] = [];
    const counts = { own: 0, tight: 0, accepted: 0, rejected: 0 };
    for (let round = 0; round < 500; round++) {
      const planted = plant(random);
      if (planted === null) continue;
      const { problem, skip, size } = planted;
      const objective = pick(random, OBJECTIVES);
      const { proof, lowerBound } = await searchSparsest(problem, { objective, skip, mostNodes: 2_000 });
      expect(checkSearch(problem, proof, objective, skip)).toBe(lowerBound);
      expect(lowerBound).toBeLessThanOrEqual(size[objective]);
      counts.own++;
      if (lowerBound > 0 && lowerBound === size[objective]) counts.tight++;
      if (proof.trees.length > 0) donors.push(proof);
      // Proofs of other problems, for this one and every claim that its network refutes.
      for (const donor of donors.slice(-20)) {
        for (const forged of OBJECTIVES) {
          for (const wider of SKIPS.slice(SKIPS.indexOf(skip))) {
            let shown = 0;
            const rule = rejectedBy(() => {
              shown = checkSearch(problem, donor, forged, wider);
            });
            expect(shown).toBeLessThanOrEqual(size[forged]);
            if (rule === null && shown > 0) counts.accepted++;
            else counts.rejected++;
          }
        }
      }
    }
    expect(counts.own).toBeGreaterThan(400);
    expect(counts.tight).toBeGreaterThan(40);
    expect(counts.accepted).toBeGreaterThan(20);
    expect(counts.rejected).toBeGreaterThan(5_000);
  });
});

describe('coordinates closed too early', () => {
  const one = makeProblem(datasetFromArrays({ x: [1], y: [1] }));
  const rule = (problem: Problem, skip: Skip, tree: object) =>
    rejectedBy(() =>
      checkSearch(
        problem,
        {
          kind: 'search',
          trees: [{ plus: 0, minus: 0, budget: 0, pivot: 0, nodes: [], ...tree }],
        } as SearchProof,
        'parameters',
        skip,
      ),
    );

  it('the bias of a neuron of which only the weight is decided', () => {
    // (2 x - 1)+ has two parameters; without its bias nothing fits.
    const problem = makeProblem(datasetFromArrays({ x: [1, 2], y: [1, 3] }));
    const nodes = [[3, 0], [4], [1, 0, 1], [0, 5, 2, 10, 1], [0, 10, 1]];
    expect(rule(problem, 'none', { plus: 1, budget: 2, nodes })).toBe('search-contradiction');
    const complete = [[3, 1], [4], ...nodes];
    expect(rule(problem, 'none', { plus: 1, budget: 2, nodes: complete })).toBe('search-contradiction');
  });

  it('an atom that is decided nonzero', () => {
    const nodes = [
      [3, 0],
      [3, 2],
      [0, 1, 1],
      [0, 1, 1],
      [0, 1, 1],
    ];
    expect(rule(one, 'none', { budget: 1, nodes })).toBe('search-contradiction');
  });

  it('atoms while the budget is not spent, and closed ones when it is', () => {
    expect(rule(one, 'none', { budget: 1, nodes: [[0, 1, 1]] })).toBe('search-contradiction');
    expect(rule(one, 'none', { budget: 0, nodes: [[0, 1, 1]] })).toBeNull();
  });

  it('the bias of the skip, which no budget counts', () => {
    expect(rule(one, 'bias', { budget: 0, nodes: [[0, 1, 1]] })).toBe('search-contradiction');
  });
});

describe('networks that miss a window by little', () => {
  it('are judged as by plain evaluation, in every dimension', () => {
    const random = createRandom(13);
    const counts = { fits: 0, misses: 0 };
    const number = (kind: number): Rational => {
      if (kind === 0) return Rational.of(random.integer(-3, 3));
      if (kind === 1) return Rational.of(random.integer(-9, 9), random.integer(1, 7));
      return Rational.fromDouble((random.integer(-999, 999) / 7) * 2 ** random.integer(-600, 600));
    };
    for (let round = 0; round < 1500; round++) {
      const dimension = random.integer(2, 4);
      const kind = random.integer(0, 2);
      const vector = (length: number) => Array.from({ length }, () => number(kind));
      const network: Network = {
        inputDimension: dimension,
        skip: pick(random, [null, { weights: vector(dimension), bias: number(kind) }]),
        neurons: Array.from({ length: random.integer(0, 4) }, () => ({
          inputWeights: vector(dimension),
          bias: number(kind),
          outputWeight: number(kind),
        })),
      };
      const x = Array.from({ length: 3 }, () => vector(dimension));
      const y = x.map((point) => evaluate(network, point));
      const missed = random.integer(-1, 1);
      const off = Rational.of(BigInt(missed), pick(random, [1n, 10n ** 30n]));
      const at = random.integer(0, 2);
      const lower = y.map((v, i) => (i === at ? v.add(off) : v));
      const upper =
        random.integer(0, 1) === 0
          ? lower
          : lower.map((v, i) => (i === at && missed < 0 ? v : v.add(off.abs())));
      let problem: Problem;
      try {
        problem = makeProblem(datasetFromArrays({ x, lower, upper }));
      } catch {
        continue;
      }
      if (problem.size < 3) continue;
      const rule = rejectedBy(() => checkNetwork(problem, network, 'affine', 'neurons'));
      expect(rule).toBe(missed === 0 ? null : 'network-fit');
      counts[missed === 0 ? 'fits' : 'misses']++;
    }
    expect(counts.fits).toBeGreaterThan(200);
    expect(counts.misses).toBeGreaterThan(400);
  });
});
