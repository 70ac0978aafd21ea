import { expect } from 'vitest';
import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { countFewestKnots } from '../../src/knots/solve.js';
import type { Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { searchSparsest } from '../../src/search/search.js';
import { minimumByTypes } from './brute-force.js';
import { plantedRows, problemOf, type Rows } from './problems.js';
import { largerSets, orderRowMinima, QUESTIONS, smallSets } from './small-sets.js';
import { validate } from './validate.js';

async function fewest(problem: Problem, objective: 'neurons' | 'parameters', skip: Skip): Promise<number> {
  const result = await searchSparsest(problem, { objective, skip });
  validate(problem, result);
  expect(result.ended).toBe('optimal');
  return result.lowerBound;
}

/** One input, skip none and bias in turn, exact labels and windows in turn. Returns the number of instances compared. */
export async function agreesWithTypes(instances: number, seed: number): Promise<number> {
  const random = createRandom(seed);
  let compared = 0;
  for (; compared < instances; compared++) {
    const size = random.integer(2, 8);
    const { x, y } = plantedRows(random, 1, size, random.integer(size > 6 ? 1 : 0, 2));
    const upper = compared % 4 === 3 ? y.map((value) => value + random.integer(0, 3)) : null;
    const problem = problemOf(x, y, upper);
    const skip = compared % 3 === 2 ? 'bias' : 'none';
    expect(await fewest(problem, 'neurons', skip), JSON.stringify({ x, y, upper, skip })).toBe(
      minimumByTypes(problem, 'neurons', skip),
    );
  }
  return compared;
}

/** Small problems with one to three inputs, both objectives, every skip, exact labels and windows in turn. */
export async function agreesWithBruteForce(instances: number, seed: number): Promise<number> {
  const random = createRandom(seed);
  const skips = ['none', 'bias', 'affine'] as const;
  let compared = 0;
  for (; compared < instances; compared++) {
    const objective = compared % 2 === 0 ? 'neurons' : 'parameters';
    const dimension = objective === 'neurons' ? random.integer(2, 3) : random.integer(1, 2);
    const size = random.integer(2, dimension === 1 ? 5 : 4) + (objective === 'neurons' ? 1 : 0);
    const { x, y } = plantedRows(random, dimension, size, random.integer(0, 2));
    const upper = compared % 5 === 4 ? y.map((value) => value + random.integer(0, 3)) : null;
    const problem = problemOf(x, y, upper);
    const skip = skips[compared % 3]!;
    expect(await fewest(problem, objective, skip), JSON.stringify({ x, y, upper, skip, objective })).toBe(
      minimumByTypes(problem, objective, skip),
    );
  }
  return compared;
}

/** The first sets of each kind, every question: counting against order rows, and small sets against brute force, too. */
export async function agreesWithOrderRows(small: number, larger: number): Promise<number> {
  const recorded = orderRowMinima();
  let compared = 0;
  for (const [kind, sets] of [
    ['small', smallSets(small)],
    ['larger', largerSets(larger)],
  ] as const) {
    let set = 0;
    for (const problem of sets) {
      const minima: number[] = [];
      for (const [objective, skip] of QUESTIONS) {
        const least = await fewest(problem, objective, skip);
        if (kind === 'small') expect(minimumByTypes(problem, objective, skip)).toBe(least);
        minima.push(least);
        compared++;
      }
      expect(minima.join(''), `${kind} set ${set}`).toBe(recorded[kind][set++]);
    }
  }
  return compared;
}

/** One input, affine skip: the closed form by runs, and the windows pass, against the search. */
export async function agreesWithRuns(instances: number, seed: number): Promise<number> {
  const random = createRandom(seed);
  let compared = 0;
  for (; compared < instances; compared++) {
    const { x, y } = plantedRows(random, 1, random.integer(1, 10), random.integer(0, 4));
    const upper = compared % 2 === 1 ? y.map((value) => value + random.integer(0, 4)) : null;
    const problem = problemOf(x, y, upper);
    const { knots } = countFewestKnots(problem);
    expect(await fewest(problem, 'neurons', 'affine'), JSON.stringify({ x, y, upper })).toBe(knots);
  }
  return compared;
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/** The data changed in a way that keeps both minima. */
function relatives(random: Random, { x, y }: Rows): { name: string; x: Rational[][]; y: Rational[] }[] {
  const points = x.map((point) => point.map((value) => Rational.of(value)));
  const labels = y.map((value) => Rational.of(value));
  const order = shuffled(
    random,
    points.map((_, n) => n),
  );
  const features = shuffled(
    random,
    points[0]!.map((_, i) => i),
  );
  const factors = features.map(() => Rational.of(random.integer(1, 99), random.integer(1, 99)));
  const factor = Rational.of(random.integer(1, 999), random.integer(1, 99));
  return [
    { name: 'permute points', x: order.map((n) => points[n]!), y: order.map((n) => labels[n]!) },
    { name: 'permute features', x: points.map((point) => features.map((i) => point[i]!)), y: labels },
    {
      name: 'scale features',
      x: points.map((point) => point.map((v, i) => v.multiply(factors[i]!))),
      y: labels,
    },
    { name: 'negate labels', x: points, y: labels.map((value) => value.negate()) },
    { name: 'scale labels', x: points, y: labels.map((value) => value.multiply(factor)) },
    { name: 'duplicate a point', x: [...points, points[0]!], y: [...labels, labels[0]!] },
  ];
}

/** Returns the number of comparisons made. */
export async function metamorphicRelations(instances: number, seed: number): Promise<number> {
  const random = createRandom(seed);
  let compared = 0;
  for (let instance = 0; instance < instances; instance++) {
    const rows = plantedRows(random, 2, random.integer(4, 7), random.integer(0, 2));
    for (const skip of ['none', 'bias', 'affine'] as const) {
      for (const objective of ['neurons', 'parameters'] as const) {
        const truth = await fewest(problemOf(rows.x, rows.y), objective, skip);
        for (const { name, x, y } of relatives(random, rows)) {
          expect(await fewest(problemOf(x, y), objective, skip), `${name}, ${objective}, ${skip}`).toBe(
            truth,
          );
          compared++;
        }
      }
    }
  }
  return compared;
}
