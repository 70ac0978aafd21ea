import { describe, expect, it } from 'vitest';
import { checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { problemOfInputs } from '../../src/problem/problem-of-inputs.js';
import {
  activationPatterns,
  countActivationPatterns,
  patternsInGeneralPosition,
} from '../../src/search/patterns.js';
import { checkedPatterns } from '../../src/solve/patterns.js';
import { mutateCases } from './mutate-cases.js';
import { acceptedPatterns } from './patterns-cases.js';

/** Points on a small grid: many of them on one line or plane, some twice. */
function randomProblem(seed: number) {
  const random = createRandom(seed);
  const dimension = random.integer(1, 3);
  const size = random.integer(1, dimension === 1 ? 12 : 7);
  const x = Array.from({ length: size }, () =>
    Array.from({ length: dimension }, () => Rational.of(random.integer(-2, 2), random.integer(1, 2))),
  );
  return problemOfInputs(datasetFromArrays({ x, y: x.map(() => 0) }));
}

describe('certificates of activation patterns', () => {
  it('are accepted on 150 random sets of points; with a node changed they are not, or say the same', () => {
    const random = createRandom(41);
    for (let k = 0; k < 150; k++) {
      const problem = randomProblem(k);
      const { found, nodes: tree, checked } = checkedPatterns(problem, 10_000, true);
      const nodes = tree!;
      expect(checked).toBe(true);
      const claim = { kind: 'patterns', count: found.patterns.length } as const;
      expect(BigInt(claim.count)).toBeLessThanOrEqual(
        patternsInGeneralPosition(problem.size, problem.dimension),
      );
      const judge = (list: typeof nodes, count = claim.count) =>
        checkStatement(problem, {
          claim: { kind: 'patterns', count },
          proof: { kind: 'pattern-tree', nodes: list },
        }).accepted;
      expect(judge(nodes)).toBe(true);
      expect(judge(nodes, claim.count - 1)).toBe(false);
      const at = random.integer(0, nodes.length - 1);
      const from = random.integer(0, nodes.length - 1);
      expect(judge(nodes.filter((_, i) => i !== at))).toBe(false);
      const swapped = nodes.map((node, i) => (i === at ? nodes[from]! : node));
      if (JSON.stringify(swapped[at]) !== JSON.stringify(nodes[at]) && typeof nodes[at] !== 'object')
        expect(judge(swapped)).toBe(false);
    }
  });

  it('hold each pattern once, with the neuron that is printed', () => {
    const problem = randomProblem(3);
    const { nodes } = checkedPatterns(problem, 10_000, true);
    const neurons = nodes!.filter((node) => node !== 0 && typeof node[0] === 'string');
    const printed = [...activationPatterns(problem)].map(({ witness }) =>
      [...witness.inputWeights, witness.bias].map(String),
    );
    expect(neurons).toEqual(printed);
  });

  it('are not made when there are more patterns than the limit', () => {
    const { found, nodes, checked } = checkedPatterns(randomProblem(3), 2, true);
    expect({ complete: found.complete, count: found.patterns.length, nodes, checked }).toEqual({
      complete: false,
      count: 2,
      nodes: null,
      checked: false,
    });
  });

  it('500 random changes: no crash, and no claim that is not true', () => {
    const counts = mutateCases(acceptedPatterns(), 500, 42, (problem, { claim }) =>
      expect(claim).toEqual({ kind: 'patterns', count: countActivationPatterns(problem) }),
    );
    expect(counts.rejected).toBeGreaterThan(100);
    expect(counts.unreadable).toBeGreaterThan(50);
  });
});
