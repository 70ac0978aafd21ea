import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { InternalError } from '../../src/problem/internal-error.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { acceptedInSteps, CheckFailure, checked } from '../../src/solve/checked.js';
import { type BoundedSolution, type Solution, type SolveOptions, solve } from '../../src/solve/solve.js';
import { everyAnswerIsAccepted } from './near-degenerate.js';

const PEAK = makeProblem(datasetFromArrays({ x: [-2, -1, 0, 1, 2, 3], y: [0, 0, 1, 1, 0, 0] }));
const XOR = makeProblem(
  datasetFromArrays({
    x: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    y: [0, 1, 1, 0],
  }),
);
const CONFLICT = makeProblem(datasetFromArrays({ x: [0, 0], y: [0, 2] }), Rational.of(1, 2));

async function bounded(problem: Problem, options: Partial<SolveOptions> = {}): Promise<BoundedSolution> {
  const solution = await solve(problem, options);
  if (solution.status === 'infeasible') throw new Error('expected a network');
  return solution;
}

/** The rule under which a solution is rejected. */
function ruleOf(problem: Problem, solution: Solution, read: 'network' | 'bounds'): string {
  try {
    checked(problem, solution, read);
  } catch (error) {
    expect(error).toBeInstanceOf(CheckFailure);
    expect(error).toBeInstanceOf(InternalError);
    const { rule, message } = error as CheckFailure;
    expect(message).toContain(`rule ${rule}: `);
    return rule;
  }
  return 'none: it was accepted';
}

describe('checked', () => {
  test.each([
    ['one input', PEAK, {}, /^the fewest neurons .* is 3;/],
    ['one input, no skip', PEAK, { skip: 'none' }, /^the fewest neurons .* is 3;/],
    ['several inputs', XOR, {}, /^the fewest neurons .* is 2;/],
    ['parameters', XOR, { objective: 'parameters' }, /^the fewest parameters .* is 4;/],
    ['no function at all', CONFLICT, {}, /^no function passes/],
  ] as const)('says what is proved: %s', async (_, problem, options, statement) => {
    expect(checked(problem, await solve(problem, options))).toMatch(statement);
  });

  test('reads no network when only the bounds will be read', async () => {
    const solution = await bounded(PEAK);
    const blind = {
      ...solution,
      get network(): never {
        throw new Error('the network was read');
      },
    };
    expect(checked(PEAK, blind, 'bounds')).toMatch(/is 3; the network attains it$/);
    expect(() => checked(PEAK, blind)).toThrow('the network was read');
  });

  test.each(['network', 'bounds'] as const)('refuses a claim that is not proved (%s)', async (read) => {
    const solution = await bounded(PEAK);
    const { network } = solution;
    const { pieces, proof } = solution;
    const fewer = { ...solution, lowerBound: 2, upperBound: 2 };
    expect(ruleOf(PEAK, fewer, read)).toBe('claim-lower-bound');
    const more = { ...solution, upperBound: 4, status: 'bracket' as const };
    expect(ruleOf(PEAK, more, read)).toBe('claim-upper-bound');
    if (proof.kind !== 'witnesses') throw new Error('expected witnesses');
    const witnesses = proof.witnesses.slice();
    witnesses[0] = -1;
    expect(ruleOf(PEAK, { ...solution, proof: { kind: 'witnesses', witnesses } }, read)).toBe(
      'witness-inequality',
    );
    const moved = network.neurons.map((neuron, k) =>
      k === 0 ? { ...neuron, bias: Rational.of(2) } : neuron,
    );
    const shifted = pieces!.map((entry, at) => (at === 5 ? 2 : entry));
    const wrong = { ...solution, network: { ...network, neurons: moved }, pieces: shifted };
    expect(ruleOf(PEAK, wrong, read)).toBe(read === 'network' ? 'network-fit' : 'pieces-fit');
    expect(ruleOf(PEAK, { ...solution, skip: 'none' }, read)).toBe(
      read === 'network' ? 'network-skip' : 'claim-network',
    );
  });

  test('refuses trees, windows and problems that are others', async () => {
    const solution = await bounded(XOR);
    if (solution.proof.kind !== 'search') throw new Error('expected trees');
    const [tree, ...trees] = solution.proof.trees;
    const cut = {
      kind: 'search',
      trees: [{ ...tree!, nodes: [...tree!.nodes].slice(0, -1) }, ...trees],
    } as const;
    expect(ruleOf(XOR, { ...solution, proof: cut }, 'network')).toBe('search-tree');
    expect(ruleOf(XOR, { ...solution, proof: { kind: 'search', trees } }, 'network')).toBe(
      'claim-lower-bound',
    );
    const infeasible = await solve(CONFLICT);
    expect(ruleOf(PEAK, infeasible, 'network')).toBe('empty-window');
    expect(ruleOf(CONFLICT, await bounded(PEAK), 'network')).toBe('claim-proof');
  });
});

describe('acceptedInSteps', () => {
  const problem = makeProblem(datasetFromArrays({ x: [0, 1, 2, 3, 4, 5], y: [0, 0, 1, 10, 27, 45] }));
  const { claim, proof } = threshold(problem);

  test('accepts p*, and tells how far it is', () => {
    expect(finish(acceptedInSteps(problem, { claim, proof }))).toMatch(/^p\* lies in/);
    const random = createRandom(9);
    const y = [0, 0];
    for (let slope = 0, i = 0; i < 20_000; i++) {
      slope += random.integer(1, 1000);
      y.push(y.at(-1)! + slope);
    }
    const long = makeProblem(datasetFromArrays({ x: y.map((_, i) => i), y }));
    const shares = [...acceptedInSteps(long, threshold(long))];
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });

  test('refuses a bracket that is not proved', () => {
    const higher = { ...claim, upper: '3/4', lower: '5/8' };
    const breakpoints = ['0', '1/4', '5/8'];
    expect(() =>
      finish(
        acceptedInSteps(problem, { claim: higher, proof: { ...proof, breakpoints, references: [[], []] } }),
      ),
    ).toThrow(/rule threshold-interval/);
  });
});

test('200 questions whose points nearly coincide: every answer is accepted', async () => {
  const seen = await everyAnswerIsAccepted(createRandom(313), 200);
  expect(seen.questions).toBe(200);
  expect(seen.closed).toBeGreaterThan(120);
  expect(seen.searched).toBeGreaterThan(100);
  expect(seen.infeasible).toBeGreaterThan(5);
});
