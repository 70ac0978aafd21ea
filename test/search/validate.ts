import { expect } from 'vitest';
import { readSearchProof } from '../../src/certificate/read-search-proof.js';
import type { SearchProof } from '../../src/certificate/search-proof.js';
import { searchProofChunks } from '../../src/certificate/write-search-proof.js';
import { checkNetwork } from '../../src/checker/network.js';
import { checkSearch } from '../../src/checker/search.js';
import { checkWitnesses } from '../../src/checker/witnesses.js';
import { parseJson } from '../../src/files/json.js';
import type { Problem } from '../../src/problem/problem.js';
import type { SearchResult } from '../../src/search/search.js';

/** What the file holds after writing and reading. */
export function throughText(proof: SearchProof): SearchProof {
  return readSearchProof(parseJson([...searchProofChunks(proof)].join(''), 'proof.json'), 'proof.json');
}

/** The network attains the upper bound, the proof the lower bound, and both survive the file format. */
export function validate(problem: Problem, result: SearchResult): void {
  const { objective, skip, network, proof, witnesses, lowerBound, upperBound } = result;
  expect(checkNetwork(problem, network, skip, objective)).toBe(upperBound);
  const read = throughText(proof);
  expect(read).toEqual(proof);
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
