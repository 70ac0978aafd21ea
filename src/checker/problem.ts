import type { Certificate } from '../certificate/certificate.js';
import { portableSha256, problemHash, type Sha256 } from '../problem/canonical.js';
import type { Problem } from '../problem/problem.js';
import { guard } from './verdict.js';

/**
 * certificate -> it was made for this problem: same size, same tolerance, same canonical text.
 *
 * Soundness does not rest on it. Every other rule runs on the problem that the user's file gave, so a statement that passes them is true of
 * that problem whatever a certificate calls it; this says early, and clearly, that the wrong file was taken.
 */
export function checkProblem(
  problem: Problem,
  { sha256, tolerance, dimension = problem.dimension, points = problem.size }: Certificate['problem'],
  createSha256: () => Sha256 = portableSha256,
): void {
  guard(
    dimension === problem.dimension && points === problem.size,
    'problem-size',
    () =>
      `the certificate is for ${points} points with ${dimension} inputs, the data give ${problem.size} with ${problem.dimension}`,
  );
  guard(
    tolerance === problem.tolerance.toString(),
    'problem-tolerance',
    () => `the certificate is for tolerance ${tolerance}, the problem has ${problem.tolerance}`,
  );
  const hash = problemHash(problem, createSha256);
  guard(
    sha256 === hash,
    'problem-hash',
    () => `the certificate is for the problem ${sha256}, the data give ${hash}`,
  );
}
