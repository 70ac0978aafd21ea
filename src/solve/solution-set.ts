import type { Certificate } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import { knotValuesOfVertex } from '../knots/knot-values.js';
import type { ExactDetails } from '../knots/solve.js';
import type { Problem } from '../problem/problem.js';
import { accepted } from './checked.js';

/**
 * The certificate of all sparsest functions of S, which the checker has accepted as it stands. It bounds the knots as well, so it says all that the
 * certificate of the minimum says.
 *
 * @param exact the details of a solution for one input, exact labels and skip affine
 * @param sha256 the hash of the problem, when it is known already
 * @throws CheckFailure when the checker rejects it
 */
export function solutionSetCertificate(
  problem: Problem,
  { curvature, runs, limit, solutions }: ExactDetails,
  sha256?: string,
): Certificate {
  const { functions, vertices, free } = solutions;
  const certificate: Certificate = {
    problem: identityOf(problem, sha256),
    claim: {
      kind: 'solution-set',
      knots: runs.knots,
      functions: functions.toString(),
      vertices: vertices.toString(),
    },
    function: knotValuesOfVertex(problem, curvature, limit.side),
    proof: { kind: 'free-runs', runs: free.map(({ points: [first, last], sign }) => [first, last, sign]) },
  };
  accepted(problem, certificate);
  return certificate;
}
