import { describe, expect, test } from 'vitest';
import type { ExactColumn } from '../../src/exact/column.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { generate } from '../../src/generate/generate.js';
import { datasetOfInstance, type GeneratedInstance } from '../../src/generate/instance.js';
import {
  completeOptions,
  GENERATE_LIMITS,
  type GenerateOptions,
  KINDS,
  type Kind,
} from '../../src/generate/options.js';
import { teacher } from '../../src/generate/teacher.js';
import { InputError } from '../../src/problem/input-error.js';
import { countParameters, evaluate } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';

const kinds = Object.keys(KINDS) as Kind[];
const example: Partial<Record<Kind, GenerateOptions>> = { formula: { formula: 'abs(x) - 0.5*max(0, x-1)' } };

function values(column: ExactColumn): Rational[] {
  return Array.from({ length: column.length }, (_, i) => column.value(i));
}

/** The columns as texts: equal texts are equal numbers. */
function texts({ inputs, labels }: GeneratedInstance): string[] {
  return [...inputs, labels].map((column) => values(column).join(' '));
}

/**
 * Fewest knots counted a second time, straight from the definition on rational slopes: a greedy walk over the signs in
 * which a knot serves its point and the next one, if that turns the same way.
 */
function knotsBySlopes(instance: GeneratedInstance): number {
  const x = values(instance.inputs[0]!);
  const y = values(instance.labels);
  const slopes = y.slice(1).map((value, i) => value.subtract(y[i]!).divide(x[i + 1]!.subtract(x[i]!)));
  const signs = slopes.slice(1).map((slope, i) => slope.compare(slopes[i]!));
  let knots = 0;
  for (let i = 0; i < signs.length; i++) {
    if (signs[i] === 0) continue;
    knots++;
    if (signs[i + 1] === signs[i]) i++;
  }
  return knots;
}

describe('generate', () => {
  test.each(kinds)('%s: the same options give the same data, another seed gives others', async (kind) => {
    const options = { points: 40, ...example[kind] };
    const first = await generate(kind, options);
    const second = await generate(kind, options);
    expect(texts(second)).toEqual(texts(first));
    expect(second).toMatchObject({ name: first.name, source: first.source, known: first.known });
    expect(first.labels.length).toBe(40);
    if (kind === 'formula') return;
    const other = await generate(kind, { ...options, seed: 2 ** 40 + 1 });
    expect(texts(other)).not.toEqual(texts(first));
    expect(other.name).not.toBe(first.name);
  });

  test.each(kinds)('%s: makes a problem, and known knots are counted again', async (kind) => {
    for (let seed = 0; seed < 10; seed++) {
      const drawn = kind === 'formula' ? {} : { seed };
      const flat = kind === 'teacher' || kind === 'uniform' ? { dimension: 1 } : {};
      const instance = await generate(kind, { points: 30, ...example[kind], ...drawn, ...flat });
      const problem = makeProblem(datasetOfInstance(instance));
      expect(problem.size).toBe(30);
      expect(instance.known!.provedBy).toBe('runs');
      const sorted = { ...instance, inputs: problem.inputs, labels: problem.lower };
      expect(instance.known!.knots).toBe(knotsBySlopes(sorted));
    }
  });

  test('planted: every planted knot is needed, at every density', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const knots = seed % 9;
      const points = Math.max(2, 5 * knots - 1) + (seed % 4) * 3;
      const instance = await generate('planted', { seed, knots, points, range: 1 + (seed % 5) });
      expect(instance.known).toEqual({ knots, provedBy: 'runs' });
      expect(knotsBySlopes(instance)).toBe(knots);
    }
  });

  test('planted: knots between data points occur', async () => {
    const { labels } = await generate('planted', { points: 200, knots: 20 });
    expect(values(labels).some(({ denominator }) => denominator > 1n)).toBe(true);
  });

  test('convex: strictly convex integers, so half of the inner points', async () => {
    const instance = await generate('convex', { points: 51 });
    const y = values(instance.labels);
    for (let i = 1; i < 50; i++) {
      expect(y[i]!.add(y[i]!).lessThan(y[i - 1]!.add(y[i + 1]!))).toBe(true);
    }
    expect(instance.known!.knots).toBe(25);
  });

  test('collinear: collinear points and turns both occur', async () => {
    const y = values((await generate('collinear', { points: 300, stretch: 3 })).labels);
    const turns = y
      .slice(2)
      .map((value, i) => value.subtract(y[i + 1]!).compare(y[i + 1]!.subtract(y[i]!)))
      .filter((sign) => sign === 0);
    expect(turns.length).toBeGreaterThan(50);
    expect(turns.length).toBeLessThan(298);
  });

  test('near-collinear: every label is a double next to the line, and knots come from rounding alone', async () => {
    const points = 200;
    const seed = 5;
    const instance = await generate('near-collinear', { points, seed });
    const random = createRandom(seed);
    const slope = Rational.fromDouble(1 + random.uniform());
    const intercept = Rational.fromDouble(random.uniform());
    const x = values(instance.inputs[0]!);
    const y = values(instance.labels);
    let off = 0;
    for (let i = 0; i < points; i++) {
      const label = y[i]!.toNumber();
      expect(Rational.fromDouble(label).equals(y[i]!)).toBe(true);
      // One unit in the last place of a double in [2^e, 2^(e+1)).
      const ulp = Rational.fromDouble(2 ** (Math.floor(Math.log2(label)) - 52));
      const distance = y[i]!.subtract(slope.multiply(x[i]!).add(intercept)).abs();
      expect(distance.lessThan(ulp)).toBe(true);
      if (!distance.isZero()) off++;
    }
    expect(off).toBeGreaterThan(points / 2);
    expect(instance.known!.knots).toBe(knotsBySlopes(instance));
    expect(instance.known!.knots).toBeGreaterThan(points / 4);
  });

  test('walk and noise: the distribution chooses integers or doubles', async () => {
    for (const kind of ['walk', 'noise'] as const) {
      const integers = values((await generate(kind, { distribution: 'integer', range: 2 })).labels);
      expect(integers.every(({ denominator }) => denominator === 1n)).toBe(true);
      for (const distribution of ['uniform', 'gaussian'] as const) {
        const doubles = values((await generate(kind, { distribution })).labels);
        expect(doubles.some(({ denominator }) => denominator > 1n)).toBe(true);
        expect(doubles.every((value) => Rational.fromDouble(value.toNumber()).equals(value))).toBe(true);
      }
    }
    const steps = values((await generate('walk', { range: 2, points: 500 })).labels);
    const sizes = new Set(steps.slice(1).map((value, i) => value.subtract(steps[i]!).toNumber()));
    expect([...sizes].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  test('teacher: the network fits exactly, and its sizes are upper bounds only', async () => {
    for (const [dimension, neurons] of [
      [1, 2],
      [2, 3],
      [5, 4],
    ] as const) {
      const options = { points: 25, dimension, neurons, seed: neurons };
      const instance = await generate('teacher', options);
      const { teacher: network } = finish(
        teacher(completeOptions('teacher', options), createRandom(neurons)),
      );
      for (let n = 0; n < 25; n++) {
        const x = instance.inputs.map((column) => column.value(n));
        expect(evaluate(network, x).equals(instance.labels.value(n))).toBe(true);
      }
      expect(instance.known!.neuronsAtMost).toBe(neurons);
      expect(instance.known!.parametersAtMost).toBe(countParameters(network));
      expect(instance.known).not.toHaveProperty('neurons');
      expect(instance.known).not.toHaveProperty('parameters');
      expect(instance.known!.provedBy).toBe(dimension === 1 ? 'runs' : 'network');
    }
  });

  test('uniform and teacher: inputs are different, in the box, with the decimals asked for', async () => {
    for (const kind of ['uniform', 'teacher'] as const) {
      const { inputs } = await generate(kind, { points: 40, dimension: 2, decimals: 1 });
      const rows = Array.from({ length: 40 }, (_, n) => inputs.map((column) => column.value(n)));
      expect(new Set(rows.map(String)).size).toBe(40);
      for (const entry of rows.flat()) {
        expect(entry.multiply(Rational.of(10)).denominator).toBe(1n);
        expect(entry.abs().compare(Rational.one)).toBeLessThanOrEqual(0);
      }
    }
    expect((await generate('uniform', { dimension: 2 })).known).toBeNull();
  });
});

describe('options that cannot be used', () => {
  const refused: [string, Kind, GenerateOptions, RegExp][] = [
    ['too few points', 'walk', { points: 1 }, /points: expected an integer from 2 .* found 1$/],
    ['a fraction of a point', 'walk', { points: 2.5 }, /points: .* found 2.5/],
    ['NaN', 'noise', { range: Number.NaN }, /range: .* found NaN/],
    ['a negative seed', 'noise', { seed: -1 }, /seed: .* found -1/],
    ['a seed beyond 2^53', 'noise', { seed: 2 ** 53 }, /seed/],
    ['an option of another kind', 'walk', { knots: 3 }, /knots: kind "walk" has no such option/],
    ['a seed for a formula', 'formula', { formula: 'x', seed: 1 }, /seed: kind "formula"/],
    ['an unknown distribution', 'walk', { distribution: 'cauchy' as never }, /distribution: .*"cauchy"/],
    ['too many knots', 'planted', { points: 20, knots: 5 }, /knots: expected at most 4 for 20 points/],
    ['no formula', 'formula', {}, /formula: expected an expression in x .* found nothing/],
    ['an empty formula', 'formula', { formula: ' ' }, /formula/],
    ['from that is no number', 'formula', { formula: 'x', from: 'a' }, /from: .*"a"/],
    ['from above to', 'formula', { formula: 'x', from: 2, to: '1' }, /from: expected a number below to = 1/],
    [
      'more points than inputs',
      'uniform',
      { dimension: 1, decimals: 1, points: 11 },
      /at most half of the 21/,
    ],
    ['too many inputs', 'uniform', { dimension: 1000, points: 10 ** 6 }, /points times dimension/],
    ['labels beyond 2^53', 'convex', { points: 3_000_000, range: 10 ** 6 }, /points: .* exceeds 2\^53/],
  ];
  test.each(refused)('%s', async (_, kind, options, message) => {
    await expect(generate(kind, options)).rejects.toThrow(InputError);
    await expect(generate(kind, options)).rejects.toThrow(message);
  });

  test('an unknown kind', async () => {
    await expect(generate('toString' as Kind)).rejects.toThrow(/kind: expected one of walk, .*"toString"/);
  });

  test('undefined means the default', async () => {
    expect((await generate('walk', { knots: undefined, points: undefined })).labels.length).toBe(101);
  });

  test('both ends of every limit are accepted where they are cheap', () => {
    for (const [name, [low]] of Object.entries(GENERATE_LIMITS)) {
      const kind: Kind = name === 'knots' ? 'planted' : name === 'stretch' ? 'collinear' : 'teacher';
      const options = { [name]: low, ...(name === 'decimals' ? { dimension: 10 } : {}) };
      if (name === 'range') continue;
      expect(completeOptions(kind, options)).toMatchObject({ [name]: low });
    }
  });
});
