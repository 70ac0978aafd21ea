import { identityOf } from '../certificate/identity.js';
import { certificateChunks } from '../certificate/write.js';
import { decimalsAround } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { minimizePathNorm } from '../path-norm/minimum.js';
import { exactPattern, type TrainedWeights } from '../path-norm/trained-pattern.js';
import { problemHash } from '../problem/canonical.js';
import type { Dataset } from '../problem/dataset.js';
import { countNeurons, countParameters, type Network } from '../problem/network.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { makeProblem } from '../problem/problem.js';
import { accepted } from '../solve/checked.js';
import { pathNormStatement } from '../solve/path-norm.js';
import type { PlannedRow } from './plan.js';
import { type GlobalComparison, type PathNormRow, REACHED_GAP, type TruthRow } from './rows.js';
import type { TruthLimits } from './truth.js';
import { identity } from './truth.js';

/** Digits after the point of a cost. */
const DIGITS = 20;

/** Largest pattern that is made exact: neurons times weights of a neuron, and that times points. */
const PATTERN_LIMITS = { weights: 1200, products: 12_000 } as const;

/** A proved least path norm: its row, the network of the upper bound and the text of the certificate. */
export interface ProvedPathNorm {
  readonly row: Omit<PathNormRow, 'timing' | 'certificate'>;
  readonly network: Network | null;
  /** The text of the certificate, in pieces; null when no network fits at all. */
  readonly certificate: Iterable<string> | null;
}

/**
 * The least l^p path norm of one data set (several inputs, or one without a free line), architecture, tolerance and exponent, or the bracket that was reached; the checker has accepted it.
 *
 * @param truth the fewest parameters of the same question, null where that failed
 * @throws CheckFailure when the checker rejects the bounds
 */
export async function pathNormMinimum(
  dataset: Dataset,
  planned: PlannedRow,
  truth: TruthRow | null,
  { timeLimit, shouldStop = () => false }: Pick<TruthLimits, 'timeLimit' | 'shouldStop'>,
): Promise<ProvedPathNorm> {
  const problem = makeProblem(dataset, Rational.parse(planned.tolerance!));
  const { skip, tolerance, p } = planned;
  const shared = {
    ...identity(planned),
    kind: 'path-norm' as const,
    status: 'done' as const,
    ...{ skip: skip!, tolerance: tolerance!, p: p! },
  };
  if (problem.emptyWindow !== null) {
    return { row: { ...shared, result: 'infeasible' }, network: null, certificate: null };
  }
  const minimum = await minimizePathNorm(problem, skip!, Rational.parse(p!), { timeLimit, shouldStop });
  const statement = pathNormStatement(minimum);
  accepted(problem, statement);
  const { lower, upper, network, ended } = minimum;
  const parameters = countParameters(network);
  const neurons = countNeurons(network);
  const isOne = problem.dimension === 1;
  const size = isOne ? neurons : parameters;
  const flat = network.neurons.filter(({ inputWeights }) => inputWeights[0]!.isZero()).length;
  const fewest =
    truth?.lowerBound === undefined
      ? null
      : { lowerBound: truth.lowerBound, upperBound: Math.min(size, truth.upperBound!) };
  const sparsest =
    fewest !== null && size <= fewest.lowerBound
      ? true
      : fewest !== null && size > fewest.upperBound
        ? false
        : 'undecided';
  return {
    row: {
      ...shared,
      result: ended === 'optimal' ? 'optimal' : 'bracket',
      cost: decimalsAround(lower, upper, DIGITS),
      lower: lower.toString(),
      upper: upper.toString(),
      network: { neurons, parameters },
      terms: isOne ? neurons - flat : parameters,
      fewest,
      sparsest,
    },
    network,
    certificate: certificateChunks({
      problem: identityOf(problem, problemHash(problem, nodeSha256)),
      ...statement,
    }),
  };
}

/**
 * A trained network against the proved minimum: its activation pattern is made exact, and the cost of that exact network is
 * held against the bounds. The trained network's own cost is not: it misses labels, and so may cost less than the minimum.
 *
 * @param row the minimum of the same data, architecture, tolerance and exponent; null where that failed
 * @param smallest neurons whose largest |v w_i| is at most this are left out
 */
export function againstMinimum(
  dataset: Dataset,
  { skip, tolerance, p }: PlannedRow,
  trained: TrainedWeights,
  row: PathNormRow | null,
  smallest: number,
): GlobalComparison {
  const minimum =
    row?.lower === undefined || row.upper === undefined ? null : { lower: row.lower, upper: row.upper };
  const shared = { minimum, row: row?.key ?? null };
  const without = (reached: GlobalComparison['reached'], note: string): GlobalComparison => ({
    ...shared,
    exact: null,
    reached,
    note,
  });
  const problem = makeProblem(dataset, Rational.parse(tolerance!));
  if (problem.emptyWindow !== null) return without(false, 'no network fits these data at all');
  const neurons = trained.outputWeights.filter((v, k) =>
    [...trained.inputWeights[k]!, trained.biases[k]!].some((w) => Math.abs(v * w) > smallest),
  ).length;
  const weights = neurons * (problem.dimension + 1);
  if (weights > PATTERN_LIMITS.weights || weights * problem.size > PATTERN_LIMITS.products) {
    return without('undecided', `the pattern of ${neurons} neurons is too large to be made exact`);
  }
  const found = exactPattern(problem, skip!, Rational.parse(p!), trained, smallest);
  if (found === null) {
    return without(
      false,
      'no exact fit: no network with the activation pattern of this one passes through the labels',
    );
  }
  const scale = 1n << BigInt(found.cost.bits);
  const cost = {
    lower: Rational.of(found.cost.lower, scale),
    upper: Rational.of(found.cost.upper, scale),
  };
  return {
    ...shared,
    exact: {
      cost: decimalsAround(cost.lower, cost.upper, DIGITS),
      neurons: countNeurons(found.network),
      parameters: countParameters(found.network),
    },
    reached: minimum === null ? 'undecided' : isReached(cost, minimum),
    ...(minimum === null ? { note: 'no minimum: its row failed' } : {}),
  };
}

/**
 * True when a cost is within `REACHED_GAP` of the lower bound, as a share of the cost; false when it is above the upper bound; between them an
 * open bracket leaves it undecided.
 */
export function isReached(
  cost: { readonly lower: Rational; readonly upper: Rational },
  minimum: { readonly lower: string; readonly upper: string },
): boolean | 'undecided' {
  const gap = cost.upper.subtract(Rational.parse(minimum.lower));
  if (gap.compare(Rational.parse(REACHED_GAP).multiply(cost.upper)) <= 0) return true;
  return Rational.parse(minimum.upper).lessThan(cost.lower) ? false : 'undecided';
}
