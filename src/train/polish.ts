import { signOfPowerSum } from '../exact/power-sum.js';
import { maximum, Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import type { Dataset } from '../problem/dataset.js';
import type { Network, Skip } from '../problem/network.js';
import { makeProblem } from '../problem/problem.js';
import { Conditions } from '../vertex/conditions.js';
import { fitted } from '../vertex/exactify.js';
import { costsOf, outputsOf, prune } from '../vertex/prune.js';

/** A trained network made exact. */
export interface Polished {
  readonly network: Network;
  /** It passes through every label. */
  readonly fits: boolean;
  readonly largestResidual: Rational;
}

/**
 * The last step of training, in rationals: the labels are fitted within the activation pattern and the nonzero weights that training has
 * found, by solving the small linear system, and the network is pruned to a vertex. Where the pattern has no such network, or only one that
 * costs more, the trained network itself is pruned, whose outputs stay. The l^p cost never rises.
 *
 * @param data labels, not windows
 * @param p 0 < p < 1
 */
export function* polish(data: Dataset, network: Network, skip: Skip, p: Rational): Steps<Polished> {
  const problem = makeProblem(data);
  const labels = Array.from({ length: problem.size }, (_, n) => problem.lower.value(n));
  const fit = fitted(new Conditions(problem, network, skip), labels);
  const from = fit !== null && signOfPowerSum(costsOf(fit), costsOf(network), p) !== 1 ? fit : network;
  const { network: polished } = yield* prune(problem, from, skip, p);
  const largestResidual = outputsOf(problem, polished).reduce(
    (most, value, n) => maximum(most, value.subtract(labels[n]!).abs()),
    Rational.zero,
  );
  return { network: polished, fits: largestResidual.isZero(), largestResidual };
}
