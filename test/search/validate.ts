import { expect } from 'vitest';
import { nodeStream, readSearchProof } from '../../src/certificate/read-search-proof.js';
import type { ProofNode, SearchProof } from '../../src/certificate/search-proof.js';
import { searchProofChunks } from '../../src/certificate/write-search-proof.js';
import { checkNetwork } from '../../src/checker/network.js';
import { checkSearch } from '../../src/checker/search.js';
import { checkWitnesses } from '../../src/checker/witnesses.js';
import { DEFAULT_JSON_OPTIONS, isJsonObject, parseJson } from '../../src/files/json.js';
import type { Problem } from '../../src/problem/problem.js';
import type { SearchResult } from '../../src/search/search.js';

/** What the file holds after writing and reading. */
export function throughText(proof: SearchProof): SearchProof {
  const text = `{"proof":${[...searchProofChunks(proof)].join('')}}`;
  const stream = nodeStream([text], 'proof.json');
  const json = parseJson(text, 'proof.json', { ...DEFAULT_JSON_OPTIONS, stream });
  return readSearchProof(isJsonObject(json) ? json.proof! : null, 'proof.json');
}

/** A tree with its nodes in an array, to be looked into and changed. */
export type ArrayTree = Omit<SearchProof['trees'][number], 'nodes'> & {
  readonly nodes: readonly ProofNode[];
};
export type ArrayProof = Omit<SearchProof, 'trees'> & { readonly trees: readonly ArrayTree[] };

/** The proof with its nodes in arrays. */
export function inArrays(proof: SearchProof): ArrayProof {
  return { ...proof, trees: proof.trees.map((tree) => ({ ...tree, nodes: [...tree.nodes] })) };
}

/** The network attains the upper bound, the proof the lower bound, and both survive the file format. */
export function validate(problem: Problem, result: SearchResult): void {
  const { objective, skip, network, proof, witnesses, lowerBound, upperBound } = result;
  expect(checkNetwork(problem, network, skip, objective)).toBe(upperBound);
  const read = throughText(proof);
  expect(inArrays(read)).toEqual(inArrays(proof));
  const bySearch = checkSearch(problem, read, objective, skip);
  if (witnesses === null) expect(bySearch).toBe(lowerBound);
  else {
    expect(objective).toBe('neurons');
    expect(checkWitnesses(problem, witnesses, skip)).toBe(lowerBound);
    expect(bySearch).toBeLessThan(lowerBound);
  }
  expect(lowerBound).toBeLessThanOrEqual(upperBound);
  if (result.ended === 'optimal') expect(lowerBound).toBe(upperBound);
}
