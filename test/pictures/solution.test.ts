import { DOMParser } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { generate } from '../../src/generate/generate.js';
import { datasetOfInstance } from '../../src/generate/instance.js';
import { curvature } from '../../src/knots/curvature.js';
import { functionOfVertex } from '../../src/knots/family.js';
import { limitVertex } from '../../src/knots/limit.js';
import { runsOf } from '../../src/knots/runs.js';
import { fewestKnotsThroughWindows, lineOfChain } from '../../src/knots/windows.js';
import { PICTURE_LIMITS, pictureOf, plotSolution, plotUnivariate } from '../../src/pictures/solution.js';
import { type DatasetArrays, datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluateAt, fromLines, type PiecewiseLinear } from '../../src/problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';

function solved(problem: Problem): PiecewiseLinear {
  if (problem.exact) {
    const signs = curvature(problem);
    return functionOfVertex(problem, signs, limitVertex(problem, runsOf(signs)).side);
  }
  const chain = fewestKnotsThroughWindows(problem);
  return fromLines(Array.from({ length: chain.knots + 1 }, (_, j) => lineOfChain(problem, chain, j)));
}

function problemOf(arrays: DatasetArrays, tolerance = '0'): Problem {
  return makeProblem(datasetFromArrays(arrays), Rational.parse(tolerance));
}

const peak = { x: [-2, -1, 0, 1, 2, 3], y: [0, 0, 1, 1, 0, 0] };

/** Well-formed: every tag closed in order, every entity one of XML's five, one root. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  let roots = 0;
  const rest = svg.replace(
    /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, close, name, __, empty) => {
      if (close === '/') expect(open.pop()).toBe(name);
      else {
        if (open.length === 0) roots++;
        if (empty === '') open.push(name);
      }
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(roots).toBe(1);
  expect(rest).not.toMatch(/[<>]/);
  expect(svg.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/gi, '')).not.toContain('&');
}

// biome-ignore lint/suspicious/noExplicitAny: linkedom has no types for the documents it parses
const parse = (svg: string): any => new DOMParser().parseFromString(svg, 'image/svg+xml');
const marks = (document: ReturnType<typeof parse>, name: string): number =>
  document.querySelector(`[aria-description="${name}"]`)?.children.length ?? 0;

describe('plotUnivariate', () => {
  test('a standalone, accessible, well-formed SVG', async () => {
    const problem = problemOf(peak);
    const svg = await plotSolution(problem, solved(problem), 'a < b & "c"');
    expectWellFormed(svg);
    const document = parse(svg);
    const root = document.documentElement;
    expect(root.getAttribute('xmlns')).toBe('http://www.w3.org/2000/svg');
    expect([root.getAttribute('width'), root.getAttribute('height')]).toEqual(['800', '450']);
    expect(document.querySelector('title').textContent).toBe('a < b & "c": 3 knots');
    expect(document.querySelector('desc').textContent).toMatch(/6 data points.*grows at 2 and falls at 1/);
    for (const id of root.getAttribute('aria-labelledby').split(' ')) {
      expect(svg).toContain(`id="${id}"`);
    }
    expect(svg).not.toMatch(/NaN|Infinity|undefined|href|@import|url\(/);
  });

  test('draws every point, the line, and each knot with its direction', async () => {
    const problem = problemOf(peak);
    const document = parse(await plotSolution(problem, solved(problem), 'peak'));
    expect(marks(document, 'data')).toBe(6);
    expect(marks(document, 'windows')).toBe(0);
    expect(marks(document, 'function')).toBe(1);
    expect(marks(document, 'knots')).toBe(3);
    expect(marks(document, 'knots where the slope grows')).toBe(2);
    expect(marks(document, 'knots where the slope falls')).toBe(1);
    // Five corners: the ends and three knots.
    const path = document.querySelector('[aria-description="function"] path').getAttribute('d');
    expect(path.match(/[ML]/g)).toHaveLength(5);
  });

  test('windows are bars', async () => {
    const problem = problemOf(peak, '1/4');
    const document = parse(await plotSolution(problem, solved(problem), 'peak'));
    expect(marks(document, 'windows')).toBe(6);
    expect(marks(document, 'data')).toBe(0);
    expect(document.documentElement.textContent).toContain('tolerance 0.25');
  });

  test('one point and constant data have a picture too', async () => {
    for (const arrays of [
      { x: [3], y: [5] },
      { x: [0, 1], y: [2, 2] },
    ]) {
      const problem = problemOf(arrays);
      const svg = await plotSolution(problem, solved(problem), 'flat');
      expectWellFormed(svg);
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(marks(parse(svg), 'data')).toBe(arrays.x.length);
    }
  });

  test('the same picture twice is the same text', async () => {
    const problem = problemOf(peak);
    const picture = pictureOf(problem, solved(problem), { title: 't' });
    expect(await plotUnivariate(picture)).toBe(await plotUnivariate(picture));
  });
});

describe('pictureOf', () => {
  test('the polyline is the function: corners at knots, ends at the data', () => {
    const problem = problemOf(peak);
    const f = solved(problem);
    const picture = pictureOf(problem, f, { title: 't' });
    expect(picture.function.map(({ x }) => x)).toEqual([-2, -1, 0.5, 2, 3]);
    for (const { x, y } of picture.function) {
      expect(evaluateAt(f, Rational.fromDouble(x)).toNumber()).toBe(y);
    }
    expect(picture.knots.map(({ direction }) => direction)).toEqual(['up', 'down', 'up']);
  });

  test.each([
    ['huge', [-1e308, 0, 1e308], 'x, in units of 1e307'],
    ['tiny', [0, 5e-324, 1.5e-323], 'x, in units of 1e-324'],
    [
      'close together',
      ['1e30', '1000000000000000000000000000001', '1000000000000000000000000000003'],
      'x − min x',
    ],
  ])('%s inputs keep their proportions', async (_, x, label) => {
    const problem = problemOf({ x, y: [0, 1, -1] });
    const picture = pictureOf(problem, solved(problem), { title: 't' });
    expect(picture.xLabel).toBe(label);
    const exact = [0, 1, 2].map((i) => problem.inputs[0]!.value(i));
    const ratio = exact[1]!.subtract(exact[0]!).divide(exact[2]!.subtract(exact[0]!)).toNumber();
    const [a, b, c] = picture.points.map((point) => point.x) as [number, number, number];
    expect((b - a) / (c - a)).toBeCloseTo(ratio, 12);
    expect(await plotUnivariate(picture)).not.toMatch(/NaN|Infinity/);
  });

  test('large data are thinned, keep their extremes, and the subtitle says so', async () => {
    const problem = makeProblem(datasetOfInstance(await generate('walk', { points: 20_000, seed: 1 })));
    const picture = pictureOf(problem, solved(problem), { title: 't', subtitle: 's' });
    expect(picture.points.length).toBeLessThanOrEqual(PICTURE_LIMITS.points);
    expect(picture.subtitle).toMatch(/^s · [\d,]+ of 20,000 points drawn.* knots not marked$/);
    expect(picture.knots).toEqual([]);
    const labels = Array.from(problem.lower.doubles);
    const drawn = picture.points.map(({ lower }) => lower);
    expect(Math.max(...drawn)).toBe(Math.max(...labels));
    expect(Math.min(...drawn)).toBe(Math.min(...labels));
    expect([drawn[0], drawn.at(-1)]).toEqual([labels[0], labels.at(-1)]);
    // The line runs through the points that are drawn.
    expect(picture.function.map(({ y }) => y)).toEqual(drawn);
  });
});
