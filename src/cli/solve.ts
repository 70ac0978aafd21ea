import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Certificate } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import { certificateChunks } from '../certificate/write.js';
import { Rational } from '../exact/rational.js';
import { networkChunks } from '../files/network-format.js';
import { readDataset } from '../files/read-dataset.js';
import { readText } from '../files/read-file.js';
import { writeFileAtomically } from '../files/write-file.js';
import { countFewestKnots, type KnotCount } from '../knots/solve.js';
import { boundsOf, functionOf, knotQuestionJson, knotQuestionPage } from '../pages/restricted.js';
import { KNOTS_SHOWN, solveJson } from '../pages/solve-json.js';
import { solvePage } from '../pages/solve-page.js';
import { problemHash } from '../problem/canonical.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import type { Network, Skip } from '../problem/network.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import { parsePositions } from '../problem/positions.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import { BACKEND_NAMES, milpBackend } from '../restricted/backends/backends.js';
import { makeKnotQuestion, type Restriction } from '../restricted/question.js';
import { type BreakpointResult, solveByBreakpoints } from '../restricted/solver.js';
import { accepted, checked } from '../solve/checked.js';
import {
  certify,
  type Engine,
  SOLVE_DEFAULTS,
  type Solution,
  type SolveOptions,
  solve,
} from '../solve/solve.js';
import {
  type CommonOptions,
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
  wholeNumber,
  withCommonOptions,
  withDataOptions,
} from './common.js';
import { catchInterrupts } from './interrupt.js';
import { SearchProgressLine } from './search-progress.js';

interface Options extends CommonOptions, DataOptions {
  readonly objective: SolveOptions['objective'];
  readonly skip?: Skip;
  readonly tolerance: Rational;
  readonly engine: Engine | 'milp';
  readonly backend?: string;
  readonly timeLimit: number;
  readonly threads: number;
  readonly seed: number;
  readonly knotsOn?: string;
  readonly maxSlopeChange?: Rational;
  readonly maxKnots?: number;
  readonly certificate?: string;
  readonly network?: string;
  readonly plot?: string;
  readonly all?: boolean;
  readonly knots?: boolean;
}

/** `solve DATA`: the sparsest network through the data, with proof. */
export function solveCommand(): Command {
  const command = new Command('solve')
    .description('The sparsest single-hidden-layer ReLU network through the data, with proof.')
    .argument('<data>', 'data file: .csv, .json (sparsest-instance) or .npz')
    .addOption(
      choice('--objective <kind>', 'what to count', ['neurons', 'parameters']).default(
        SOLVE_DEFAULTS.objective,
      ),
    )
    .addOption(
      choice(
        '--skip <kind>',
        'affine part of the network (default: affine for one input, none for several)',
        ['affine', 'bias', 'none'],
      ),
    )
    .option(
      '--tolerance <eps>',
      'pass within eps of every label, exact number',
      nonNegativeExact,
      Rational.zero,
    )
    .addOption(
      choice('--engine <name>', 'algorithm', ['auto', 'runs', 'milp', 'search']).default(
        SOLVE_DEFAULTS.engine,
      ),
    )
    .addOption(
      choice('--backend <name>', `solver behind --engine milp (default: ${BACKEND_NAMES[0]})`, BACKEND_NAMES),
    )
    .option(
      '--time-limit <s>',
      'seconds for an exact search; then the bracket reached',
      positiveNumber,
      SOLVE_DEFAULTS.timeLimit,
    )
    .addOption(
      new Option('--threads <n>', 'worker threads of the search')
        .argParser(wholeNumber(1, 256))
        .default(availableParallelism(), 'all cores'),
    )
    .option(
      '--seed <n>',
      'seed of the search: which of several networks is found',
      wholeNumber(0),
      SOLVE_DEFAULTS.seed,
    )
    .option('--knots-on <file>', 'one input: knots only at the positions in this file, one number a line')
    .option(
      '--max-slope-change <w>',
      'one input: no knot changes the slope by more than w, exact number',
      exactNumber,
    )
    .option('--max-knots <k>', 'one input: is it possible with at most k knots?', wholeNumber(0))
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--network <file>', 'write the network as JSON, in exact rationals')
    .option('--plot <file.svg>', 'draw data and function (one input)')
    .option('--all', 'describe the whole set of sparsest solutions (one input, exact labels)')
    .option('--knots', 'print the knots even when there are more than 10,000');
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('solve', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--network', options.network, ENDINGS.network);
  requireOutput('--plot', options.plot, ENDINGS.plot);
  const dataset = readDataset(path, options);
  const problem = makeProblem(dataset, options.tolerance);
  const restricted = [options.knotsOn, options.maxSlopeChange, options.maxKnots].some(
    (value) => value !== undefined,
  );
  // Where two windows exclude each other every question has one answer, and `solve` proves it.
  if ((options.engine === 'milp' || restricted) && problem.emptyWindow === null)
    return answerKnotQuestion(dataset, problem, options, start);
  refuseOptions(dataset, problem, options);
  const interrupt = catchInterrupts();
  const progress = new SearchProgressLine(options);
  const solution = await solve(problem, {
    objective: options.objective,
    skip: options.skip,
    engine: options.engine as Engine,
    timeLimit: options.timeLimit,
    threads: options.threads,
    seed: options.seed,
    shouldStop: () => interrupt.signal.aborted,
    observer: progress,
  });
  progress.clear();
  interrupt.release();
  checked(problem, solution, readOf(solution, options));
  const sha256 = problemHash(problem, nodeSha256);
  const view = {
    path,
    dataset,
    problem,
    sha256,
    solution,
    all: options.all ?? false,
    allKnots: options.knots ?? false,
    certificate: options.certificate ?? null,
    seconds: (performance.now() - start) / 1000,
  };
  if (solution.status !== 'infeasible') {
    await writeNetworkAndPlot(dataset, problem, solution, options);
  }
  if (options.certificate !== undefined) {
    await writeFileAtomically(options.certificate, certificateChunks(certify(problem, solution, sha256)));
    notice(options, `certificate written to ${options.certificate}`);
  }
  if (options.json) printJson(solveJson(view));
  else process.stdout.write(solvePage(view));
  if (solution.status === 'infeasible') return EXIT.fails;
  return solution.status === 'optimal' ? EXIT.ok : EXIT.undecided;
}

/** What is read of a solution: its network is printed or written, or the bounds are all that is said. */
function readOf(solution: Solution, { knots, network, certificate, plot }: Options): 'network' | 'bounds' {
  const written = [network, certificate, plot].some((file) => file !== undefined);
  return written || knots || (solution.status !== 'infeasible' && solution.upperBound <= KNOTS_SHOWN)
    ? 'network'
    : 'bounds';
}

/** Options that do not go with the data. */
function refuseOptions(dataset: Dataset, problem: Problem, options: Options): void {
  if (options.all && !(problem.dimension === 1 && problem.exact && (options.skip ?? 'affine') === 'affine')) {
    throw new InputError(
      `--all describes exact labels of one input with skip affine; ${dataset.name} has ${problem.dimension} inputs${problem.exact ? '' : ' and windows'}; leave it out`,
    );
  }
  if (options.plot !== undefined && problem.dimension !== 1) {
    throw new InputError(
      `--plot draws functions of one input; ${dataset.name} has ${problem.dimension}; leave it out`,
    );
  }
  if (options.backend !== undefined && options.engine !== 'milp') {
    throw new InputError(
      `--backend ${options.backend} goes with --engine milp; add it or leave --backend out`,
    );
  }
}

async function writeNetworkAndPlot(
  dataset: Dataset,
  problem: Problem,
  result: { readonly network: Network; readonly function: PiecewiseLinear | null },
  options: Options,
): Promise<void> {
  if (options.network !== undefined) {
    await writeFileAtomically(options.network, networkChunks(result.network));
    notice(options, `network written to ${options.network}`);
  }
  if (options.plot !== undefined) {
    const { plotSolution } = await import('../pictures/solution.js');
    await writeFileAtomically(options.plot, [await plotSolution(problem, result.function!, dataset.name)]);
    notice(options, `picture written to ${options.plot}`);
  }
}

/** `--engine milp` and restricted problems: the breakpoint model, with a second opinion from a MILP solver. */
async function answerKnotQuestion(
  dataset: Dataset,
  problem: Problem,
  options: Options,
  start: number,
): Promise<ExitCode> {
  if (
    options.objective !== 'neurons' ||
    (options.skip ?? 'affine') !== 'affine' ||
    options.all ||
    (options.engine !== 'milp' && options.engine !== 'auto')
  ) {
    throw new InputError(
      'the breakpoint model (--engine milp, --knots-on, --max-slope-change, --max-knots) counts neurons with skip affine; ' +
        'leave out --objective parameters, --skip, --all and other engines',
    );
  }
  const restriction: Restriction = {
    knotsOn:
      options.knotsOn === undefined ? null : parsePositions(readText(options.knotsOn), options.knotsOn),
    maxSlopeChange: options.maxSlopeChange ?? null,
    maxKnots: options.maxKnots ?? null,
  };
  const isFree = Object.values(restriction).every((value) => value === null);
  if (options.certificate !== undefined && !isFree) {
    throw new InputError(
      '--certificate: the format has no claims about restricted problems; the reason is printed, leave it out',
    );
  }
  const question = makeKnotQuestion(problem, restriction);
  const backend = milpBackend(options.backend ?? BACKEND_NAMES[0]!);
  let result: BreakpointResult;
  try {
    result = await solveByBreakpoints(question, backend, { timeLimitSeconds: options.timeLimit });
  } finally {
    await backend.close();
  }
  if (result.backend.verdict === 'disagrees') {
    notice(options, `warning: ${result.backend.name} is wrong here: ${result.backend.explanation}`);
  }
  const sha256 = problemHash(problem, nodeSha256);
  const f = functionOf(result);
  const network = f === null ? null : toNetwork(f);
  const counted = isFree ? countFewestKnots(problem) : null;
  const statement = counted === null ? null : unrestrictedStatement(result, counted, network);
  if (statement !== null) accepted(problem, statement);
  if (network !== null) {
    await writeNetworkAndPlot(dataset, problem, { network, function: f }, options);
    if (options.certificate !== undefined) {
      const certificate: Certificate = { problem: identityOf(problem, sha256), ...statement! };
      await writeFileAtomically(options.certificate, certificateChunks(certificate));
      notice(options, `certificate written to ${options.certificate}`);
    }
  }
  const view = {
    dataset,
    sha256,
    question,
    restriction,
    result,
    runs: counted?.knots ?? null,
    checked: statement !== null,
    certificate: options.certificate ?? null,
    seconds: (performance.now() - start) / 1000,
  };
  if (options.json) printJson(knotQuestionJson(view));
  else process.stdout.write(knotQuestionPage(view));
  if (result.status === 'infeasible') return EXIT.fails;
  return result.status === 'bracket' ? EXIT.undecided : EXIT.ok;
}

/** What the breakpoint model says about an unrestricted question, with the witnesses of the closed form as the proof. */
function unrestrictedStatement(
  result: BreakpointResult,
  { knots, witnesses }: KnotCount,
  network: Network | null,
): Omit<Certificate, 'problem'> {
  const lowerBound = Math.max(knots, boundsOf(result)?.lower ?? 0);
  const claim = { kind: 'minimum', objective: 'neurons', skip: 'affine', lowerBound } as const;
  const proof = { kind: 'witnesses', witnesses } as const;
  if (result.status === 'infeasible') return { claim: { kind: 'infeasible' }, proof };
  if (network === null) return { claim, proof };
  return { claim: { ...claim, upperBound: network.neurons.length }, network, proof };
}
