import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PIECE, type Pieces } from '../../src/certificate/pieces.js';
import { checkPieces } from '../../src/checker/pieces.js';
import { verdictOf } from '../../src/checker/verdict.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { countFewestKnots, solveUnivariate } from '../../src/knots/solve.js';
import { evaluateSorted, fromLines, type Line } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { doubleList } from '../support/columns.js';
import {
  doubleDataset,
  exactData,
  exactProblem,
  extremeDoubles,
  rationalsOf,
  windowData,
  windowsProblem,
} from '../support/problems.js';

fc.configureGlobal({ seed: 23 });

/** The lines of pieces in rationals. */
function linesOf(problem: Problem, pieces: Pieces): Line[] {
  const { x, lower, upper } = rationalsOf(problem);
  return Array.from({ length: pieces.length / PIECE.length }, (_, j) => {
    const [a, endOfA, b, endOfB] = pieces.subarray(PIECE.length * j);
    const ya = (endOfA === 0 ? lower : upper)[a!]!;
    if (a === b) return { slope: Rational.zero, intercept: ya };
    const yb = (endOfB === 0 ? lower : upper)[b!]!;
    const slope = yb.subtract(ya).divide(x[b!]!.subtract(x[a!]!));
    return { slope, intercept: ya.subtract(slope.multiply(x[a!]!)) };
  });
}

/** What accepted pieces promise, in rationals: crossings from left to right, and a function through every window. */
function expectFunction(problem: Problem, pieces: Pieces): void {
  const lines = linesOf(problem, pieces);
  for (let j = 1; j < lines.length; j++) {
    const [p, n] = [lines[j - 1]!, lines[j]!];
    if (p.slope.equals(n.slope)) expect(p.intercept.equals(n.intercept)).toBe(true);
  }
  const f = fromLines(lines);
  for (let k = 1; k < f.knots.length; k++)
    expect(f.knots[k - 1]!.at.compare(f.knots[k]!.at)).toBeLessThanOrEqual(0);
  const { x, lower, upper } = rationalsOf(problem);
  evaluateSorted(f, x).forEach((value, i) => {
    expect(lower[i]!.compare(value)).toBeLessThanOrEqual(0);
    expect(value.compare(upper[i]!)).toBeLessThanOrEqual(0);
  });
}

function accepts(problem: Problem): void {
  const solution = solveUnivariate(problem);
  expect(checkPieces(problem, solution.pieces!)).toBe(solution.upperBound);
  expectFunction(problem, solution.pieces!);
}

describe('the pieces of the closed form', () => {
  test('exact labels', () => {
    fc.assert(
      fc.property(exactData(1, 14), ({ x, y }) => accepts(exactProblem(x, y))),
      { numRuns: 300 },
    );
  });

  test('windows', () => {
    fc.assert(
      fc.property(windowData(1, 14), ({ x, lower, upper }) => accepts(windowsProblem(x, lower, upper))),
      { numRuns: 300 },
    );
  });

  test('doubles of every magnitude', () => {
    fc.assert(
      fc.property(extremeDoubles(doubleList), ({ x, y }) => accepts(makeProblem(doubleDataset(x, { y })))),
      { numRuns: 150 },
    );
  });
});

/** x = -2 .. 3, y = 0, 0, 1, 1, 0, 0: knots at -1, 1/2 and 2. */
const PEAK = exactProblem(
  [-2, -1, 0, 1, 2, 3].map((value) => Rational.of(value)),
  [0, 0, 1, 1, 0, 0].map((value) => Rational.of(value)),
);
const PIECES = [
  [0, 0, 1, 0, 0, 1],
  [1, 0, 2, 0, 1, 2],
  [3, 0, 4, 0, 3, 4],
  [4, 0, 5, 0, 4, 5],
];

const verdictOn = (problem: Problem, pieces: readonly (readonly number[])[]) =>
  verdictOf(() => String(checkPieces(problem, Int32Array.from(pieces.flat()))));

/** Piece j with other entries. */
const changed = (j: number, entries: readonly number[]) =>
  PIECES.map((piece, i) => (i === j ? entries : piece));

describe('forged pieces', () => {
  test('the honest ones are accepted', () => {
    expect(verdictOn(PEAK, PIECES)).toEqual({ accepted: true, statement: '3' });
  });

  test.each<readonly [name: string, rule: string, pieces: readonly (readonly number[])[]]>([
    ['none', 'pieces-order', []],
    ['the last piece left out', 'pieces-order', PIECES.slice(0, 3)],
    ['the first piece left out', 'pieces-order', PIECES.slice(1)],
    ['a piece that skips two points', 'pieces-fit', [PIECES[0]!, PIECES[3]!]],
    ['pieces in another order', 'pieces-crossing', [PIECES[0]!, PIECES[2]!, PIECES[1]!, PIECES[3]!]],
    ['a point beyond the last', 'pieces-order', changed(3, [4, 0, 6, 0, 4, 5])],
    ['points beyond the last', 'pieces-order', changed(3, [4, 0, 5, 0, 4, 6])],
    ['a negative point', 'pieces-order', changed(0, [-1, 0, 1, 0, 0, 1])],
    ['corners from right to left', 'pieces-order', changed(1, [2, 0, 1, 0, 1, 2])],
    ['a line that misses a point', 'pieces-fit', changed(1, [1, 0, 2, 0, 1, 3])],
    ['a line that misses the first point', 'pieces-fit', changed(0, [1, 0, 2, 0, 0, 1])],
    ['lines that are parallel', 'pieces-crossing', [PIECES[0]!, [2, 0, 3, 0, 2, 3], ...PIECES.slice(3)]],
    ['a crossing beyond the next piece', 'pieces-crossing', changed(2, [2, 0, 3, 0, 3, 3])],
  ])('%s: %s', (_, rule, pieces) => {
    expect(verdictOn(PEAK, pieces)).toMatchObject({ accepted: false, rule });
  });

  test('a window between two pieces is left', () => {
    // Windows [0, 1] at 0, 1, 2, 4, 5, 6, and [1, 2] at 3: the crossing of the diagonals of the outer windows lies above it.
    const x = [0, 1, 2, 3, 4, 5, 6].map((value) => Rational.of(value));
    const lower = [0, 0, 0, 1, 0, 0, 0].map((value) => Rational.of(value));
    const upper = [1, 1, 1, 2, 1, 1, 1].map((value) => Rational.of(value));
    const pieces = [
      [0, 0, 2, 1, 0, 2],
      [4, 1, 6, 0, 4, 6],
    ];
    expect(verdictOn(windowsProblem(x, lower, upper), pieces).accepted).toBe(true);
    upper[3] = Rational.of(1);
    expect(verdictOn(windowsProblem(x, lower, upper), pieces)).toMatchObject({ rule: 'pieces-fit' });
    // The other side: the valley of the same lines upside down.
    const negative = (list: readonly Rational[]) => list.map((value) => value.negate());
    const mirrored = pieces.map(([a, endOfA, b, endOfB, from, to]) => [
      a!,
      1 - endOfA!,
      b!,
      1 - endOfB!,
      from!,
      to!,
    ]);
    expect(verdictOn(windowsProblem(x, negative(upper), negative(lower)), mirrored)).toMatchObject({
      rule: 'pieces-fit',
    });
  });

  test('5,000 random changes: what is accepted is true', () => {
    const random = createRandom(29);
    let accepted = 0;
    for (let instance = 0; instance < 250; instance++) {
      const size = random.integer(2, 9);
      const values = () => Array.from({ length: size }, () => Rational.of(random.integer(-3, 3)));
      const x = Array.from({ length: size }, (_, i) => Rational.of(i));
      const lower = values();
      const widths = Array.from({ length: size }, () => Rational.of(random.integer(0, 2)));
      const upper = instance % 2 === 0 ? lower : lower.map((value, i) => value.add(widths[i]!));
      const problem = windowsProblem(x, lower, upper);
      const { pieces } = solveUnivariate(problem);
      for (let mutation = 0; mutation < 20; mutation++) {
        let mutant = pieces!.slice();
        if (random.integer(0, 3) === 0) {
          const j = random.integer(0, mutant.length / PIECE.length - 1);
          mutant = Int32Array.from([...mutant].filter((_, at) => Math.floor(at / PIECE.length) !== j));
        }
        for (let change = random.integer(0, 2); change > 0 && mutant.length > 0; change--)
          mutant[random.integer(0, mutant.length - 1)]! += random.integer(-2, 2);
        const verdict = verdictOf(() => String(checkPieces(problem, mutant)));
        if (!verdict.accepted) continue;
        accepted++;
        expectFunction(problem, mutant);
        expect(Number(verdict.statement)).toBeGreaterThanOrEqual(countFewestKnots(problem).knots);
      }
    }
    expect(accepted).toBeGreaterThan(200);
  });
});
