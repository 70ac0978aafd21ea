import { certificateChunks } from '../certificate/write.js';
import { Rational } from '../exact/rational.js';
import { problemHash } from '../problem/canonical.js';
import type { Dataset } from '../problem/dataset.js';
import { countNeurons, countParameters } from '../problem/network.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { makeProblem } from '../problem/problem.js';
import { checkedCertificate } from '../solve/checked.js';
import { type BoundedSolution, type Solution, solve } from '../solve/solve.js';
import type { PlannedRow } from './plan.js';
import { polyline, stretchOf } from './polyline.js';
import type { TruthRow } from './rows.js';
import { severalInputsTheory, type TheoryResult } from './several-inputs-theory.js';

/** What one truth yields: its row, the certificate for it, and what it says about the theory of several inputs. */
export interface Truth {
  readonly row: Omit<TruthRow, 'timing' | 'certificate'>;
  /** The text of the certificate, in pieces. */
  readonly certificate: Iterable<string>;
  readonly theory: ReadonlyMap<string, TheoryResult>;
  readonly solution: Solution;
}

/** When a search ends with the bracket it has. */
export interface TruthLimits {
  /** Seconds. */
  readonly timeLimit: number;
  readonly shouldStop?: () => boolean;
  /** Answers for other architectures of the same data, tolerance and objective. */
  readonly known?: readonly BoundedSolution[];
}

/**
 * The exact minimum of one data set, architecture and tolerance.
 * @throws InputError when the question cannot be asked of these data
 * @throws CheckFailure when the checker rejects the answer
 */
export async function truthOf(dataset: Dataset, planned: PlannedRow, limits: TruthLimits): Promise<Truth> {
  const problem = makeProblem(dataset, Rational.parse(planned.tolerance!));
  const objective = planned.objective!;
  const skip = planned.skip!;
  const solution = await solve(problem, { objective, skip, ...limits });
  const sha256 = problemHash(problem, nodeSha256);
  const shared = {
    ...identity(planned),
    kind: 'truth' as const,
    status: 'done' as const,
    skip,
    tolerance: planned.tolerance!,
    objective,
    sha256,
    provedBy: solution.provedBy,
  };
  const certificate = certificateChunks(checkedCertificate(problem, solution, sha256));
  if (solution.status === 'infeasible') {
    return { row: { ...shared, result: 'infeasible' }, certificate, theory: new Map(), solution };
  }
  const { lowerBound, upperBound, network } = solution;
  const size = { neurons: countNeurons(network), parameters: countParameters(network) };
  const plot = solution.function === null ? null : polyline(solution.function, stretchOf(problem));
  return {
    row: {
      ...shared,
      result: solution.status,
      lowerBound,
      upperBound,
      ...(solution.open === null ? {} : { open: solution.open }),
      network: size,
      ...(plot === null ? {} : { plot }),
    },
    certificate,
    theory: severalInputsTheory(problem, skip, solution),
    solution,
  };
}

/** The fields every row has. */
export function identity({ key, data, command }: PlannedRow): Pick<PlannedRow, 'key' | 'data' | 'command'> {
  return { key, data, command };
}
