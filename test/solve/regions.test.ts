import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { writeNpz } from '../../src/files/npz.js';
import { decide } from '../../src/lp/exact-lp.js';
import { LinearRow } from '../../src/lp/linear-system.js';
import { evaluate, type Network } from '../../src/problem/network.js';
import { fromNetwork } from '../../src/problem/piecewise-linear.js';
import {
  type Arrangement,
  arrangementOfNetwork,
  arrangementOfRows,
  type Box,
  CheckedRegionSearch,
  cellsInGeneralPosition,
  dataInCells,
} from '../../src/solve/regions.js';
import { sparsestHere } from '../support/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'sparsest-regions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = createRandom(20);
const integers = (count: number, size: number) =>
  Array.from({ length: count }, () => Rational.of(random.integer(-size, size)));
const rows = (A: readonly (readonly number[])[], b: readonly number[]) =>
  arrangementOfRows(
    A.map((row) => row.map((entry) => Rational.of(entry))),
    b.map((entry) => Rational.of(entry)),
    'test',
  );
const cube = (d: number, from: number, to: number): Box =>
  Array.from({ length: d }, () => ({ from: Rational.of(from), to: Rational.of(to) }));
const cellsOf = (arrangement: Arrangement, box: Box | null = null, limit = 10_000) =>
  finish(new CheckedRegionSearch(arrangement, box, limit).steps());

/** Every sign vector by a linear program of its own, in (x, s): s > 0 is the least distance of a product from 0, at most 1. */
function bruteForce({ dimension: d, hyperplanes }: Arrangement, box: Box | null): string[] {
  const row = (entries: readonly Rational[], s: number, right: Rational) =>
    LinearRow.fromRationals([...entries, Rational.of(s)], '>=', right);
  const unit = (i: number, sign: number) =>
    Array.from({ length: d }, (_, j) => Rational.of(i === j ? sign : 0));
  const sides = (box ?? []).flatMap(({ from, to }, i) => [
    row(unit(i, 1), -1, from),
    row(unit(i, -1), -1, to.negate()),
  ]);
  const found: string[] = [];
  for (let mask = 0; mask < 2 ** hyperplanes.length; mask++) {
    const signs = hyperplanes.map((_, n) => ((mask >> n) & 1 ? 1 : -1));
    // Whether some s > 0 is possible does not depend on how large it must be where all may be scaled; in a box 1/10^6 is small enough for small integers.
    const s = row(unit(-1, 0), 1, box === null ? Rational.of(1, 1000) : Rational.of(1, 1_000_000));
    const outcome = decide({
      unknowns: d + 1,
      rows: [
        s,
        ...sides,
        ...hyperplanes.map(({ normal, offset }, n) =>
          row(
            normal.map((entry) => Rational.of(entry * BigInt(signs[n]!))),
            -1,
            Rational.of(-offset * BigInt(signs[n]!)),
          ),
        ),
      ],
    });
    if (outcome.status === 'feasible') found.push(signs.map((sign) => (sign > 0 ? '1' : '0')).join(''));
  }
  return found.sort();
}

describe('cells', () => {
  it('are those of brute force, in a box and everywhere, and each witness is in its cell', () => {
    let degenerate = 0;
    for (let trial = 0; trial < 40; trial++) {
      const d = random.integer(1, 3);
      const m = random.integer(1, 6);
      // Small entries: parallel, coinciding and concurrent hyperplanes are common.
      const A = Array.from({ length: m }, () => integers(d, 2));
      if (A.some((row) => row.every((entry) => entry.isZero()))) continue;
      const arrangement = arrangementOfRows(A, integers(m, 2), 'test');
      for (const box of [null, cube(d, -1, 1)]) {
        const { cells, complete } = cellsOf(arrangement, box);
        expect(complete).toBe(true);
        expect(cells.map(({ signs }) => signs.join('')).sort()).toEqual(bruteForce(arrangement, box));
        for (const { signs, witness } of cells) {
          arrangement.hyperplanes.forEach(({ normal, offset }, n) => {
            const value = normal.reduce(
              (sum, entry, i) => sum.add(witness[i]!.multiply(Rational.of(entry))),
              Rational.of(offset),
            );
            expect(value.sign()).toBe(signs[n] === 1 ? 1 : -1);
          });
          for (const x of box === null ? [] : witness) expect(x.abs().lessThan(Rational.one)).toBe(true);
        }
        if (
          box === null &&
          BigInt(cells.length) < cellsInGeneralPosition(arrangement.hyperplanes.length, arrangement.dimension)
        )
          degenerate++;
      }
    }
    expect(degenerate).toBeGreaterThan(5);
  });

  it('in general position there are sum C(m, i) of them', () => {
    // Normals on the moment curve (1, t, .., t^(d-1)) with offsets t^d: any d are independent, any d + 1 have no common point.
    for (const [m, d] of [
      [9, 1],
      [8, 2],
      [6, 3],
      [6, 4],
      [3, 5],
    ] as const) {
      const A = Array.from({ length: m }, (_, t) => Array.from({ length: d }, (_, i) => (t + 1) ** i));
      const { cells, atMost } = cellsOf(
        rows(
          A,
          Array.from({ length: m }, (_, t) => (t + 1) ** d),
        ),
      );
      expect(BigInt(cells.length)).toBe(atMost);
      let sum = 0;
      for (let i = 0, binomial = 1; i <= d; binomial = (binomial * (m - i)) / (i + 1), i++) sum += binomial;
      expect(cells.length).toBe(sum);
    }
  });

  it('of the braid, Shi and coordinate arrangements are n!, (n + 1)^(n - 1) and 2^n', () => {
    const pairs = (n: number) =>
      Array.from({ length: n }, (_, i) => Array.from({ length: i }, (_, j) => [j, i] as const)).flat();
    const difference = (n: number, i: number, j: number) =>
      Array.from({ length: n }, (_, k) => (k === i ? 1 : k === j ? -1 : 0));
    for (const [n, factorial] of [
      [3, 6],
      [4, 24],
    ] as const) {
      const braid = pairs(n).map(([i, j]) => difference(n, i, j));
      const zeros = braid.map(() => 0);
      expect(cellsOf(rows(braid, zeros)).cells).toHaveLength(factorial);
      expect(cellsOf(rows([...braid, ...braid], [...zeros, ...braid.map(() => 1)])).cells).toHaveLength(
        (n + 1) ** (n - 1),
      );
      const axes = Array.from({ length: n }, (_, i) => difference(n, i, -1));
      expect(
        cellsOf(
          rows(
            axes,
            axes.map(() => 0),
          ),
        ).cells,
      ).toHaveLength(2 ** n);
    }
  });

  it('stop at the limit, with those found', () => {
    const A = [[1], [1], [1]];
    const found = cellsOf(rows(A, [0, 1, 2]), null, 3);
    expect(found).toMatchObject({ complete: false, atMost: 4n });
    expect(found.cells).toHaveLength(3);
  });
});

const neuron = (weights: readonly number[], bias: number, output: number) => ({
  inputWeights: weights.map((entry) => Rational.of(entry)),
  bias: Rational.of(bias),
  outputWeight: Rational.of(output),
});

describe('linear pieces of a network', () => {
  it('one input: the pieces of its function', () => {
    for (let trial = 0; trial < 30; trial++) {
      const network: Network = {
        inputDimension: 1,
        skip: null,
        neurons: Array.from({ length: random.integer(1, 8) }, () =>
          neuron([random.integer(-1, 1)], random.integer(-2, 2), random.integer(-2, 2)),
        ),
      };
      const { cells } = cellsOf(arrangementOfNetwork(network));
      expect(cells).toHaveLength(fromNetwork(network).knots.length + 1);
    }
  });

  it('on each the network is the affine function stated, and across a kept hyperplane it is another', () => {
    let cancelled = 0;
    for (let trial = 0; trial < 25; trial++) {
      const own = Array.from({ length: 4 }, () =>
        neuron([random.integer(-1, 1), random.integer(-1, 1)], random.integer(-1, 1), random.integer(-2, 2)),
      );
      const network: Network = { inputDimension: 2, skip: null, neurons: own };
      const arrangement = arrangementOfNetwork(network);
      cancelled += arrangement.cancelled;
      const { cells } = cellsOf(arrangement);
      const functions = new Map(cells.map(({ signs, affine }) => [signs.join(''), affine!]));
      for (const { signs, witness, affine } of cells) {
        // The witness, and points near it in its cell.
        for (const [dx, dy] of [
          [0, 0],
          [1, 0],
          [0, 1],
          [-1, 2],
        ]) {
          const x = [
            witness[0]!.add(Rational.of(dx!, 1_000_000)),
            witness[1]!.add(Rational.of(dy!, 1_000_000)),
          ];
          const value = x.reduce(
            (sum, entry, i) => sum.add(entry.multiply(affine!.weights[i]!)),
            affine!.bias,
          );
          expect(value.toString()).toBe(evaluate(network, x).toString());
        }
        signs.forEach((sign, n) => {
          const neighbour = functions.get(signs.map((s, k) => (k === n ? 1 - sign : s)).join(''));
          if (neighbour !== undefined)
            expect(neighbour.weights.map(String)).not.toEqual(affine!.weights.map(String));
        });
      }
    }
    expect(cancelled).toBeGreaterThan(3);
  });

  it('data: cells, boundaries, outside', () => {
    const arrangement = arrangementOfNetwork({
      inputDimension: 2,
      skip: null,
      neurons: [neuron([1, 0], 0, 1), neuron([0, 1], 0, 1)],
    });
    const box = cube(2, -1, 1);
    const { cells } = cellsOf(arrangement, box);
    const points = [
      [0.5, 0.5],
      [1, 1],
      [-1, 0.5],
      [0, 0.5],
      [2, 2],
    ].map((point) => point.map(Rational.fromDouble));
    const found = dataInCells(arrangement, box, cells, points.length, (n) => points[n]!);
    expect(found).toMatchObject({ onBoundaries: 1, outside: 1, elsewhere: 0 });
    expect([...found.points.values()].sort()).toEqual([1, 2]);
  });
});

describe('sparsest regions', () => {
  const at = (name: string) => join(folder, name);
  const array = (name: string, shape: number[], values: number[]) => ({
    ...{ name, shape, dtype: 'float64' as const, values: Float64Array.from(values) },
  });

  it('counts, lists, meets the data; a limit leaves a bracket', async () => {
    writeFileSync(
      at('h.npz'),
      writeNpz([array('A', [3, 2], [1, 0, 0, 1, 1, 1]), array('b', [3], [0, 0, 1])]),
    );
    writeFileSync(at('d.csv'), 'u,v,y\n0.25,0.25,0\n2,2,0\n3,3,0\n');
    const { code, out } = await sparsestHere('regions', at('h.npz'), at('d.csv'), '--list');
    expect(code).toBe(0);
    expect(out).toMatch(/^7 cells, as many as hyperplanes in general position have: proved and checked/);
    expect(out).toMatch(/2 of them meet the 3 rows of .*d\.csv\n/);
    expect(out.match(/^[+-]{3} {2}at \(/gm)).toHaveLength(7);
    // A x = b, not A x + b = 0: the triangle is on the side of (1/4, 1/4).
    expect(out).toMatch(/^\+\+- {2}at .* {2}1 row$/m);
    const boxed = await sparsestHere('regions', at('h.npz'), '--box', '0:1/2', '--json');
    expect(JSON.parse(boxed.out)).toMatchObject({
      count: 1,
      box: [
        ['0', '1/2'],
        ['0', '1/2'],
      ],
      checked: true,
    });
    const limited = await sparsestHere('regions', at('h.npz'), '--limit', '3');
    expect(limited).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^more than 3 cells \(at most 7\)/),
    });
  });

  it('refuses with what was found', async () => {
    const write = (name: string, ...arrays: Parameters<typeof writeNpz>[0]) => {
      writeFileSync(at(name), writeNpz(arrays));
      return at(name);
    };
    for (const [words, message] of [
      [
        [write('a.npz', array('A', [2], [1, 1]), array('b', [2], [1, 1]))],
        /A has shape \(2\), expected \(hyperplanes, inputs\)/,
      ],
      [
        [write('b.npz', array('A', [1, 2], [1, 1]), array('b', [2], [1, 1]))],
        /b has shape \(2\), expected \(1\)/,
      ],
      [
        [write('c.npz', array('A', [2, 1], [1, 0]), array('b', [2], [1, 1]))],
        /row 1 of A \(counted from 0\) is 0/,
      ],
      [[write('d.npz', array('A', [1, 1], [1]))], /expected the arrays A and b .*, found A;/],
      [
        [write('e.npz', array('A', [1, 1], [Number.NaN]), array('b', [1], [1]))],
        /A\[0, 0\] \(row 0, counted from 0\) is NaN/,
      ],
      [[at('h.npz'), '--box', '1:0'], /expected FROM below TO, found 1:0/],
      [[at('h.npz'), '--box', '0:1,0:1,0:1'], /expected 2 ranges, .* found 3/],
      [[at('h.npz'), '--box', 'data'], /--box data: expected a data file/],
      [[at('h.npz'), 'instances/nile.csv'], /expected 2 inputs as .*h\.npz has, found 1/],
    ] as const) {
      const { code, err } = await sparsestHere('regions', ...words);
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(message) });
    }
  });
});
