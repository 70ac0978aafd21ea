import { readFileSync } from 'node:fs';
import type { Objective } from '../../src/certificate/certificate.js';
import { createRandom } from '../../src/exact/random.js';
import type { Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { plantedRows, problemOf } from './problems.js';

/** The questions asked about every set: both objectives with every skip. */
export const QUESTIONS: readonly (readonly [Objective, Skip])[] = (
  ['neurons', 'parameters'] as const
).flatMap((objective) => (['none', 'bias', 'affine'] as const).map((skip) => [objective, skip] as const));

/** Sets small enough for brute force: one or two inputs, exact labels and, every fifth, windows. Always the same ones. */
export function* smallSets(count: number): Generator<Problem> {
  const random = createRandom(1515);
  for (let set = 0; set < count; set++) yield drawn(random, set, (d) => random.integer(3, 6 - d));
}

/** Larger ones, for which three neurons and more are refuted. */
export function* largerSets(count: number): Generator<Problem> {
  const random = createRandom(1516);
  for (let set = 0; set < count; set++) yield drawn(random, set, () => random.integer(6, 7));
}

function drawn(random: ReturnType<typeof createRandom>, set: number, sizeOf: (d: number) => number): Problem {
  const dimension = random.integer(1, 2);
  const { x, y } = plantedRows(random, dimension, sizeOf(dimension), random.integer(0, 2));
  return problemOf(x, y, set % 5 === 4 ? y.map((value) => value + random.integer(0, 3)) : null);
}

/**
 * The minima that trees with order rows in place of counting proved, set by set in the order of `QUESTIONS`: recorded from the program as it was
 * before neurons were counted.
 */
export function orderRowMinima(): { readonly small: readonly string[]; readonly larger: readonly string[] } {
  return JSON.parse(readFileSync(new URL('order-row-minima.json', import.meta.url), 'utf8'));
}
