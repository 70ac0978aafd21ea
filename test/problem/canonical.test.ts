import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { parseCsv } from '../../src/files/csv.js';
import { parseInstance } from '../../src/files/instance.js';
import { canonicalBytes, canonicalText, problemHash } from '../../src/problem/canonical.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { nodeSha256 } from '../../src/problem/node-sha256.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';

const textOf = (problem: Problem) => [...canonicalText(problem)].join('');

/** The text as its description says, from rationals. */
function slowText(problem: Problem): string {
  const line = (i: number) =>
    [...problem.inputs, problem.lower, problem.upper].map((column) => column.value(i).toString()).join(' ');
  const lines = Array.from({ length: problem.size }, (_, i) => `${line(i)}\n`);
  return `sparsest-problem 1\ndimension ${problem.dimension}\npoints ${problem.size}\n${lines.join('')}`;
}

describe('against text and hashes computed by Python with fractions.Fraction and hashlib', () => {
  test('decimals and fractions, unsorted', () => {
    const text = `{"format": "sparsest-instance", "version": 1, "x": [0.1, -2, "1/3", 0.30], "y": [2e-04, -1.5, 1E20, 0]}`;
    const problem = makeProblem(parseInstance(text, 'a.json').dataset);
    expect(textOf(problem)).toBe(
      'sparsest-problem 1\ndimension 1\npoints 4\n-2 -3/2 -3/2\n1/10 1/5000 1/5000\n3/10 0 0\n' +
        '1/3 100000000000000000000 100000000000000000000\n',
    );
    expect(problemHash(problem)).toBe('2a5fe9c1be67f53f00b716ab3f9497d2c777d9142cd616ab606b52934ab53ba2');
  });

  test('doubles, two inputs, with a tolerance', () => {
    const data = datasetFromArrays({
      x: [
        [0.1, 5e-324],
        [-1e308, 0],
        [0.1, -2],
      ],
      y: [1, 3.5, 0],
    });
    const problem = makeProblem(data, Rational.of(1, 4));
    expect(problemHash(problem)).toBe('7a604d3d5cf13ed578f0afb0ad8003af8d2c12a8367d7a95d43a19714d996ac9');
  });
});

const entry = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.tuple(fc.integer(), fc.integer({ min: 1, max: 60 })).map(([p, q]) => `${p}/${q}`),
);
const rows = (dimension: number) =>
  fc.uniqueArray(fc.tuple(fc.array(entry, { minLength: dimension, maxLength: dimension }), entry), {
    minLength: 1,
    maxLength: 12,
    selector: ([x]) =>
      x.map((v) => (typeof v === 'string' ? Rational.parse(v) : Rational.fromDouble(v)).toString()).join(),
  });
const tolerance = fc.constantFrom(Rational.zero, Rational.of(1, 3), Rational.of(1, 10));

test('the text is what its description says, and the hashes are of the text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }).chain(rows), tolerance, (points, epsilon) => {
      const data = datasetFromArrays({ x: points.map(([x]) => x), y: points.map(([, y]) => y) });
      const problem = makeProblem(data, epsilon);
      expect(textOf(problem)).toBe(slowText(problem));
      const hash = createHash('sha256').update(slowText(problem)).digest('hex');
      expect([problemHash(problem), problemHash(problem, nodeSha256)]).toEqual([hash, hash]);
    }),
    { numRuns: 300 },
  );
});

test('the order of rows, repeated rows and the way numbers are written do not matter', () => {
  const hash = (text: string) => problemHash(makeProblem(parseCsv(text, 'a.csv')));
  const expected = hash('x,y\n-1,0.5\n2,10\n30,4\n');
  expect(hash('a,b\r\n30,4.00\r\n"2.0",1e1\r\n-1,.5\r\n3e1,4\r\n')).toBe(expected);
  expect(hash('x,lower,upper\n-1,0.5,0.5\n2,10,10\n30,4,4\n')).toBe(expected);
  expect(hash('x,y\n-1,0.5\n2,10\n30,4.0000000000000000000000000001\n')).not.toBe(expected);
});

test('a long text comes in pieces that keep their content', () => {
  const y = Array.from({ length: 20_000 }, (_, i) => `${i * i}/${2 ** (i % 30)}`);
  const problem = makeProblem(datasetFromArrays({ x: y.map((_, i) => i), y }));
  const pieces = [...canonicalBytes(problem)];
  expect(pieces.length).toBeGreaterThan(5);
  expect(Buffer.concat(pieces).toString()).toBe(slowText(problem));
});
