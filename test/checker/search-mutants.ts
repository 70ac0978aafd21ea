import { expect } from 'vitest';
import { NODE, type ProofNode, type SearchProof } from '../../src/certificate/search-proof.js';
import { checkSearch } from '../../src/checker/search.js';
import { Rejection } from '../../src/checker/verdict.js';
import { createRandom, type Random } from '../../src/exact/random.js';
import type { Objective, Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { searchSparsest } from '../../src/search/search.js';
import { plantedRows, problemOf } from '../search/problems.js';
import { type ArrayProof, type ArrayTree, inArrays } from '../search/validate.js';

export interface Base {
  readonly name: string;
  readonly problem: Problem;
  readonly objective: Objective;
  readonly skip: Skip;
  readonly proof: ArrayProof;
  /** The minimum, which no accepted mutant may exceed. */
  readonly truth: number;
}

/** Proofs by search for both objectives and every skip. */
export async function makeBases(): Promise<Base[]> {
  const bases: Base[] = [];
  const random = createRandom(31);
  for (const skip of ['none', 'bias', 'affine'] as const) {
    for (const objective of ['neurons', 'parameters'] as const) {
      const { x, y } = plantedRows(random, 2, objective === 'neurons' ? 8 : 6, 0);
      const problem = problemOf(x, y);
      const { proof, lowerBound, ended } = await searchSparsest(problem, { objective, skip });
      expect(ended).toBe('optimal');
      expect(lowerBound).toBeGreaterThanOrEqual(2);
      const name = `${objective}, skip ${skip}`;
      bases.push({ name, problem, objective, skip, proof: inArrays(proof), truth: lowerBound });
    }
  }
  const kinds = new Set(
    bases.flatMap(({ proof }) => proof.trees.flatMap(({ nodes }) => nodes.map(([kind]) => kind))),
  );
  expect(kinds).toContain(NODE.classSide);
  return bases;
}

/** The bound that a proof shows, or the rule it breaks. */
export function judge({ problem, objective, skip }: Base, proof: SearchProof): number | string {
  try {
    return checkSearch(problem, proof, objective, skip);
  } catch (error) {
    if (error instanceof Rejection) return error.rule;
    throw error;
  }
}

export function edit(proof: ArrayProof, t: number, change: Partial<ArrayTree>): ArrayProof {
  return {
    kind: 'search',
    trees: proof.trees.map((tree, index) => (index === t ? { ...tree, ...change } : tree)),
  };
}

/** The proof with one node replaced by none, one or several. */
export function splice(proof: ArrayProof, t: number, at: number, ...nodes: ProofNode[]): ArrayProof {
  const { nodes: old } = proof.trees[t]!;
  return edit(proof, t, { nodes: [...old.slice(0, at), ...nodes, ...old.slice(at + 1)] });
}

/**
 * Changes proofs at random and judges them: never a crash, never more than the truth.
 * @returns how many were accepted, with a bound that is true, and how many rejected
 */
export function judgeMutants(
  bases: readonly Base[],
  rounds: number,
  random: Random,
): { accepted: number; rejected: number } {
  const seen = { accepted: 0, rejected: 0 };
  for (let round = 0; round < rounds; round++) {
    const each = bases[random.integer(0, bases.length - 1)]!;
    const mutant = mutate(each.proof, (most) => random.integer(0, most));
    const verdict = judge(each, mutant);
    if (typeof verdict === 'number') {
      seen.accepted++;
      expect(verdict).toBeLessThanOrEqual(each.truth);
    } else seen.rejected++;
  }
  return seen;
}

/** One small change anywhere in a proof. pick(m) is a random integer from 0 to m. */
function mutate(proof: ArrayProof, pick: (most: number) => number): ArrayProof {
  const t = pick(proof.trees.length - 1);
  const tree = proof.trees[t]!;
  const at = pick(tree.nodes.length - 1);
  const node = [...tree.nodes[at]!];
  const entry = pick(node.length - 1);
  switch (pick(12)) {
    case 0:
      return edit(proof, t, { plus: tree.plus + pick(2) - 1 });
    case 1:
      return edit(proof, t, { minus: tree.minus + pick(2) - 1 });
    case 2:
      return edit(proof, t, { pivot: pick(9) });
    case 3:
      return edit(proof, t, {
        budget: tree.budget === null ? pick(5) : pick(3) === 0 ? null : tree.budget + pick(2) - 1,
      });
    case 4:
      return splice(proof, t, at);
    case 5:
      return splice(proof, t, at, node, node);
    case 6: {
      const other = pick(tree.nodes.length - 1);
      const nodes = [...tree.nodes];
      [nodes[at], nodes[other]] = [nodes[other]!, nodes[at]!];
      return edit(proof, t, { nodes });
    }
    case 7:
      node[entry] = pick(40);
      return splice(proof, t, at, node);
    case 8:
      node[entry] = typeof node[entry] === 'number' ? (node[entry] as number) + 2 * pick(1) - 1 : '1';
      return splice(proof, t, at, node);
    case 9:
      node.splice(entry, 1);
      return splice(proof, t, at, node);
    case 10: {
      // The first child in place of a branching: what its leaves rest on may be missing.
      if (node[0] === NODE.leaf || node[0] === NODE.overBudget) return splice(proof, t, at, [NODE.leaf]);
      const end = endOf(tree.nodes, at + 1);
      const nodes = [
        ...tree.nodes.slice(0, at),
        ...tree.nodes.slice(at + 1, end),
        ...tree.nodes.slice(endOf(tree.nodes, end)),
      ];
      return edit(proof, t, { nodes });
    }
    default:
      return splice(proof, t, at, recounted(node, pick));
  }
}

/** Where the subtree that begins at a node ends. */
export function endOf(nodes: readonly ProofNode[], from: number): number {
  let at = from;
  for (let open = 1; open > 0 && at < nodes.length; at++)
    open += nodes[at]![0] === NODE.leaf || nodes[at]![0] === NODE.overBudget ? -1 : 1;
  return at;
}

/** A branching of one neuron for a whole class, or the other way round; another side of a point. */
function recounted(node: ProofNode, pick: (most: number) => number): ProofNode {
  const [kind, index, point] = node;
  switch (kind) {
    case NODE.activeOrNegative:
    case NODE.positiveOrInactive:
      return [NODE.classSide, index!, point!, pick(3)];
    case NODE.zeroOrNonzero:
      return [NODE.classZero, index!, pick(1)];
    case NODE.classSide:
      return pick(1) === 0 ? [1 + pick(1), index!, point!] : [kind, index!, point!, pick(3)];
    case NODE.classZero:
      return pick(1) === 0 ? [NODE.zeroOrNonzero, index!] : [kind, index!, pick(1)];
    default:
      return node;
  }
}
