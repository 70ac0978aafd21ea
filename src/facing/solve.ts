import type { Proof } from '../certificate/certificate.js';
import {
  countFewestKnots,
  type KnotCount,
  solveUnivariate,
  type UnivariateSolution,
} from '../knots/solve.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { facingForLabels } from './exact-labels.js';
import { facingForWindows } from './windows.js';
import { facingWithoutKnots } from './zero-knots.js';

/** The answer for one input, any skip. */
export interface OneInputSolution extends UnivariateSolution {
  /** Why the bounds do not meet; null when they do. */
  readonly open: string | null;
}

export interface OneInputOptions {
  /** Which of several networks is found. */
  readonly seed: number;
  /** Only what takes little more than the count: for many small questions, where a good upper bound is enough. */
  readonly quick: boolean;
  /** A time limit or a signal came: what is known by then is the answer. */
  readonly shouldStop: () => boolean;
}

/**
 * The sparsest network with one input. With an affine skip the neurons are the knots, and the bounds meet. Without it the same function may need one or
 * two more, because an affine function is two ReLUs; which neurons face left decides. Exact labels: decided up to a limit of work; windows:
 * at least the knots, at most what was found.
 *
 * @param problem one input; emptyWindow must be null
 */
export function solveOneInput(
  problem: Problem,
  skip: Skip,
  { seed = 0, quick = false, shouldStop }: Partial<OneInputOptions> = {},
  count: KnotCount = countFewestKnots(problem),
): OneInputSolution {
  const affine = solveUnivariate(problem, count);
  if (skip === 'affine') return Object.assign(affine, { open: null });
  const { witnesses, knots } = count;
  if (knots === 0) {
    const found = facingWithoutKnots(problem, skip, affine.function);
    const { zeroNeurons, opposite } = found;
    const proof: Proof =
      opposite !== null
        ? { kind: 'one-input', witnesses, opposite }
        : { kind: 'witnesses', witnesses, ...(zeroNeurons === null ? {} : { zeroNeurons }) };
    return { ...found, proof, pieces: null, exact: affine.exact };
  }
  const facing =
    count.chain === null
      ? facingForLabels(problem, skip, count.curvature!, () => affine.function, seed, quick, shouldStop)
      : facingForWindows(problem, skip, count.chain, seed, quick);
  const proof: Proof =
    facing.tree === null
      ? { kind: 'witnesses', witnesses }
      : { kind: 'one-input', witnesses, tree: facing.tree };
  return { ...facing, proof, pieces: null, exact: affine.exact };
}
