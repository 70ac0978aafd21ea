import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rank } from '../../src/exact/elimination.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluate, type Network, type Neuron, type Skip } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { canonicalForm } from '../../src/verify/canonical-form.js';
import { fewestNeurons } from '../../src/verify/pattern-part.js';
import type { SignedNeuron } from '../../src/verify/signed-neuron.js';
import { type Constraint, hasSolution } from '../support/fourier-motzkin.js';
import { networkOf, r } from './networks.js';

type Point = readonly Rational[];

const SKIPS: readonly Skip[] = ['none', 'bias', 'affine'];

/** z . (x, 1) */
function affineAt(z: readonly Rational[], x: Point): Rational {
  return x.reduce((sum, entry, i) => sum.add(entry.multiply(z[i]!)), z.at(-1)!);
}

function neuronAt({ inputWeights, bias, outputWeight }: Neuron, x: Point): Rational {
  const z = affineAt([...inputWeights, bias], x);
  return z.sign() > 0 ? z.multiply(outputWeight) : Rational.zero;
}

/**
 * The fewest neurons (0, 1 or 2) for given values at the points, by its definition: the unknowns are the neuron z and the function A of
 * the skip, and whether they exist is decided by Fourier-Motzkin elimination.
 */
function bruteFewest(
  x: readonly Point[],
  isActive: readonly boolean[],
  values: readonly Rational[],
  skip: Skip,
): number {
  const d = x[0]!.length;
  const zeros = (count: number) => new Array<Rational>(count).fill(Rational.zero);
  const row = (point: Point) => [...point, Rational.one];
  /** The row of A among its unknowns. */
  const skipRow = (point: Point): Rational[] =>
    skip === 'none' ? [] : skip === 'bias' ? [Rational.one] : row(point);
  const free = skipRow(x[0]!).length;
  const equations = x.map(
    (point, n): Constraint => ({
      coefficients: skipRow(point),
      sense: '=',
      right: values[n]!,
    }),
  );
  if (hasSolution(equations, free)) return 0;
  const one = [1, -1].some((sign) => {
    const constraints = x.flatMap((point, n): Constraint[] => {
      const z = row(point);
      const negated = z.map((entry) => entry.negate());
      const active = isActive[n]!;
      const output = active ? z.map((entry) => entry.multiply(Rational.of(sign))) : zeros(d + 1);
      return [
        { coefficients: [...(active ? negated : z), ...zeros(free)], sense: '<=', right: Rational.zero },
        { coefficients: [...output, ...skipRow(point)], sense: '=', right: values[n]! },
      ];
    });
    return hasSolution(constraints, d + 1 + free);
  });
  return one ? 1 : 2;
}

describe('the fewest neurons of one pattern', () => {
  const number = fc.integer({ min: -4, max: 4 });
  const cases = fc.integer({ min: 1, max: 3 }).chain((d) =>
    fc.record({
      skip: fc.constantFrom(...SKIPS),
      // Few points, often in special position, so that corrections have room.
      x: fc.uniqueArray(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: d, maxLength: d }), {
        minLength: 2,
        maxLength: 7,
        selector: (point) => point.join(),
      }),
      neurons: fc.array(
        fc.record({
          z: fc.array(number, { minLength: d + 1, maxLength: d + 1 }),
          up: fc.boolean(),
          size: fc.integer({ min: 1, max: 4 }),
        }),
        { minLength: 8, maxLength: 40 },
      ),
    }),
  );

  it('are what a search over all neurons and skips finds, with the same values', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(cases, ({ skip, x: coordinates, neurons }) => {
        const x = coordinates.map((point) => point.map((entry) => Rational.of(entry)));
        // With one input, points are sorted in a problem; give them so.
        x.sort((a, b) => a[0]!.compare(b[0]!));
        const problem = makeProblem(datasetFromArrays({ x, y: x.map(() => 0) }));
        const rows = Array.from({ length: problem.size }, (_, n) =>
          problem.inputs.map((column) => column.value(n)),
        );
        // The largest group of neurons of one pattern.
        const groups = new Map<string, SignedNeuron[]>();
        for (const { z: entries, up, size } of neurons) {
          const z = entries.map((entry) => Rational.of(entry * size));
          const values = rows.map((point) => affineAt(z, point));
          if (values.every((value) => value.sign() <= 0)) continue;
          const key = values.map((value) => (value.sign() > 0 ? '+' : '-')).join('');
          groups.set(key, [...(groups.get(key) ?? []), { sign: Rational.of(up ? 1 : -1), z }]);
        }
        const [key, part] = [...groups].sort((a, b) => b[1].length - a[1].length)[0] ?? [];
        if (key === undefined || part === undefined) return;
        const isActive = [...key].map((mark) => mark === '+');
        const numbers = rows.map((_, n) => n);
        const points = {
          active: numbers.filter((n) => isActive[n]),
          inactive: numbers.filter((n) => !isActive[n]),
        };
        const relu = (value: Rational) => (value.sign() > 0 ? value : Rational.zero);
        const sumAt = (some: readonly SignedNeuron[], point: Point) =>
          some.reduce((sum, { sign, z }) => sum.add(sign.multiply(relu(affineAt(z, point)))), Rational.zero);
        const values = rows.map((point) => sumAt(part, point));

        const { neurons: fewest, affine } = fewestNeurons(part, points, skip, problem);
        rows.forEach((point, n) => {
          const skipped = affine === null ? Rational.zero : affineAt(affine, point);
          expect(sumAt(fewest, point).add(skipped).equals(values[n]!)).toBe(true);
          for (const { z } of fewest) {
            expect(affineAt(z, point).sign() * (isActive[n] ? 1 : -1)).toBeGreaterThanOrEqual(0);
          }
        });
        if (skip === 'none') expect(affine).toBeNull();
        if (skip === 'bias' && affine !== null)
          expect(affine.slice(0, -1).every((entry) => entry.isZero())).toBe(true);
        expect(fewest.length).toBe(bruteFewest(rows, isActive, values, skip));
        const mixed = new Set(part.map(({ sign }) => sign.sign())).size > 1;
        const place = `${skip} ${mixed ? 'mixed' : 'one sign'} ${fewest.length}`;
        seen.set(place, (seen.get(place) ?? 0) + 1);
      }),
      { numRuns: 900, seed: 3 },
    );
    for (const skip of SKIPS) {
      expect(seen.get(`${skip} mixed 1`), skip).toBeGreaterThan(10);
      expect(seen.get(`${skip} mixed 2`), skip).toBeGreaterThan(10);
    }
    expect(seen.get('none one sign 1')).toBeGreaterThan(20);
    expect(seen.get('affine mixed 0')).toBeGreaterThan(5);
  });

  it('are found among many points, of which few decide', () => {
    const { uniform } = createRandom(5);
    const whole = (from: number, to: number) => from + Math.floor(uniform() * (to - from + 1));
    const seen = new Map<number, number>();
    for (let run = 0; run < 90; run++) {
      const skip = SKIPS[run % 3]!;
      // Active are the last two points of four on a line; all others lie on one side of it.
      const x = [0, 1, 2, 3].map((at) => [Rational.of(at), Rational.zero]);
      for (let n = 0; n < 30; n++) x.push([Rational.of(whole(-30, 60), 10), Rational.of(whole(10, 50), 10)]);
      const problem = makeProblem(datasetFromArrays({ x, y: x.map(() => 0) }));
      const rows = Array.from({ length: problem.size }, (_, n) =>
        problem.inputs.map((column) => column.value(n)),
      );
      const part = [1, -1].map((sign): SignedNeuron => {
        const slope = Rational.of(whole(1, 60), 10);
        const knot = Rational.of(whole(10, 19), 10);
        const z = [slope, Rational.of(-whole(40, 60)), slope.multiply(knot).negate()];
        return { sign: Rational.of(sign), z };
      });
      const isActive = rows.map((point) => affineAt(part[0]!.z, point).sign() > 0);
      expect(isActive.filter((active) => active).length).toBe(2);
      const numbers = rows.map((_, n) => n);
      const points = {
        active: numbers.filter((n) => isActive[n]),
        inactive: numbers.filter((n) => !isActive[n]),
      };
      const values = rows.map((point, n) =>
        part.reduce(
          (sum, { sign, z }) => (isActive[n] ? sum.add(sign.multiply(affineAt(z, point))) : sum),
          Rational.zero,
        ),
      );
      const { neurons } = fewestNeurons(part, points, skip, problem);
      expect(neurons.length).toBe(bruteFewest(rows, isActive, values, skip));
      rows.forEach((point, n) => {
        for (const { z } of neurons) {
          expect(affineAt(z, point).sign() * (isActive[n] ? 1 : -1)).toBeGreaterThanOrEqual(0);
        }
      });
      seen.set(neurons.length, (seen.get(neurons.length) ?? 0) + 1);
    }
    expect(seen.get(1)).toBeGreaterThan(15);
    expect(seen.get(2)).toBeGreaterThan(15);
  });
});

describe('a network with planted groups', () => {
  /** Neurons of the pattern of one of them: shifts of its knot inside its gap, or its multiples and neighbours, signs at random. */
  function planted(d: number, x: readonly Point[], seed: number): Network {
    const { uniform } = createRandom(seed);
    const whole = (from: number, to: number) => from + Math.floor(uniform() * (to - from + 1));
    const signsOf = (z: readonly Rational[]) => x.map((point) => affineAt(z, point).sign());
    const draw = (size: number) => Array.from({ length: d + 1 }, () => Rational.of(whole(-size, size), 3));
    const neurons: Neuron[] = [];
    for (let group = 0; group < 3; group++) {
      const base = draw(9);
      const signs = signsOf(base);
      if (signs.includes(0)) continue;
      const want = whole(1, 4);
      for (let tries = 0, found = 0; tries < 60 && found < want; tries++) {
        const nudge = draw(3);
        const z = tries === 0 ? base : base.map((entry, i) => entry.multiply(Rational.of(3)).add(nudge[i]!));
        if (signsOf(z).join() !== signs.join()) continue;
        const turned = whole(0, 3) === 0 ? z.map((entry) => entry.negate()) : z;
        const outputWeight = Rational.of(whole(1, 5) * (whole(0, 1) === 0 ? 1 : -1), whole(1, 2));
        neurons.push({ inputWeights: turned.slice(0, -1), bias: turned.at(-1)!, outputWeight });
        found++;
      }
    }
    return { inputDimension: d, skip: null, neurons };
  }

  it.each(SKIPS)(
    'with skip %s keeps its values, and as few neurons as brute force over its patterns',
    (skip) => {
      let compared = 0;
      let merged = 0;
      for (let seed = 0; seed < 120; seed++) {
        const d = 1 + (seed % 2);
        const { uniform } = createRandom(1000 + seed);
        const draw = () => Rational.of(Math.floor(uniform() * 9) - 4);
        const unique = new Map<string, Rational[]>();
        for (let n = 0; n < (d === 1 ? 6 : 9); n++) {
          const point = Array.from({ length: d }, draw);
          unique.set(point.join(), point);
        }
        const x = [...unique.values()].sort((a, b) => a[0]!.compare(b[0]!));
        const bare = planted(d, x, seed);
        const zeros = new Array<Rational>(d).fill(Rational.zero);
        const network = { ...bare, skip: skip === 'none' ? null : { weights: zeros, bias: r('1/2') } };
        const problem = makeProblem(datasetFromArrays({ x, y: x.map(() => 0) }));
        const form = canonicalForm(network, skip, problem, Rational.zero);
        for (const point of x) {
          expect(evaluate(form.network, point).equals(evaluate(network, point))).toBe(true);
        }
        if (form.reduced < form.active.length) merged++;

        // By patterns: with an affine skip a pattern and its opposite are one.
        const groups = new Map<string, { isActive: boolean[]; neurons: Neuron[] }>();
        for (const neuron of network.neurons) {
          const isActive = x.map(
            (point) => affineAt([...neuron.inputWeights, neuron.bias], point).sign() > 0,
          );
          if (!isActive.includes(true)) continue;
          const turned = skip === 'affine' && !isActive[0];
          const key = (turned ? isActive.map((active) => !active) : isActive).join();
          const group = groups.get(key);
          if (group === undefined) groups.set(key, { isActive, neurons: [neuron] });
          else group.neurons.push(neuron);
        }
        let fewest = 0;
        let special = false;
        for (const { isActive, neurons } of groups.values()) {
          const values = x.map((point) =>
            neurons.reduce((sum, neuron) => sum.add(neuronAt(neuron, point)), Rational.zero),
          );
          // A sum that is 0 where its neurons are active, or an affine correction, which can make it so, may join another pattern: more is
          // possible than within one.
          const spans = (active: boolean) =>
            rank(
              x
                .filter((_, n) => isActive[n] === active)
                .map((point) => [...point, Rational.one].map((entry) => entry.numerator)),
            ) > d;
          const corrected = skip === 'affine' && !(spans(true) && spans(false));
          if (corrected || values.some((value, n) => isActive[n] && value.isZero())) special = true;
          fewest += Math.min(neurons.length, bruteFewest(x, isActive, values, skip));
        }
        expect(form.reduced).toBeLessThanOrEqual(fewest);
        if (!special) {
          expect(form.reduced, `seed ${seed}`).toBe(fewest);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(30);
      expect(merged).toBeGreaterThan(50);
    },
  );
});

describe('signs need not agree', () => {
  const line = { x: [0, 1, 2, 3, 4].map((value) => [Rational.of(value)]), y: [0, 1, 2, 3, 4] };
  const problem = makeProblem(datasetFromArrays(line));
  const form = (network: Network, skip: Skip) => canonicalForm(network, skip, problem, Rational.zero);

  it('where both are active everywhere', () => {
    // 2 (x + 10)+ - (x + 4)+ - 16 = x.
    const network = networkOf(
      [
        ['1', '10', '2'],
        ['1', '4', '-1'],
      ],
      ['0', '-16'],
    );
    expect(form(network, 'bias')).toMatchObject({
      reduced: 1,
      redundant: [{ kind: 'same-pattern', neurons: [0, 1], saves: 1 }],
    });
    // (x + 1)+ - 3 (x + 2)+ = -2 x - 5 < 0.
    expect(
      form(
        networkOf(
          [
            ['1', '1', '1'],
            ['1', '2', '-3'],
          ],
          null,
        ),
        'none',
      ).reduced,
    ).toBe(1);
    // 3 (x + 1)+ - (x + 5)+ = 2 x - 2 changes its sign at the data: two without a bias, one with.
    const changes: Parameters<typeof networkOf>[0] = [
      ['1', '1', '3'],
      ['1', '5', '-1'],
    ];
    expect(form(networkOf(changes, null), 'none').reduced).toBe(2);
    expect(form(networkOf(changes), 'bias').reduced).toBe(1);
    // (x + 2)+ - (x + 1)+ = 1: the output bias, or one constant neuron.
    const constant: Parameters<typeof networkOf>[0] = [
      ['1', '2', '1'],
      ['1', '1', '-1'],
    ];
    expect(form(networkOf(constant), 'bias').reduced).toBe(0);
    expect(form(networkOf(constant, null), 'none').reduced).toBe(1);
  });

  it('where they bend in one gap, if the sum does', () => {
    // Knots at 3/2 and 5/4: 3 (x - 3/2) - (x - 5/4) = 2 x - 13/4 has its knot at 13/8, in the same gap.
    const gap = networkOf(
      [
        ['1', '-3/2', '3'],
        ['1', '-5/4', '-1'],
      ],
      null,
    );
    expect(form(gap, 'none')).toMatchObject({ reduced: 1, redundant: [{ kind: 'same-pattern', saves: 1 }] });
    // (x - 5/4) - 1/2 (x - 3/2) = x / 2 - 1/2 has it at 1, the next point: still one neuron.
    expect(
      form(
        networkOf(
          [
            ['1', '-5/4', '1'],
            ['1', '-3/2', '-1/2'],
          ],
          null,
        ),
        'none',
      ).reduced,
    ).toBe(1);
    // (x - 5/4) - 2/3 (x - 3/2) = x / 3 - 1/4 has it at 3/4, beyond: two are needed.
    expect(
      form(
        networkOf(
          [
            ['1', '-5/4', '1'],
            ['1', '-3/2', '-2/3'],
          ],
          null,
        ),
        'none',
      ).reduced,
    ).toBe(2);
  });

  it('and a neuron that is 0 at the first point counts where it saves one', () => {
    // x+ is active from 1 on, like (x - 1/2)+, and at least 0 everywhere, like (x + 1)+.
    expect(
      form(
        networkOf(
          [
            ['1', '0', '1'],
            ['1', '-1/2', '1'],
          ],
          null,
        ),
        'none',
      ).reduced,
    ).toBe(1);
    expect(
      form(
        networkOf(
          [
            ['1', '0', '1'],
            ['1', '1', '1'],
          ],
          null,
        ),
        'none',
      ).reduced,
    ).toBe(1);
  });

  it('and a sum that joins another pattern goes on', () => {
    // The first two add up to (x - 2)+ at the data, which is active from 3 on, as is the third.
    const network = networkOf(
      [
        ['1', '-3/2', '2'],
        ['1', '-1', '-1'],
        ['1', '-5/2', '3'],
      ],
      null,
    );
    const { reduced, redundant, network: left } = form(network, 'none');
    expect(reduced).toBe(1);
    expect(redundant).toMatchObject([{ kind: 'same-pattern', neurons: [0, 1, 2], saves: 2 }]);
    for (const x of line.x) expect(evaluate(left, x).equals(evaluate(network, x))).toBe(true);
  });
});
