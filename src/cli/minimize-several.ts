import { minimizeSeveralJson, minimizeSeveralPage } from '../pages/minimize-several-page.js';
import type { Run } from '../pages/run.js';
import { minimizePathNorm } from '../path-norm/minimum.js';
import { InputError } from '../problem/input-error.js';
import { fromNetwork } from '../problem/piecewise-linear.js';
import type { PosedQuestion } from '../problem/question.js';
import { certify } from '../solve/answer.js';
import { accepted } from '../solve/checked.js';
import { pathNormStatement, sparsityOf } from '../solve/path-norm.js';
import { defaultSkip } from '../solve/solve.js';
import { EXIT, type ExitCode, printJson, writeCertificateFile } from './common.js';
import { type Limits, withinLimits } from './limits.js';
import { isAsked, type SolutionFiles, writeNetworkAndPlot } from './write-solution.js';

/** Options of `minimize` that matter here. */
export interface MinimizeSeveralOptions extends SolutionFiles {
  readonly gap: number;
  readonly timeLimit: number;
  readonly certificate?: string;
}

/** Seconds for the question whether the minimiser is a sparsest network, at most, and its share of the time that is left. */
const SPARSITY = { seconds: 10, share: 0.5 } as const;

/** Several inputs, or one without a free line: skip bias or none. */
export function isForPathNorm({ problem, skip }: PosedQuestion): boolean {
  return problem.dimension > 1 || (skip !== null && skip !== 'affine');
}

/** `minimize` by branch and bound over all networks; 3 when the bracket is not closed. */
export async function minimizeSeveral(
  question: PosedQuestion,
  options: MinimizeSeveralOptions,
  start: number,
): Promise<ExitCode> {
  const { problem, p } = question;
  if (p!.isZero()) {
    throw new InputError(
      'minimize --p 0 is about one input and skip affine; for the fewest parameters use solve --objective parameters',
    );
  }
  if (options.plot !== undefined)
    throw new InputError('--plot draws functions of one input with skip affine; leave it out');
  if (problem.emptyWindow !== null) {
    const [a, b] = problem.emptyWindow.rows;
    throw new InputError(`${a} and ${b} have the same input, and their windows do not meet: no network fits`);
  }
  const answer = await withinLimits(options, (limits) => minimizeWithin(limits, question, options));
  const { minimum } = answer;
  const { network, certificate } = options;
  const own = minimum.network;
  const taken = isAsked(options)
    ? await writeNetworkAndPlot(
        question,
        { network: own, function: problem.dimension === 1 ? fromNetwork(own) : null },
        options,
      )
    : {};
  if (certificate !== undefined) {
    await writeCertificateFile(certificate, certify(problem, minimum, question.sha256), options);
  }
  const run: Run = { seconds: (performance.now() - start) / 1000, written: { network, certificate } };
  if (options.json) printJson({ ...minimizeSeveralJson(question, answer, run), ...taken });
  else process.stdout.write(minimizeSeveralPage(question, answer, run));
  return minimum.ended === 'optimal' ? EXIT.ok : EXIT.undecided;
}

/** The minimum or the bracket reached, which the checker has accepted, and how its network compares with the sparsest ones. */
async function minimizeWithin(
  limits: Limits,
  { problem, p, skip: asked }: PosedQuestion,
  { gap }: MinimizeSeveralOptions,
) {
  const skip = asked ?? defaultSkip(problem);
  const shouldStop = () => limits.signal.aborted;
  const minimum = await minimizePathNorm(problem, skip, p!, {
    gap,
    timeLimit: limits.left,
    shouldStop,
    observer: {
      progress: ({ lower, upper, nodes }) => {
        limits.show(
          `minimising: between ${lower.toPrecision(8)} and ${upper.toPrecision(8)}, ${nodes.toLocaleString('en-US')} nodes`,
        );
      },
    },
  });
  limits.show('minimised; checking the proof');
  accepted(problem, pathNormStatement(minimum));
  limits.show('minimised; comparing with the sparsest networks');
  const sparsity = await sparsityOf(problem, skip, minimum, {
    timeLimit: Math.max(0.1, Math.min(SPARSITY.seconds, SPARSITY.share * limits.left)),
    shouldStop,
  });
  return { minimum, sparsity, gap };
}
