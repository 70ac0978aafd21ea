import { Command, InvalidArgumentError } from 'commander';
import { certificateChunks } from '../certificate/write.js';
import { Rational } from '../exact/rational.js';
import { networkChunks } from '../files/network-format.js';
import { readDataset } from '../files/read-dataset.js';
import { writeFileAtomically } from '../files/write-file.js';
import { corollaryBounds, minimizeLp } from '../lp-norm/minimize.js';
import { type MinimizeAnswer, minimizeJson, minimizePage } from '../pages/minimize-page.js';
import { KNOTS_SHOWN, type Run } from '../pages/run.js';
import { InputError } from '../problem/input-error.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { dataFile, poseQuestion, QUESTION_DEFAULTS, type Question } from '../problem/question.js';
import { checkedLp, lpCertificate, lpStatement } from '../solve/lp-minimum.js';
import {
  type CommonOptions,
  type DataOptions,
  ENDINGS,
  EXIT,
  type ExitCode,
  exactNumber,
  notice,
  printJson,
  requireOutput,
  runCommand,
  withCommonOptions,
  withDataOptions,
} from './common.js';

interface Options extends CommonOptions, DataOptions {
  readonly p: Rational;
  readonly network?: string;
  readonly certificate?: string;
  readonly plot?: string;
  readonly knots?: boolean;
}

/** `minimize DATA --p P`: the exact l^p minimiser; 3 when its uniqueness is undecided. */
export function minimizeCommand(): Command {
  const command = new Command('minimize')
    .description('The exact global minimiser of the l^p path norm through the data (one input, skip affine).')
    .argument('<data>', 'data file: .csv, .json (sparsest-instance) or .npz')
    .requiredOption('--p <p>', 'the exponent, 0 <= p <= 1, exact number; 0 is the limit p -> 0+', exponent)
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--network <file>', 'write the network as JSON, in exact rationals')
    .option('--plot <file.svg>', 'draw data and function')
    .option('--knots', 'print the knots even when there are more than 10,000');
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('minimize', () => run(path, options)),
  );
}

function exponent(text: string): Rational {
  const p = exactNumber(text);
  if (p.sign() < 0 || Rational.one.lessThan(p))
    throw new InvalidArgumentError(`expected 0 <= p <= 1, found ${text}`);
  return p;
}

/** @throws InputError unless the problem has one input and exact labels */
export function requireExactUnivariate(problem: Problem, command: string): void {
  if (problem.dimension !== 1) {
    throw new InputError(
      `${command} is about one input, where the l^p minimiser is known exactly; the data have ${problem.dimension}; for the fewest neurons use solve`,
    );
  }
  if (!problem.exact) {
    throw new InputError(
      `${command} is about exact labels; the data have windows (lower, upper); for the fewest neurons use solve`,
    );
  }
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--network', options.network, ENDINGS.network);
  requireOutput('--plot', options.plot, ENDINGS.plot);
  const asked: Question = { ...QUESTION_DEFAULTS, data: dataFile(path, options), p: options.p };
  const question = poseQuestion(asked, readDataset(path, options), nodeSha256);
  const { dataset, problem } = question;
  requireExactUnivariate(problem, 'minimize');
  const minimizer = minimizeLp(problem, options.p);
  const statement = lpStatement(minimizer);
  if (statement !== null) {
    if (options.certificate === undefined) checkedLp(problem, minimizer, statement);
    else {
      const proved = lpCertificate(problem, minimizer, statement, question.sha256);
      await writeFileAtomically(options.certificate, certificateChunks(proved));
      notice(options, `certificate written to ${options.certificate}`);
    }
  } else if (options.certificate !== undefined) {
    notice(options, 'no certificate is written: a tie could not be told from a difference');
  }
  const written = options.knots === true || minimizer.knotCount <= KNOTS_SHOWN;
  const answer: MinimizeAnswer = {
    minimizer,
    checked: statement !== null,
    corollary: written ? corollaryBounds(problem, minimizer.function) : null,
  };
  if (options.network !== undefined) {
    await writeFileAtomically(options.network, networkChunks(toNetwork(minimizer.function)));
    notice(options, `network written to ${options.network}`);
  }
  if (options.plot !== undefined) {
    const { plotSolution } = await import('../pictures/solution.js');
    await writeFileAtomically(options.plot, [await plotSolution(problem, minimizer.function, dataset.name)]);
    notice(options, `picture written to ${options.plot}`);
  }
  const { certificate, network, plot, knots: allKnots = false } = options;
  const done: Run = {
    seconds: (performance.now() - start) / 1000,
    written: { certificate, network, plot },
    allKnots,
  };
  if (options.json) printJson(minimizeJson(question, answer, done));
  else process.stdout.write(minimizePage(question, answer, done));
  return minimizer.unique === 'undecided' ? EXIT.undecided : EXIT.ok;
}
