import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { readNpz, writeNpz } from '../../src/files/npz.js';
import {
  LAYER_ROLES,
  type ModelLayers,
  networkFromLayers,
  skipOfLayers,
  tensorsFromLayers,
} from '../../src/models/layers.js';
import { recogniseLayers } from '../../src/models/recognise.js';
import { readSafetensors, writeSafetensors } from '../../src/models/safetensors.js';
import { evaluate } from '../../src/problem/network.js';

const arbitraryLayers: fc.Arbitrary<ModelLayers> = fc
  .record({
    d: fc.integer({ min: 1, max: 3 }),
    K: fc.integer({ min: 1, max: 3 }),
    skip: fc.boolean(),
    biases: fc.nat(2),
  })
  .chain(({ d, K, skip, biases }) => {
    const list = (length: number) =>
      fc
        .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: length, maxLength: length })
        .map((values) => Float64Array.from(values));
    return fc.record({
      inputDimension: fc.constant(d),
      width: fc.constant(K),
      inputWeights: list(K * d),
      biases: list(K),
      outputWeights: list(K),
      skipWeights: skip ? list(d) : fc.constant(null),
      skipBiases: list(skip ? biases : Math.min(biases, 1)).map((values) => [...values]),
    });
  });

test('layers written to npz and safetensors come back exactly, whatever the shapes', () => {
  fc.assert(
    fc.property(arbitraryLayers, (layers) => {
      const tensors = tensorsFromLayers(layers);
      expect(tensors.every(({ name }) => (LAYER_ROLES as readonly string[]).includes(name))).toBe(true);
      const network = networkFromLayers(layers);
      for (const read of [
        readNpz(writeNpz(tensors), 'a.npz'),
        readSafetensors(writeSafetensors(tensors), 'a'),
      ]) {
        const reading = recogniseLayers(read, 'a');
        expect(reading.network).toEqual(network);
        expect(reading.skip).toBe(skipOfLayers(layers));
        expect(Object.keys(reading.layers).sort()).toEqual(tensors.map(({ name }) => name).sort());
      }
    }),
  );
});

test('networkFromLayers computes the function that the layers describe, exactly', () => {
  fc.assert(
    fc.property(arbitraryLayers, fc.array(fc.integer(), { minLength: 3, maxLength: 3 }), (layers, point) => {
      const {
        inputDimension: d,
        width,
        inputWeights,
        biases,
        outputWeights,
        skipWeights,
        skipBiases,
      } = layers;
      const x = point.slice(0, d).map((value) => Rational.of(value));
      const exact = Rational.fromDouble;
      let expected = skipBiases.reduce((sum, value) => sum.add(exact(value)), Rational.zero);
      for (let k = 0; k < width; k++) {
        let activation = exact(biases[k]!);
        for (let i = 0; i < d; i++)
          activation = activation.add(exact(inputWeights[k * d + i]!).multiply(x[i]!));
        if (activation.sign() > 0) expected = expected.add(exact(outputWeights[k]!).multiply(activation));
      }
      for (let i = 0; i < d; i++) expected = expected.add(exact(skipWeights?.[i] ?? 0).multiply(x[i]!));
      const network = networkFromLayers(layers);
      expect(evaluate(network, x).equals(expected)).toBe(true);
      expect(network.skip === null).toBe(skipWeights === null && skipBiases.length === 0);
    }),
  );
});
