import { ExactColumn } from '../../src/exact/column.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { makeProblem } from '../../src/problem/problem.js';

/** A problem with one input from texts such as "1/3" or "0.5". */
export function problemOf(x: readonly string[], y: readonly string[], tolerance = '0'): Problem {
  const column = (texts: readonly string[]) => ExactColumn.fromRationals(texts.map((t) => Rational.parse(t)));
  return makeProblem(
    {
      name: 'test',
      inputs: [column(x)],
      labels: column(y),
      lower: null,
      upper: null,
      describeRow: (index) => `row ${index + 1} of test`,
    },
    Rational.parse(tolerance),
  );
}

export const SHAPES = ['scattered', 'convex', 'gentle', 'monotone', 'zigzag'] as const;
export type ShapeName = (typeof SHAPES)[number];

/** A seeded problem with 1 .. `most` points whose slopes make many runs, long runs, or collinear stretches. */
export function randomProblem(seed: number, shape: ShapeName, most: number): Problem {
  const random = createRandom(seed);
  const size = random.integer(1, most);
  const x: string[] = [];
  const y: string[] = [];
  let position = random.integer(-5, 5);
  let value = Rational.of(random.integer(-5, 5));
  let slope = random.integer(-4, 4);
  const denominator = random.integer(1, 3);
  for (let i = 0; i < size; i++) {
    x.push(Rational.of(position, denominator).toString());
    y.push(value.toString());
    if (shape === 'scattered') slope = random.integer(-6, 6);
    else if (shape === 'convex') slope += random.integer(0, 3);
    else if (shape === 'gentle') slope += random.integer(-1, 1);
    else if (shape === 'monotone') slope = random.integer(0, 6);
    else slope = i % 2 === 0 ? random.integer(1, 3) : -random.integer(1, 3);
    const gap = random.integer(1, 3);
    position += gap;
    value = value.add(Rational.of(slope * gap, denominator));
  }
  return problemOf(x, y);
}
