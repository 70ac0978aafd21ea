import type { Statement } from '../checker/check.js';
import type { PathNormMinimum } from '../path-norm/minimum.js';
import type { ThresholdSeveral } from '../path-norm/threshold.js';
import { countNeurons, countParameters, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { type SolveOptions, solve } from './solve.js';

/** What a certificate says about a least path norm. */
export function pathNormStatement({ p, skip, lower, upper, network, proof }: PathNormMinimum): Statement {
  return {
    claim: {
      kind: 'lp-minimum-several',
      p: p.toString(),
      skip,
      lowerBound: lower.toString(),
      upperBound: upper.toString(),
    },
    network,
    proof,
  };
}

/** How a network's size compares with the fewest: parameters for several inputs, neurons for one (the l^0 path norms of the paper). */
export interface Sparsity {
  readonly sparsest: boolean | 'undecided';
  readonly objective: 'parameters' | 'neurons';
  /** The size of the network. */
  readonly size: number;
  /** Proved bounds of the fewest. */
  readonly fewest: { readonly lower: number; readonly upper: number };
}

/** Whether a minimiser has the fewest parameters (one input: neurons) of all networks, as far as the exact search says in its time. */
export async function sparsityOf(
  problem: Problem,
  skip: Skip,
  { network }: Pick<PathNormMinimum, 'network'>,
  options: Partial<SolveOptions>,
): Promise<Sparsity> {
  const objective = problem.dimension === 1 ? 'neurons' : 'parameters';
  const size = objective === 'neurons' ? countNeurons(network) : countParameters(network);
  const solution = await solve(problem, { ...options, objective, skip });
  if (solution.status === 'infeasible') throw new Error('a network fits, yet none does');
  const fewest = { lower: solution.lowerBound, upper: Math.min(size, solution.upperBound) };
  return {
    sparsest: size <= fewest.lower ? true : size > fewest.upper ? false : 'undecided',
    objective,
    size,
    fewest,
  };
}

/** What a certificate says about p*; null when nothing is proved. */
export function thresholdSeveralStatement({ skip, lower, upper, found }: ThresholdSeveral): Statement | null {
  if (found === null) return null;
  return {
    claim: { kind: 'threshold-several', skip, lower: lower.toString(), upper: upper.toString() },
    proof: found.proof,
  };
}
