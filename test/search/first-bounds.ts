import { expect } from 'vitest';
import { checkSearch } from '../../src/checker/search.js';
import { checkWitnesses } from '../../src/checker/witnesses.js';
import { createRandom } from '../../src/exact/random.js';
import type { Skip } from '../../src/problem/network.js';
import { searchSparsest } from '../../src/search/search.js';
import { plantedRows, problemOf } from './problems.js';
import { throughText } from './validate.js';

const SKIPS: readonly Skip[] = ['none', 'bias', 'affine'];

/**
 * For every skip a lower bound of at least `least` that the checker accepts, within `mostNodes` nodes of all trees together.
 * @param neurons of the planted network; 0: random labels
 * @param slack half the width of the windows; 0: exact labels
 */
export async function boundsWithin(
  mostNodes: number,
  least: number,
  { seed, dimension, size, neurons, slack = 0 }: PlantedSizes,
): Promise<void> {
  const { x, y } = plantedRows(createRandom(seed), dimension, size, neurons);
  const problem =
    slack === 0
      ? problemOf(x, y)
      : problemOf(
          x,
          y.map((value) => value - slack),
          y.map((value) => value + slack),
        );
  for (const skip of SKIPS) {
    let reached = 0;
    const result = await searchSparsest(problem, {
      objective: 'neurons',
      skip,
      mostNodes,
      shouldStop: () => reached >= least,
      observer: {
        progress({ lowerBound }) {
          reached = lowerBound;
        },
      },
    });
    const { proof, witnesses, lowerBound } = result;
    const proved =
      witnesses === null
        ? checkSearch(problem, throughText(proof), 'neurons', skip)
        : checkWitnesses(problem, witnesses, skip);
    expect(proved).toBe(lowerBound);
    expect(
      result.lowerBound,
      `${JSON.stringify({ seed, dimension, size, neurons, slack })} ${skip}`,
    ).toBeGreaterThanOrEqual(Math.min(least, result.upperBound));
  }
}

interface PlantedSizes {
  readonly seed: number;
  readonly dimension: number;
  readonly size: number;
  readonly neurons: number;
  readonly slack?: number;
}
