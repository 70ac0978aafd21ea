import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import {
  countNeurons,
  countParameters,
  evaluate,
  isDead,
  type Network,
  type Neuron,
  skipOf,
} from '../../src/problem/network.js';
import {
  crossing,
  evaluateAt,
  evaluateSorted,
  fromLines,
  fromNetwork,
  type PiecewiseLinear,
  toNetwork,
  valueOfLine,
} from '../../src/problem/piecewise-linear.js';
import { smallRational } from '../support/problems.js';

fc.configureGlobal({ seed: 52 });

const nonzero = smallRational.filter((value) => !value.isZero());

const functions: fc.Arbitrary<PiecewiseLinear> = fc
  .tuple(
    smallRational,
    smallRational,
    fc.uniqueArray(fc.tuple(smallRational, nonzero), { maxLength: 7, selector: ([at]) => `${at}` }),
  )
  .map(([slope, intercept, knots]) => ({
    slope,
    intercept,
    knots: knots.sort((a, b) => a[0].compare(b[0])).map(([at, slopeChange]) => ({ at, slopeChange })),
  }));

const neurons: fc.Arbitrary<Neuron> = fc
  .tuple(smallRational, smallRational, smallRational)
  .map(([w, bias, outputWeight]) => ({ inputWeights: [w], bias, outputWeight }));

const networks: fc.Arbitrary<Network> = fc
  .tuple(fc.array(neurons, { maxLength: 8 }), fc.option(fc.tuple(smallRational, smallRational)))
  .map(([list, skip]) => ({
    inputDimension: 1,
    skip: skip === null ? null : { weights: [skip[0]], bias: skip[1] },
    neurons: list,
  }));

/** The function from its definition, without any sweep. */
function slowValue(f: PiecewiseLinear, x: Rational): Rational {
  return f.knots.reduce(
    (sum, { at, slopeChange }) => (at.lessThan(x) ? sum.add(slopeChange.multiply(x.subtract(at))) : sum),
    f.slope.multiply(x).add(f.intercept),
  );
}

const sorted = (list: Rational[]) => list.sort((a, b) => a.compare(b));

test('evaluation at one place and at many', () => {
  fc.assert(
    fc.property(functions, fc.array(smallRational, { maxLength: 12 }).map(sorted), (f, places) => {
      const all = sorted([...places, ...f.knots.map(({ at }) => at)]);
      const expected = all.map((x) => `${slowValue(f, x)}`);
      expect(all.map((x) => `${evaluateAt(f, x)}`)).toEqual(expected);
      expect(evaluateSorted(f, all).map(String)).toEqual(expected);
    }),
  );
});

test('function to network and back', () => {
  fc.assert(
    fc.property(functions, (f) => {
      const network = toNetwork(f);
      expect(countNeurons(network)).toBe(f.knots.length);
      const back = fromNetwork(network);
      expect(JSON.stringify(back)).toBe(JSON.stringify(f));
    }),
  );
});

test('any network is its function: neurons of both directions, on one knot, constant and dead', () => {
  let merged = 0;
  fc.assert(
    fc.property(networks, fc.array(smallRational, { minLength: 3, maxLength: 9 }), (network, places) => {
      const f = fromNetwork(network);
      f.knots.forEach(({ at, slopeChange }, k) => {
        expect(slopeChange.isZero()).toBe(false);
        if (k > 0) expect(f.knots[k - 1]!.at.lessThan(at)).toBe(true);
      });
      if (f.knots.length < countNeurons(network)) merged++;
      for (const x of [...places, ...f.knots.map(({ at }) => at)]) {
        expect(`${slowValue(f, x)}`).toBe(`${evaluate(network, [x])}`);
      }
    }),
    { numRuns: 300 },
  );
  expect(merged).toBeGreaterThan(50);
});

test('sizes: dead neurons count nothing, a constant neuron counts', () => {
  fc.assert(
    fc.property(networks, fc.array(smallRational, { minLength: 20, maxLength: 20 }), (network, places) => {
      for (const neuron of network.neurons) {
        const alone: Network = { inputDimension: 1, skip: null, neurons: [neuron] };
        const { bias, inputWeights, outputWeight } = neuron;
        // Zero far left and far right and at its knot: zero everywhere.
        const far = [Rational.of(-1000), Rational.of(1000), ...places];
        expect(isDead(neuron)).toBe(far.every((x) => evaluate(alone, [x]).isZero()));
        expect(countNeurons(alone)).toBe(isDead(neuron) ? 0 : 1);
        const nonzeros = [inputWeights[0]!, bias].filter((w) => !w.multiply(outputWeight).isZero()).length;
        expect(countParameters(alone)).toBe(isDead(neuron) ? 0 : nonzeros);
      }
      const expected = network.skip === null ? 'none' : network.skip.weights[0]!.isZero() ? 'bias' : 'affine';
      expect(skipOf(network)).toBe(expected);
    }),
  );
});

test('lines: crossing, and equal neighbours are one piece', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(smallRational, smallRational), { minLength: 1, maxLength: 6 }), (list) => {
      const lines = list.map(([slope, intercept]) => ({ slope, intercept }));
      for (let j = 1; j < lines.length; j++) {
        if (lines[j]!.slope.equals(lines[j - 1]!.slope)) continue;
        const knot = crossing(lines[j - 1]!, lines[j]!);
        expect(valueOfLine(lines[j - 1]!, knot.at).equals(valueOfLine(lines[j]!, knot.at))).toBe(true);
        expect(lines[j - 1]!.slope.add(knot.slopeChange).equals(lines[j]!.slope)).toBe(true);
      }
      const twice = lines.flatMap((line) => [line, line]);
      expect(JSON.stringify(fromLines(twice))).toBe(JSON.stringify(fromLines(lines)));
    }),
  );
  expect(() => fromNetwork({ inputDimension: 2, skip: null, neurons: [] })).toThrow(RangeError);
});
