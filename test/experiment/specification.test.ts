import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { specificationHash } from '../../src/experiment/results-directory.js';
import {
  epochsPerLook,
  firstDifference,
  SPECIFICATION_DEFAULTS,
  type Specification,
  sourceName,
} from '../../src/experiment/specification.js';
import {
  canonicalSpecification,
  parseSpecification,
  specification,
} from '../../src/experiment/specification-format.js';
import { InputError } from '../../src/problem/input-error.js';
import { exactText } from '../../src/text/format.js';

const file = (fields: string) =>
  `{"format": "sparsest-comparison", "version": 1, "data": ["a.csv"]${fields === '' ? '' : `, ${fields}`}}`;

const rational = fc
  .tuple(fc.bigInt(1n, 10n ** 20n), fc.bigInt(1n, 10n ** 20n))
  .map(([a, b]) => (a < b ? Rational.of(a, b) : Rational.of(b, a)));

const arbitrary: fc.Arbitrary<Specification> = fc
  .record({
    p: fc.uniqueArray(rational.map(exactText), { maxLength: 3 }),
    methods: fc.subarray(['reweighted', 'adam', 'adamw'] as const),
    architectures: fc.subarray(['default', 'affine', 'bias', 'none'] as const, { minLength: 1 }),
    tolerances: fc.uniqueArray(rational.map(exactText), { minLength: 1, maxLength: 3 }),
    seeds: fc.uniqueArray(fc.nat(), { maxLength: 4 }),
    epochs: fc.nat(),
    width: fc.integer({ min: 1, max: 1e6 }),
    learningRate: fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    prune: fc.boolean(),
    lambdaFrom: fc.double({ min: 1e300, max: 1e301, noNaN: true }),
    lambda: fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    every: fc.nat(),
    timeLimit: fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    files: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ files, ...settings }) => ({
    ...settings,
    data: [
      ...files.map((name) => ({ file: `${name}.csv` })),
      { generate: 'walk' as const, options: { points: 9, seed: 3 } },
    ],
  }));

describe('parseSpecification', () => {
  it('takes the defaults for what is left out', () => {
    expect(parseSpecification(file(''), 's')).toEqual({
      ...SPECIFICATION_DEFAULTS,
      data: [{ file: 'a.csv' }],
    });
  });

  it('reads its own canonical text as the same specification, with the same text and hash', () => {
    fc.assert(
      fc.property(arbitrary, (spec) => {
        const text = canonicalSpecification(spec);
        const again = parseSpecification(text, 's');
        expect(again).toEqual(spec);
        expect(canonicalSpecification(again)).toBe(text);
        expect(specificationHash(again)).toBe(specificationHash(spec));
        expect(firstDifference(spec, again)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('takes numbers and texts for exact numbers alike', () => {
    const spec = parseSpecification(file('"p": [0.4, "1/3", "7e-1"], "tolerances": ["1/100", 0]'), 's');
    expect(spec.p).toEqual(['0.4', '1/3', '0.7']);
    expect(spec.tolerances).toEqual(['0.01', '0']);
  });

  it('expands the seeds of a generator and the number of seeds', () => {
    const spec = specification([{ generate: 'walk', options: { range: 5, points: 9 }, seeds: 3 }], {
      seeds: 2,
    });
    expect(spec.data.map(sourceName)).toEqual([0, 1, 2].map((seed) => `walk points=9 seed=${seed} range=5`));
    expect(spec.seeds).toEqual([0, 1]);
  });

  it.each([
    ['"format": 3', /the key format occurs twice/],
    ['"p": [2]', /^s: p\[0\]: expected an exponent 0 < p <= 1, found 2/],
    ['"p": [0]', /p\[0\]/],
    ['"p": 0.4', /^s: p: expected an array, found 0.4/],
    ['"p": [0.4, "2/5"]', /^s: p\[1\]: the same as entry \[0\] \("0.4"\)/],
    ['"methods": ["sgd"]', /methods\[0\]: expected reweighted, adam, adamw, annealed, found "sgd"/],
    ['"architectures": []', /architectures: expected at least 1 entry/],
    ['"tolerances": [-1]', /tolerances\[0\]: expected a number that is at least 0, found -1/],
    ['"seeds": -1', /seeds: expected a whole number/],
    ['"seeds": [1, 1]', /^s: seeds\[1\]: the same as entry \[0\]/],
    ['"epochs": 1.5', /epochs: expected a whole number that is at least 0, found 1.5/],
    ['"width": 0', /width: expected a whole number that is at least 1, found 0/],
    ['"learningRate": 0', /learningRate: expected a positive number, found 0/],
    ['"lambda": 0', /lambda: expected a positive number for method reweighted/],
    ['"timeLimit": "60"', /timeLimit: expected a positive number of seconds, found "60"/],
    ['"epoch": 3', /unknown field "epoch"/],
    [
      '"seeds": 100000, "methods": ["adam"], "p": [0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1]',
      /at most 1000000 training runs/,
    ],
  ])('refuses %s', (fields, message) => {
    expect(() => parseSpecification(file(fields), 's')).toThrow(InputError);
    expect(() => parseSpecification(file(fields), 's')).toThrow(message);
  });

  it.each<[unknown, RegExp]>([
    [{ generate: 'walks' }, /^s: data\[0\]\.generate: expected one of/],
    [{ generate: 'walk', options: { knots: 3 } }, /data\[0\]\.options: unknown field "knots"/],
    [
      { generate: 'walk', options: { points: 1 } },
      /^s: data\[0\]\.options\.points: expected an integer from 2/,
    ],
    [{ generate: 'walk', options: { seed: 1 }, seeds: 2 }, /data\[0\]\.seeds/],
    [{ generate: 'formula', options: {} }, /formula: expected an expression/],
    [{ file: '' }, /data\[0\]\.file: expected a text/],
    [{ file: 'a.csv', float64: 1 }, /float64: expected true or false/],
    [{ file: 'a.csv', header: 'no' }, /data\[0\]\.header: expected true or false, found "no"/],
    [{ file: 'a.csv', inputs: [] }, /data\[0\]\.inputs: expected at least 1 entry/],
    [{ file: 'a.csv', inputs: 'x' }, /data\[0\]\.inputs: expected an array/],
    [{ file: 'a.csv', inputs: ['x', 2] }, /data\[0\]\.inputs\[1\]: expected a text, found 2/],
    [3, /data\[0\]: expected an object, found 3/],
  ])('refuses the data set %j', (source, message) => {
    const text = `{"format": "sparsest-comparison", "version": 1, "data": [${JSON.stringify(source)}]}`;
    expect(() => parseSpecification(text, 's')).toThrow(InputError);
    expect(() => parseSpecification(text, 's')).toThrow(message);
  });

  it('takes one file read in two ways for two data sets, the same way for one', () => {
    const ways = [{}, { target: 'y' }, { inputs: ['a', 'b'] }, { header: false }, { float64: true }];
    const sources = ways.map((way) => ({ file: 'a.csv', ...way }));
    const spec = specification(sources);
    expect(spec.data).toEqual(sources);
    expect(new Set(spec.data.map(sourceName)).size).toBe(ways.length);
    expect(specification([{ file: 'a.csv', header: true, float64: false }]).data).toEqual([
      { file: 'a.csv' },
    ]);
  });

  it('refuses no data sets, and one that is named twice', () => {
    expect(() => specification([])).toThrow(/^data: expected at least one data set/);
    expect(() => specification(['a.csv', { file: 'a.csv' }])).toThrow(
      /^data\[1\]: the same as entry \[0\] \("a.csv"\)/,
    );
  });
});

describe('firstDifference', () => {
  it('names the field and both values', () => {
    const spec = specification(['a.csv', { generate: 'walk', options: { points: 9 } }]);
    const other = (changes: Partial<Specification>) => firstDifference(spec, { ...spec, ...changes });
    expect(other({ epochs: 5 })).toBe('epochs: 20000 there, 5 now');
    expect(other({ p: ['0.4'] })).toBe('p[1]: "0.7" there, nothing now');
    expect(other({ data: [spec.data[0]!, { generate: 'walk', options: { points: 8 } }] })).toBe(
      'data[1].options.points: 9 there, 8 now',
    );
  });
});

describe('epochsPerLook', () => {
  it('is what was asked for, or gives some 200 looks', () => {
    expect(epochsPerLook({ every: 7, epochs: 100 })).toBe(7);
    expect(epochsPerLook({ every: 0, epochs: 20_000 })).toBe(100);
    expect(epochsPerLook({ every: 0, epochs: 0 })).toBe(1);
  });
});
