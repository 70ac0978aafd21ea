import type { Certificate } from '../../src/certificate/certificate.js';
import { identityOf } from '../../src/certificate/identity.js';
import {
  fitCode,
  type NodeList,
  type ProofNode,
  type SearchProof,
} from '../../src/certificate/search-proof.js';
import type { Problem } from '../../src/problem/problem.js';
import { problemOf } from '../search/problems.js';

/** Points 0 .. size - 1 on a line; the labels are 1 and one negative neuron is never above 0, whatever else is decided. */
export function ones(size: number): Problem {
  return problemOf(
    Array.from({ length: size }, (_, n) => [n]),
    new Array<number>(size).fill(1),
  );
}

/**
 * One neuron needs more than nothing, by a tree that decides a negative neuron at `depth` points before it says so: 2^(depth + 1) - 1 nodes, made
 * when they are asked for.
 */
export function longCertificate(
  problem: Problem,
  depth: number,
): Certificate & { readonly proof: SearchProof } {
  const row = fitCode(problem.size - 1, 1, 0, 1, problem.size);
  const nodes: NodeList = {
    length: 2 ** (depth + 1) - 1,
    *[Symbol.iterator](): Generator<ProofNode> {
      const stack = [0];
      for (let level = stack.pop(); level !== undefined; level = stack.pop()) {
        if (level === depth) yield [0, row, 1];
        else {
          yield [1 + (level % 2), 0, level];
          stack.push(level + 1, level + 1);
        }
      }
    },
  };
  return {
    problem: identityOf(problem),
    claim: { kind: 'minimum', objective: 'neurons', skip: 'none', lowerBound: 1 },
    proof: { kind: 'search', trees: [{ plus: 0, minus: 1, budget: null, pivot: 0, nodes }] },
  };
}
