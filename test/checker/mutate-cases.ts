import type { Certificate } from '../../src/certificate/certificate.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { check } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { InputError } from '../../src/problem/input-error.js';
import type { Problem } from '../../src/problem/problem.js';
import { type CaseFile, problemOf } from './case-files.js';
import { mutateJson, mutateText, type Outcome, pick, Tally } from './mutants.js';

/**
 * Changes certificates at random, one half of them as JSON and the other as text.
 * @param expectTrue fails unless the claim of an accepted certificate is true
 */
export function mutateCases(
  cases: Record<string, CaseFile>,
  times: number,
  seed: number,
  expectTrue: (problem: Problem, certificate: Certificate) => void,
): Tally['counts'] {
  const random = createRandom(seed);
  const bases = Object.values(cases);
  const tally = new Tally();
  for (let k = 0; k < times; k++) {
    const base = bases[k % bases.length]!;
    let text: string;
    if (random.integer(0, 1)) {
      const mutant = structuredClone(base.certificate);
      for (let changes = pick(random, [1, 1, 2]); changes > 0; changes--) {
        mutateJson(random, mutant, pick(random, bases).certificate);
      }
      text = JSON.stringify(mutant);
    } else text = mutateText(random, JSON.stringify(base.certificate));
    tally.add(judge(base, text, expectTrue));
  }
  return tally.counts;
}

function judge(
  base: CaseFile,
  text: string,
  expectTrue: (problem: Problem, certificate: Certificate) => void,
): Outcome {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(text, 'mutant');
  } catch (error) {
    if (error instanceof InputError) return 'unreadable';
    throw error;
  }
  const problem = problemOf(base);
  if (!check(problem, certificate).accepted) return 'rejected';
  const { kind } = base.certificate.claim;
  if (certificate.claim.kind !== kind)
    throw new Error(`a claim ${certificate.claim.kind} passed for ${kind}`);
  expectTrue(problem, certificate);
  return 'accepted';
}
