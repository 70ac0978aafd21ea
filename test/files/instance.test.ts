import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { InputError } from '../../src/problem/input-error.js';

const texts = (column: { length: number; value(i: number): Rational } | null) =>
  column && Array.from({ length: column.length }, (_, i) => column.value(i).toString());

const head = '"format": "sparsest-instance", "version": 1, "name": "n", "source": "s"';
const read = (body: string, float64 = false) => parseInstance(`{${head}, ${body}}`, 'a.json', { float64 });

describe('what is read', () => {
  test('numbers as written, fractions, one input', () => {
    const digits = '0.1000000000000000055511151231257827021181583404541015625';
    const { dataset, name, source, known } = read(
      `"x": [0.1, "1/3", ${digits}], "y": [1, 2e-1, "-3"], "known": {"neurons": 3}`,
    );
    expect([name, source, dataset.name]).toEqual(['n', 's', 'a.json']);
    expect(dataset.inputs.map(texts)).toEqual([['1/10', '1/3', Rational.parse(digits).toString()]]);
    expect(texts(dataset.labels)).toEqual(['1', '1/5', '-3']);
    expect([dataset.lower, dataset.upper]).toEqual([null, null]);
    expect(known?.neurons).toBe(3);
    expect(dataset.describeRow(2)).toBe('x[2] of a.json');
  });

  test('float64 means the nearest double', () => {
    const { dataset } = read('"x": [0.1], "y": ["1/3"]', true);
    expect(texts(dataset.inputs[0]!)).toEqual([Rational.fromDouble(0.1).toString()]);
    expect(texts(dataset.labels)).toEqual([Rational.fromDouble(1 / 3).toString()]);
  });

  test('several inputs and windows without labels', () => {
    const { dataset } = read('"x": [[1, 2], [3, 4], [5, 6]], "lower": [0, 0, 0], "upper": [1, 1, 1]');
    expect(dataset.inputs.map(texts)).toEqual([
      ['1', '3', '5'],
      ['2', '4', '6'],
    ]);
    expect([dataset.labels, texts(dataset.lower), texts(dataset.upper)]).toEqual([
      null,
      ['0', '0', '0'],
      ['1', '1', '1'],
    ]);
  });

  test('name, source and known may be missing', () => {
    const instance = parseInstance(
      '{"format": "sparsest-instance", "version": 1, "x": [1], "y": [2]}',
      'a.json',
    );
    expect(Object.keys(instance)).toEqual(['dataset', 'name']);
    expect(instance.name).toBe('a.json');
  });
});

describe('what is refused, with file and field named', () => {
  test.each([
    ['unequal lengths', '"x": [1, 2], "y": [1]', /^a\.json: field "y" has 1 numbers, expected 2 as in "x"/],
    [
      'unequal windows',
      '"x": [1], "lower": [], "upper": [1]',
      /^a\.json: field "lower" has 0 numbers, expected 1/,
    ],
    [
      'ragged rows',
      '"x": [[1, 2], [3]], "y": [1, 2]',
      /^a\.json: x\[1\]: expected a row of 2 numbers.*found an array of 1/,
    ],
    [
      'a number among rows',
      '"x": [[1], 2], "y": [1, 2]',
      /^a\.json: x\[1\]: expected a row of 1 numbers.*found 2/,
    ],
    ['a row among numbers', '"x": [1, [2]], "y": [1, 2]', /^a\.json: x\[1\]: expected a number/],
    ['a word', '"x": [1, "many"], "y": [1, 2]', /^a\.json: x\[1\]: expected a number .*found "many"/],
    ['NaN as text', '"x": [1], "y": ["NaN"]', /^a\.json: y\[0\]: expected a number .*found "NaN"/],
    ['NaN as a word', '"x": [1], "y": [NaN]', /^a\.json, line 1, column \d+: expected a value, found "NaN/],
    ['null', '"x": [[1, null]], "y": [1]', /^a\.json: x\[0\]\[1\]: expected a number .*found null/],
    ['division by zero', '"x": ["1/0"], "y": [1]', /^a\.json: x\[0\]: the denominator of 1\/0 is 0/],
    [
      'an absurd exponent',
      '"x": [1e99999], "y": [1]',
      /^a\.json: x\[0\]: the number 1e99999 has exponent 99999/,
    ],
    ['no points', '"x": [], "y": []', /^a\.json: field "x": expected at least one point/],
    ['an empty row', '"x": [[]], "y": [1]', /^a\.json: x\[0\]: expected at least one number/],
    ['no x', '"y": [1]', /^a\.json: field "x": expected an array .*found nothing/],
    ['no labels', '"x": [1]', /^a\.json: expected labels "y" or windows/],
    [
      'lower alone',
      '"x": [1], "y": [1], "lower": [1]',
      /^a\.json: expected both .*found only "lower"; add "upper"/,
    ],
    ['an unknown field', '"x": [1], "Y": [1]', /^a\.json: unknown field "Y"; expected only format, .*known/],
    ['__proto__', '"x": [1], "y": [1], "__proto__": {}', /^a\.json: unknown field "__proto__"/],
    ['a field twice', '"x": [1], "y": [1], "x": [2]', /^a\.json, line 1, column \d+: the key x occurs twice/],
    [
      'a name that is no text',
      '"x": [1], "y": [1], "known": 3',
      /^a\.json: field "known": expected an object, found 3/,
    ],
  ])('%s', (_, body, message) => {
    expect(() => read(body)).toThrow(InputError);
    expect(() => read(body)).toThrow(message);
  });

  test.each([
    [
      '{"format": "sparsest-instance", "version": 2, "x": [1], "y": [1]}',
      /^a\.json: field "version": expected 1, found 2/,
    ],
    ['{"format": "sparsest-instance", "version": "1"}', /^a\.json: field "version": expected 1, found "1"/],
    ['{"format": "sparsest-instance"}', /^a\.json: field "version": expected 1, found nothing/],
    [
      '{"format": "sparsest-network", "version": 1}',
      /^a\.json: field "format": expected "sparsest-instance", found "sparsest-network"/,
    ],
    ['{}', /^a\.json: field "format": expected "sparsest-instance", found nothing/],
    ['[1, 2]', /^a\.json: expected an object, found an array of 2/],
  ])('%s', (text, message) => {
    expect(() => parseInstance(text, 'a.json')).toThrow(InputError);
    expect(() => parseInstance(text, 'a.json')).toThrow(message);
  });
});
