import { networkChunks } from '../files/network-format.js';
import type { Certificate, Proof, WitnessProof } from './certificate.js';
import { searchProofChunks } from './write-search-proof.js';

/** The version of the format that is written and read; FORMAT.md specifies it. */
export const CERTIFICATE_VERSION = 1;

/** Integers per piece of text when a long list is written. */
const BATCH = 20_000;

/** The JSON text of a certificate in pieces, so that large ones need not stand in memory as one text. */
export function* certificateChunks(certificate: Certificate): Generator<string> {
  yield `{"format":"sparsest-certificate","version":${CERTIFICATE_VERSION},\n`;
  yield `"problem":${JSON.stringify(certificate.problem)},\n`;
  yield `"claim":${JSON.stringify(certificate.claim)},\n`;
  if (certificate.network !== undefined) {
    yield '"network":';
    yield* networkChunks(certificate.network);
    yield ',\n';
  }
  yield '"proof":';
  yield* proofChunks(certificate.proof);
  yield '}\n';
}

function* proofChunks(proof: Proof): Generator<string> {
  if (proof.kind === 'witnesses') yield* witnessChunks(proof);
  else if (proof.kind === 'search') yield* searchProofChunks(proof);
  else yield JSON.stringify(proof);
}

function* witnessChunks(proof: WitnessProof): Generator<string> {
  yield '{"kind":"witnesses",';
  if (proof.zeroNeurons !== undefined) yield `"zeroNeurons":${JSON.stringify(proof.zeroNeurons)},`;
  yield '"witnesses":[';
  const { witnesses } = proof;
  let text = '';
  for (let w = 0; w < witnesses.length; w += 4) {
    text += `${w === 0 ? '' : ','}[${witnesses[w]},${witnesses[w + 1]},${witnesses[w + 2]},${witnesses[w + 3]}]`;
    if (w % BATCH === 0) {
      yield text;
      text = '';
    }
  }
  yield `${text}]}`;
}
