import type { Claim } from '../certificate/certificate.js';
import type { ModelClaim } from '../certificate/model.js';
import type { Statement } from '../checker/check.js';
import type { DecimalEnclosure } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import type { LpMinimizer } from '../lp-norm/minimize.js';
import { modelHash } from '../problem/canonical.js';
import { InternalError } from '../problem/internal-error.js';
import type { Network, Skip } from '../problem/network.js';
import type { VertexVerdict } from '../vertex/vertex.js';
import type { Solution } from './solve.js';

/** What was measured about a model, and the minimum it is held to. */
export interface ModelAnswer {
  readonly kind: 'model';
  readonly model: Network;
  /** Largest distance to a window. */
  readonly distance: Rational;
  /** Neurons that count above the threshold. */
  readonly active: number;
  readonly activeThreshold: Rational;
  /** Its l^p path norm, when it is held to the least one; else null. */
  readonly cost: DecimalEnclosure | null;
  readonly bound: Solution | LpMinimizer;
}

/** Whether a trained network is a vertex: without a direction in which its outputs on the data stay. */
export interface VertexAnswer {
  readonly kind: 'vertex';
  readonly model: Network;
  readonly skip: Skip;
  readonly verdict: VertexVerdict;
}

/** null when the verdict is undecided. */
export function vertexStatement({ model, skip, verdict }: VertexAnswer): Statement | null {
  if (verdict.holds === 'undecided') return null;
  const { holds, proof } = verdict;
  return { claim: { kind: 'vertex', sha256: modelHash(model), skip, holds }, model, proof };
}

/** @param bound what the bound claims: a minimum, that nothing fits, or a least path norm */
export function modelClaim(answer: ModelAnswer, bound: Claim): ModelClaim {
  const { model, distance, active, activeThreshold, cost } = answer;
  if (bound.kind !== 'minimum' && bound.kind !== 'infeasible' && bound.kind !== 'lp-minimum')
    throw new InternalError(`a model is held to no claim of kind ${bound.kind}`);
  return {
    kind: 'model',
    sha256: modelHash(model),
    distance: distance.toString(),
    active,
    activeThreshold: activeThreshold.toString(),
    ...(cost === null ? {} : { cost: { lower: exactly(cost.lower), upper: exactly(cost.upper) } }),
    bound,
  };
}

function exactly(decimal: string): string {
  return Rational.parse(decimal).toString();
}
