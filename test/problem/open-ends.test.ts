import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { parseCsv } from '../../src/files/csv.js';
import { parseInstance } from '../../src/files/instance.js';
import { writeNpz } from '../../src/files/npz.js';
import { datasetFromNpz } from '../../src/files/read-dataset.js';
import { parseJsonLines } from '../../src/files/records.js';
import { canonicalText } from '../../src/problem/canonical.js';
import { type Dataset, datasetFromArrays } from '../../src/problem/dataset.js';
import { classWindows } from '../../src/problem/open-ends.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { accepted, checked } from '../../src/solve/checked.js';
import { PositionsQuestion, positionsStatement } from '../../src/solve/positions.js';
import { solve } from '../../src/solve/solve.js';

type End = number | null;

interface Windows {
  readonly x: number[] | number[][];
  readonly lower: End[];
  readonly upper: End[];
}

const FAR = 10_000_000;

const open = (data: Windows): Problem => makeProblem(datasetFromArrays(data), undefined, { open: true });

/** The same with ends so far away that nothing of this size comes near. */
const closed = ({ x, lower, upper }: Windows): Problem =>
  makeProblem(
    datasetFromArrays({ x, lower: lower.map((end) => end ?? -FAR), upper: upper.map((end) => end ?? FAR) }),
  );

function randomWindow(random: Random): [End, End] {
  const low = random.integer(-5, 5);
  const high = low + random.integer(0, 4);
  const kind = random.integer(0, 3);
  return [kind === 0 ? null : low, kind === 1 ? null : high];
}

function randomWindows(random: Random, most: number): Windows {
  const size = random.integer(2, most);
  const ends = Array.from({ length: size }, () => randomWindow(random));
  let at = 0;
  return {
    x: ends.map(() => (at += random.integer(0, 9) === 0 ? 0 : random.integer(1, 3))),
    lower: ends.map(([low]) => low),
    upper: ends.map(([, high]) => high),
  };
}

describe('windows with one end', () => {
  test('one input: as many neurons as with the other end far away', async () => {
    const random = createRandom(31);
    const counts = new Set<number>();
    for (let n = 0; n < 150; n++) {
      const data = randomWindows(random, 12);
      const problem = open(data);
      const far = closed(data);
      const solution = await solve(problem, { skip: 'affine' });
      const expected = await solve(far, { skip: 'affine' });
      checked(problem, solution, n % 2 === 0 ? 'network' : 'bounds');
      expect(solution.status, `set ${n}`).toBe(expected.status);
      if (solution.status === 'infeasible' || expected.status === 'infeasible') continue;
      expect(solution.upperBound, `set ${n}`).toBe(expected.upperBound);
      counts.add(solution.upperBound);
    }
    expect(counts.size).toBeGreaterThan(4);
  });

  test('knots at positions: likewise', () => {
    const random = createRandom(32);
    for (let n = 0; n < 100; n++) {
      const data = randomWindows(random, 9);
      const [problem, far] = [open(data), closed(data)];
      if (problem.emptyWindow !== null) continue;
      const knotsOn = Array.from({ length: 40 }, (_, k) => Rational.of(k, 2)).filter(
        () => random.integer(0, 2) > 0,
      );
      const restriction = { knotsOn, maxSlopeChange: null, maxKnots: null };
      const solved = (of: Problem) =>
        finish(new PositionsQuestion(of, { restriction, valuesOn: null }).solve());
      const answer = solved(problem);
      accepted(problem, positionsStatement(answer));
      const { solution } = solved(far);
      expect(answer.solution.status, `set ${n}`).toBe(solution.status);
      if (solution.status === 'optimal' && answer.solution.status === 'optimal')
        expect(answer.solution.knots, `set ${n}`).toBe(solution.knots);
    }
  });

  test('two inputs and other skips, by the search: likewise', async () => {
    const random = createRandom(33);
    for (let n = 0; n < 12; n++) {
      const size = 6;
      const ends = Array.from({ length: size }, () => randomWindow(random));
      const data = {
        x: ends.map((_, i) => (n % 3 === 0 ? [i] : [random.integer(0, 3), random.integer(0, 3)])),
        lower: ends.map(([low]) => low),
        upper: ends.map(([, high]) => high),
      };
      const problem = open(data);
      const skip = (['bias', 'none'] as const)[n % 2]!;
      const options = { skip, timeLimit: 5 } as const;
      const [solution, expected] = [await solve(problem, options), await solve(closed(data), options)];
      checked(problem, solution);
      if (solution.status === 'infeasible' || expected.status === 'infeasible') {
        expect(solution.status).toBe(expected.status);
        continue;
      }
      expect(solution.lowerBound, `set ${n}`).toBeLessThanOrEqual(expected.upperBound);
      expect(expected.lowerBound, `set ${n}`).toBeLessThanOrEqual(solution.upperBound);
    }
  });

  test('what is missing is not in the canonical text; rows without any end are left out, merged ones have what each has', () => {
    const data = { x: [0, 1, 1, 2, 3], lower: [0, 1, null, null, null], upper: [null, null, 4, 5, null] };
    const text = [...canonicalText(open(data))].join('');
    expect(text).toBe('sparsest-problem 1\ndimension 1\npoints 3\n0 0 -\n1 1 4\n2 - 5\n');
    expect(() => open({ x: [0], lower: [null], upper: [null] })).toThrow('end of a window');
    expect(() => makeProblem(datasetFromArrays(data))).toThrow('one end alone');
  });
});

describe('readers', () => {
  const expected = 'sparsest-problem 1\ndimension 1\npoints 3\n0 0 -\n1 - 2\n2 1 3\n';
  const textOf = (data: Dataset) => [...canonicalText(makeProblem(data, undefined, { open: true }))].join('');

  test.each<[string, () => Dataset]>([
    ['a table', () => parseCsv('x,lower,upper\n0,0,\n1, ,2\n2,1,3\n', 'a.csv', {})],
    [
      'JSON lines',
      () =>
        parseJsonLines(
          '{"x":0,"lower":0,"upper":null}\n{"x":1,"lower":null,"upper":2}\n{"x":2,"lower":1,"upper":3}\n',
          'a.jsonl',
        ),
    ],
    [
      'an instance',
      () =>
        parseInstance(
          '{"format":"sparsest-instance","version":1,"name":"a","x":[0,1,2],"lower":[0,null,1],"upper":[null,2,3]}',
          'a.json',
        ).dataset,
    ],
    [
      'arrays',
      () => {
        const tensor = (name: string, values: number[]) => ({
          name,
          shape: [3],
          dtype: 'float64' as const,
          values: Float64Array.from(values),
        });
        const bytes = writeNpz([
          tensor('x', [0, 1, 2]),
          tensor('lower', [0, Number.NEGATIVE_INFINITY, 1]),
          tensor('upper', [Number.NaN, 2, 3]),
        ]);
        return datasetFromNpz(bytes, 'a.npz');
      },
    ],
  ])('%s', (_, read) => {
    expect(textOf(read())).toBe(expected);
  });

  test('an empty label stays an error', () => {
    expect(() => parseCsv('x,y\n0,\n', 'a.csv', {})).toThrow('empty cell');
  });
});

describe('classes', () => {
  const square = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const separated = async (y: readonly number[], skip: 'affine' | 'bias' | 'none', x = square) => {
    const problem = makeProblem(classWindows(datasetFromArrays({ x, y })), undefined, { open: true });
    const solution = await solve(problem, { skip });
    checked(problem, solution);
    return solution.status === 'optimal' ? solution.upperBound : null;
  };

  test('one side of a line, and exclusive or', async () => {
    expect(await separated([0, 0, 0, 1], 'affine')).toBe(0);
    expect(await separated([-1, -1, -1, 1], 'bias')).toBe(1);
    expect(await separated([0, 1, 1, 0], 'affine')).toBe(1);
    expect(await separated([1, -1, -1, 1], 'bias')).toBe(2);
    // Without a bias a constant takes a neuron.
    expect(await separated([-1, -1, -1, 1], 'none')).toBe(2);
  });

  test('classes that swap their names are as hard; one class needs a constant', async () => {
    const random = createRandom(34);
    for (let n = 0; n < 8; n++) {
      const x = Array.from({ length: 6 }, (_, i) => [i, random.integer(0, 4)]);
      const y = x.map(() => random.integer(0, 1));
      if (!y.includes(0) || !y.includes(1)) continue;
      const swapped = y.map((label) => 1 - label);
      expect(await separated(swapped, 'bias', x)).toBe(await separated(y, 'bias', x));
    }
    expect(await separated([1, 1, 1, 1], 'none')).toBe(1);
    expect(await separated([1, 1, 1, 1], 'bias')).toBe(0);
  });

  test('other labels are refused', () => {
    for (const y of [
      [0, 1, 2, 1],
      [0, 1, -1, 1],
      [1, 0.5, 1, 1],
    ])
      expect(() => classWindows(datasetFromArrays({ x: square, y }))).toThrow('the label of a class');
  });
});
