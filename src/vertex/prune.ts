import { signOfPowerSum } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { InternalError } from '../problem/internal-error.js';
import { evaluate, isDead, type Network, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { Conditions } from './conditions.js';
import { descent } from './descent.js';
import { exactStep } from './exact-step.js';
import { exactified } from './exactify.js';
import { merged } from './merge.js';
import { decideVertex } from './vertex.js';

/** A network with the same outputs at all points, and what was done for it. */
export interface Pruned {
  readonly network: Network;
  /** False when an exact kernel of what was left is out of reach: then it may be no vertex. */
  readonly isVertex: boolean;
  /** Products that became 0, neurons that vanished, points that met a hyperplane. */
  readonly events: number;
}

/**
 * Follows directions that keep all outputs until a vertex is reached (proof of Theorem 4.1). The outputs at the points of the problem are
 * those of the network, exactly; the l^p cost at p is never higher, and lower unless the network was a vertex. At the end at most as many
 * products (and so neurons that cost) are left as there are points, and points on hyperplanes. Labels play no part.
 *
 * Doubles walk down; the place where they arrive is solved for in rationals and evaluated. Where that fails, a shorter way is tried, and at
 * last one step in rationals.
 *
 * @param problem exact labels, of any value
 * @param p 0 < p < 1
 * At a vertex, neurons of one activation pattern are joined where they can be (Lemma 4.1), and the way goes on from there.
 *
 * @param reached told every network on the way that has the outputs of the first
 * @yields the dimension of the kernel that is left
 */
export function* prune(
  problem: Problem,
  network: Network,
  skip: Skip,
  p: Rational,
  reached: (network: Network) => void = () => {},
): Steps<Pruned> {
  const targets = outputsOf(problem, network);
  let current: Network = { ...network, neurons: network.neurons.filter((neuron) => !isDead(neuron)) };
  let events = 0;
  for (;;) {
    reached(current);
    const conditions = new Conditions(problem, current, skip);
    const verdict = decideVertex(conditions);
    if (verdict.holds === true) {
      const next = merged(conditions);
      if (next === null) return { network: current, isVertex: true, events };
      current = next;
      continue;
    }
    const isCheaper = (candidate: Network | null): boolean =>
      candidate !== null && signOfPowerSum(costsOf(candidate), costsOf(current), p) === -1;
    const way = yield* descent(conditions, p.toNumber());
    let found: Network | null = null;
    for (let length = way.events.length; length > 0 && found === null; length >>= 1) {
      const candidate = exactified(conditions, way, length, targets);
      if (!isCheaper(candidate)) continue;
      found = candidate;
      events += length;
    }
    if (found === null) {
      if (verdict.holds === 'undecided') return { network: current, isVertex: false, events };
      found = exactStep(conditions, verdict.proof, p);
      if (!isCheaper(found))
        throw new InternalError('prune: a direction of the kernel does not lower the cost');
      events++;
    }
    current = found;
  }
}

/** The products |v w_i| that cost: with one input without the bias. */
export function costsOf({ neurons, inputDimension }: Network): Rational[] {
  return neurons
    .filter((neuron) => !isDead(neuron))
    .flatMap(({ inputWeights, bias, outputWeight }) =>
      [...inputWeights, ...(inputDimension === 1 ? [] : [bias])].map((weight) =>
        outputWeight.abs().equals(Rational.one) ? weight.abs() : weight.multiply(outputWeight).abs(),
      ),
    )
    .filter((product) => !product.isZero());
}

/** f at the points, in the order of the problem. */
export function outputsOf({ inputs, size }: Problem, network: Network): Rational[] {
  return Array.from({ length: size }, (_, n) =>
    evaluate(
      network,
      inputs.map((column) => column.value(n)),
    ),
  );
}
