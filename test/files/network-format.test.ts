import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { networkChunks, parseNetwork } from '../../src/files/network-format.js';
import { InputError } from '../../src/problem/input-error.js';
import type { Network } from '../../src/problem/network.js';

const rational = fc
  .tuple(fc.bigInt(-(2n ** 70n), 2n ** 70n), fc.bigInt(1n, 2n ** 70n))
  .map(([p, q]) => Rational.of(p, q));
const network: fc.Arbitrary<Network> = fc.integer({ min: 1, max: 3 }).chain((d) => {
  const weights = fc.array(rational, { minLength: d, maxLength: d });
  return fc.record({
    inputDimension: fc.constant(d),
    skip: fc.option(fc.record({ weights, bias: rational })),
    neurons: fc.array(fc.record({ inputWeights: weights, bias: rational, outputWeight: rational }), {
      maxLength: 5,
    }),
  });
});

test('what is written is read back, and is plain JSON of exact strings', () => {
  fc.assert(
    fc.property(network, (written) => {
      const text = [...networkChunks(written)].join('');
      expect(parseNetwork(text, 'a.json')).toEqual(written);
      expect(JSON.parse(text)).toEqual({
        format: 'sparsest-network',
        version: 1,
        ...JSON.parse(JSON.stringify(written)),
      });
    }),
  );
});

test('many neurons come in many pieces', () => {
  const neuron = { inputWeights: [Rational.one], bias: Rational.of(-1, 3), outputWeight: Rational.of(2) };
  const large: Network = { inputDimension: 1, skip: null, neurons: Array(10_000).fill(neuron) };
  const pieces = [...networkChunks(large)];
  expect(pieces.length).toBeGreaterThan(5);
  expect(parseNetwork(pieces.join(''), 'a.json')).toEqual(large);
});

const text = (neurons: string, skip = 'null', dimension: unknown = 1) =>
  `{"format": "sparsest-network", "version": 1, "inputDimension": ${dimension}, "skip": ${skip}, "neurons": [${neurons}]}`;

test('a JSON number means the decimal that is written', () => {
  const { neurons, skip } = parseNetwork(
    text('{"inputWeights": [0.1], "bias": -1e-2, "outputWeight": "2/6"}', '{"weights": [0], "bias": "0.5"}'),
    'a.json',
  );
  expect(neurons).toEqual([
    { inputWeights: [Rational.of(1, 10)], bias: Rational.of(-1, 100), outputWeight: Rational.of(1, 3) },
  ]);
  expect(skip).toEqual({ weights: [Rational.zero], bias: Rational.of(1, 2) });
});

describe('what is refused, with the field named', () => {
  const neuron = '{"inputWeights": [1], "bias": 0, "outputWeight": 1}';
  test.each([
    ['[]', /^a\.json: expected an object, found an array of 0/],
    [
      '{"format": "sparsest-instance", "version": 1}',
      /"format": expected "sparsest-network", found "sparsest-instance"/,
    ],
    [text('').replace('"version": 1', '"version": 7'), /"version": expected 1, found 7/],
    [text('').replace('"skip": null, ', ''), /^a\.json: skip: expected an object or null, found nothing/],
    [
      text('').replace('"skip"', '"bypass"'),
      /^a\.json: unknown field "bypass"; expected only format, version/,
    ],
    [text('', 'null', 0), /"inputDimension": expected a positive integer, found 0/],
    [text('', 'null', 1.5), /"inputDimension": expected a positive integer, found 1\.5/],
    [text('', '3'), /^a\.json: skip: expected an object, found 3/],
    [
      text('', '{"weights": [1, 2], "bias": 0}'),
      /^a\.json: skip\.weights: expected an array of 1, found an array of 2/,
    ],
    [text('', '{"weights": [1]}'), /^a\.json: skip\.bias: expected a number .*found nothing/],
    [text(`${neuron}, 3`), /^a\.json: neurons\[1\]: expected an object, found 3/],
    [
      text(`${neuron}, ${neuron.replace('[1]', '[]')}`),
      /neurons\[1\]\.inputWeights: expected an array of 1, found an array of 0/,
    ],
    [text(neuron.replace('[1]', '["1/0"]')), /neurons\[0\]\.inputWeights\[0\]: the denominator of 1\/0 is 0/],
    [text(neuron.replace('"bias": 0', '"bias": null')), /neurons\[0\]\.bias: expected a number .*found null/],
    [
      text(neuron.replace('"bias": 0', '"bias": "inf"')),
      /neurons\[0\]\.bias: expected a number .*found "inf"/,
    ],
    [
      text(neuron.replace('"bias"', '"offset"')),
      /neurons\[0\]: unknown field "offset"; expected only inputWeights, bias/,
    ],
    [text(neuron.replace('"bias": 0', '"bias": 0, "bias": 1')), /the key neurons\[0\]\.bias occurs twice/],
    [text(neuron).slice(0, -5), /^a\.json, line 1, column \d+: expected .*found the end of the file/],
  ])('%s', (input, message) => {
    expect(() => parseNetwork(input, 'a.json')).toThrow(InputError);
    expect(() => parseNetwork(input, 'a.json')).toThrow(message);
  });
});
