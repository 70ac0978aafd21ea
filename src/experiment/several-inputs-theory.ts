import { rank } from '../exact/elimination.js';
import { countNeurons, countParameters, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import type { BoundedSolution } from '../solve/solve.js';
import type { TheoryRow } from './rows.js';

/** What a test of the theory found, without the identity of its row. */
export type TheoryResult = Pick<TheoryRow, 'holds' | 'statement' | 'measured' | 'required'>;

/**
 * The size of sparsest networks with several inputs against the bounds of the theory, by claim; empty for one input.
 *
 * - `proposition-4.1`: whatever the width, some sparsest network (objective parameters) is small. What can be checked on one data set
 *   is what follows for the minimum: with the neurons' directions fixed, the labels are a combination of neuron outputs in R^N, so N of
 *   the neurons suffice (Caratheodory): at most N (d + 1) parameters. Where the one-parameter neurons (x_i)+, (-x_i)+ and 1 together
 *   with the skip have rank N on the data, N parameters suffice.
 * - `generic-bound`: for almost every label vector N parameters, less the free ones of the skip, are also necessary (by dimension).
 *
 * @param problem exact labels
 */
export function severalInputsTheory(
  problem: Problem,
  skip: Skip,
  solution: BoundedSolution,
): ReadonlyMap<string, TheoryResult> {
  if (problem.dimension === 1 || solution.objective !== 'parameters') return new Map();
  return new Map([
    ['proposition-4.1', sizeBounds(problem, skip, solution)],
    ['generic-bound', genericBound(problem, skip, solution)],
  ]);
}

function sizeBounds(problem: Problem, skip: Skip, solution: BoundedSolution): TheoryResult {
  const { size: n, dimension: d } = problem;
  const { lowerBound, upperBound, network } = solution;
  const atoms = rank(atomOutputs(problem, skip));
  const most = atoms === n ? n : n * (d + 1);
  const why =
    atoms === n
      ? `N = ${n}, for the one-parameter neurons have rank ${atoms} = N on the data`
      : `N (d + 1) = ${most}, for the one-parameter neurons have rank ${atoms} < N = ${n}`;
  // A lower bound above the bound contradicts it; an upper bound above it only says that the search has not got there.
  const holds = upperBound <= most ? true : lowerBound > most ? false : 'undecided';
  return {
    holds,
    statement:
      'whatever the width, a sparsest network exists whose size is bounded by the number N of points: at most N parameters ' +
      'where the one-parameter neurons have rank N on the data, at most N (d + 1) always',
    measured:
      `fewest parameters: ${bounds(lowerBound, upperBound)}; the network has ${countNeurons(network)} neurons and ` +
      `${countParameters(network)} parameters`,
    required: `at most ${why}`,
  };
}

function genericBound(
  problem: Problem,
  skip: Skip,
  { lowerBound, upperBound }: BoundedSolution,
): TheoryResult {
  const free = rank(skipOutputs(problem, skip));
  const generic = Math.max(0, problem.size - free);
  const holds = lowerBound >= generic ? true : upperBound < generic ? 'not-applicable' : 'undecided';
  const special =
    holds === 'not-applicable'
      ? '; fewer suffice, so these labels are special, outside the "almost every"'
      : '';
  return {
    holds,
    statement:
      'for almost every label vector a network needs N parameters, less those of the skip (generic: a statement about almost all labels)',
    measured: `fewest parameters: ${bounds(lowerBound, upperBound)}${special}`,
    required: `at least ${generic} (N = ${problem.size} points, ${free} free parameters in the skip)`,
  };
}

function bounds(lower: number, upper: number): string {
  return lower === upper ? `${lower}` : `between ${lower} and ${upper}`;
}

/** Rows: the points. Columns: the outputs of all neurons with one parameter, and of the skip, in integers. */
function atomOutputs(problem: Problem, skip: Skip): bigint[][] {
  const positive = (value: bigint) => (value > 0n ? value : 0n);
  return Array.from({ length: problem.size }, (_, n) => {
    const x = problem.inputs.map((column) => column.integer(n));
    return [1n, ...x.map(positive), ...x.map((value) => positive(-value)), ...(skip === 'affine' ? x : [])];
  });
}

function skipOutputs(problem: Problem, skip: Skip): bigint[][] {
  return Array.from({ length: problem.size }, (_, n) => {
    if (skip === 'none') return [];
    return skip === 'bias' ? [1n] : [1n, ...problem.inputs.map((column) => column.integer(n))];
  });
}
