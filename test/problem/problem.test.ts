import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/checker/check.js';
import { Rational } from '../../src/exact/rational.js';
import { problemHash } from '../../src/problem/canonical.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { InputError } from '../../src/problem/input-error.js';
import { makeProblem } from '../../src/problem/problem.js';
import { anyColumn } from '../support/columns.js';
import { doubleDataset, rationalsOf, smallRational } from '../support/problems.js';

fc.configureGlobal({ seed: 51 });

const texts = (list: readonly Rational[]) => list.map(String);

/** The canonical points of rows with windows, from the definition: sort, group, intersect. */
function canonical(rows: readonly { x: Rational; lower: Rational; upper: Rational }[]): string[][] {
  const points: { x: Rational; lower: Rational; upper: Rational }[] = [];
  for (const row of rows.toSorted((a, b) => a.x.compare(b.x))) {
    const last = points.at(-1);
    if (last === undefined || !last.x.equals(row.x)) points.push({ ...row });
    else {
      if (last.lower.lessThan(row.lower)) last.lower = row.lower;
      if (row.upper.lessThan(last.upper)) last.upper = row.upper;
    }
  }
  return points.map(({ x, lower, upper }) => texts([x, lower, upper]));
}

describe('the canonical problem', () => {
  test('windows: sorted, merged by intersection, an empty one found', () => {
    let empty = 0;
    let merged = 0;
    const row = fc.tuple(smallRational, smallRational, fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 9 }), (list) => {
        const rows = list.map(([x, lower, width]) => ({ x, lower, upper: lower.add(Rational.of(width, 2)) }));
        const problem = makeProblem(
          datasetFromArrays({
            x: rows.map((r) => r.x),
            lower: rows.map((r) => r.lower),
            upper: rows.map((r) => r.upper),
          }),
        );
        const expected = canonical(rows);
        const { x, lower, upper } = rationalsOf(problem);
        expect(x.map((value, i) => texts([value, lower[i]!, upper[i]!]))).toEqual(expected);
        expect(problem.size).toBe(expected.length);
        expect(problem.exact).toBe(lower.every((value, i) => value.equals(upper[i]!)));
        expect(problem.exact).toBe(problem.lower === problem.upper);
        const crossed = lower.flatMap((value, i) => (upper[i]!.lessThan(value) ? [i] : []));
        expect(problem.emptyWindow?.point ?? null).toBe(crossed[0] ?? null);
        if (crossed.length > 0) empty++;
        if (expected.length < rows.length) merged++;
      }),
      { numRuns: 400 },
    );
    expect(empty).toBeGreaterThan(20);
    expect(merged).toBeGreaterThan(100);
  });

  test('windows of single values are windows: intersected, and infeasible where they differ', () => {
    let [empty, exact] = [0, 0];
    const value = fc.tuple(smallRational, smallRational);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 7 }), (rows) => {
        const [x, y] = [rows.map((row) => row[0]), rows.map((row) => row[1])];
        const problem = makeProblem(datasetFromArrays({ x, lower: y, upper: y }));
        const points = rationalsOf(problem);
        expect(points.x.map((at, i) => texts([at, points.lower[i]!, points.upper[i]!]))).toEqual(
          canonical(rows.map(([at, label]) => ({ x: at, lower: label, upper: label }))),
        );
        const differ = points.x.findIndex(
          (at) => new Set(texts(y.filter((_, i) => x[i]!.equals(at)))).size > 1,
        );
        expect(problem.emptyWindow?.point ?? -1).toBe(differ);
        expect(problem.exact).toBe(differ < 0);
        // As labels the same numbers are the same problem, or none.
        const labels = () => makeProblem(datasetFromArrays({ x, y }));
        if (differ < 0) {
          exact++;
          expect(problemHash(labels())).toBe(problemHash(problem));
        } else {
          empty++;
          expect(labels).toThrow(/equal inputs but different labels/);
          const verdict = check(problem, {
            problem: { sha256: problemHash(problem), tolerance: '0' },
            claim: { kind: 'infeasible' },
            proof: { kind: 'empty-window', point: differ },
          });
          expect(verdict).toMatchObject({ accepted: true });
        }
      }),
      { numRuns: 400 },
    );
    expect(empty).toBeGreaterThan(50);
    expect(exact).toBeGreaterThan(50);
  });

  test('columns of every layout: both ends keep one scale after sorting and merging', () => {
    const data = fc
      .integer({ min: 1, max: 6 })
      .chain((n) => fc.tuple(anyColumn(n), anyColumn(n), anyColumn(n)));
    let windows = 0;
    fc.assert(
      fc.property(data, ([xs, a, b]) => {
        const rows = xs.values.map((x, i) => ({ x, lower: a.values[i]!, upper: b.values[i]! }));
        const dataset = {
          name: 'columns',
          inputs: [xs.column],
          labels: null,
          lower: a.column,
          upper: b.column,
          describeRow: (index: number) => `row ${index}`,
        };
        const wrong = rows.findIndex(({ lower, upper }) => upper.lessThan(lower));
        if (wrong >= 0) {
          expect(() => makeProblem(dataset)).toThrow(new RegExp(`^row ${wrong}: expected lower <= upper`));
          return;
        }
        windows++;
        const problem = makeProblem(dataset);
        const { x, lower, upper } = rationalsOf(problem);
        expect(x.map((value, i) => texts([value, lower[i]!, upper[i]!]))).toEqual(canonical(rows));
        expect(problem.upper.integerScale.equals(problem.lower.integerScale)).toBe(true);
        for (let i = 0; i < problem.size; i++) {
          const unit = problem.lower.integerScale;
          expect(unit.multiply(Rational.of(problem.upper.integer(i))).equals(upper[i]!)).toBe(true);
        }
      }),
      { numRuns: 800 },
    );
    expect(windows).toBeGreaterThan(50);
  });

  test('doubles whose ends have different binary exponents, in falling order', () => {
    const problem = makeProblem(doubleDataset([2, 1, 0], { lower: [1, 2, 3], upper: [1.5, 2.25, 3.125] }));
    expect(texts(rationalsOf(problem).upper)).toEqual(['25/8', '9/4', '3/2']);
    expect(problem.upper.integer(0) * 24n).toBe(problem.lower.integer(0) * 25n);
  });

  test('several inputs are sorted lexicographically', () => {
    const problem = makeProblem(
      datasetFromArrays({
        x: [
          [1, 5],
          [0, 9],
          [1, -2],
          [0, 9],
        ],
        y: [1, 2, 3, 2],
      }),
    );
    expect([problem.dimension, problem.size]).toEqual([2, 3]);
    const rows = Array.from({ length: 3 }, (_, i) => texts(problem.inputs.map((column) => column.value(i))));
    expect(rows).toEqual([
      ['0', '9'],
      ['1', '-2'],
      ['1', '5'],
    ]);
    expect(texts([0, 1, 2].map((i) => problem.lower.value(i)))).toEqual(['2', '3', '1']);
  });

  test('a tolerance widens labels exactly', () => {
    const problem = makeProblem(datasetFromArrays({ x: [1, 0], y: ['0.1', 1e308] }), Rational.parse('0.1'));
    expect(texts(rationalsOf(problem).lower)[1]).toBe('0');
    expect(texts(rationalsOf(problem).upper)[1]).toBe('1/5');
    const wide = rationalsOf(problem).upper[0]!.subtract(rationalsOf(problem).lower[0]!);
    expect(wide.toString()).toBe('1/5');
  });
});

describe('data that make no problem', () => {
  const refused = (arrays: Parameters<typeof datasetFromArrays>[0], message: RegExp, tolerance = '0') => {
    const attempt = () => makeProblem(datasetFromArrays(arrays), Rational.parse(tolerance));
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
  };

  test('one clear message each, naming rows or fields', () => {
    refused({ x: [], y: [] }, /at least one data row, found none/);
    refused(
      { x: [0, 1, 0], y: [1, 2, 3] },
      /row 0 .*row 2 .*equal inputs but different labels 1 and 3.*--tolerance/,
    );
    refused({ x: [0, 1], y: [1] }, /y has 1 entries, expected 2/);
    refused({ x: [[0, 1], [1]], y: [1, 2] }, /x\[1\] has 1 numbers, expected 2/);
    refused({ x: [0, Number.NaN], y: [1, 2] }, /x\[1\].*NaN/);
    refused({ x: [0, 1], y: [1, -Infinity] }, /y\[1\].*-Infinity/);
    refused({ x: [0, 1], y: [1, 'two'] }, /y\[1\].*"two"/);
    refused({ x: [0, 1], y: [1, '1/0'] }, /y\[1\].*denominator/);
    refused({ x: [0, 1] }, /labels "y" or windows "lower" and "upper", found neither/);
    refused(
      { x: [0, 1], lower: [0, 2], upper: [1, 1] },
      /row 1: expected lower <= upper, found lower = 2 and upper = 1/,
    );
    refused({ x: [0, 1], lower: [0, 0], upper: [1, 1] }, /own windows.*--tolerance 1 has no meaning/, '1');
    refused({ x: [0, 1], y: [0, 0] }, /tolerance must be at least 0, found -1/, '-1');
  });
});
