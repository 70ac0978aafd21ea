import type { Certificate } from '../certificate/certificate.js';
import type { Network, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { certify, statementOf } from '../solve/answer.js';
import { accepted } from '../solve/checked.js';
import type { VertexAnswer } from '../solve/model.js';
import { plural } from '../text/format.js';
import { Conditions } from '../vertex/conditions.js';
import { decideVertex, type VertexVerdict } from '../vertex/vertex.js';

/** What was decided about a vertex; the checker has accepted it. */
export interface VertexDecision {
  readonly verdict: VertexVerdict;
  /** Nonzero products v w_i that cost, with several inputs those of the bias too. */
  readonly products: number;
  readonly message: string;
  /** For the independent checker; null when undecided. */
  certificate(sha256?: string): Certificate | null;
}

/**
 * Whether a network of the architecture is a vertex for the data: without a direction in which its outputs stay.
 * @throws CheckFailure when the checker rejects the proof
 */
export function decidedVertex(problem: Problem, model: Network, skip: Skip): VertexDecision {
  const conditions = new Conditions(problem, model, skip);
  const { products, count } = conditions;
  const verdict = decideVertex(conditions);
  const decision = { verdict, products, message: messageOf(verdict, products, count) };
  const answer: VertexAnswer = { kind: 'vertex', model, skip, verdict };
  const statement = statementOf(problem, answer);
  if (statement !== null) accepted(problem, statement);
  return { ...decision, certificate: (sha256) => certify(problem, answer, sha256) };
}

function messageOf(verdict: VertexVerdict, products: number, conditions: number): string {
  const no = 'so it is no minimiser of the l^p path norm for any 0 < p < 1, not even a local one';
  switch (verdict.holds) {
    case true:
      return `${plural(products, 'nonzero product')}, independent on the data: no direction keeps all outputs, as in every minimiser`;
    case false: {
      if (verdict.proof.kind === 'counting')
        return `${plural(products, 'nonzero product')} under ${plural(conditions, 'condition')}: some direction keeps all outputs, ${no}`;
      const { neurons } = verdict.proof;
      const moved = neurons.length === 1 ? `neuron ${neurons[0]![0]}` : plural(neurons.length, 'neuron');
      return `a direction that changes ${moved} keeps all outputs, ${no}`;
    }
    case 'undecided':
      return `${plural(products, 'nonzero product')} under ${plural(conditions, 'condition')}: too many for an exact rank`;
  }
}
