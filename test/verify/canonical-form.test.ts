import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { countNeurons, evaluate, type Network, type Skip, skipOf } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { IntegerNetwork } from '../../src/verify/activations.js';
import { canonicalForm } from '../../src/verify/canonical-form.js';
import { verify } from '../../src/verify/verify.js';
import { r } from './networks.js';

const rational = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 2 }))
  .map(([n, d]) => Rational.of(n, d));

const list = (length: number) => fc.array(rational, { minLength: length, maxLength: length });

const networks = (d: number, most: number): fc.Arbitrary<Network> =>
  fc.record({
    inputDimension: fc.constant(d),
    skip: fc.option(fc.record({ weights: list(d), bias: rational })),
    neurons: fc.array(fc.record({ inputWeights: list(d), bias: rational, outputWeight: rational }), {
      maxLength: most,
    }),
  });

const points = (d: number) => fc.array(list(d), { minLength: 1, maxLength: 8 });

describe('a network in integers', () => {
  it('has the values and signs of the network in rationals', () => {
    fc.assert(
      fc.property(networks(3, 4), points(3), (network, x) => {
        const data = datasetFromArrays({ x, y: x.map(() => 0) });
        const integers = new IntegerNetwork(network, data.inputs);
        x.forEach((row, n) => {
          expect(integers.value(n).equals(evaluate(network, row))).toBe(true);
          network.neurons.forEach(({ inputWeights, bias }, k) => {
            const z = inputWeights.reduce((sum, w, i) => sum.add(w.multiply(row[i]!)), bias);
            expect(Math.sign(Number(integers.activation(k, n)))).toBe(z.sign());
          });
        });
      }),
    );
  });
});

describe('the canonical form', () => {
  const cases = fc
    .tuple(fc.constantFrom(1, 2), fc.constantFrom<Skip>('affine', 'bias', 'none'))
    .chain(([d, skip]) => fc.tuple(fc.constant(skip), networks(d, 7), points(d)));

  it('loses nothing at the data when redundant neurons are removed and merged', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(cases, ([skip, drawn, x]) => {
        const zeros = new Array<Rational>(drawn.inputDimension).fill(Rational.zero);
        const network = { ...drawn, skip: skip === 'none' ? null : { weights: zeros, bias: r('1/2') } };
        const problem = makeProblem(datasetFromArrays({ x, y: x.map(() => 0) }));
        const form = canonicalForm(network, skip, problem, Rational.zero);
        expect(form.network.neurons.length).toBe(form.reduced);
        expect(form.active.length).toBe(countNeurons(network));
        expect(form.reduced).toBe(
          form.redundant.reduce(
            (sum, { kind, saves }) => (kind === 'dead' ? sum : sum - saves),
            form.active.length,
          ),
        );
        // It stays in its architecture, and keeps every value at the data.
        if (skip === 'none') expect(form.network.skip).toBeNull();
        if (skip === 'bias') expect(skipOf(form.network)).toBe('bias');
        for (const row of x) {
          expect(evaluate(form.network, row).equals(evaluate(network, row))).toBe(true);
        }
        // Once reduced there is nothing left to reduce.
        expect(canonicalForm(form.network, skip, problem, Rational.zero).redundant).toEqual([]);
        for (const { kind } of form.redundant) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }),
      { numRuns: 1000, seed: 1 },
    );
    for (const kind of ['dead', 'off-data', 'affine-on-data', 'same-hyperplane', 'same-pattern']) {
      expect(seen.get(kind), kind).toBeGreaterThan(20);
    }
  });

  it('is found with several inputs', async () => {
    // Two proportional neurons, one that is off at every point, one that is dead.
    const network: Network = {
      inputDimension: 2,
      skip: null,
      neurons: [
        { inputWeights: [r(1), r(1)], bias: r(-1), outputWeight: r(2) },
        { inputWeights: [r(-1), r(-1)], bias: r(-5), outputWeight: r(1) },
        { inputWeights: [r(3), r(3)], bias: r(-3), outputWeight: r('1/3') },
        { inputWeights: [r(1), r(0)], bias: r(0), outputWeight: r(0) },
      ],
    };
    const data = {
      x: [
        [0, 0],
        [1, 1],
        [2, 0],
        [0, 3],
      ],
      y: [0, 3, 3, 6],
    };
    const result = await verify(network, data, { claims: ['interpolates'] });
    expect(result.holds).toBe(true);
    expect(result.form).toMatchObject({
      active: [0, 1, 2],
      reduced: 1,
      redundant: [
        { kind: 'dead', neurons: [3] },
        { kind: 'off-data', neurons: [1] },
        { kind: 'same-hyperplane', neurons: [0, 2], saves: 1 },
      ],
    });
  });
});
