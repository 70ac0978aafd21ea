import type { Certificate } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import { certificateChunks } from '../certificate/write.js';
import { networkChunks } from '../files/network-format.js';
import { writeFileAtomically } from '../files/write-file.js';
import { minimizeSeveralJson, minimizeSeveralPage } from '../pages/minimize-several-page.js';
import type { Run } from '../pages/run.js';
import { minimizePathNorm, type PathNormProgress } from '../path-norm/minimum.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';
import type { PosedQuestion } from '../problem/question.js';
import { acceptedWithin } from '../solve/checked.js';
import { pathNormStatement, sparsityOf } from '../solve/path-norm.js';
import { defaultSkip, SOLVE_DEFAULTS } from '../solve/solve.js';
import { type CommonOptions, EXIT, type ExitCode, notice, printJson } from './common.js';
import { catchInterrupts } from './interrupt.js';

/** Options of `minimize` that matter here. */
export interface MinimizeSeveralOptions extends CommonOptions {
  readonly gap: number;
  readonly timeLimit: number;
  readonly certificate?: string;
  readonly network?: string;
  readonly plot?: string;
  readonly knots?: boolean;
}

/** Seconds for the question whether the minimiser is a sparsest network, at most. */
const SPARSITY_SECONDS = 10;

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
  const { problem } = question;
  const p = question.p!;
  if (p.isZero()) {
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
  const skip: Skip = question.skip ?? defaultSkip(problem);
  const line = new PathNormProgressLine(options);
  const interrupt = catchInterrupts();
  try {
    const minimum = await minimizePathNorm(problem, skip, p, {
      gap: options.gap,
      timeLimit: options.timeLimit,
      shouldStop: () => interrupt.signal.aborted,
      observer: line,
    });
    const rest = options.timeLimit - (performance.now() - start) / 1000;
    const sparsity = await sparsityOf(problem, skip, minimum, {
      timeLimit: Math.max(0.1, Math.min(SPARSITY_SECONDS, rest)),
      shouldStop: () => interrupt.signal.aborted,
    });
    line.clear();
    const statement = pathNormStatement(minimum);
    const checked = acceptedWithin(SOLVE_DEFAULTS.timeLimit, problem, statement) !== null;
    if (options.network !== undefined) {
      await writeFileAtomically(options.network, networkChunks(minimum.network));
      notice(options, `network written to ${options.network}`);
    }
    if (options.certificate !== undefined) {
      const certificate: Certificate = { problem: identityOf(problem, question.sha256), ...statement };
      await writeFileAtomically(options.certificate, certificateChunks(certificate));
      notice(options, `certificate written to ${options.certificate}`);
    }
    const { network, certificate } = options;
    const answer = { minimum, sparsity, gap: options.gap, checked };
    const run: Run = { seconds: (performance.now() - start) / 1000, written: { network, certificate } };
    if (options.json) printJson(minimizeSeveralJson(question, answer, run));
    else process.stdout.write(minimizeSeveralPage(question, answer, run));
    return minimum.ended === 'optimal' ? EXIT.ok : EXIT.undecided;
  } finally {
    line.clear();
    interrupt.release();
  }
}

/** One line on standard error with both bounds, on a terminal only. */
class PathNormProgressLine {
  private readonly shown: boolean;
  private written = false;

  constructor({ quiet }: CommonOptions) {
    this.shown = quiet !== true && process.stderr.isTTY === true;
  }

  progress({ lower, upper, nodes, seconds }: PathNormProgress): void {
    if (!this.shown) return;
    const text = `minimising: between ${lower.toPrecision(8)} and ${upper.toPrecision(8)}, ${nodes.toLocaleString('en-US')} nodes, ${seconds.toFixed(0)} s`;
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    this.written = true;
  }

  clear(): void {
    if (this.written) process.stderr.write('\r\x1b[K');
    this.written = false;
  }
}
