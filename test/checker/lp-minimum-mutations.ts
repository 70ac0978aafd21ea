import { parseCertificate } from '../../src/certificate/read.js';
import { check } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { InputError } from '../../src/problem/input-error.js';
import { type CaseFile, problemOf } from './case-files.js';
import { acceptedLpMinimum } from './lp-minimum-cases.js';
import { expectLpMinimum } from './lp-minimum-truth.js';
import { mutateJson, mutateText, pick, Tally } from './mutants.js';

/** Changes certificates of l^p minima at random, one half of them as JSON and the other as text, and judges what is accepted. */
export function mutateLpMinimum(times: number, seed: number): Tally['counts'] {
  const random = createRandom(seed);
  const bases = Object.values(acceptedLpMinimum());
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
    tally.add(judge(base, text));
  }
  return tally.counts;
}

function judge(base: CaseFile, text: string): 'unreadable' | 'rejected' | 'accepted' {
  const problem = problemOf(base);
  let certificate: ReturnType<typeof parseCertificate>;
  try {
    certificate = parseCertificate(text, 'mutant');
  } catch (error) {
    if (error instanceof InputError) return 'unreadable';
    throw error;
  }
  if (!check(problem, certificate).accepted) return 'rejected';
  if (certificate.claim.kind !== 'lp-minimum') throw new Error(`a claim ${certificate.claim.kind} passed`);
  expectLpMinimum(problem, certificate.claim, certificate.function!);
  return 'accepted';
}
