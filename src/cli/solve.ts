import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { maximum, minimum, Rational } from '../exact/rational.js';
import { openDataset } from '../files/read-dataset.js';
import { readText } from '../files/read-file.js';
import { writeFileAtomically } from '../files/write-file.js';
import { LeastTolerances } from '../knots/least-tolerance.js';
import { leastOfShape, shapeFloor } from '../knots/shape-floor.js';
import { sparsestOfShape } from '../knots/shapes.js';
import { budgetJson, budgetPage } from '../pages/budget.js';
import { isWithinLimit, positionsJson, positionsPage } from '../pages/positions.js';
import { restrictedJson, restrictedPage } from '../pages/restricted.js';
import { KNOTS_SHOWN, type Run } from '../pages/run.js';
import { shapeJson, shapePage } from '../pages/shape.js';
import { solveJson } from '../pages/solve-json.js';
import { solvePage } from '../pages/solve-page.js';
import { calendarOf } from '../problem/calendar-of.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import type { Network, Objective, Skip } from '../problem/network.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { toNetwork } from '../problem/piecewise-linear.js';
import { gridPositions, parsePositions } from '../problem/positions.js';
import type { Problem } from '../problem/problem.js';
import {
  dataFile,
  type EngineName,
  isUnrestricted,
  NO_RESTRICTION,
  type PosedQuestion,
  poseQuestion,
  poseTolerances,
  QUESTION_DEFAULTS,
  type Question,
} from '../problem/question.js';
import { ANY_SHAPE, isAnyShape, type Shape } from '../problem/shape.js';
import { BACKEND_NAMES } from '../restricted/backends/backends.js';
import { type ClaimingAnswer, certify } from '../solve/answer.js';
import { accepted, checked, checkedCertificate } from '../solve/checked.js';
import { type Asked, leastThatFits } from '../solve/least-that-fits.js';
import { isForSweeps, PositionsQuestion } from '../solve/positions.js';
import { isForBreakpoints, requireBreakpoints, solveRestricted } from '../solve/restricted.js';
import { smtChunks } from '../solve/smt.js';
import {
  type BoundedSolution,
  defaultSkip,
  type Engine,
  SOLVE_DEFAULTS,
  type Solution,
  solve,
} from '../solve/solve.js';
import type { StatementCheck } from '../verified/verified-check.js';
import { CheckpointFile } from './checkpoint-file.js';
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
  wholeNumber,
  withClasses,
  withCommonOptions,
  withDataOptions,
  withWeights,
  writeCertificateFile,
} from './common.js';
import { catchInterrupts } from './interrupt.js';
import { withinLimits } from './limits.js';
import { ProofFile } from './proof-file.js';
import { SearchProgressLine } from './search-progress.js';
import { requireTakeAway, type TakeAwayOptions, type TakenAway, withTakeAwayOptions } from './take-away.js';
import { writeNetworkAndPlot } from './write-solution.js';

interface Options extends TakeAwayOptions, DataOptions {
  readonly objective: Objective;
  readonly skip?: Skip;
  readonly tolerance: Rational;
  readonly engine: EngineName;
  readonly backend?: string;
  readonly timeLimit: number;
  readonly threads: number;
  readonly seed: number;
  readonly start?: string;
  readonly knotsOn?: string;
  readonly valuesOn?: Rational;
  readonly maxSlopeChange?: Rational;
  readonly maxKnots?: number;
  readonly monotone?: 'increasing' | 'decreasing';
  readonly minSlope?: Rational;
  readonly maxSlope?: Rational;
  readonly convex?: boolean;
  readonly concave?: boolean;
  readonly budget?: number;
  readonly widen?: boolean;
  readonly certificate?: string;
  readonly network?: string;
  readonly plot?: string;
  readonly exportSize?: number;
  readonly formula?: string;
  readonly from?: Rational;
  readonly to?: Rational;
  readonly samples?: string;
  readonly all?: boolean;
  readonly knots?: boolean;
  readonly checkpoint?: string;
  readonly checkpointEvery: number;
  readonly verified?: boolean;
}

/** No limits on a function but its windows. */
const ANYTHING: Asked = { shape: ANY_SHAPE, positions: null, knots: null };

/** `solve DATA`: the sparsest network through the data, with proof. */
export function solveCommand(): Command {
  const command = new Command('solve')
    .description('The sparsest single-hidden-layer ReLU network through the data, with proof.')
    .argument('[data]', 'data file (tables, JSON, .npz, .parquet; - for standard input); none with --formula')
    .addOption(
      choice('--objective <kind>', 'what to count', ['neurons', 'parameters']).default(
        QUESTION_DEFAULTS.objective,
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
      QUESTION_DEFAULTS.tolerance,
    )
    .addOption(
      choice('--engine <name>', 'algorithm', ['auto', 'runs', 'milp', 'search']).default(
        QUESTION_DEFAULTS.engine,
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
      'seed: which of several networks is found, where chance looks for them',
      wholeNumber(0),
      QUESTION_DEFAULTS.seed,
    )
    .option('--start <model>', 'a trained network (any model file) that the local search starts from')
    .option(
      '--checkpoint <file>',
      'keep the state of an exact search there (and in <file>.proof); the same command goes on from it',
    )
    .option('--checkpoint-every <s>', 'seconds from one state to the next', positiveNumber, 30)
    .option(
      '--knots-on <where>',
      'one input: knots only at the positions in this file (one number a line), on "data", or on "grid:STEP" (multiples of STEP)',
      wherePositions,
    )
    .option(
      '--values-on <grid:step>',
      'with --knots-on: values at the knots and at both ends of the data are multiples of STEP',
      gridStep,
    )
    .option(
      '--max-slope-change <w>',
      'one input: no knot changes the slope by more than w, exact number',
      exactNumber,
    )
    .option('--max-knots <k>', 'one input: is it possible with at most k knots?', wholeNumber(0))
    .addOption(
      choice('--monotone <way>', 'one input: the function never falls, or never rises', [
        'increasing',
        'decreasing',
      ]),
    )
    .option(
      '--min-slope <s>',
      'one input: every slope is at least s, exact number (--min-slope=-1)',
      exactNumber,
    )
    .option('--max-slope <s>', 'one input: every slope is at most s, exact number', exactNumber)
    .option('--convex', 'one input: slopes never fall from piece to piece')
    .option('--concave', 'one input: slopes never rise from piece to piece')
    .option('--budget <k>', 'one input: the least tolerance for which k knots are enough', wholeNumber(0))
    .option(
      '--widen',
      'with --budget: by how much the windows in the file must be widened, or may be narrowed',
    )
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--network <file>', 'write the network as JSON, in exact rationals')
    .option('--plot <file.svg>', 'draw data and function (one input)')
    .option(
      '--export-size <k>',
      'the K of --export smt2 (default: one less than the network found, the statement that would have to be false)',
      wholeNumber(0),
    )
    .option(
      '--formula <f>',
      'instead of data: fewest knots within --tolerance of a formula in x, such as "sin(x)", on all of --from .. --to',
    )
    .option('--from <a>', 'with --formula: where x begins, exact number (--from=-1)', exactNumber)
    .option('--to <b>', 'with --formula: where x ends, exact number', exactNumber)
    .option(
      '--samples <file.json>',
      'with --formula: write the samples and their windows, the data of --certificate',
    )
    .option('--all', 'describe the whole set of sparsest solutions (one input, exact labels)')
    .option('--knots', 'print the knots even when there are more than 10,000')
    .option(
      '--verified',
      'check the answer with the checker that is extracted from the proofs of its soundness',
    );
  return withClasses(
    withWeights(withDataOptions(withCommonOptions(withTakeAwayOptions(command, 'smt2')))),
  ).action((path: string | undefined, options: Options) => {
    if (path === undefined && options.formula === undefined)
      command.error("error: missing required argument 'data' (or --formula with --from and --to)");
    return runCommand('solve', () => run(path, options, givenOptions(command)));
  });
}

/** The options on the command line, as they are written there. */
function givenOptions(command: Command): string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long!);
}

/** What a formula takes beside itself. */
const WITH_FORMULA = [
  ...['--formula', '--from', '--to', '--samples', '--tolerance', '--time-limit', '--json', '--quiet'],
  ...['--certificate', '--network', '--plot', '--table', '--predict', '--export', '--knots'],
];

/** @param path a data file, where no formula is given */
async function run(path: string | undefined, options: Options, given: readonly string[]): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--network', options.network, ENDINGS.network);
  requireOutput('--plot', options.plot, ENDINGS.plot);
  requireTakeAway(options);
  const { formula } = options;
  if (formula !== undefined) {
    const { answerFormula } = await import('./solve-formula.js');
    const others = given.filter((name) => !WITH_FORMULA.includes(name));
    if (path !== undefined) others.unshift(path);
    if (smtFile(options) !== null) others.push('--export smt2');
    return answerFormula({ ...options, formula }, others, start);
  }
  return answerData(path!, options, given, start);
}

/** The answer about the data of a file. */
async function answerData(
  path: string,
  options: Options,
  given: readonly string[],
  start: number,
): Promise<ExitCode> {
  const without = given.filter((name) => name === '--from' || name === '--to' || name === '--samples');
  if (without.length > 0)
    throw new InputError(`${without.join(', ')}: about a formula; add --formula, or leave it out`);
  if (options.exportSize !== undefined && smtFile(options) === null)
    throw new InputError('--export-size goes with --export smt2=FILE; add it or leave --export-size out');
  const dataset = await openDataset(path, options);
  const asked = questionOf(path, options, dataset);
  if (options.budget !== undefined || options.widen) return answerBudget(asked, dataset, options, start);
  const question = poseQuestion(asked, dataset, nodeSha256, { open: true });
  if (!isAnyShape(asked.shape) && question.problem.emptyWindow === null)
    return answerShape(question, options, start);
  // Where two windows exclude each other every question has one answer, and `solve` proves it.
  if (isForSweeps(question) && question.problem.emptyWindow === null)
    return answerPositions(question, options, start);
  if (isForBreakpoints(question) && question.problem.emptyWindow === null)
    return answerRestricted(question, options, start);
  refuseOptions(question, options);
  // A size that is given need not wait for the answer.
  if (options.exportSize !== undefined) await writeExport(question, options, options.exportSize);
  const solution = await solveUntilStopped(question, options);
  const by = await checkOf(options);
  checked(question.problem, solution, readOf(solution, options), by);
  // The set is claimed as soon as it is described, in a file or not.
  const claimed = claimedOf(solution, options);
  const certificate =
    options.certificate !== undefined || claimed !== solution
      ? checkedCertificate(question.problem, claimed, question.sha256, by)
      : null;
  const taken = solution.status === 'infeasible' ? {} : await writeFound(question, solution, options);
  if (options.exportSize === undefined)
    await writeExport(question, options, solution.status === 'infeasible' ? 0 : solution.upperBound - 1);
  if (options.certificate !== undefined)
    await writeCertificateFile(options.certificate, certificate!, options);
  const least = solution.status === 'infeasible' ? leastThatFits(dataset, ANYTHING) : null;
  const done = { ...runOf(options, solution.status !== 'infeasible', start), least };
  if (options.json) printJson({ ...solveJson(question, solution, done), ...taken });
  else process.stdout.write(solvePage(question, solution, done));
  if (solution.status === 'infeasible') return EXIT.fails;
  return solution.status === 'optimal' ? EXIT.ok : EXIT.undecided;
}

/** `--budget K`: not as few knots as a tolerance allows, but as small a tolerance as K knots allow. */
async function answerBudget(
  asked: Question,
  dataset: Dataset,
  options: Options,
  start: number,
): Promise<ExitCode> {
  refuseBeside(asked, options, '--budget asks for the least tolerance');
  const question = poseTolerances(asked, dataset, nodeSha256);
  const { problem, sha256 } = question;
  const tolerances = new LeastTolerances(problem);
  const found = await withinLimits(options, (limits) =>
    limits
      .take(tolerances.least(asked.budget!), () => `pass ${tolerances.passes} over the windows`)
      .then((taken) => ({ value: taken?.value ?? null, ended: taken === null ? limits.ended : null })),
  );
  const { shape } = question;
  const free = found.value ?? tolerances.known(asked.budget!);
  const step = isAnyShape(shape) ? free : leastOfShape(problem, shape, shapeFloor(problem, shape), free);
  const isKnown = step.atLeast.equals(step.tolerance);
  const answer = { kind: 'least-tolerance', shape, steps: [step] } as const;
  const certificate = checkedCertificate(problem, answer, sha256, await checkOf(options));
  const f = step.function;
  const taken = await writeNetworkAndPlot(
    { ...question, problem: step.windows },
    { network: toNetwork(f), function: f },
    options,
  );
  if (options.certificate !== undefined)
    await writeCertificateFile(options.certificate, certificate, options);
  const done = runOf(options, true, start);
  const { passes, enough } = tolerances;
  const view = { step, floor: free.knots >= enough, passes, ended: isKnown ? null : found.ended };
  if (options.json) printJson({ ...budgetJson(question, view, done), ...taken });
  else process.stdout.write(budgetPage(question, view, done));
  return isKnown ? EXIT.ok : EXIT.undecided;
}

/** `--monotone`, `--min-slope`, `--max-slope`, `--convex`, `--concave`: the sparsest function of a shape. */
async function answerShape(question: PosedQuestion, options: Options, start: number): Promise<ExitCode> {
  refuseBeside(question, options, 'a shape is found for networks');
  const { problem, shape, dataset } = question;
  if (problem.open !== undefined)
    throw new InputError(
      `${dataset.name}: shapes are about windows with both ends, found some with one (an empty lower or upper); give both, or leave the shape out`,
    );
  if (problem.dimension !== 1)
    throw new InputError(
      `${dataset.name}: shapes are about one input, found ${problem.dimension}; name one with --inputs`,
    );
  const solution = sparsestOfShape(problem, shape);
  const certificate = checkedCertificate(
    problem,
    { kind: 'shape', shape, solution },
    question.sha256,
    await checkOf(options),
  );
  const taken =
    solution.status === 'optimal'
      ? await writeNetworkAndPlot(
          question,
          { network: toNetwork(solution.function), function: solution.function },
          options,
        )
      : {};
  if (options.certificate !== undefined)
    await writeCertificateFile(options.certificate, certificate, options);
  const least = solution.status === 'infeasible' ? leastThatFits(dataset, { ...ANYTHING, shape }) : null;
  const done = { ...runOf(options, solution.status === 'optimal', start), least };
  if (options.json) printJson({ ...shapeJson(question, solution, done), ...taken });
  else process.stdout.write(shapePage(question, solution, done));
  return solution.status === 'optimal' ? EXIT.ok : EXIT.fails;
}

/** The shape that the options ask for. */
function shapeOf({ monotone, minSlope, maxSlope, convex, concave }: Options): Shape {
  if (convex && concave)
    throw new InputError('--convex and --concave together leave only lines; ask with --max-knots 0');
  const limits = {
    minSlope: [minSlope, ...(monotone === 'increasing' ? [Rational.zero] : [])].filter(
      (s) => s !== undefined,
    ),
    maxSlope: [maxSlope, ...(monotone === 'decreasing' ? [Rational.zero] : [])].filter(
      (s) => s !== undefined,
    ),
  };
  const least = limits.minSlope.length === 0 ? null : limits.minSlope.reduce(maximum);
  const most = limits.maxSlope.length === 0 ? null : limits.maxSlope.reduce(minimum);
  if (least && most?.lessThan(least))
    throw new InputError(
      `slopes at least ${least} and at most ${most}: no slope is both; correct --monotone, --min-slope or --max-slope`,
    );
  return { minSlope: least, maxSlope: most, curvature: convex ? 'convex' : concave ? 'concave' : null };
}

/** Options that do not go with a budget or a shape. */
function refuseBeside(question: Question, { all, checkpoint }: Options, what: string): void {
  const { budget, widen, tolerance, objective, skip, engine, restriction, start } = question;
  const found = [
    ...(budget === null && widen ? ['--widen without --budget'] : []),
    ...(tolerance.isZero() || budget === null ? [] : ['--tolerance']),
    ...(objective === 'neurons' ? [] : ['--objective']),
    ...((skip ?? 'affine') === 'affine' ? [] : ['--skip']),
    ...(engine === 'auto' || engine === 'runs' ? [] : ['--engine']),
    ...(isUnrestricted(restriction) ? [] : ['--knots-on, --max-slope-change, --max-knots']),
    ...(start === null ? [] : ['--start']),
    ...(all ? ['--all'] : []),
    ...(checkpoint === undefined ? [] : ['--checkpoint']),
  ];
  if (found.length === 0) return;
  throw new InputError(
    `${what}: of neurons with skip affine and knots anywhere; it does not go with ${found.join(', ')}`,
  );
}

/** Where knots may be, as --knots-on says. */
function positionsOf(knotsOn: string, dataset: Dataset): Rational[] {
  const step = /^grid:(.*)$/.exec(knotsOn)?.[1];
  if (knotsOn !== 'data' && step === undefined)
    return parsePositions(readText(knotsOn), knotsOn, calendarOf(dataset));
  const x = dataset.inputs[0]!;
  const rows = Array.from({ length: x.length }, (_, i) => i).sort((i, j) => x.compare(i, j));
  const [first, last] = [rows[0], rows.at(-1)];
  if (step === undefined)
    return rows.filter((i, k) => k === 0 || x.compare(rows[k - 1]!, i) !== 0).map((i) => x.value(i));
  const parsed = gridStep(knotsOn);
  return first === undefined ? [] : gridPositions(parsed, x.value(first), x.value(last!));
}

/** Option value: a file, "data", or "grid:" and a step. */
function wherePositions(text: string): string {
  if (text.startsWith('grid:')) gridStep(text);
  return text;
}

/** Option value: "grid:" and a positive exact number. */
function gridStep(text: string): Rational {
  const step = exactNumber(/^grid:(.*)$/.exec(text)?.[1] ?? '');
  if (step.sign() <= 0)
    throw new InvalidArgumentError('expected grid: and a positive step, such as grid:1/2');
  return step;
}

function questionOf(path: string, options: Options, dataset: Dataset): Question {
  const { objective, skip = null, tolerance, engine, backend = null, knotsOn, seed, threads } = options;
  const { start = null } = options;
  return {
    ...{ data: dataFile(path, options), objective, skip, tolerance, engine, backend, seed, start, p: null },
    restriction: {
      knotsOn: knotsOn === undefined ? null : positionsOf(knotsOn, dataset),
      maxSlopeChange: options.maxSlopeChange ?? null,
      maxKnots: options.maxKnots ?? null,
    },
    knotsFile: knotsOn ?? null,
    valuesOn: options.valuesOn ?? null,
    shape: shapeOf(options),
    ...{ budget: options.budget ?? null, widen: options.widen ?? false },
    timeLimit: options.timeLimit === SOLVE_DEFAULTS.timeLimit ? null : options.timeLimit,
    threads: threads === availableParallelism() ? null : threads,
  };
}

/** What is written of a solution. Of those with skip affine any will do, so one that rounding leaves within its windows. */
function writeFound(
  question: PosedQuestion,
  { network, function: f, skip, objective }: BoundedSolution,
  options: Options,
): Promise<TakenAway> {
  const anySparsest = skip === 'affine' && objective === 'neurons';
  return writeNetworkAndPlot(question, { network, function: f, anySparsest }, options);
}

/** The answer, or the bracket reached at Ctrl-C or SIGTERM. */
async function solveUntilStopped(question: PosedQuestion, options: Options): Promise<Solution> {
  const { problem, objective, skip, engine, seed } = question;
  const start = question.start === null ? null : await startNetwork(question.start, problem);
  const interrupt = catchInterrupts();
  const progress = new SearchProgressLine(options);
  const checkpoint =
    options.checkpoint === undefined
      ? null
      : new CheckpointFile(options.checkpoint, question, options.checkpointEvery);
  const solution = await solve(problem, {
    objective,
    skip: skip ?? undefined,
    engine: engine as Engine,
    timeLimit: options.timeLimit,
    threads: options.threads,
    seed,
    start,
    shouldStop: () => interrupt.signal.aborted,
    store: checkpoint?.store ?? new ProofFile(),
    checkpoint,
    observer: progress,
  });
  progress.clear();
  interrupt.release();
  if (checkpoint !== null && solution.status === 'bracket')
    notice(options, `${options.checkpoint}: the search is kept, the same command goes on from it`);
  if (start !== null && (solution.status === 'infeasible' || solution.search === null))
    notice(options, '--start: the answer is known without a search, the model was not needed');
  return solution;
}

/** @throws InputError when the model cannot be read or has another number of inputs */
async function startNetwork(path: string, problem: Problem): Promise<Network> {
  const { readModel } = await import('./model-options.js');
  const { network } = readModel(path, undefined);
  if (network.inputDimension !== problem.dimension) {
    throw new InputError(
      `--start ${path}: expected a network with ${problem.dimension} inputs, found ${network.inputDimension}; start from a model of these data`,
    );
  }
  return network;
}

/** The check of the answer before it is printed. */
async function checkOf({ verified }: Options): Promise<StatementCheck | undefined> {
  return verified ? await (await import('../verified/verified-check.js')).loadVerifiedCheck() : undefined;
}

/** What is claimed: all sparsest functions where they are asked for, else the minimum. */
function claimedOf(solution: Solution, { all }: Options): ClaimingAnswer {
  const isSet = all && solution.status !== 'infeasible' && solution.exact !== null;
  return isSet ? { kind: 'sparsest-set', exact: solution.exact! } : solution;
}

/** What is read of a solution: its network is printed or written, or the bounds are all that is said. */
function readOf(solution: Solution, { knots, network, plot }: Options): 'network' | 'bounds' {
  const written = network !== undefined || plot !== undefined;
  return written || knots || (solution.status !== 'infeasible' && solution.upperBound <= KNOTS_SHOWN)
    ? 'network'
    : 'bounds';
}

/** Options that do not go with the data. */
function refuseOptions({ dataset, problem, skip, engine, backend }: PosedQuestion, options: Options): void {
  if (options.all && !(problem.dimension === 1 && problem.exact && (skip ?? 'affine') === 'affine')) {
    throw new InputError(
      `--all describes exact labels of one input with skip affine; ${dataset.name} has ${problem.dimension} inputs${problem.exact ? '' : ' and windows'}; leave it out`,
    );
  }
  if (options.plot !== undefined && problem.dimension !== 1) {
    throw new InputError(
      `--plot draws functions of one input; ${dataset.name} has ${problem.dimension}; leave it out`,
    );
  }
  if (backend !== null && engine !== 'milp') {
    throw new InputError(`--backend ${backend} goes with --engine milp; add it or leave --backend out`);
  }
}

/** `--engine milp` and restricted problems: the breakpoint model, with a second opinion from a MILP solver. */
async function answerRestricted(question: PosedQuestion, options: Options, start: number): Promise<ExitCode> {
  const { problem, restriction, backend, sha256 } = question;
  requireBreakpoints(question);
  if (options.all) throw new InputError('--all describes answers of the closed form; leave it out');
  if (options.checkpoint !== undefined)
    throw new InputError('--checkpoint keeps searches of any network; leave it out, or the restriction');
  if (smtFile(options) !== null)
    throw new InputError(
      '--export smt2 states questions about any network; leave it out, or the restriction',
    );
  const solution = await withinLimits(options, (limits) =>
    solveRestricted(problem, restriction, {
      backend,
      timeLimit: options.timeLimit,
      signal: limits.signal,
      progress: ({ lower, best }) =>
        limits.show(`searching: between ${lower} and ${best === null ? '?' : best.knots.length} neurons`),
    }),
  );
  const { result, function: f, statement } = solution;
  if (result.backend.verdict === 'disagrees') {
    notice(options, `warning: ${result.backend.name} is wrong here: ${result.backend.explanation}`);
  }
  accepted(problem, statement, await checkOf(options));
  const taken =
    f === null ? {} : await writeNetworkAndPlot(question, { network: toNetwork(f), function: f }, options);
  if (options.certificate !== undefined) {
    await writeCertificateFile(options.certificate, certify(problem, solution, sha256), options);
  }
  const least =
    result.status === 'infeasible' && restriction.maxSlopeChange === null
      ? leastThatFits(question.dataset, {
          ...ANYTHING,
          positions: restriction.knotsOn === null ? null : solution.asked.candidates,
          knots: result.limit,
        })
      : null;
  const done = { ...runOf(options, f !== null, start), least };
  if (options.json) printJson({ ...restrictedJson(question, solution, done), ...taken });
  else process.stdout.write(restrictedPage(question, solution, done));
  if (result.status === 'infeasible') return EXIT.fails;
  return result.status === 'bracket' ? EXIT.undecided : EXIT.ok;
}

/** `--knots-on`: sweeps from what is reachable. */
async function answerPositions(question: PosedQuestion, options: Options, start: number): Promise<ExitCode> {
  requireBreakpoints(question);
  refuseBeside({ ...question, restriction: NO_RESTRICTION }, options, 'knots at positions');
  const { problem, sha256 } = question;
  const asked = new PositionsQuestion(problem, question);
  const ended = await withinLimits(options, async (limits) => {
    const done = await limits.take(asked.solve(), () => `at least ${asked.lowerBound} knots`);
    return done === null ? limits.ended : null;
  });
  const { answer } = asked;
  const { solution } = answer;
  const certificate = checkedCertificate(problem, answer, sha256, await checkOf(options));
  const isDrawn = solution.status === 'optimal' && isWithinLimit(answer);
  const taken = isDrawn
    ? await writeNetworkAndPlot(
        question,
        { network: toNetwork(solution.function), function: solution.function },
        options,
      )
    : {};
  if (options.certificate !== undefined)
    await writeCertificateFile(options.certificate, certificate, options);
  const { candidates, maxKnots } = answer.asked;
  const knots = isWithinLimit(answer) ? null : maxKnots;
  const isNone = solution.status === 'infeasible' || knots !== null;
  const least =
    isNone && question.valuesOn === null
      ? leastThatFits(question.dataset, { ...ANYTHING, positions: candidates, knots })
      : null;
  const done = { ...runOf(options, isDrawn, start), least };
  if (options.json) printJson({ ...positionsJson(question, answer, ended, done), ...taken });
  else process.stdout.write(positionsPage(question, answer, ended, done));
  if (isDrawn) return EXIT.ok;
  return solution.status === 'bracket' && isWithinLimit(answer) ? EXIT.undecided : EXIT.fails;
}

/** @param drawn there was a function to write and to draw */
function runOf(options: Options, drawn: boolean, start: number): Run {
  const { certificate, network, plot, knots = false, all = false } = options;
  return {
    seconds: (performance.now() - start) / 1000,
    written: { certificate, ...(drawn ? { network, plot } : {}) },
    allKnots: knots,
    all,
  };
}

/** @param size one less than 0: nothing is smaller than the network found, and nothing is written */
function smtFile(options: Options): string | null {
  return options.export?.find(({ kind }) => kind === 'smt2')?.path ?? null;
}

async function writeExport(
  { problem, objective, skip }: PosedQuestion,
  options: Options,
  size: number,
): Promise<void> {
  const path = smtFile(options);
  if (path === null) return;
  if (size < 0) {
    notice(options, '--export smt2: no network is smaller than the one found, nothing was written');
    return;
  }
  const architecture = skip ?? defaultSkip(problem);
  await writeFileAtomically(path, smtChunks(problem, { objective, skip: architecture, size }));
  notice(options, `"at most ${size} ${objective}" written to ${path}`);
}
