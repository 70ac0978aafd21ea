import { Command, InvalidArgumentError } from 'commander';
import { Rational } from '../exact/rational.js';
import { openDataset } from '../files/read-dataset.js';
import { corollaryOfVertex, type LpBracket, Minimization } from '../lp-norm/minimize.js';
import { bracketJson, bracketPage } from '../pages/minimize-bracket.js';
import { type MinimizeAnswer, minimizeJson, minimizePage } from '../pages/minimize-page.js';
import { type Ended, KNOTS_SHOWN, type Run } from '../pages/run.js';
import { PATH_NORM_DEFAULTS } from '../path-norm/minimum.js';
import { InputError } from '../problem/input-error.js';
import type { Network, Skip } from '../problem/network.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import {
  dataFile,
  type PosedQuestion,
  poseQuestion,
  QUESTION_DEFAULTS,
  type Question,
} from '../problem/question.js';
import { checkedCertificate, checkedMinimizer } from '../solve/checked.js';
import { SOLVE_DEFAULTS } from '../solve/solve.js';
import {
  choice,
  type DataOptions,
  ENDINGS,
  EXIT,
  type ExitCode,
  exactNumber,
  nonNegativeExact,
  notice,
  positiveNumber,
  printJson,
  requireOutput,
  runCommand,
  withCommonOptions,
  withDataOptions,
  writeCertificateFile,
} from './common.js';
import { type Limits, withinLimits, withTimeLimit } from './limits.js';
import { isForPathNorm, minimizeSeveral } from './minimize-several.js';
import { requireTakeAway, withTakeAwayOptions } from './take-away.js';
import { isAsked, type SolutionFiles, writeNetworkAndPlot } from './write-solution.js';

interface Options extends SolutionFiles, DataOptions {
  readonly p: Rational;
  readonly skip?: Skip;
  readonly tolerance: Rational;
  readonly gap: number;
  readonly timeLimit: number;
  readonly certificate?: string;
  readonly knots?: boolean;
}

/** `minimize DATA --p P`: the exact l^p minimiser; 3 when its uniqueness is undecided, or a limit came first. */
export function minimizeCommand(): Command {
  const command = new Command('minimize')
    .description(
      'The global minimiser of the l^p path norm through the data: exact for one input with skip affine, else to a proved gap.',
    )
    .argument('<data>', 'data file (tables, JSON, .npz, .parquet; - for standard input)')
    .requiredOption('--p <p>', 'the exponent, 0 <= p <= 1, exact number; 0 is the limit p -> 0+', exponent)
    .addOption(
      choice(
        '--skip <kind>',
        'affine part of the network, not penalised (default: affine for one input, none for several)',
        ['affine', 'bias', 'none'],
      ),
    )
    .option(
      '--tolerance <eps>',
      'pass within eps of every label, exact number (not for one input with skip affine)',
      nonNegativeExact,
      QUESTION_DEFAULTS.tolerance,
    )
    .option(
      '--gap <g>',
      'relative gap between the bounds at which the minimum counts as proved (not for one input with skip affine)',
      positiveNumber,
      PATH_NORM_DEFAULTS.gap,
    )
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--network <file>', 'write the network as JSON, in exact rationals')
    .option('--plot <file.svg>', 'draw data and function')
    .option('--knots', 'print the knots even when there are more than 10,000');
  withTimeLimit(command, 'the minimum; then the bracket reached for its cost', SOLVE_DEFAULTS.timeLimit);
  return withDataOptions(withCommonOptions(withTakeAwayOptions(command))).action(
    (path: string, options: Options) => runCommand('minimize', () => run(path, options)),
  );
}

function exponent(text: string): Rational {
  const p = exactNumber(text);
  if (p.sign() < 0 || Rational.one.lessThan(p))
    throw new InvalidArgumentError(`expected 0 <= p <= 1, found ${text}`);
  return p;
}

/** @throws InputError unless labels are exact; for one input and skip affine */
export function requireExactLabels(problem: Problem, command: string): void {
  if (!problem.exact) {
    throw new InputError(
      `${command} with one input and skip affine is about exact labels; the data have windows (lower, upper); for the fewest neurons use solve`,
    );
  }
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--network', options.network, ENDINGS.network);
  requireOutput('--plot', options.plot, ENDINGS.plot);
  requireTakeAway(options);
  const asked: Question = {
    ...QUESTION_DEFAULTS,
    data: dataFile(path, options),
    p: options.p,
    skip: options.skip ?? null,
    tolerance: options.tolerance,
    timeLimit: options.timeLimit === SOLVE_DEFAULTS.timeLimit ? null : options.timeLimit,
  };
  const question = poseQuestion(asked, await openDataset(path, options), nodeSha256);
  if (isForPathNorm(question)) return minimizeSeveral(question, options, start);
  requireExactLabels(question.problem, 'minimize');
  const answer = await withinLimits(options, (limits) => minimizeWithin(limits, question, options));
  if (!('ended' in answer)) await writeCertificate(question, answer, options);
  const taken = isAsked(options) ? await writeNetworkAndPlot(question, written(answer), options) : {};
  const { network, plot, knots: allKnots = false } = options;
  const certificate = 'ended' in answer || !answer.checked ? undefined : options.certificate;
  const done: Run = {
    seconds: (performance.now() - start) / 1000,
    written: { certificate, network, plot },
    allKnots,
  };
  if ('ended' in answer) {
    const { bracket, ended } = answer;
    if (options.json) printJson({ ...bracketJson(question, bracket, ended, done), ...taken });
    else process.stdout.write(bracketPage(question, bracket, ended, done));
    return EXIT.undecided;
  }
  if (options.json) printJson({ ...minimizeJson(question, answer, done), ...taken });
  else process.stdout.write(minimizePage(question, answer, done));
  return answer.minimizer.unique === 'undecided' ? EXIT.undecided : EXIT.ok;
}

/** The best function found. */
function written(answer: MinimizeAnswer | { readonly bracket: LpBracket }): {
  network: Network;
  function: PiecewiseLinear;
} {
  const best = 'bracket' in answer ? answer.bracket.function : answer.minimizer.function;
  return { network: toNetwork(best), function: best };
}

/** The minimiser with all that is printed of it, or the bracket reached. */
async function minimizeWithin(
  limits: Limits,
  { problem, p }: PosedQuestion,
  options: Options,
): Promise<MinimizeAnswer | { readonly bracket: LpBracket; readonly ended: Ended }> {
  const search = new Minimization(problem, p!);
  const ended = () => ({ bracket: search.bracket(), ended: limits.ended! });
  const found = await limits.take(search.steps(), () => {
    const { all, decided } = search.choices;
    return `minimising: ${decided.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} runs decided`;
  });
  if (found === null) return ended();
  const minimizer = found.value;
  const prices = await limits.take(minimizer.pricesInSteps(), () => 'minimised; proving it');
  if (prices === null) return ended();
  const proved = { minimizer, checked: checkedMinimizer(problem, minimizer) };
  if (options.knots !== true && minimizer.knotCount > KNOTS_SHOWN) return { ...proved, corollary: null };
  const cost = await limits.take(minimizer.costInSteps(), () => 'minimised; adding up the cost');
  if (cost === null) return ended();
  const corollary = await limits.take(
    corollaryOfVertex(problem, minimizer.vertex),
    () => 'minimised; adding up slope changes',
  );
  return corollary === null ? ended() : { ...proved, corollary: corollary.value };
}

/** The certificate, which its check precedes. */
async function writeCertificate(
  { problem, sha256 }: PosedQuestion,
  { minimizer }: MinimizeAnswer,
  options: Options,
): Promise<void> {
  if (options.certificate === undefined) return;
  const certificate = checkedCertificate(problem, minimizer, sha256);
  if (certificate === null) {
    notice(
      options,
      'no certificate is written: a tie could not be told from a difference, or costs differ by too many digits',
    );
    return;
  }
  await writeCertificateFile(options.certificate, certificate, options);
}
