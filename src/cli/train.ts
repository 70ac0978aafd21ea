import { availableParallelism } from 'node:os';
import type { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { Rational } from '../exact/rational.js';
import { finish } from '../exact/steps.js';
import { networkChunks } from '../files/network-format.js';
import { openDataset } from '../files/read-dataset.js';
import { readText } from '../files/read-file.js';
import { writeFileAtomically } from '../files/write-file.js';
import { pathNormCost } from '../lp-norm/cost.js';
import { MODEL_WRITERS, type ModelEnding, modelChunks } from '../models/write-model.js';
import { resumeLine, TRAINING_FLAGS, type TrainRun, trainJson, trainPage } from '../pages/train-page.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { countNeurons, countParameters, type Network, type Skip } from '../problem/network.js';
import { makeProblem } from '../problem/problem.js';
import { dataFile, QUESTION_DEFAULTS, type Question } from '../problem/question.js';
import { checked } from '../solve/checked.js';
import { solve } from '../solve/solve.js';
import { CHECKPOINT, type Checkpoint, validateCheckpoint } from '../train/checkpoint.js';
import { pointsFromDataset } from '../train/from-dataset.js';
import { HISTORY_ENDINGS, historyChunks } from '../train/history-format.js';
import { layersFromPlainNetwork } from '../train/layers.js';
import {
  METHODS,
  SCHEDULES,
  type Schedule,
  TRAINING_DEFAULTS,
  type TrainingOptions,
  trainingOptions,
} from '../train/options.js';
import type { TrainingPoints } from '../train/points.js';
import { polish } from '../train/polish.js';
import { largestResidual } from '../train/residual.js';
import { type RestartRun, type RestartsResult, trainRestarts } from '../train/restarts.js';
import {
  CHUNK,
  DivergenceError,
  refuseChanges,
  type Training,
  type TrainingResult,
  trainAsync,
} from '../train/train.js';
import { trainedNetwork } from '../verify/trained-network.js';
import { costsOf } from '../vertex/prune.js';
import {
  type CommonOptions,
  choice,
  type DataOptions,
  ENDINGS,
  EXIT,
  type ExitCode,
  notice,
  printJson,
  requireDirectory,
  requireOutput,
  runCommand,
  wholeNumber,
  withCommonOptions,
  withDataOptions,
} from './common.js';
import { Limits, withTimeLimit } from './limits.js';

interface Options extends CommonOptions, DataOptions {
  readonly method?: TrainingOptions['method'];
  readonly p?: number;
  readonly epochs?: number;
  readonly width?: number;
  readonly lr?: number;
  readonly lambda?: number;
  readonly seed?: number;
  readonly skip?: TrainingOptions['skip'];
  readonly float32?: boolean;
  readonly reweightFrom?: TrainingOptions['reweightFrom'];
  readonly every?: number;
  readonly stopAfterSparse?: number;
  readonly sparseEpochs?: number;
  readonly threshold?: number;
  readonly schedule?: Schedule;
  readonly lambdaFrom?: number;
  readonly decay?: number;
  readonly revive?: number;
  readonly merge?: number;
  readonly timeLimit?: number;
  readonly network?: string;
  readonly history?: string;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly restarts?: number;
  readonly threads?: number;
  readonly fit: number;
  readonly until?: Until;
  readonly polish?: string;
}

/** What ends restarts early. */
type Until = 'sparsest' | { readonly cost: number };

/** Limits of one run of the command. */
const LIMITS = {
  /** Multiplications per chunk, after which signals and progress are looked at: some 50 ms. */
  chunkWork: 2e7,
  /** Numbers in the largest array, width x max(points, inputs + 2). */
  arrayLength: 2 ** 28,
  /** Seconds between two saves of the checkpoint while the run goes on. */
  saveEvery: 30,
};

/** `train DATA`: Algorithm 1, Adam or AdamW. */
export function trainCommand(): Command {
  const defaults = TRAINING_DEFAULTS;
  const command = new Command('train')
    .description('Train a network by iteratively reweighted l^1 (Algorithm 1), by Adam or by AdamW.')
    .argument('<data>', 'data file (tables, JSON, .npz, .parquet; - for standard input), with labels')
    .addOption(
      choice(
        '--method <name>',
        `reweighted is Algorithm 1, annealed goes on from it; adam has no penalty (default: ${defaults.method})`,
        METHODS,
      ),
    )
    .option('--p <p>', `exponent of the penalty, 0 < p <= 1 (default: ${defaults.p})`, finiteNumber)
    .option('--epochs <n>', `full-batch steps in all (default: ${defaults.epochs})`, wholeNumber(0))
    .option('--width <k>', `neurons to start with (default: ${defaults.width})`, wholeNumber(1))
    .option('--lr <gamma>', `learning rate (default: ${defaults.learningRate})`, finiteNumber)
    .option(
      '--lambda <x>',
      `weight of the penalty; of the decay with adamw (default: ${defaults.lambda})`,
      finiteNumber,
    )
    .option('--seed <n>', `seed of the starting weights (default: ${defaults.seed})`, wholeNumber(0))
    .addOption(
      choice('--skip <kind>', `affine part of the network (default: ${defaults.skip})`, [
        'affine',
        'bias',
        'none',
      ]),
    )
    .option('--float32', 'keep weights and moments in single precision')
    .addOption(
      choice(
        '--reweight-from <product>',
        `weights of the penalty from the product before or after the step (default: ${defaults.reweightFrom})`,
        ['previous', 'current'],
      ),
    )
    .option(
      '--every <n>',
      `epochs between two rows of the history, 0 for none (default: ${defaults.every})`,
      wholeNumber(0),
    )
    .option('--stop-after-sparse <n>', 'stop when at most n neurons stay active', wholeNumber(0))
    .option(
      '--sparse-epochs <n>',
      `epochs in a row that --stop-after-sparse asks for (default: ${defaults.sparseEpochs})`,
      wholeNumber(1),
    )
    .option(
      '--threshold <x>',
      `a product |v w| above this counts as nonzero (default: ${defaults.threshold})`,
      finiteNumber,
    )
    .addOption(
      choice(
        '--schedule <what>',
        `what falls in the first half: p from 1, lambda from --lambda-from (default: ${defaults.schedule})`,
        SCHEDULES,
      ),
    )
    .option('--lambda-from <x>', 'where a schedule for lambda begins (default: 10 lambda)', finiteNumber)
    .option(
      '--decay <share>',
      `the learning rate falls to this share in the second half (default: ${defaults.decay})`,
      finiteNumber,
    )
    .option(
      '--revive <n>',
      `every n epochs a dead neuron begins anew on the residual, 0 for never (default: ${defaults.reviveEvery})`,
      wholeNumber(0),
    )
    .option(
      '--merge <n>',
      `every n epochs neurons on one knot become one, 0 for never (default: ${defaults.mergeEvery})`,
      wholeNumber(0),
    )
    .option('--network <file>', `write the model: ${Object.keys(MODEL_WRITERS).join(', ')}`)
    .option('--history <file>', `write the history: ${HISTORY_ENDINGS.join(', ')}`)
    .option(
      '--restarts <r>',
      'train from r seeds and keep the best: fits first, then the least path norm',
      wholeNumber(1),
    )
    .option('--threads <n>', 'threads for --restarts (default: all cores)', wholeNumber(1))
    .option(
      '--fit <x>',
      'with --restarts: a run fits when it misses no label by more',
      finiteNumber,
      DEFAULT_FIT,
    )
    .option(
      '--until <what>',
      'with --restarts: end when a run fits and is sparsest (proved beforehand), or costs at most C: sparsest, cost=C',
      untilOf,
    )
    .option(
      '--polish <file.json>',
      'write the exact network: labels fitted in the pattern found, pruned to a vertex',
    )
    .option('--checkpoint <file.json>', 'save the state at the end, every 30 s and when stopped (Ctrl-C)')
    .option('--resume <file.json>', 'go on from a checkpoint; its options hold');
  withTimeLimit(command, 'training; then it stops as on Ctrl-C');
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('train', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const given = givenOptions(options);
  const networkEnding = endingOf('--network', options.network, Object.keys(MODEL_WRITERS) as ModelEnding[]);
  const historyEnding = endingOf('--history', options.history, HISTORY_ENDINGS);
  if (options.checkpoint !== undefined) requireDirectory('--checkpoint', options.checkpoint);
  const dataset = await openDataset(path, options);
  const points = pointsFromDataset(dataset);
  const start = performance.now();
  requireOutput('--polish', options.polish, ENDINGS.network);
  if (options.polish !== undefined && (options.p ?? TRAINING_DEFAULTS.p) >= 1) {
    throw new InputError('--polish needs p < 1: there are no vertices to go to at p = 1; give --p 0.4');
  }
  let result: TrainingResult;
  let restarts: RestartsResult | null = null;
  try {
    if (options.restarts !== undefined) {
      const found = await restartsUntilStopped(dataset, points, given, options);
      if (found.best === null) {
        process.stderr.write('train: no run came to its end\n');
        return found.status === 'stopped' ? EXIT.undecided : EXIT.fails;
      }
      restarts = found;
      result = found.best;
    } else {
      const resume = options.resume === undefined ? undefined : readCheckpoint(options.resume);
      if (resume !== undefined) refuseChanges(resume.options, given, flagOf);
      result = await trainUntilStopped(points, given, resume, options);
    }
  } catch (error) {
    if (error instanceof InputError) throw inTheWordsOf(options, error);
    if (!(error instanceof DivergenceError)) throw error;
    if (options.json) {
      printJson({ command: 'train', status: 'diverged', epoch: error.epoch, message: error.message });
    }
    process.stderr.write(`train: ${error.message}\n`);
    return EXIT.fails;
  }

  // The checkpoint first: whatever else cannot be written, the run is not lost.
  if (options.checkpoint !== undefined) {
    await writeFileAtomically(options.checkpoint, [checkpointText(result.checkpoint)]);
    notice(options, `checkpoint written to ${options.checkpoint}`);
  }
  if (options.network !== undefined) {
    const layers = layersFromPlainNetwork(result.network);
    const chunks = modelChunks(layers, networkEnding!, result.options.precision);
    await writeFileAtomically(options.network, chunks);
    notice(options, `model written to ${options.network}`);
  }
  if (options.history !== undefined) {
    await writeFileAtomically(options.history, historyChunks(result.history, historyEnding!));
    notice(options, `history written to ${options.history}`);
  }

  const polished =
    options.polish === undefined ? null : await polishedWithin(dataset, result, options.polish);
  if (polished !== null) notice(options, `exact network written to ${polished.file}`);

  const { network, history, checkpoint, resume } = options;
  const done: TrainRun = {
    restarts: restarts === null ? null : { ...restarts, fit: options.fit },
    polished,
    dataset,
    largestResidual: largestResidual(result.network, points),
    written: { network, history, checkpoint },
    resumed: resume === undefined ? null : { file: resume, given },
    seconds: (performance.now() - start) / 1000,
  };
  const question: Question = { ...QUESTION_DEFAULTS, data: dataFile(path, options) };
  if (options.json) printJson(trainJson(result, done));
  else process.stdout.write(trainPage(question, result, done));
  if (restarts !== null) return restarts.status === 'stopped' ? EXIT.undecided : EXIT.ok;
  if (result.status !== 'stopped') return EXIT.ok;
  const goOn = resumeLine(question, result, done);
  const advice =
    goOn === null
      ? 'nothing was saved to go on from; give --checkpoint FILE next time'
      : `go on with\n  ${goOn}`;
  notice(options, `train: stopped after epoch ${result.final.epoch} of ${result.options.epochs}; ${advice}`);
  return EXIT.undecided;
}

/** A run fits when it misses no label by more than this, unless --fit says otherwise. */
const DEFAULT_FIT = 0.01;

/** Seconds for the minimum that `--until sparsest` waits for. */
const MINIMUM_SECONDS = 60;

/** Digits of a cost behind the point. */
const COST_DIGITS = 20;

/** Trains from several seeds, until one is good enough where that is asked for. What is sparsest is proved before training begins. */
async function restartsUntilStopped(
  dataset: Dataset,
  points: TrainingPoints,
  given: Partial<TrainingOptions>,
  options: Options,
): Promise<RestartsResult> {
  for (const flag of ['checkpoint', 'resume'] as const) {
    if (options[flag] !== undefined) {
      throw new InputError(`--${flag} is about one run; leave it out, or --restarts`);
    }
  }
  const { width, skip } = trainingOptions(given);
  requireMemory(width, points);
  const until = options.until === undefined ? null : await goodEnough(dataset, skip, options.until, options);
  const limits = new Limits(options);
  try {
    return await trainRestarts(points, given, {
      restarts: options.restarts!,
      threads: options.threads ?? availableParallelism(),
      fit: options.fit,
      until,
      shouldStop: () => limits.ended !== null,
      onRun: (done) => limits.show(`${done} of ${options.restarts} runs`),
    });
  } finally {
    limits.close();
  }
}

/** Whether a run is as good as asked: as sparse as the proved minimum within the tolerance --fit, or as cheap. */
async function goodEnough(
  dataset: Dataset,
  skip: Skip,
  until: Until,
  { fit }: Options,
): Promise<(run: RestartRun) => boolean> {
  if (until !== 'sparsest') return ({ pathNorm }) => pathNorm <= until.cost;
  const objective = dataset.inputs.length === 1 ? 'neurons' : 'parameters';
  const problem = makeProblem(dataset, Rational.fromDouble(fit));
  const solution = await solve(problem, { objective, skip, timeLimit: MINIMUM_SECONDS });
  checked(problem, solution, 'bounds');
  if (solution.status !== 'optimal') {
    throw new InputError(
      `--until sparsest: the fewest ${objective} are not proved within ${MINIMUM_SECONDS} s; give --until cost=C`,
    );
  }
  const least = solution.upperBound;
  return (run) => (objective === 'neurons' ? run.activeNeurons : run.nonzeroProducts) <= least;
}

/** Polishes the network and writes it. */
async function polishedWithin(
  dataset: Dataset,
  { network, options }: TrainingResult,
  file: string,
): Promise<NonNullable<TrainRun['polished']>> {
  const p = Rational.fromDouble(options.p);
  const trained = trainedNetwork(network).network;
  const {
    network: polished,
    fits,
    largestResidual: residual,
  } = finish(polish(dataset, trained, options.skip, p));
  await writeFileAtomically(file, networkChunks(polished));
  const cost = (exact: Network) => finish(pathNormCost(costsOf(exact), p, COST_DIGITS));
  return {
    file,
    neurons: countNeurons(polished),
    parameters: countParameters(polished),
    cost: cost(polished),
    costBefore: cost(trained),
    fits,
    largestResidual: residual,
  };
}

/** Option value: sparsest, or cost=C. */
function untilOf(text: string): Until {
  if (text === 'sparsest') return text;
  const cost = /^cost=(.+)$/.exec(text)?.[1];
  if (cost === undefined) throw new InvalidArgumentError(`expected sparsest or cost=C, found "${text}"`);
  return { cost: finiteNumber(cost) };
}

/** Trains until the end, SIGINT, SIGTERM or the time limit, showing progress and saving checkpoints. A second signal kills. */
async function trainUntilStopped(
  points: TrainingPoints,
  given: Partial<TrainingOptions>,
  resume: Checkpoint | undefined,
  options: Options,
): Promise<TrainingResult> {
  const { width } = resume?.options ?? trainingOptions(given);
  requireMemory(width, points);
  const work = width * points.count * (points.inputDimension + 2);
  const limits = new Limits(options);
  const progress = await progressBar(options);
  const saver = new CheckpointSaver(options.checkpoint, () => limits.stop());
  try {
    return await trainAsync(points, given, {
      resume,
      shouldStop: () => limits.ended !== null,
      chunk: Math.max(1, Math.min(CHUNK, Math.floor(LIMITS.chunkWork / work))),
      onProgress: (training) => {
        progress?.update(training);
        saver.offer(training);
      },
    });
  } finally {
    limits.close();
    progress?.stop();
    await saver.finish();
  }
}

/** Saves the state of a long run in the background, now and then, one file at a time. */
class CheckpointSaver {
  #last = performance.now();
  #writing: Promise<void> | null = null;
  #failure: unknown = null;

  constructor(
    private readonly path: string | undefined,
    private readonly stop: () => void,
  ) {}

  offer(training: Training): void {
    if (this.path === undefined || this.#writing !== null) return;
    if (performance.now() - this.#last < LIMITS.saveEvery * 1000) return;
    this.#writing = writeFileAtomically(this.path, [checkpointText(training.checkpoint())])
      .catch((error: unknown) => {
        this.#failure = error;
        this.stop();
      })
      .finally(() => {
        this.#writing = null;
        this.#last = performance.now();
      });
  }

  /** Waits for the file in flight. @throws what made a save fail */
  async finish(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure;
  }
}

/** A bar on standard error, only on a terminal: epochs, rate, loss, neurons and remaining time. */
async function progressBar(options: Options): Promise<{ update(t: Training): void; stop(): void } | null> {
  if (options.quiet || !process.stderr.isTTY) return null;
  const { default: cliProgress } = await import('cli-progress');
  const bar: SingleBar = new cliProgress.SingleBar({
    format: '{bar} {value}/{total} epochs, {rate}/s, loss {loss}, {neurons} neurons, {eta_formatted} left',
    barsize: 20,
    clearOnComplete: true,
    gracefulExit: false,
  });
  let started = 0;
  let firstEpoch = 0;
  return {
    update(training) {
      const { epoch, loss, activeNeurons } = training.row();
      if (started === 0) {
        started = performance.now();
        firstEpoch = epoch;
        bar.start(training.options.epochs, epoch, { rate: '-', loss: '-', neurons: activeNeurons });
      }
      const seconds = (performance.now() - started) / 1000;
      const rate = seconds > 0 ? Math.round((epoch - firstEpoch) / seconds).toLocaleString('en-US') : '-';
      bar.update(epoch, { rate, loss: loss.toExponential(1), neurons: activeNeurons });
    },
    stop: () => bar.stop(),
  };
}

/** The options of training that were given; what was not given is left to the defaults, or to the checkpoint. */
function givenOptions(options: Options): Partial<TrainingOptions> {
  const { method, p, epochs, width, lr, lambda, seed, skip, float32, reweightFrom, every } = options;
  const { stopAfterSparse, sparseEpochs, threshold, schedule, lambdaFrom, decay, revive, merge } = options;
  const all = {
    ...{ method, p, epochs, width, learningRate: lr, lambda, seed, skip, reweightFrom, every },
    ...{ schedule, lambdaFrom, decay, reviveEvery: revive, mergeEvery: merge },
    ...{ stopAfterSparse, sparseEpochs, threshold, precision: float32 ? ('float32' as const) : undefined },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The same complaint about an option, naming its flag; about the checkpoint, naming its file. */
function inTheWordsOf({ resume }: Options, error: InputError): InputError {
  const { source, field } = error.place;
  return error.at({
    ...(resume !== undefined && source === CHECKPOINT ? { source: resume } : {}),
    ...(field === undefined ? {} : { field: flagOf(field) }),
  });
}

function flagOf(option: string): string {
  return TRAINING_FLAGS[option as keyof TrainingOptions] ?? option;
}

/** Refuses at once what would be refused after hours: an unknown ending, or no directory to write to. */
function endingOf<E extends string>(
  flag: string,
  path: string | undefined,
  endings: readonly E[],
): E | undefined {
  if (path === undefined) return undefined;
  requireDirectory(flag, path);
  const ending = endings.find((candidate) => path.toLowerCase().endsWith(candidate));
  if (ending !== undefined) return ending;
  throw new InputError(`${flag} ${path}: expected a name ending in ${endings.join(', ')}; rename it`);
}

function requireMemory(width: number, { count, inputDimension }: TrainingPoints): void {
  const perNeuron = Math.max(count, inputDimension + 2);
  if (width * perNeuron <= LIMITS.arrayLength) return;
  throw new InputError(
    `--width: expected at most ${Math.floor(LIMITS.arrayLength / perNeuron)} neurons for ${count} points of ` +
      `dimension ${inputDimension}, found ${width}; choose fewer`,
  );
}

/** @throws InputError when the file holds no checkpoint */
function readCheckpoint(path: string): Checkpoint {
  try {
    return validateCheckpoint(JSON.parse(readText(path)), path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(
      `${path}: expected a checkpoint in JSON, found damaged text (${error.message}); ` +
        'name the file that --checkpoint wrote',
    );
  }
}

/** Option value: any finite number; training knows the range. */
function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`expected a number, found "${text}"`);
  }
  return value;
}

function checkpointText(checkpoint: Checkpoint): string {
  return `${JSON.stringify(checkpoint)}\n`;
}
