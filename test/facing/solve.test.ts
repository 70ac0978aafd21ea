import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../src/certificate/read.js';
import { check } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { solveOneInput } from '../../src/facing/solve.js';
import { readDataset } from '../../src/files/read-dataset.js';
import { countFewestKnots } from '../../src/knots/solve.js';
import { problemHash } from '../../src/problem/canonical.js';
import { countNeurons } from '../../src/problem/network.js';
import { evaluateAt } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { searchSparsest } from '../../src/search/search.js';
import { solve } from '../../src/solve/solve.js';
import { answered, boundsOf, labels, randomTree, SKIPS, smallLabels, walk } from './answers.js';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const problemOf = (path: string, tolerance = '0') =>
  makeProblem(readDataset(file(path), {}), Rational.parse(tolerance));

interface Vector {
  name: string;
  x: string[];
  y: string[];
  affine: number;
  bias: number;
  none: number | null;
}

const vectors: Vector[] = JSON.parse(readFileSync(file('test/vectors/one-input.json'), 'utf8')).rows;

describe('vectors of an independent program', () => {
  test.each(vectors)('$name', ({ x, y, affine, bias, none }) => {
    const problem = labels(x, y);
    expect(countFewestKnots(problem).knots).toBe(affine);
    expect(boundsOf(answered(problem, 'bias'))).toEqual([bias, bias]);
    const { lowerBound, upperBound } = answered(problem, 'none');
    if (none !== null) expect([lowerBound, upperBound]).toEqual([none, none]);
    else {
      // That program left K + 1 or K + 2 open.
      expect(lowerBound).toBeGreaterThanOrEqual(bias);
      expect(upperBound).toBeLessThanOrEqual(affine + 2);
    }
  });
});

describe('real data', () => {
  test.each([
    ['test/cases/tables/sawtooth-8.csv', 8, 8],
    ['test/cases/tables/zigzag-9.csv', 7, 7],
    ['instances/pressure.csv', 9, 10],
    ['instances/nile.csv', 76, 76],
    ['instances/lynx.csv', 66, 66],
    ['instances/co2.csv', 287, 287],
    ['test/cases/tables/line.csv', 1, 1],
  ])('%s: %i with an output bias, %i without', (path, bias, none) => {
    const problem = problemOf(path);
    expect(boundsOf(answered(problem, 'bias'))).toEqual([bias, bias]);
    expect(boundsOf(answered(problem, 'none'))).toEqual([none, none]);
  });

  test('pressure: a constant first, then the lines through pairs of points, all neurons facing right', () => {
    const { function: f, network } = answered(problemOf('instances/pressure.csv'), 'bias');
    expect([f.slope.toString(), f.intercept.toString(), f.knots[0]!.at.toString()]).toEqual([
      '0',
      '1/5000',
      '95/6',
    ]);
    expect(network.neurons.every(({ inputWeights }) => inputWeights[0]!.sign() > 0)).toBe(true);
  });

  test('mcycle within 50: 9 for both, as with a free line', () => {
    const problem = problemOf('instances/mcycle.csv', '50');
    for (const skip of SKIPS) expect(boundsOf(answered(problem, skip))).toEqual([9, 9]);
  });

  const instances = readdirSync(file('instances')).filter(
    (name) => /\.(csv|json)$/.test(name) && name !== 'answers.json',
  );
  test.each(instances)(
    'instances/%s is closed for both, as far as it has one input and exact labels',
    (name) => {
      const dataset = readDataset(file(`instances/${name}`), {});
      if (dataset.inputs.length !== 1 || name === 'mcycle.csv') return;
      for (const skip of SKIPS) expect(answered(makeProblem(dataset), skip).open).toBeNull();
    },
  );
});

describe('no forced knot', () => {
  test.each([
    [[0, 0, 0], 0, 0],
    [[3, 3, 3], 0, 1],
    [[-3, -3, -3], 0, 1],
    [[1, 2, 3], 1, 1],
    [[0, -1, -2], 1, 1],
    [[-1, 0, 1], 1, 2],
    [[-1, 1, 3], 1, 2],
  ])('labels %j: %i with a bias, %i without', (y, bias, none) => {
    const problem = labels([0, 1, 2], y);
    expect(boundsOf(answered(problem, 'bias'))).toEqual([bias, bias]);
    expect(boundsOf(answered(problem, 'none'))).toEqual([none, none]);
  });
});

describe('one more, or two', () => {
  test('x = 0, 1, 2, y = 3, -3, 2: one knot, and three neurons without skip', async () => {
    const problem = labels([0, 1, 2], [3, -3, 2]);
    const own = answered(problem, 'none');
    expect(boundsOf(own)).toEqual([2, 3]);
    expect(own.open).toMatch(/1 neurons are refuted/);
    // Few points: the search closes it.
    expect(await solve(problem, { skip: 'none' })).toMatchObject({
      status: 'optimal',
      upperBound: 3,
      open: null,
    });
  });

  test('K knots and a neuron that is active on all data', () => {
    // One turn up; no facing has remainder 0, but the line on the right of (0, 5), say, has one sign.
    expect(boundsOf(answered(labels([0, 1, 2], [5, 1, 9]), 'bias'))).toEqual([2, 2]);
    expect(boundsOf(answered(labels([0, 1, 2], [5, 1, 9]), 'none'))).toEqual([2, 2]);
  });

  test('forced pieces: a subset-sum question beyond the limit stays a bracket, with its reason', () => {
    // 60 teeth of different heights, three points on each side, and slopes that are powers of two.
    const x: number[] = [];
    const y: bigint[] = [];
    let value = 0n;
    for (let tooth = 0; tooth < 60; tooth++) {
      const slope = (tooth % 2 === 0 ? 1n : -1n) * (2n ** 61n + 2n ** BigInt(tooth));
      for (let i = 0; i < 3; i++) {
        x.push(x.length);
        y.push(value);
        value += slope;
      }
    }
    const problem = labels(x, y);
    const own = answered(problem, 'bias');
    expect(own.upperBound - own.lowerBound).toBe(1);
    expect(own.open).toMatch(/subset-sum question/);
  });
});

describe('lines that the data force', () => {
  /** Three points on every line, slopes of up to `steep`. */
  const forced = (seed: number, points: number, steep: number) => {
    const random = createRandom(seed);
    let slope = 0;
    let value = 0;
    const y = Array.from({ length: points }, (_, i) => {
      if (i % 3 === 0) slope = random.integer(-steep, steep);
      value += slope;
      return value;
    });
    return labels(
      y.map((_, i) => i),
      y,
    );
  };

  test.each([
    [80, 9],
    [160, 9],
    [200, 1000],
  ])(
    '%i points, slopes of up to %i: closed by sums of pairs, where networks with K neurons abound',
    (points, steep) => {
      for (const skip of SKIPS) {
        const { open, upperBound } = answered(forced(points, points, steep), skip);
        expect(open).toBeNull();
        expect(upperBound).toBe(countFewestKnots(forced(points, points, steep)).knots);
      }
    },
  );

  test('a smooth curve: lines through two points each, and one that turns', () => {
    // One run of 99 points to the same side: with 50 knots all lines but one go through two points.
    const x = Array.from({ length: 101 }, (_, i) => i);
    const y = x.map((i) => Rational.parse(Math.exp(i / 50 - 1).toFixed(4)));
    const problem = labels(x, y);
    expect(countFewestKnots(problem).knots).toBe(50);
    expect(boundsOf(answered(problem, 'none'))).toEqual([50, 50]);
  });

  test('5,000 convex points that only rise: one neuron more for the line, shown by the least sums alone', () => {
    const random = createRandom(5);
    let slope = 1;
    let value = 0;
    const y = Array.from({ length: 5_000 }, () => {
      slope += random.integer(1, 9);
      value += slope;
      return value;
    });
    const problem = labels(
      y.map((_, i) => i),
      y,
    );
    const { knots } = countFewestKnots(problem);
    for (const skip of SKIPS) {
      const own = answered(problem, skip);
      expect(boundsOf(own)).toEqual([knots + 1, knots + 1]);
      expect(own.proof).toMatchObject({ tree: [[0]] });
    }
  });

  test('where the search can say it, they are the truth', async () => {
    let knots = 0;
    for (let seed = 0; seed < 12; seed++) {
      const problem = forced(seed, 12, 4);
      for (const skip of SKIPS) {
        const own = answered(problem, skip);
        expect(own.open).toBeNull();
        expect(await solve(problem, { skip, engine: 'search' })).toMatchObject({
          upperBound: own.upperBound,
        });
        knots = Math.max(knots, own.upperBound);
      }
    }
    expect(knots).toBeGreaterThan(3);
  });
});

describe('metamorphic', () => {
  const count = 40;
  const problems = Array.from({ length: count }, (_, seed) => smallLabels(createRandom(500 + seed), 10));
  const values = (problem: Problem) => SKIPS.map((skip) => boundsOf(answered(problem, skip)).join('..'));
  const data = ({ inputs, lower, size }: Problem) =>
    Array.from({ length: size }, (_, i) => [inputs[0]!.value(i), lower.value(i)] as const);
  const mapped = (problem: Problem, f: (x: Rational, y: Rational) => readonly [Rational, Rational]) => {
    const points = data(problem).map(([x, y]) => f(x, y));
    return labels(
      points.map(([x]) => x),
      points.map(([, y]) => y),
    );
  };
  const r = Rational.parse;

  test('mirrored, negated and scaled data have the same answers', () => {
    for (const problem of problems) {
      const own = values(problem);
      expect(values(mapped(problem, (x, y) => [x.negate(), y]))).toEqual(own);
      expect(values(mapped(problem, (x, y) => [x, y.negate()]))).toEqual(own);
      expect(
        values(mapped(problem, (x, y) => [x.multiply(r('7/3')).add(r('1/9')), y.multiply(r('2/11'))])),
      ).toEqual(own);
    }
  });

  test('with an output bias labels may be moved by a constant', () => {
    for (const problem of problems) {
      const moved = mapped(problem, (x, y) => [x, y.add(r('355/113'))]);
      expect(boundsOf(answered(moved, 'bias'))).toEqual(boundsOf(answered(problem, 'bias')));
    }
  });

  test('points added on the function that was found change nothing', () => {
    const half = r('1/2');
    for (const problem of problems) {
      for (const skip of SKIPS) {
        const { function: f, open, upperBound } = answered(problem, skip);
        if (open !== null) continue;
        const points = data(problem);
        const x = points.flatMap(([right], i) =>
          i === 0 ? [right] : [points[i - 1]![0].add(right).multiply(half), right],
        );
        const refined = labels(
          x,
          x.map((at) => evaluateAt(f, at)),
        );
        const again = answered(refined, skip);
        expect(again.lowerBound).toBeLessThanOrEqual(upperBound);
        expect(again.upperBound).toBeGreaterThanOrEqual(upperBound);
        if (again.open === null) expect(again.upperBound).toBe(upperBound);
      }
    }
  });

  test('the architectures are in order', () => {
    for (const problem of problems) {
      const affine = countFewestKnots(problem).knots;
      const [bias, none] = SKIPS.map((skip) => answered(problem, skip)) as [
        ReturnType<typeof answered>,
        ReturnType<typeof answered>,
      ];
      expect(bias.open).toBeNull();
      expect(bias.upperBound).toBeGreaterThanOrEqual(affine);
      expect(bias.upperBound).toBeLessThanOrEqual(affine + 1);
      expect(none.lowerBound).toBeGreaterThanOrEqual(bias.lowerBound);
      expect(none.upperBound).toBeLessThanOrEqual(affine + 2);
      if (bias.upperBound === affine) expect(none.upperBound).toBeLessThanOrEqual(affine + 1);
    }
  });
});

describe('the search as brute force', () => {
  test('40 sets of up to 6 points, both skips', async () => {
    let closed = 0;
    for (let seed = 0; seed < 40; seed++) {
      const problem = smallLabels(createRandom(seed), 6);
      for (const skip of SKIPS) {
        const own = answered(problem, skip, { seed: seed % 3 });
        const found = await searchSparsest(problem, {
          objective: 'neurons',
          skip,
          timeLimit: 60,
          threads: 1,
          seed: 0,
          shouldStop: () => false,
          observer: {},
        });
        expect(found.lowerBound).toBe(countNeurons(found.network));
        expect(own.lowerBound).toBeLessThanOrEqual(found.lowerBound);
        expect(own.upperBound).toBeGreaterThanOrEqual(found.lowerBound);
        if (own.open === null) closed++;
      }
    }
    expect(closed).toBeGreaterThan(65);
  });
});

describe('walks', () => {
  test.each([20, 35, 50, 100, 200])('of %i points are closed for both', (points) => {
    for (const kind of ['integer', 'gaussian'] as const) {
      const problem = walk(createRandom(points), points, kind);
      for (const skip of SKIPS) expect(answered(problem, skip).open).toBeNull();
    }
  });

  test('the seed chooses among several networks of the same size', () => {
    const problem = walk(createRandom(3), 60, 'integer');
    for (const skip of SKIPS) {
      const found = [0, 1, 2, 3, 1].map((seed) => answered(problem, skip, { seed }));
      expect(new Set(found.map(({ upperBound }) => upperBound)).size).toBe(1);
      const texts = found.map(({ network }) => JSON.stringify(network));
      expect(new Set(texts).size).toBeGreaterThan(1);
      expect(texts[4]).toBe(texts[1]);
    }
  });
});

describe('certificates', () => {
  const verdict = (problem: Problem, skip: string, lowerBound: number, proof: object) =>
    check(
      problem,
      parseCertificate(
        JSON.stringify({
          format: 'sparsest-certificate',
          version: 1,
          problem: { sha256: problemHash(problem), tolerance: '0' },
          claim: { kind: 'minimum', objective: 'neurons', skip, lowerBound },
          proof,
        }),
        'certificate',
      ),
    );
  const witnessesOf = (problem: Problem) => {
    const { witnesses } = countFewestKnots(problem);
    return Array.from({ length: witnesses.length / 4 }, (_, w) => [...witnesses.subarray(4 * w, 4 * w + 4)]);
  };

  test('the worked example of the format is accepted as printed', () => {
    const text = readFileSync(file('src/certificate/FORMAT.md'), 'utf8');
    const proof = JSON.parse(/```json\n(\{"kind":"one-input"[^`]*)```/.exec(text)![1]!);
    const problem = problemOf('test/cases/tables/sawtooth-8.csv');
    for (const skip of SKIPS) expect(verdict(problem, skip, 8, proof)).toMatchObject({ accepted: true });
    expect(verdict(problem, 'affine', 8, proof)).toMatchObject({ accepted: false, rule: 'one-input-skip' });
  });

  test('what has another form is unreadable', () => {
    const problem = labels([0, 1, 2], [1, 2, 4]);
    for (const change of [
      { tree: 1 },
      { tree: [1] },
      { tree: [[0.5]] },
      { tree: [['0']] },
      { opposite: [0] },
      { opposite: [0, 1, 2] },
      { zeroNeurons: [0] },
      { more: 1 },
    ]) {
      const proof = { kind: 'one-input', witnesses: [[1, 0, 1, 2]], tree: [[0]], ...change };
      expect(() => verdict(problem, 'bias', 2, proof)).toThrow(/certificate, proof/);
    }
  });

  test('no tree, however branched, refutes what a network attains', () => {
    const random = createRandom(77);
    let tried = 0;
    while (tried < 200) {
      const problem = smallLabels(random, 9);
      const witnesses = witnessesOf(problem);
      if (witnesses.length === 0) continue;
      for (const skip of SKIPS) {
        if (solveOneInput(problem, skip).upperBound > witnesses.length) continue;
        const tree = randomTree(random, problem, witnesses.length, random.integer(0, 6));
        tried++;
        expect(
          verdict(problem, skip, witnesses.length + 1, { kind: 'one-input', witnesses, tree }),
        ).toMatchObject({
          accepted: false,
        });
      }
    }
  });
});
