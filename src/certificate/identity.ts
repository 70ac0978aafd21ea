import { problemHash } from '../problem/canonical.js';
import type { Problem } from '../problem/problem.js';
import type { Certificate } from './certificate.js';

/**
 * What a certificate says about which problem it is for.
 * @param sha256 the hash of the problem, when it is known already
 */
export function identityOf(problem: Problem, sha256 = problemHash(problem)): Certificate['problem'] {
  return {
    sha256,
    tolerance: problem.tolerance.toString(),
    dimension: problem.dimension,
    points: problem.size,
  };
}
