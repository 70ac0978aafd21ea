import type { Certificate } from '../certificate/certificate.js';
import type { Rational } from '../exact/rational.js';
import { modelHash } from '../problem/canonical.js';
import { InternalError } from '../problem/internal-error.js';
import type { Network } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { accepted } from './checked.js';

/** What was measured about a model. */
export interface Measured {
  /** Largest distance to a window. */
  readonly distance: Rational;
  /** Neurons that count above the threshold. */
  readonly active: number;
  readonly activeThreshold: Rational;
}

/**
 * The certificate about a model, which the checker has accepted as it stands: the model, what was measured, and the bound.
 * @param bound the certificate of a minimum, or that nothing fits
 * @throws CheckFailure when the checker rejects it
 */
export function modelCertificate(
  problem: Problem,
  bound: Certificate,
  model: Network,
  { distance, active, activeThreshold }: Measured,
): Certificate {
  const { claim } = bound;
  if (claim.kind !== 'minimum' && claim.kind !== 'infeasible')
    throw new InternalError(`a model is held to no claim of kind ${claim.kind}`);
  const certificate: Certificate = {
    ...bound,
    claim: {
      kind: 'model',
      sha256: modelHash(model),
      distance: distance.toString(),
      active,
      activeThreshold: activeThreshold.toString(),
      bound: claim,
    },
    model,
  };
  accepted(problem, certificate);
  return certificate;
}
