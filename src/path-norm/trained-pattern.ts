import type { Rational } from '../exact/rational.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { type ExactNetwork, exactPatternNetwork } from './exact-network.js';
import { PatternDescent } from './pattern-descent.js';
import { pathNormQuestion } from './question.js';

/** A trained network in doubles: K x d input weights, K biases, K output weights. */
export interface TrainedWeights {
  readonly inputWeights: readonly (readonly number[])[];
  readonly biases: readonly number[];
  readonly outputWeights: readonly number[];
}

/**
 * A cheap exact network with the activation pattern of a trained one: the linear program of that pattern and its output signs, reweighted from the
 * trained weights; rationals decide. Its cost, enclosed, can be held against the least path norm; that of the trained network cannot, for it may miss
 * labels.
 *
 * @param smallest neurons whose largest |v w_i| is at most this are left out
 * @returns null when no network with this pattern passes through all windows, as far as doubles see
 */
export function exactPattern(
  problem: Problem,
  skip: Skip,
  p: Rational,
  trained: TrainedWeights,
  smallest = 1e-6,
): ExactNetwork | null {
  const question = pathNormQuestion(problem, skip, p);
  const doubles = (values: readonly Rational[]) => Float64Array.from(values, (value) => value.toNumber());
  const points = Array.from({ length: problem.size }, (_, n) =>
    problem.inputs.map((column) => column.value(n).toNumber()),
  );
  const neurons: { sign: 1 | -1; active: boolean[] }[] = [];
  const weights: Float64Array[] = [];
  trained.outputWeights.forEach((v, k) => {
    const z = Float64Array.from([...trained.inputWeights[k]!, trained.biases[k]!], (w) => Math.abs(v) * w);
    if (z.every((entry) => Math.abs(entry) <= smallest)) return;
    const active = points.map((x) => x.reduce((sum, value, i) => sum + value * z[i]!, z[x.length]!) > 0);
    neurons.push({ sign: v > 0 ? 1 : -1, active });
    weights.push(z);
  });
  const descent = new PatternDescent(question, doubles(question.lower), doubles(question.upper));
  const found = descent.within(neurons, weights);
  return found === null ? null : exactPatternNetwork(question, found, 1);
}
