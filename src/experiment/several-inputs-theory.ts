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
 * - `proposition-4.1-neurons`, `proposition-4.1-two-each` and so on: see `neuronBound` and `parameterBounds`.
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
    ['proposition-4.1-neurons', neuronBound(problem, solution)],
    ...parameterBounds(problem, solution),
  ]);
}

/**
 * A network with the fewest parameters has at most N active neurons: more have dependent outputs on the data, and moving along the dependence until
 * an output weight is 0 leaves fewer parameters.
 */
function neuronBound(
  { size: n }: Problem,
  { lowerBound, upperBound, network }: BoundedSolution,
): TheoryResult {
  const neurons = countNeurons(network);
  const proved = lowerBound === upperBound;
  // A neuron has a parameter at least.
  const holds = upperBound <= n || (proved && neurons <= n) ? true : proved ? false : 'undecided';
  return {
    holds,
    statement: 'a network with the fewest parameters has at most N active neurons',
    measured: `${neurons} neurons in a network with ${countParameters(network)} parameters (fewest: ${bounds(lowerBound, upperBound)})`,
    required: `at most N = ${n} active neurons`,
  };
}

/**
 * The bounds on the fewest parameters one by one. N (d + 1) holds for all data. 2N is reached by neurons of one input where that input tells all points
 * apart; elsewhere it is no statement of the theory. 4 (d + 1) ceil(N / d) is about points in general position.
 */
function parameterBounds(
  { size: n, dimension: d, inputs }: Problem,
  { lowerBound, upperBound }: BoundedSolution,
): [string, TheoryResult][] {
  const apart = inputs.some((column) => {
    const values = Array.from({ length: n }, (_, i) => column.integer(i));
    return new Set(values).size === n;
  });
  const bound = (
    name: string,
    formula: string,
    most: number,
    otherwise: TheoryResult['holds'],
    condition: string,
  ): [string, TheoryResult] => {
    const holds = upperBound <= most ? true : lowerBound > most ? otherwise : 'undecided';
    return [
      `proposition-4.1-${name}`,
      {
        holds,
        statement: `the fewest parameters, whatever the width, are at most ${formula}${condition}`,
        measured: `fewest parameters: ${bounds(lowerBound, upperBound)}`,
        required: `at most ${most} (N = ${n} points, d = ${d} inputs)`,
      },
    ];
  };
  return [
    bound(
      'two-each',
      '2N',
      2 * n,
      apart ? false : 'not-applicable',
      ' where some input takes N different values',
    ),
    bound('full-neurons', 'N (d + 1)', n * (d + 1), false, ''),
    bound(
      'general-position',
      '4 (d + 1) ceil(N / d)',
      4 * (d + 1) * Math.ceil(n / d),
      'undecided',
      ' where the points are in general position (not looked at where it is exceeded)',
    ),
  ];
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
