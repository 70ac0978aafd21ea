import { expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { searchSparsest } from '../../src/search/search.js';
import { PROPERTY_SEED } from '../support/property-seed.js';
import { instanceProblem, plantedRows, problemOf } from './problems.js';
import {
  agreesWithBruteForce,
  agreesWithOrderRows,
  agreesWithRuns,
  agreesWithTypes,
  metamorphicRelations,
} from './properties.js';
import { validate } from './validate.js';

it('agrees with all left/right assignments on 300 instances with one input', async () => {
  expect(await agreesWithTypes(300, PROPERTY_SEED + 101)).toBe(300);
});

it('agrees with brute force over activation patterns and supports on 200 instances', async () => {
  expect(await agreesWithBruteForce(200, PROPERTY_SEED + 105)).toBe(200);
});

it('counts neurons to the minima of order rows, on 300 small sets also to those of brute force', async () => {
  expect(await agreesWithOrderRows(300, 100)).toBe(400 * 6);
});

it('agrees with the runs and windows engines on 200 instances', async () => {
  expect(await agreesWithRuns(200, PROPERTY_SEED + 102)).toBe(200);
});

it('follows the relations on 25 instances', async () => {
  expect(await metamorphicRelations(25, PROPERTY_SEED + 103)).toBe(25 * 36);
});

it('interpolates the 10 points in 50 dimensions with at most 10 parameters, exactly', async () => {
  const problem = instanceProblem('nakhleh-high-d');
  const neurons = await searchSparsest(problem, { objective: 'neurons', skip: 'none' });
  validate(problem, neurons);
  expect(neurons.ended).toBe('optimal');
  const parameters = await searchSparsest(problem, {
    objective: 'parameters',
    skip: 'none',
    mostNodes: 5_000,
  });
  validate(problem, parameters);
  expect(parameters.upperBound).toBeLessThanOrEqual(10);
  expect(parameters.genericBound).toBe(10);
});

it('refutes three neurons on planted data with two inputs and 14 points', async () => {
  let refuted = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const { x, y } = plantedRows(createRandom(seed), 2, 14, 4);
    const problem = problemOf(x, y);
    const result = await searchSparsest(problem, { objective: 'neurons', skip: 'none' });
    validate(problem, result);
    expect(result.ended).toBe('optimal');
    if (result.lowerBound >= 4) refuted++;
  }
  expect(refuted).toBeGreaterThanOrEqual(3);
});
