import fc from 'fast-check';
import { ExactColumn } from '../../src/exact/column.js';
import { Rational } from '../../src/exact/rational.js';
import type { Dataset } from '../../src/problem/dataset.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { nextDown, nextUp } from './fractions.js';

/** Exact data: x strictly increasing or not, as makeProblem takes them. */
export function exactProblem(x: readonly Rational[], y: readonly Rational[]): Problem {
  return makeProblem(datasetFromArrays({ x, y }));
}

export function windowsProblem(
  x: readonly Rational[],
  lower: readonly Rational[],
  upper: readonly Rational[],
): Problem {
  return makeProblem(datasetFromArrays({ x, lower, upper }));
}

/** A data set whose columns hold doubles, as a binary file brings them. */
export function doubleDataset(
  x: readonly number[],
  columns: { y?: readonly number[]; lower?: readonly number[]; upper?: readonly number[] },
): Dataset {
  const column = (list: readonly number[] | undefined) =>
    list === undefined ? null : ExactColumn.fromDoubles(Float64Array.from(list));
  return {
    name: 'doubles',
    inputs: [column(x)!],
    labels: column(columns.y),
    lower: column(columns.lower),
    upper: column(columns.upper),
    describeRow: (index) => `doubles: row ${index}`,
  };
}

/** The positions and windows of a problem in rationals. */
export function rationalsOf(problem: Problem): { x: Rational[]; lower: Rational[]; upper: Rational[] } {
  const list = (column: ExactColumn) => Array.from({ length: problem.size }, (_, i) => column.value(i));
  return { x: list(problem.inputs[0]!), lower: list(problem.lower), upper: list(problem.upper) };
}

/** A rational with a small numerator and denominator: ties and collinear points are frequent. */
export const smallRational: fc.Arbitrary<Rational> = fc
  .tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom(1, 1, 1, 2, 3))
  .map(([n, d]) => Rational.of(n, d));

/** A rational with long numerator and denominator. */
export const longRational: fc.Arbitrary<Rational> = fc
  .tuple(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), fc.bigInt({ min: 1n, max: 2n ** 90n }))
  .map(([n, d]) => Rational.of(n, d));

/** Different rationals in increasing order. */
export function positions(length: number): fc.Arbitrary<Rational[]> {
  return fc
    .uniqueArray(
      fc.oneof(
        smallRational,
        fc.integer({ min: -99, max: 99 }).map((n) => Rational.of(n, 7)),
      ),
      {
        minLength: length,
        maxLength: length,
        selector: String,
      },
    )
    .map((list) => list.sort((a, b) => a.compare(b)));
}

export interface ExactData {
  x: Rational[];
  y: Rational[];
}

export interface WindowData {
  x: Rational[];
  lower: Rational[];
  upper: Rational[];
}

/** Random data: free values, slopes from a short list (long runs, collinear stretches, ties), or convex. */
export function exactData(minimum: number, maximum: number): fc.Arbitrary<ExactData> {
  return fc.integer({ min: minimum, max: maximum }).chain((n) =>
    fc
      .tuple(
        positions(n),
        fc.oneof(
          fc.array(smallRational, { minLength: n, maxLength: n }).map((values) => () => values),
          fc.array(longRational, { minLength: n, maxLength: n }).map((values) => () => values),
          fc.tuple(fc.array(smallRational, { minLength: n, maxLength: n }), fc.boolean()).map(
            ([slopes, sorted]) =>
              (x: Rational[]) =>
                integrate(x, sorted ? slopes.sort((a, b) => a.compare(b)) : slopes),
          ),
        ),
      )
      .map(([x, values]) => ({ x, y: values(x) })),
  );
}

/** The values at x of the CPWL function with the given slopes between them. */
export function integrate(x: readonly Rational[], slopes: readonly Rational[]): Rational[] {
  const y = [Rational.zero];
  for (let i = 1; i < x.length; i++)
    y.push(y[i - 1]!.add(slopes[i - 1]!.multiply(x[i]!.subtract(x[i - 1]!))));
  return y;
}

/** Random windows, some of them single values. */
export function windowData(minimum: number, maximum: number): fc.Arbitrary<WindowData> {
  return exactData(minimum, maximum).chain(({ x, y }) =>
    fc
      .array(fc.constantFrom(0, 0, 1, 2, 3, 8), { minLength: x.length, maxLength: x.length })
      .map((widths) => ({
        x,
        lower: y,
        upper: y.map((value, i) => value.add(Rational.of(widths[i]!, 3))),
      })),
  );
}

/** Doubles on a line, rounded and moved by a few ulps, at any scale that holds them. */
export const nearCollinear: fc.Arbitrary<{ x: number[]; y: number[] }> = fc
  .tuple(
    fc.array(fc.tuple(fc.double({ min: 0.001, max: 3, noNaN: true }), fc.integer({ min: -2, max: 2 })), {
      minLength: 3,
      maxLength: 9,
    }),
    fc.double({ min: -4, max: 4, noNaN: true }),
    fc.double({ min: -4, max: 4, noNaN: true }),
    fc.constantFrom(0, 0, 300, -300, 950, -950),
  )
  .map(([steps, slope, start, exponent]) => {
    const x: number[] = [];
    const y: number[] = [];
    let at = start;
    for (const [step, ulps] of steps) {
      at += step;
      let value = slope * at + start;
      for (let k = 0; k < Math.abs(ulps); k++) value = ulps > 0 ? nextUp(value) : nextDown(value);
      x.push(at);
      y.push(value * 2 ** exponent);
    }
    return { x, y };
  });

/** Doubles of any magnitude: x different, y of one kind per list (near 1e308, near 5e-324, mixed, ...). */
export function extremeDoubles(
  values: (length: { minLength: number; maxLength: number }) => fc.Arbitrary<number[]>,
): fc.Arbitrary<{ x: number[]; y: number[] }> {
  return values({ minLength: 1, maxLength: 9 })
    .map((list) => [...new Set(list.map((value) => value + 0))])
    .chain((x) => values({ minLength: x.length, maxLength: x.length }).map((y) => ({ x, y })));
}
